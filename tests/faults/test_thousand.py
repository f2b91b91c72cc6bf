"""A thousand posts of many producers to a shop that takes any SKU twice, in a storm of lost replies and nonsense.

The worker's real step in its real threads, over HTTP, on a real database file. Only its clock is driven, so that
waiting takes no time. Nobody presses anything after the beginning.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.http_base import HttpClient
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter
from ocop.config import Config
from ocop.db import secrets
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.jobs import worker as jobs
from ocop.listings.models import ListingPhoto
from ocop.publishing import services, work
from ocop.publishing.models import Attempt, Channel, Publication
from ocop.publishing.rules import State
from tests.factories import a_listing, a_photo, an_owner

STORM = ("lost_reply", "error_before", "error_after", "rate_limited", "garbled", "html", "drip")
PROBABILITY = 0.06
POSTS, PRODUCERS = 1000, 20
DEADLINE_SECONDS = 1.0  # instead of 30: what drips is given up sooner
DONE = (State.LIVE, State.IN_REVIEW)


@pytest.fixture
def shop(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PracticeServer]:
    monkeypatch.setitem(HttpClient.__init__.__kwdefaults__, "deadline", DEADLINE_SECONDS)
    user, password = services.practice_login(config.secrets_dir)
    with PracticeServer(tmp_path / "shop.db", user=user, password=password) as shop:
        shop.faults.retry_after = "3"
        yield shop


def take_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent is looked at once and then daily, as at a real shop; a practice shop is looked at all the time."""
    real = {code: replace(info, training=False) for code, info in registry.channels().items()}
    monkeypatch.setattr(registry, "channels", lambda: real)


def queue(session: Session, config: Config, shop: PracticeServer, posts: int) -> list[str]:
    """So many posts of PRODUCERS producers, all wanted at once. Returns their SKUs."""
    services.seed_channels(session, replace(config, practice_port=shop.port))
    channel = session.scalars(select(Channel).where(Channel.marketplace == "practice")).one()
    _publish_at_once(channel, config)
    owners = [an_owner(session)[1] for _ in range(PRODUCERS)]
    photos = [a_photo(session, producer, config.media_dir) for producer in owners]
    skus = []
    for number in range(posts):
        producer, photo = owners[number % PRODUCERS], photos[number % PRODUCERS]
        listing = a_listing(session, producer, name=f"Mắm tép đồng ủ thính gạo rang số {number + 1}")
        listing.photos.append(ListingPhoto(media_id=photo.id, position=0, shot="back_label"))
        post = Publication(listing=listing, channel=channel, state=State.QUEUED)
        post.ask("publish", utcnow())
        session.add(post)
        skus.append(listing.variants[0].sku)
    session.commit()
    return skus


def _publish_at_once(channel: Channel, config: Config) -> None:
    """Without a reviewer: a post is on sale or it is not."""
    cipher = Fernet(secrets.load(config.secrets_dir).channel)
    settings = {**services.open_settings(channel, cipher), "status": "publish"}
    channel.settings_encrypted = cipher.encrypt(json.dumps(settings).encode())


@dataclass
class Driven:
    """A worker whose clock jumps to the next thing that is due whenever nobody is at anything."""

    engine: Engine
    config: Config
    ahead: dt.timedelta = field(default_factory=dt.timedelta)

    def now(self) -> dt.datetime:
        return utcnow() + self.ahead

    def run(self, seconds: float) -> None:
        """Until every post is done; fails after so many seconds."""
        (send, *_others) = work.steps(self.config, secrets.load(self.config.secrets_dir), clock=self.now)
        stop = threading.Event()
        step = replace(send, every=0.05)
        running = threading.Thread(target=jobs.run, args=(self.engine, [step], stop))
        running.start()
        deadline = time.monotonic() + seconds
        try:
            while self._left():
                assert time.monotonic() < deadline, f"{self._left()} posts are not done"
                self._jump()
                stop.wait(0.1)
        finally:
            stop.set()
            running.join()

    def _left(self) -> int:
        with open_session(self.engine, read_only=True) as session:
            undone = select(func.count()).select_from(Publication).where(Publication.state.not_in(DONE))
            return session.scalar(undone) or 0

    def _jump(self) -> None:
        """To the next thing that is due; in small steps while looks are under way, whose leases must not run out."""
        undone = Publication.state.not_in(DONE)
        with open_session(self.engine, read_only=True) as session:
            leased = session.scalars(
                select(Publication.state).where(Publication.lease_token.is_not(None))
            ).all()
            due = session.scalar(select(func.min(Publication.due_at)).where(undone))
            closed = session.scalar(select(func.max(Channel.closed_until)))
        if due is None or not set(leased) <= set(DONE):
            return
        step = max(dt.timedelta(), max(due, closed or due) - self.now())
        self.ahead += min(step, dt.timedelta(seconds=5)) if leased else step


def products_by_sku(shop_file: Path) -> Counter[str]:
    connection = sqlite3.connect(shop_file)
    try:
        return Counter(sku for (sku,) in connection.execute("SELECT sku FROM product"))
    finally:
        connection.close()


def test_a_thousand_posts_in_a_storm_are_exactly_one_listing_each(
    session: Session,
    engine: Engine,
    config: Config,
    shop: PracticeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    skus = queue(session, config, shop, POSTS)
    take_for_real(monkeypatch)
    shop.faults.storm(20261121, PROBABILITY, STORM)
    worker, began = Driven(engine, config), time.monotonic()

    worker.run(seconds=600)

    took = time.monotonic() - began
    with open_session(engine, read_only=True) as fresh:
        states = Counter(fresh.scalars(select(Publication.state)))
        outcomes = Counter(fresh.scalars(select(Attempt.outcome)))
        asked = fresh.scalar(select(func.count()).where(Publication.requested_by.is_not(None)))
    print(
        f"\n{took:.0f} s, clock driven {worker.ahead}, requests {shop.faults.seen.total()}, {dict(outcomes)}"
    )
    assert products_by_sku(tmp_path / "shop.db") == Counter(skus)
    assert set(states) <= set(DONE) and states.total() == POSTS
    assert outcomes["outcome_unknown"] > 50 and outcomes["rate_limited"] > 10  # there was a storm
    assert asked == 0


def test_without_the_look_by_sku_the_same_storm_makes_doubles(
    session: Session,
    engine: Engine,
    config: Config,
    shop: PracticeServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The storm is real: take out what saves us, and it does not."""
    monkeypatch.setattr(WooCommerceAdapter, "_lookup", lambda *_args, **_named: (None, ()))
    skus = queue(session, config, shop, 40)
    take_for_real(monkeypatch)
    shop.faults.storm(7, 0.2, ("lost_reply", "error_after"))

    with pytest.raises(AssertionError, match="posts are not done"):
        Driven(engine, config).run(seconds=20)

    doubles = [sku for sku, count in products_by_sku(tmp_path / "shop.db").items() if count > 1]
    assert doubles and set(doubles) <= set(skus)
