"""Single-use tokens in the database: exchanged by exactly one worker, kept before anybody uses them."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from cryptography.fernet import Fernet

from marketplace_adapters.errors import AuthenticationError, MarketplaceUnavailable
from ocop.db.engine import open_session
from ocop.publishing.models import Channel
from ocop.publishing.services import open_settings
from ocop.publishing.work.tokens import ChannelKeeper

OLD = {"app_id": "1", "refresh_token": "r1", "access_token": "a1"}
CIPHER = Fernet(Fernet.generate_key())


@pytest.fixture
def channel(session) -> Channel:
    channel = Channel(marketplace="practice", name="Zalo mẫu")
    channel.settings_encrypted = CIPHER.encrypt(json.dumps(OLD).encode())
    session.add(channel)
    session.commit()
    return channel


@pytest.fixture
def keeper(engine, channel, worker) -> ChannelKeeper:
    return ChannelKeeper(engine, channel.id, CIPHER, worker.now, wait_seconds=0.3)


def kept(engine, channel) -> Channel:
    with open_session(engine, read_only=True) as session:
        return session.get_one(Channel, channel.id)


class Exchange:
    """A token is good for one exchange; `meanwhile` runs in the middle of each."""

    def __init__(self, meanwhile=lambda: None) -> None:
        self.spent: list[str] = []
        self.meanwhile = meanwhile

    def __call__(self, stored):
        self.meanwhile()
        if stored["refresh_token"] in self.spent:
            raise AuthenticationError("refresh_spent")
        self.spent.append(stored["refresh_token"])
        number = len(self.spent) + 1
        return {"refresh_token": f"r{number}", "access_token": f"a{number}"}


def test_new_tokens_are_stored_encrypted_and_the_rest_stays(engine, channel, keeper):
    renewed = keeper.renewed(OLD, Exchange())

    row = kept(engine, channel)
    assert renewed == {"app_id": "1", "refresh_token": "r2", "access_token": "a2"}
    assert open_settings(row, CIPHER) == renewed
    assert b"r2" not in row.settings_encrypted
    assert row.token_renewed_at is not None and row.token_lease is None
    assert row.version == channel.version


def test_of_many_at_once_one_exchanges_and_all_get_the_same(engine, channel, worker):
    exchange, answers = Exchange(lambda: threading.Event().wait(0.05)), []
    keeper = ChannelKeeper(engine, channel.id, CIPHER, worker.now)
    threads = [
        threading.Thread(target=lambda: answers.append(keeper.renewed(OLD, exchange))) for _ in range(6)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert exchange.spent == ["r1"]
    assert [answer["refresh_token"] for answer in answers] == ["r2"] * 6


def test_no_transaction_is_open_while_tokens_are_exchanged(engine, channel, keeper):
    def write() -> None:
        with open_session(engine) as session:
            session.get_one(Channel, channel.id).name = "đổi tên"
            session.commit()

    keeper.renewed(OLD, Exchange(write))

    assert kept(engine, channel).name == "đổi tên"


def test_a_refused_exchange_changes_nothing_and_lets_the_next_one_try(engine, channel, keeper):
    exchange = Exchange()
    exchange.spent.append("r1")

    with pytest.raises(AuthenticationError):
        keeper.renewed(OLD, exchange)

    assert open_settings(kept(engine, channel), CIPHER) == OLD
    assert kept(engine, channel).token_lease is None


def test_who_waits_too_long_is_told_so_and_a_dead_workers_lease_runs_out(
    session, engine, channel, keeper, worker
):
    channel.token_lease, channel.token_lease_until = "dead", worker.now() + dt.timedelta(minutes=1)
    session.commit()

    with pytest.raises(MarketplaceUnavailable) as busy:
        keeper.renewed(OLD, Exchange())
    worker.later(minutes=2)

    assert busy.value.code == "token_busy"
    assert keeper.renewed(OLD, Exchange())["refresh_token"] == "r2"


def test_a_booth_connected_anew_meanwhile_keeps_what_was_typed(session, engine, channel, keeper):
    def connect() -> None:
        channel.settings_encrypted = CIPHER.encrypt(json.dumps({**OLD, "refresh_token": "typed"}).encode())
        session.commit()

    renewed = keeper.renewed(OLD, Exchange(connect))

    assert renewed["refresh_token"] == "typed"
    assert open_settings(kept(engine, channel), CIPHER)["refresh_token"] == "typed"
