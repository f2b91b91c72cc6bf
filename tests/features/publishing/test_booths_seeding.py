"""The install's shared booths after a start: practice marketplaces are reached where they answer today."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from marketplace_adapters import registry
from marketplace_adapters.types import Delivery
from ocop.db import secrets
from ocop.publishing import queries, services
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState

PRACTICE = [info.code for info in registry.channels().values() if info.training]


def seeded(session, config) -> dict[str, Channel]:
    services.seed_channels(session, config)
    return {channel.marketplace: channel for channel in session.scalars(select(Channel))}


def settings_of(channel, config) -> dict[str, str]:
    return services.open_settings(channel, Fernet(secrets.load(config.secrets_dir).channel))


@pytest.mark.parametrize("marketplace", PRACTICE)
def test_a_practice_marketplace_is_open_with_all_its_adapter_needs(marketplace, session, config):
    channel = seeded(session, config)[marketplace]

    settings = settings_of(channel, config)

    needed = registry.adapter_class(registry.channels()[marketplace].protocol).required_settings
    assert set(settings) == set(needed) and all(settings.values())
    assert settings["base_url"] == config.practice_url
    assert settings["username"] == services.practice_login(config.secrets_dir)[0]
    assert channel.booth is BoothState.OPEN


@pytest.mark.parametrize("marketplace", PRACTICE)
def test_another_practice_port_is_followed_at_the_next_start(marketplace, session, config):
    seeded(session, config)
    moved = replace(config, practice_port=config.practice_port + 1)

    channel = seeded(session, moved)[marketplace]

    assert settings_of(channel, moved)["base_url"] == moved.practice_url
    assert queries.info_of(channel).site == moved.practice_url


def test_an_unchanged_start_writes_nothing(session, config):
    before = {key: channel.version for key, channel in seeded(session, config).items()}

    after = {key: channel.version for key, channel in seeded(session, config).items()}

    assert after == before


def test_what_needs_an_account_is_not_seeded_and_a_feed_needs_nobodys_leave(session, config):
    made = seeded(session, config)

    kinds = {code: registry.adapter_class(info.protocol) for code, info in registry.channels().items()}
    left_out = {code for code in kinds if code not in made}
    feeds = [made[code].booth for code, kind in kinds.items() if kind.delivery is Delivery.FEED]
    assert left_out == {c for c, kind in kinds.items() if kind.required_settings and c not in PRACTICE}
    assert feeds and set(feeds) == {BoothState.OPEN}
