"""Booths: the install's shared ones from the channel files, a producer's own shop, and their secrets."""

from __future__ import annotations

import json
import os
import secrets as random
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    MarketplaceError,
    MarketplaceUnavailable,
)
from marketplace_adapters.types import ChannelInfo, ShopFacts
from ocop.config import Config
from ocop.db import audit, secrets
from ocop.db.actor import SYSTEM, Actor, NotFound
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.publishing.models import Channel, Publication
from ocop.publishing.queries import channel as find_channel
from ocop.publishing.queries import locked, own_channel
from ocop.publishing.rules import BoothState, State

_LOGIN_FILE = "practice.login"


def seed_channels(session: Session, config: Config) -> list[Channel]:
    """The install's shared booths: every channel file that needs no settings, and the practice shop with its
    own. Repeating it adds what is new and changes nothing that an operator has set since."""
    known = {
        channel.marketplace
        for channel in session.scalars(select(Channel).where(Channel.owner_producer_id.is_(None)))
    }
    made = []
    for info in registry.channels().values():
        needs_settings = bool(registry.adapter_class(info.protocol).required_settings)
        if info.code in known or (needs_settings and not info.training):
            continue
        channel = Channel(marketplace=info.code, name=info.name, enabled=info.enabled)
        if info.training:
            _connect_practice(channel, config)
        session.add(channel)
        audit.record(session, SYSTEM, "seed.channel", channel)
        made.append(channel)
    session.flush()
    return made


def _connect_practice(channel: Channel, config: Config) -> None:
    user, password = practice_login(config.secrets_dir)
    settings = {"base_url": config.practice_url, "username": user, "application_password": password}
    cipher = Fernet(secrets.load(config.secrets_dir).channel)
    _keep_settings(channel, settings, cipher)
    channel.booth = BoothState.OPEN


def practice_login(folder: Path) -> tuple[str, str]:
    """(user, password) of the practice shop, made at first use and kept beside the keys, mode 0600."""
    path = folder / _LOGIN_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = json.loads(path.read_text("utf-8"))
        return kept["user"], kept["password"]
    made = {"user": "tap", "password": random.token_urlsafe(18)}
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    return made["user"], made["password"]


def try_connection(marketplace: str, settings: Mapping[str, str]) -> ShopFacts:
    """Reach the shop with these settings. Talks to the network: call it with no transaction open.

    Raises Refused(connect_…) that says what stands in the way, and at which field.
    """
    try:
        return registry.make_adapter(_connectable(marketplace), settings).test_connection()
    except MarketplaceError as error:
        raise _refusal(error) from None


def connect_channel(
    session: Session,
    actor: Actor,
    *,
    settings: Mapping[str, str],
    cipher: Fernet,
    channel_id: str | None = None,
    marketplace: str | None = None,
) -> Channel:
    """Keep the settings of a producer's own shop, encrypted, in a new booth or in place of the old ones.

    Posts that failed for want of a good connection go out again. The settings were tried before: see
    try_connection. Raises NotFound, Refused(connect_unknown).
    """
    producer_id = actor.require("channel.connect")
    if channel_id is not None:
        channel = own_channel(session, actor, channel_id)
        _connectable(channel.marketplace)
    else:
        info = _connectable(marketplace or "")
        channel = Channel(marketplace=info.code, owner_producer_id=producer_id, name=info.name)
        session.add(channel)
    _keep_settings(channel, settings, cipher)
    channel.name = urlsplit(channel.site).netloc
    channel.booth = BoothState.OPEN
    audit.record(session, actor, "connect.channel", channel)
    session.flush()
    _send_what_waited(session, actor, channel)
    return channel


def set_booth(
    session: Session,
    actor: Actor,
    *,
    channel_id: str,
    booth: BoothState,
    enabled: bool = True,
    version: int | None = None,
) -> Channel:
    """How far the opening of a booth has come and whether it is offered: the owner says it of their own, the
    operator of a shared one. What is online there stays. Raises NotFound, NotAllowed, EditConflict."""
    channel = _to_look_after(session, actor, channel_id)
    channel.expect_version(version)
    channel.booth, channel.enabled = booth, enabled
    audit.record(session, actor, "booth.channel", channel)
    session.flush()
    return channel


def open_settings(channel: Channel, cipher: Fernet) -> dict[str, str]:
    """The settings of a booth in the clear: for the adapter, never for a page or a log."""
    if channel.settings_encrypted is None:
        return {}
    return json.loads(cipher.decrypt(channel.settings_encrypted))


def _keep_settings(channel: Channel, settings: Mapping[str, str], cipher: Fernet) -> None:
    channel.settings_encrypted = cipher.encrypt(json.dumps(dict(settings)).encode())
    channel.site = settings.get("base_url", "").rstrip("/")
    channel.connected_at = utcnow()


def _connectable(marketplace: str) -> ChannelInfo:
    info = registry.channels().get(marketplace)
    if info is None or info.training or not registry.adapter_class(info.protocol).required_settings:
        raise Refused("connect_unknown")
    return info


def _to_look_after(session: Session, actor: Actor, channel_id: str) -> Channel:
    channel = find_channel(session, actor, channel_id)
    if channel.owner_producer_id is None:
        if not actor.operator:
            raise NotFound()
        return channel
    actor.require("channel.connect")
    return channel


def _send_what_waited(session: Session, actor: Actor, channel: Channel) -> None:
    stopped = select(Publication).where(
        Publication.channel_id == channel.id,
        Publication.state == State.FAILED,
        Publication.reason_code.in_(("auth", "configuration")),
    )
    for publication in session.scalars(locked(stopped)):
        publication.ask("update" if publication.sent_version else "publish", utcnow())
        publication.move_to(State.QUEUED)
        publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    session.flush()


def _refusal(error: MarketplaceError) -> Refused:
    if isinstance(error, ConfigurationError):
        known = {
            "bad_url",
            "needs_https",
            "forbidden_address",
            "redirected",
            "not_woocommerce",
            "settings_missing",
        }
        code = error.code if error.code in known else "bad_url"
        return Refused(f"connect_{code}", field="base_url" if code != "settings_missing" else None)
    if isinstance(error, AuthenticationError):
        return Refused("connect_credential_refused", field="application_password")
    if isinstance(error, MarketplaceUnavailable):
        return Refused("connect_unavailable", field="base_url")
    return Refused("connect_unexpected", field="base_url")
