"""A practice shop on a free port, the install's booths leading to it, and a worker whose clock can be moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import pytest_socket
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace_adapters.practice import PracticeServer
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.jobs.worker import Step, run_until_idle
from ocop.listings.models import Listing
from ocop.publishing import services, work
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import BoothState
from tests.factories import a_listing, an_owner, with_photos


@pytest.fixture(autouse=True)
def _own_servers_only() -> Iterator[None]:
    """Publishing is only real with a shop at the other end: ours, on this machine, and nothing else."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture
def shop(tmp_path: Path, config: Config) -> Iterator[PracticeServer]:
    """Reviews end by hand only: `approve` lets a product onto the shelf."""
    user, password = services.practice_login(config.secrets_dir)
    with PracticeServer(tmp_path / "shop.db", user=user, password=password) as shop:
        yield shop


def approve(shop: PracticeServer) -> None:
    for product in shop.store.products(status="pending")[0]:
        shop.store.change_product(product["id"], {"status": "publish"})


@pytest.fixture
def channels(session: Session, config: Config, shop: PracticeServer) -> dict[str, Channel]:
    """The install's shared booths by marketplace, every booth open, the practice one leading to `shop`."""
    made = services.seed_channels(session, replace(config, practice_port=shop.port))
    for channel in made:
        channel.booth = BoothState.OPEN
    session.commit()
    return {channel.marketplace: channel for channel in made}


@dataclass
class Seller:
    """A producer with one complete listing, and what its person does."""

    session: Session
    actor: Actor
    listing: Listing

    def publish(self, *channels: Channel) -> list[Publication]:
        posts = services.request_publish(
            self.session, self.actor, listing=self.listing, channel_ids=[channel.id for channel in channels]
        )
        self.session.commit()
        return posts


@pytest.fixture
def seller(session: Session, config: Config) -> Seller:
    _user, producer, actor = an_owner(session)
    listing = with_photos(session, a_listing(session, producer), config.media_dir, 2)
    session.commit()
    return Seller(session, actor, listing)


@dataclass
class Worker:
    """The real steps over the real engine; `later` moves its clock."""

    engine: Engine
    config: Config
    ahead: dt.timedelta = field(default_factory=dt.timedelta)
    steps: list[Step] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = work.steps(self.config, secrets.load(self.config.secrets_dir), clock=self.now)

    def now(self) -> dt.datetime:
        return utcnow() + self.ahead

    def later(self, **amount: float) -> Worker:
        self.ahead += dt.timedelta(**amount)
        return self

    def run(self) -> Worker:
        run_until_idle(self.engine, self.steps)
        return self

    def once(self) -> bool:
        return self.steps[0].run(self.engine)


@pytest.fixture
def worker(engine: Engine, config: Config) -> Worker:
    return Worker(engine, config)


@dataclass
class Ledger:
    """What stands in the database now, read in a new session each time."""

    engine: Engine

    def post(self, post: Publication) -> Publication:
        with open_session(self.engine, read_only=True) as session:
            found = session.get_one(Publication, post.id)
            _ = found.items, found.attempts, found.channel, found.listing.variants
            return found

    def outcomes(self, post: Publication) -> list[str]:
        return [attempt.outcome for attempt in self.post(post).attempts]

    def all(self) -> list[Publication]:
        with open_session(self.engine, read_only=True) as session:
            return list(session.scalars(select(Publication)))


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine)
