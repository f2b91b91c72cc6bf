"""Connecting a booth: try the settings, keep them sealed, and choose the door of a marketplace that has two."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import MarketplaceError, UnsupportedFeature
from marketplace_adapters.tokens import PrivateKeeper
from marketplace_adapters.types import Capability, ChannelInfo, Notice, ShopFacts
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.producers.queries import in_training
from ocop.publishing import queries
from ocop.publishing.models import Channel, Publication
from ocop.publishing.queries import booth_to_look_after, locked
from ocop.publishing.rules import BoothState, State

# Ours, beside the marketplace's own settings: what its calls to us are signed with.
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True)
class Tried:
    """A connection that works. `settings`: those to keep, for tokens may have been exchanged on the way."""

    facts: ShopFacts
    settings: Mapping[str, str] = field(repr=False)
    warnings: tuple[Notice, ...] = ()


class ConnectionRefused(Refused):
    """`exchanged`: tokens that were exchanged before it failed. The old ones are used up: see keep_exchanged."""

    def __init__(self, why: Refused, exchanged: Mapping[str, str]) -> None:
        super().__init__(why.code, field=why.field, **why.params)
        self.exchanged = exchanged


def connectable(marketplace: str, *, door: bool = False) -> ChannelInfo:
    """The marketplace as it is reached with settings of one's own. door: through the first of its further doors
    and not its own protocol. Raises Refused(connect_unknown)."""
    info = registry.channels().get(marketplace)
    if info is not None and door:
        info = queries.through_door(info)
    if info is None or info.training or not registry.adapter_class(info.protocol).required_settings:
        raise Refused("connect_unknown")
    return info


def merged_settings(info: ChannelInfo, kept: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed over what is kept: a secret left empty stays as it is, another setting left empty goes.

    A secret never follows to another address: whoever changes it types the secrets again. New secrets drop what
    was noted of the old ones (when a token ends).
    """
    kind = registry.adapter_class(info.protocol)
    secret = set(kind.secret_settings)
    moved = "base_url" in typed and typed["base_url"] != kept.get("base_url", "")
    old = {} if moved else dict(kept)
    if any(typed.get(name) for name in secret):
        old = {name: old[name] for name in (*secret, WEBHOOK_SECRET) if name in old}
    known = {**old, **{name: value for name, value in typed.items() if value or name not in secret}}
    if info.site and "base_url" in kind.required_settings:
        known["base_url"] = info.site
    return {name: value for name, value in known.items() if value}


def try_connection(
    marketplace: str,
    settings: Mapping[str, str],
    *,
    door: bool = False,
    callback: tuple[str, str] | None = None,
) -> Tried:
    """Reach the marketplace with these settings. Talks to the network: call it with no transaction open.

    callback: (our address, the secret its calls are signed with), for marketplaces that tell us of changes; one
    that will not is a warning. Raises Refused(connect_…) that says what stands in the way, and at which field.
    """
    info = connectable(marketplace, door=door)
    keeper = PrivateKeeper(settings)
    try:
        adapter = registry.make_adapter(info, settings, keeper=keeper)
        facts = _facts(adapter, info)
    except MarketplaceError as error:
        raise ConnectionRefused(
            queries.connection_refusal(error, info), _exchanged(settings, keeper)
        ) from None
    warnings = list(facts.warnings)
    if facts.weight_unit in ("lbs", "oz"):
        warnings.append(Notice("weight_unit_odd", {"unit": facts.weight_unit}))
    kept = {**settings, **_exchanged(settings, keeper)}
    if callback is not None and Capability.WATCH in adapter.capabilities:
        try:
            adapter.watch(*callback)
            kept[WEBHOOK_SECRET] = callback[1]
        except MarketplaceError as error:
            warnings.append(Notice("not_watched", {"why": error.code}))
    return Tried(facts, kept, tuple(warnings))


def _exchanged(before: Mapping[str, str], keeper: PrivateKeeper) -> dict[str, str]:
    now = keeper.renewed({}, dict)  # nothing equals an empty `stale`: this only reads what the keeper holds
    return {name: value for name, value in now.items() if before.get(name) != value}


def _facts(adapter: MarketplaceAdapter, info: ChannelInfo) -> ShopFacts:
    try:
        return adapter.test_connection()
    except UnsupportedFeature:
        return ShopFacts(info.name, "", "")


