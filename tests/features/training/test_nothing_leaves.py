"""Of a class nothing leaves the house: no marketplace but the practice ones, no feed, no page, no real stamp. All
sockets but the practice shop's own are closed while these tests run (conftest.shop).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace_adapters.practice import PracticeServer
from ocop.accounts.rules import Role
from ocop.batches import services as batches
from ocop.batches.models import Batch
from ocop.batches.queries import stamp_mode
from ocop.config import Config
from ocop.db import install, secrets
from ocop.db.actor import Actor, NotFound
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.jobs.worker import run_until_idle
from ocop.listings.models import Listing
from ocop.publishing import queries, services, work
from ocop.publishing.decoder import SaidLink
from ocop.publishing.models import Channel, CheckedLink, Publication
from ocop.publishing.rules import State
from tests.browser_client import Browser
from tests.features.training.conftest import Class
from traceability.highwater import HighWater
from traceability.serials import StampKey, encode


@dataclass
class Room:
    """The class's first owner at work on the sample that is ready to be published."""

    session: Session
    config: Config
    engine: Engine
    actor: Actor
    listing: Listing

    def work(self) -> None:
        run_until_idle(self.engine, work.steps(self.config, secrets.load(self.config.secrets_dir)))
        self.session.expire_all()

    def post(self, channel: Channel, **values: object) -> Publication:
        """A row as no form could have made it."""
        post = Publication(
            listing_id=self.listing.id, channel_id=channel.id,
            **{"state": State.QUEUED, "wanted": "publish", "due_at": utcnow(), "queued_at": utcnow(), **values},
        )  # fmt: skip
        self.session.add(post)
        self.session.commit()
        return post


@pytest.fixture
def room(session: Session, config: Config, engine: Engine, a_class: Class) -> Room:
    sample = a_class.samples[0]
    actor = a_class.acting(Role.PRODUCER_OWNER, sample)
    listing = session.scalars(select(Listing).where(Listing.producer_id == sample.id)).one()
    session.commit()
    return Room(session, config, engine, actor, listing)


def test_only_practice_marketplaces_can_be_chosen(room: Room, channels: dict[str, Channel]) -> None:
    choices = queries.channel_choices(room.session, room.actor)

    assert {one.marketplace for one in choices} == {"practice", "practice_form"}
    assert len(channels) > 4
    for real in ("thanh_hoa", "buudien", "nguon_hang"):
        with pytest.raises(NotFound):
            queries.channel(room.session, room.actor, channels[real].id)
        with pytest.raises(NotFound):
            services.request_publish(
                room.session, room.actor, listing=room.listing, channel_ids=[channels[real].id]
            )


def test_the_ready_sample_really_goes_up_at_the_practice_shop_and_nowhere_else(
    room: Room, channels: dict[str, Channel], shop: PracticeServer
) -> None:
    (post,) = services.request_publish(
        room.session, room.actor, listing=room.listing, channel_ids=[channels["practice"].id]
    )
    room.session.commit()

    room.work()

    assert post.state in (State.LIVE, State.IN_REVIEW)
    assert [one["name"] for one in shop.store.products()[0]] == [room.listing.name]


