"""The install's shared booths, from the channel files; practice marketplaces come with their own sign-in."""

from __future__ import annotations

import json
import os
import secrets as random
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import ChannelInfo, Delivery
from ocop.config import Config
from ocop.db import audit, secrets
from ocop.db.actor import SYSTEM
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from ocop.publishing.services.connecting import keep_settings, open_settings

_LOGIN_FILE = "practice.login"


def seed_channels(session: Session, config: Config) -> list[Channel]:
    """The install's shared booths: every channel file that needs no settings, and the practice marketplaces with
    their own. Repeating it adds what is new and changes nothing that an operator has set since; only a practice
    marketplace that answers elsewhere now gets its new address. Returns what is new."""
    known = {
        channel.marketplace: channel
        for channel in session.scalars(select(Channel).where(Channel.owner_producer_id.is_(None)))
    }
    made = []
    for info in registry.channels().values():
        if info.code in known:
            if info.training:
                _follow_practice(session, known[info.code], info, config)
        elif info.training or not registry.adapter_class(info.protocol).required_settings:
            made.append(_seed(session, info, config))
    session.flush()
    return made


def _seed(session: Session, info: ChannelInfo, config: Config) -> Channel:
    channel = Channel(marketplace=info.code, name=info.name, enabled=info.enabled)
    if info.training:
        _connect_practice(channel, info, config)
    if registry.adapter_class(info.protocol).delivery is Delivery.FEED:
        channel.booth = BoothState.OPEN  # nobody has to be asked: it is our own page
    session.add(channel)
    audit.record(session, SYSTEM, "seed.channel", channel)
    return channel


def _connect_practice(channel: Channel, info: ChannelInfo, config: Config) -> None:
    settings = _practice_settings(info, config)
    if settings:
        keep_settings(channel, settings, _cipher(config))
        channel.site = config.practice_url
    channel.booth = BoothState.OPEN


def _follow_practice(session: Session, channel: Channel, info: ChannelInfo, config: Config) -> None:
    """The practice port is a setting of the install; the stored address follows it."""
    wanted = _practice_settings(info, config)
    if not wanted or _kept(channel, config) == wanted:
        return
    _connect_practice(channel, info, config)
    audit.record(session, SYSTEM, "seed.channel", channel)


def _practice_settings(info: ChannelInfo, config: Config) -> dict[str, str]:
    user, password = practice_login(config.secrets_dir)
    known = {
        "base_url": config.practice_url,
        "username": user,
        "application_password": password,
        "password": password,
    }
    return {name: known[name] for name in registry.adapter_class(info.protocol).required_settings}


def _kept(channel: Channel, config: Config) -> dict[str, str]:
    try:
        return open_settings(channel, _cipher(config))
    except InvalidToken:
        return {}


def _cipher(config: Config) -> Fernet:
    return Fernet(secrets.load(config.secrets_dir).channel)


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