def connect_channel(
    session: Session,
    actor: Actor,
    *,
    settings: Mapping[str, str],
    cipher: Fernet,
    channel_id: str | None = None,
    marketplace: str | None = None,
    name: str = "",
    new_id: str | None = None,
    shared: bool = False,
    agreed_on: dt.date | None = None,
    version: int | None = None,
) -> Channel:
    """Keep the settings of a booth, encrypted, in a new row or in place of the old ones. They were tried before:
    see try_connection. Posts that failed for want of a good connection go out again.

    A producer connects its own, an operator (`shared`) the install's. `name`: what the marketplace calls itself.
    `agreed_on`: the day the marketplace agreed to be reached through another door than its own file's; required
    for such a one. `version`: of the booth when the form was opened. Raises NotFound, NotAllowed, EditConflict,
    Refused(connect_unknown, connect_not_agreed).
    """
    if channel_id is not None:
        channel = booth_to_look_after(session, actor, channel_id)
        channel.expect_version(version)
    else:
        channel = _new_channel(session, actor, marketplace or "", new_id, shared)
    _choose_door(channel, actor, agreed_on)
    fresh = settings.get("refresh_token") != kept_settings(channel, cipher).get("refresh_token")
    keep_settings(channel, settings, cipher)
    if fresh:
        channel.token_renewed_at = utcnow()
    channel.name = _shown_name(channel, name)
    channel.booth = BoothState.OPEN
    channel.failures, channel.closed_until = 0, None
    audit.record(session, actor, "connect.channel", channel)
    session.flush()
    _send_what_waited(session, actor, channel)
    return channel


def close_door(session: Session, actor: Actor, *, channel_id: str) -> Channel:
    """Back to the marketplace's own way, the hand-off; the account is forgotten. Raises NotFound, NotAllowed."""
    channel = booth_to_look_after(session, actor, channel_id)
    channel.protocol, channel.agreed_on, channel.agreed_by = "", None, None
    channel.settings_encrypted, channel.connected_at = None, None
    audit.record(session, actor, "close_door.channel", channel)
    session.flush()
    return channel


def keep_exchanged(
    session: Session, actor: Actor, *, channel_id: str, exchanged: Mapping[str, str], cipher: Fernet
) -> Channel:
    """Store tokens that a failed test exchanged: each is good for one exchange only, so the old pair is dead."""
    channel = booth_to_look_after(session, actor, channel_id)
    channel.settings_encrypted = _sealed({**open_settings(channel, cipher), **exchanged}, cipher)
    channel.token_renewed_at = utcnow()
    audit.record(session, actor, "exchange.channel", channel)
    session.flush()
    return channel


def open_settings(channel: Channel, cipher: Fernet) -> dict[str, str]:
    """The settings of a booth in the clear: for the adapter, never for a page or a log."""
    if channel.settings_encrypted is None:
        return {}
    return json.loads(cipher.decrypt(channel.settings_encrypted))


def kept_settings(channel: Channel, cipher: Fernet) -> dict[str, str]:
    """The settings a form may build on; none when they cannot be opened any more and must be typed anew."""
    try:
        return open_settings(channel, cipher)
    except InvalidToken:
        return {}


def keep_settings(channel: Channel, settings: Mapping[str, str], cipher: Fernet) -> None:
    """Seal them into the row. The site is only noted where the marketplace's file names none."""
    channel.settings_encrypted = _sealed(settings, cipher)
    if not registry.channels()[channel.marketplace].site:
        channel.site = settings.get("base_url", "").rstrip("/")
    channel.connected_at = utcnow()


def _sealed(settings: Mapping[str, str], cipher: Fernet) -> bytes:
    return cipher.encrypt(json.dumps(dict(settings)).encode())


def _new_channel(
    session: Session, actor: Actor, marketplace: str, new_id: str | None, shared: bool
) -> Channel:
    if shared:
        actor.require_operator()
    owner = None if shared else actor.require("channel.connect")
    if in_training(session, owner):
        raise Refused("connect_unknown")
    info = connectable(marketplace)
    channel = Channel(marketplace=info.code, owner_producer_id=owner, name=info.name)
    if new_id is not None:
        channel.id = new_id
    session.add(channel)
    return channel


def _choose_door(channel: Channel, actor: Actor, agreed_on: dt.date | None) -> None:
    info = registry.channels()[channel.marketplace]
    if registry.adapter_class(info.protocol).required_settings:
        connectable(info.code)
        return
    door = connectable(info.code, door=True)
    if agreed_on is None:
        raise Refused("connect_not_agreed", field="agreed_on")
    channel.protocol, channel.agreed_on, channel.agreed_by = door.protocol, agreed_on, actor.user_id


def _shown_name(channel: Channel, said: str) -> str:
    """A shop goes by its address, a page or account by the name it gave itself, a marketplace by its own."""
    info = registry.channels()[channel.marketplace]
    if queries.opened_by_hand(channel):
        return channel.name
    return (urlsplit(channel.site).netloc or said or info.name)[:200]


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