@pytest.mark.parametrize("wanted", ["publish", "update", "withdraw", "suspend", "pause", "resume", "look"])
def test_the_worker_refuses_to_reach_a_real_marketplace_whatever_is_wanted(
    room: Room, channels: dict[str, Channel], monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    post = room.post(
        channels["thanh_hoa"],
        wanted=wanted,
        state=State.QUEUED if wanted in ("publish", "update") else State.LIVE,
        url="https://www.nongsanantoanthanhhoa.vn/x-1.html",
    )
    asked = []
    monkeypatch.setattr(work.registry, "make_adapter", lambda *a, **k: asked.append(a))

    room.work()

    assert asked == []
    assert post.attempts[-1].outcome == "training_only"


def test_an_outside_link_is_neither_taken_up_nor_looked_at(
    room: Room, channels: dict[str, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    monkeypatch.setattr(work.registry, "make_adapter", lambda *a, **k: looked.append(a))
    url = "https://www.nongsanantoanthanhhoa.vn/mam-tep-1.html"

    with pytest.raises(NotFound):
        services.adopt_link(
            room.session, room.actor, listing_id=room.listing.id, channel_id=channels["thanh_hoa"].id, url=url
        )
    services.start_check(room.session, room.actor, file_name="x", links=[SaidLink(row=1, url=url)])
    link = room.session.scalars(select(CheckedLink)).one()
    link.due_at = utcnow()  # as no form could have made it
    room.session.commit()
    room.work()

    assert looked == []
    assert link.result == "no_place"


def test_no_shop_page_or_account_outside_can_be_connected(
    room: Room, browser: Browser, a_class: Class
) -> None:
    owner = browser.sign_in(a_class.learner(Role.PRODUCER_OWNER))

    for path in ("/gian-hang/ket-noi", "/gian-hang/noi-voi/zalo_oa", "/gian-hang/noi-voi/facebook"):
        assert owner.raw(path).status_code == 404
        assert owner.post(path, {"base_url": "https://vi-du.example"}).status_code == 404
    with pytest.raises(Refused) as refused:
        services.connect_channel(
            room.session,
            room.actor,
            settings={},
            cipher=Fernet(Fernet.generate_key()),
            marketplace="woocommerce",
        )

    assert refused.value.code == "connect_unknown"
    assert "Nối cửa hàng" not in owner.open("/gian-hang").text


def test_no_feed_and_no_public_page_shows_a_sample_even_when_a_row_says_so(
    room: Room, channels: dict[str, Channel], browser: Browser, a_class: Class
) -> None:
    room.post(channels["nguon_hang"], state=State.LIVE, wanted="none", due_at=None)

    whole = browser.raw("/nguon-hang/tinh.rss")
    commune = browser.raw(f"/nguon-hang/xa/{a_class.commune}.csv")
    own = browser.raw(f"/nguon-hang/co-so/{room.listing.producer_id}.csv")
    page = browser.raw(f"/hang/{room.listing.id}")

    assert whole.status_code == 200 and room.listing.name not in whole.get_data(as_text=True)
    assert (commune.status_code, own.status_code, page.status_code) == (404, 404, 404)


def test_a_stamp_of_a_class_is_a_practice_stamp_even_where_real_ones_are_printed(
    room: Room, session: Session
) -> None:
    row = install.get(session)
    row.stamp_base_url, row.stamp_base_url_confirmed_at = "https://tem.example", utcnow()
    lot = session.scalars(select(Batch).where(Batch.producer_id == room.listing.producer_id)).one()
    session.commit()

    mode = stamp_mode(session, "http://127.0.0.1:8000", room.listing.producer_id)
    roll = batches.issue_roll(
        session, room.actor, key_version="A", mark=HighWater(room.config.mark_file), size=10, batch_id=lot.id,
        base_url="https://tem.example", practice=False,
    )  # fmt: skip

    assert mode.practice and roll.practice
    assert not stamp_mode(session, "http://127.0.0.1:8000", None).practice


def test_a_learner_who_works_for_nobody_still_may_not_choose(
    room: Room, channels: dict[str, Channel]
) -> None:
    """The rule asks whose product it is, so it does not rest on who asks."""
    operator = dataclasses.replace(room.actor, operator=True)

    with pytest.raises(NotFound):
        services.request_publish(
            room.session, operator, listing=room.listing, channel_ids=[channels["buudien"].id]
        )


def test_a_stamp_left_over_from_a_class_is_called_a_practice_stamp_for_ever(
    room: Room, a_class: Class, browser: Browser
) -> None:
    roll = batches.issue_roll(
        room.session, room.actor, key_version="A", mark=HighWater(room.config.mark_file), size=10,
        base_url="https://tem.example", practice=True,
    )  # fmt: skip
    keys = secrets.load(room.config.secrets_dir)
    code = encode(StampKey("A", keys.stamp["A"]), roll.id, 1)
    a_class.begin_anew()

    page = browser.raw(f"/t/{code}").get_data(as_text=True)

    assert "TEM MẪU – không dùng cho hàng bán" in page
    assert "đang khôi phục" not in page
