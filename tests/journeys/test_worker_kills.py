"""A worker killed with SIGKILL at its worst moments, 50 times each: one product per SKU in the shop, none missing.

The worker is a real process (forked from this one, which has read everything in already), the database a real
file, the shop a process of its own that takes the same SKU twice without a word.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db import secrets
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.jobs.worker import run_until_idle
from ocop.listings.models import ListingPhoto, Variant
from ocop.publishing import services, work
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import State
from ocop.publishing.work import leases, together
from tests.factories import a_listing, a_photo, an_owner

POSTS = 25
ROUNDS = 2  # every post meets two kills: 50 in all
BETWEEN_ROUNDS = dt.timedelta(minutes=10)  # the lease of a killed worker has run out by then


@dataclass
class PracticeShop:
    url: str
    file: Path

    def products_by_sku(self) -> Counter[str]:
        connection = sqlite3.connect(self.file)
        try:
            return Counter(sku for (sku,) in connection.execute("SELECT sku FROM product"))
        finally:
            connection.close()


@pytest.fixture
def shop(config: Config, tmp_path: Path) -> Iterator[PracticeShop]:
    """A practice shop as a process of its own, on a free port, whose reviews end by hand only."""
    user, password = services.practice_login(config.secrets_dir)
    command = [
        sys.executable,
        "-m",
        "marketplace_adapters.practice",
        "--port",
        "0",
        "--db",
        str(tmp_path / "shop.db"),
    ]
    process = subprocess.Popen(
        [*command, "--review-seconds", "-1"],
        env={**os.environ, "PRACTICE_USER": user, "PRACTICE_PASSWORD": password},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield PracticeShop(process.stdout.readline().split()[-1], tmp_path / "shop.db")
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.fixture
def skus(session: Session, config: Config, shop: PracticeShop) -> list[str]:
    """Queued posts of as many products; every other one has two packs. Returns every SKU that must come up."""
    _user, producer, actor = an_owner(session)
    port = int(shop.url.rpartition(":")[2])
    services.seed_channels(session, replace(config, practice_port=port))
    practice = session.scalars(select(Channel).where(Channel.marketplace == "practice")).one()
    photo = a_photo(session, producer, config.media_dir)
    made = []
    for number in range(POSTS):
        listing = a_listing(session, producer, name=f"Mắm tép số {number + 1}, hũ thủy tinh")
        listing.photos.append(ListingPhoto(media_id=photo.id, position=0, shot="back_label"))
        if number % 2:
            listing.variants.append(
                Variant(sku=f"BIG-{number}", label="Hũ to", net_content=900, price_vnd=200_000)
            )
        session.flush()
        services.request_publish(session, actor, listing=listing, channel_ids=[practice.id])
        made += [variant.sku for variant in listing.variants]
    session.commit()
    session.close()
    return made


def kill_one_worker(
    engine: Engine,
    config: Config,
    point: str,
    passing: int,
    ahead: dt.timedelta,
    *,
    together_at_most: int = 1,
) -> int:
    """Start a worker that takes one post, or several that go in one call, and dies at ``point`` the n-th time it
    gets there. Its wait status."""
    engine.dispose()  # a connection must not be shared over a fork
    process = os.fork()
    if process == 0:
        left = [passing]

        def crash_point(name: str) -> None:
            left[0] -= name == point
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        leases.crash_point = crash_point
        together.MOST = together_at_most
        leases._places = lambda channel, now: POSTS  # dead workers keep their places: here all die at once
        steps = work.steps(config, secrets.load(config.secrets_dir), clock=lambda: utcnow() + ahead)
        steps[0].run(engine)
        os._exit(0)
    return os.waitpid(process, 0)[1]


# before_record is passed once per pack and once more for the whole post
@pytest.mark.parametrize(
    "point, passings", [("before_send", (1,)), ("after_send", (1,)), ("before_record", (1, 2))]
)
def test_fifty_kills_leave_exactly_one_product_per_sku(
    point: str, passings: tuple[int, ...], engine: Engine, config: Config, shop: PracticeShop, skus: list[str]
) -> None:
    ends = []

    for number in range(POSTS * ROUNDS):
        ahead = BETWEEN_ROUNDS * (number // POSTS)
        ends.append(kill_one_worker(engine, config, point, passings[number % len(passings)], ahead))
    later = (
        utcnow() + BETWEEN_ROUNDS * ROUNDS
    )  # standing still: however slow the machine, no second look is due
    steps = work.steps(config, secrets.load(config.secrets_dir), clock=lambda: later)
    run_until_idle(engine, steps)

    assert Counter(ends) == {int(signal.SIGKILL): POSTS * ROUNDS}
    assert_each_once(engine, shop, skus)


@pytest.mark.parametrize(
    ("point", "passing"), [("before_send", 1), ("after_send", 1), ("before_record", 1), ("before_record", 7)]
)
def test_a_worker_killed_with_twenty_posts_in_one_call_leaves_each_product_once(
    point: str, passing: int, engine: Engine, config: Config, shop: PracticeShop, skus: list[str]
) -> None:
    ends = [
        kill_one_worker(engine, config, point, passing, ahead, together_at_most=20)
        for ahead in (dt.timedelta(), dt.timedelta(seconds=1))
    ]
    later = utcnow() + BETWEEN_ROUNDS
    steps = work.steps(config, secrets.load(config.secrets_dir), clock=lambda: later)

    run_until_idle(engine, steps)

    assert ends == [int(signal.SIGKILL)] * 2
    assert_each_once(engine, shop, skus)


def assert_each_once(engine: Engine, shop: PracticeShop, skus: list[str]) -> None:
    assert shop.products_by_sku() == Counter(skus)
    with open_session(engine, read_only=True) as session:
        posts = session.scalars(select(Publication)).all()
        assert {post.state for post in posts} == {State.IN_REVIEW}
        assert sorted(item.sku for post in posts for item in post.items) == sorted(skus)
        assert all(item.remote_id for post in posts for item in post.items)
