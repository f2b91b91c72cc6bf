"""What a shop's password is: sealed in the database, absent everywhere else."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from marketplace_adapters import registry
from ocop.accounts.models import User
from ocop.db.audit import AuditEntry
from ocop.db.base import Base
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.publishing import services
from ocop.publishing.models import Channel

PASSWORD = "mat khau ung dung 1234"


def own_shop(session) -> Channel:
    channel = session.scalars(select(Channel).where(Channel.marketplace == "woocommerce")).one()
    session.commit()
    return channel


@pytest.fixture
def lan_shops(monkeypatch):
    """Real shops need TLS; for these tests the kind may be on this machine."""
    info = registry.channels()["woocommerce"]
    monkeypatch.setitem(registry.channels(), "woocommerce", replace(info, lan=True))


@pytest.fixture
def connected(browser, session, seller, shop, lan_shops):
    """A shop connected through its page."""
    shop.door.password = PASSWORD
    user = session.get_one(User, seller.actor.user_id)
    session.commit()
    browser.sign_in(user, seller.actor.producer_id)
    page = browser.open("/gian-hang/ket-noi")
    filled = page.form().fill(base_url=shop.base_url, username=shop.user, application_password=PASSWORD)
    assert "Đã kết nối" in filled.submit().text
    return browser


def test_the_password_stands_in_no_column_of_any_table(connected, engine):
    with open_session(engine, read_only=True) as session:
        rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]

    assert rows
    assert not [row for row in rows if PASSWORD in repr(tuple(row))]


def test_the_audit_notes_the_connection_without_its_secret(connected, engine):
    with open_session(engine, read_only=True) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "connect.channel")).one()

    assert entry.new["settings_encrypted"] == "•"
    assert entry.user_id is not None


def test_the_settings_open_only_with_the_installs_key(connected, session, config):
    channel = own_shop(session)
    cipher = Fernet((config.secrets_dir / "channel.key").read_bytes())

    settings = services.open_settings(channel, cipher)

    assert settings["application_password"] == PASSWORD


def test_no_page_shows_the_password_again(connected, session):
    channel = own_shop(session)

    pages = [connected.open(path) for path in ("/gian-hang", f"/gian-hang/{channel.id}/ket-noi")]

    assert not [page.path for page in pages if PASSWORD in page.response.get_data(as_text=True)]


def test_nothing_is_logged_that_holds_the_password(connected, session, seller, shop, worker, caplog):
    caplog.set_level(logging.DEBUG)
    channel = own_shop(session)
    shop.faults.add("expired_key", "GET", "/wc/v3/products")
    shop.faults.add("garbled", "POST", "/wc/v3/products")
    seller.publish(channel)

    worker.run()

    assert caplog.records
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize(
    "change, code",
    [
        ({"application_password": "sai"}, "connect_wrong_password"),
        ({"base_url": "http://127.0.0.1:1"}, "connect_unavailable"),
        ({"base_url": "cuahang"}, "connect_bad_url"),
        ({"username": ""}, "connect_settings_missing"),
    ],
)
def test_a_connection_that_does_not_work_is_refused_with_its_own_sentence(change, code, shop, lan_shops):
    settings = {
        "base_url": shop.base_url,
        "username": shop.user,
        "application_password": shop.password,
        **change,
    }

    with pytest.raises(Refused) as refused:
        services.try_connection("woocommerce", settings)

    assert refused.value.code == code


@pytest.mark.parametrize("marketplace", ["practice", "buudien", "khong-co"])
def test_only_a_shop_of_ones_own_can_be_connected(marketplace):
    with pytest.raises(Refused) as refused:
        services.try_connection(marketplace, {})

    assert refused.value.code == "connect_unknown"


def test_seeding_twice_changes_nothing(session, config, channels, shop):
    channels["voso"].enabled = True
    before = {c.id: (c.settings_encrypted, c.booth, c.enabled) for c in session.scalars(select(Channel))}

    made = services.seed_channels(session, replace(config, practice_port=shop.port))

    assert made == []
    assert {
        c.id: (c.settings_encrypted, c.booth, c.enabled) for c in session.scalars(select(Channel))
    } == before


def test_voso_is_seeded_switched_off_and_no_shop_of_ones_own_is_seeded(session, config):
    made = services.seed_channels(session, config)

    enabled = {channel.marketplace: channel.enabled for channel in made}
    assert enabled["voso"] is False
    assert "woocommerce" not in enabled and enabled["practice"] is True


def test_the_practice_login_is_made_once_and_readable_by_nobody_else(config):
    first = services.practice_login(config.secrets_dir)
    second = services.practice_login(config.secrets_dir)

    assert first == second
    assert (config.secrets_dir / "practice.login").stat().st_mode & 0o077 == 0
