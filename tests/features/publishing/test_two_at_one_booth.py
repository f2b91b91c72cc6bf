"""Two people who change one booth: the second sees what the first has saved, and overwrites nothing unseen."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import RIGHTS, Bundle, HelperKind, Role, helper_rights
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import Actor, NotAllowed
from ocop.db.base import EditConflict
from ocop.db.engine import open_session
from ocop.producers.models import Producer
from ocop.publishing import services
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from tests.browser_client import Browser
from tests.factories import a_delegation, an_officer, an_owner


@pytest.fixture
def booth(session: Session, config: Config) -> tuple[Channel, Actor]:
    """A producer's own shop with settings, and its owner."""
    _user, producer, owner = an_owner(session)
    channel = Channel(
        marketplace="woocommerce",
        owner_producer_id=producer.id,
        name="cuahang.example",
        booth=BoothState.OPEN,
    )
    session.add(channel)
    session.flush()
    cipher = Fernet(secrets.load(config.secrets_dir).channel)
    known = {"base_url": "https://cuahang.example", "username": "co-so", "application_password": "bí mật cũ"}
    services.connect_channel(session, owner, settings=known, cipher=cipher, channel_id=channel.id)
    session.commit()
    return channel, owner


def _browser(session: Session, app: Flask, engine: Engine, actor: Actor) -> Browser:
    user = session.get_one(User, actor.user_id)
    session.commit()
    return Browser(app, engine).sign_in(user, actor.producer_id)


def test_the_state_of_a_booth_is_shown_in_both_versions(
    booth: tuple[Channel, Actor], session: Session, app: Flask, engine: Engine
) -> None:
    channel, owner = booth
    browser = _browser(session, app, engine, owner)
    form = (
        browser.open(f"/gian-hang/{channel.id}/trang-thai")
        .form(button="Lưu")
        .fill(contact="Chị Hoa", enabled=None)
    )
    services.set_booth(session, owner, channel_id=channel.id, booth=BoothState.OPEN, contact="Anh Nam")
    session.commit()

    page = form.submit("Lưu", status=409)
    page.form(button="Lưu các mục đã chọn").submit()

    assert "Anh Nam" in page.text
    assert "Chị Hoa" in page.text
    with open_session(engine, read_only=True) as reading:
        saved = reading.get_one(Channel, channel.id)
        assert (saved.contact, saved.enabled) == ("Chị Hoa", False)


def test_settings_saved_by_somebody_else_are_shown_and_not_overwritten(
    booth: tuple[Channel, Actor], session: Session, config: Config, app: Flask, engine: Engine
) -> None:
    channel, owner = booth
    cipher = Fernet(secrets.load(config.secrets_dir).channel)
    browser = _browser(session, app, engine, owner)
    form = browser.open(f"/gian-hang/{channel.id}/ket-noi").form(button="Thử và lưu").fill(username="tôi gõ")
    theirs = {
        "base_url": "https://moi.example",
        "username": "người kia",
        "application_password": "bí mật mới",
    }
    services.connect_channel(session, owner, settings=theirs, cipher=cipher, channel_id=channel.id)
    session.commit()

    page = form.submit("Thử và lưu", status=409)

    assert "người kia" in page.text
    assert page.one("input[name=username]")["value"] == "tôi gõ"
    assert "bí mật" not in page.response.text
    with open_session(engine, read_only=True) as reading:
        saved = reading.get_one(Channel, channel.id)
        assert services.open_settings(saved, cipher)["username"] == "người kia"
        assert page.one("input[name=version]")["value"] == str(saved.version)


def test_a_service_call_with_an_old_version_is_a_conflict(
    booth: tuple[Channel, Actor], session: Session, config: Config
) -> None:
    channel, owner = booth
    cipher = Fernet(secrets.load(config.secrets_dir).channel)

    with pytest.raises(EditConflict):
        services.connect_channel(
            session, owner, settings={}, cipher=cipher, channel_id=channel.id, version=channel.version - 1
        )


def test_no_bundle_of_help_connects_a_marketplace_or_gives_rights() -> None:
    for kind in HelperKind:
        for bundle in Bundle:
            for officer in (True, False):
                rights = helper_rights(kind, bundle, officer=officer)

                assert not rights & {"channel.connect", "grant.give"}
                assert rights < RIGHTS[Role.PRODUCER_OWNER]


def test_no_service_lets_a_helper_touch_the_account_at_a_marketplace(
    booth: tuple[Channel, Actor], session: Session, config: Config
) -> None:
    channel, owner = booth
    officer, _looking = an_officer(session)
    producer_id = owner.producer_id or ""
    a_delegation(session, session.get_one(Producer, producer_id))
    helper = actor_for(session, officer.id, producer_id)
    cipher = Fernet(secrets.load(config.secrets_dir).channel)
    asked = [
        lambda: services.connect_channel(session, helper, settings={}, cipher=cipher, channel_id=channel.id),
        lambda: services.connect_channel(
            session, helper, settings={}, cipher=cipher, marketplace="woocommerce"
        ),
        lambda: services.close_door(session, helper, channel_id=channel.id),
        lambda: services.keep_exchanged(
            session, helper, channel_id=channel.id, exchanged={"a": "b"}, cipher=cipher
        ),
        lambda: services.set_booth(session, helper, channel_id=channel.id, booth=BoothState.NONE),
        lambda: services.open_own_booth(session, helper, channel_id=channel.id),
        lambda: services.keep_categories(session, helper, channel_id=channel.id, categories=[]),
        lambda: services.assign_category(session, helper, channel_id=channel.id, sets=[9], category_id=""),
    ]

    for ask in asked:
        with pytest.raises(NotAllowed):
            ask()
