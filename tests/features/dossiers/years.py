"""A producer over the years: three kinds of paper, stamps, posts; and what everybody sees of it on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.batches import queries as batches
from ocop.batches import services as stamping
from ocop.batches.models import StampPrint
from ocop.config import Config
from ocop.db.engine import open_session
from ocop.dossiers import queries as dossiers
from ocop.listings.models import Listing
from ocop.producers import services as producers
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind
from ocop.public.queries import home
from ocop.publishing import services as publishing
from ocop.publishing.mapping import payload
from ocop.publishing.models import Channel, Publication
from ocop.publishing.queries import papers_of
from ocop.publishing.rules import BoothState
from tests.adapters.feeds import rss_rows
from tests.browser_client import Browser
from tests.factories import with_photos
from tests.features.batches.stamping import Shop, a_shop, confirm_host
from tests.features.publishing.conftest import Worker


def noon(day: dt.date) -> dt.datetime:
    """That day in Việt Nam."""
    return dt.datetime.combine(day, dt.time(5), dt.UTC)


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@dataclass(frozen=True)
class Seen:
    """What stands there on a day. page, stamp: the line about the paper ("" when none). face, feed, payload: the stars
    or the mark a new stamp, the feed and a new payload carry. posts: state of the feed's post and of the one a
    person put up. bucket: of the radar, "" when nobody need think of it. task: of the producer's front page."""

    page: str
    stamp: str
    face: int | None
    feed: bool
    payload: bool
    posts: tuple[str, str]
    bucket: str
    task: str


@dataclass
class Years:
    session: Session
    engine: Engine
    config: Config
    app: Flask
    kind: CertificateKind
    shop: Shop = field(init=False)
    papers: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    print_id: str = ""

    def begin(self, **paper: Any) -> None:
        """The first paper, a lot packed and stamped under it, the product put up in a feed and by a person."""
        self.shop = a_shop(self.session, self.engine, self.config, self.app, quantity=100)
        listing = self.session.get_one(Listing, self.shop.listing.id)
        with_photos(self.session, listing, self.config.media_dir, 2)
        confirm_host(self.session)
        self.add(**paper)
        roll = self.shop.roll(60)
        self.roll_id = roll.id
        self.print_id = self.shop.do(
            stamping.record_print, roll_id=roll.id, first=1, last=50, layout="a4-3x8"
        ).id
        self.shop.activate(roll, 1, 20)
        self.stamp = f"/t/{self.shop.code(roll)}"
        self.session.expire_all()  # the print froze the kind of pack
        self._put_up(self.session.get_one(Listing, self.shop.listing.id))

    def _put_up(self, listing: Listing) -> None:
        made = publishing.seed_channels(self.session, self.config)
        places = {channel.marketplace: channel for channel in made}
        for channel in made:
            channel.booth = BoothState.OPEN
        posts = publishing.request_publish(
            self.session,
            self.shop.actor,
            listing=listing,
            channel_ids=[places["nguon_hang"].id, places["thanh_hoa"].id],
        )
        self.session.commit()
        by_place = {self.session.get_one(Channel, p.channel_id).marketplace: p.id for p in posts}
        self.posts = [by_place["nguon_hang"], by_place["thanh_hoa"]]
        self.work()
        self.answer("posted_no_link")

    def add(self, **facts: Any) -> Certificate:
        star = self.kind is CertificateKind.OCOP
        paper = self.shop.do(
            producers.add_certificate,
            kind=self.kind,
            stars=4 if star else None,
            listing_id=self.shop.listing.id if star else None,
            **facts,
        )
        self.papers.append(paper.id)
        return paper

    def file(self, day: dt.date, receipt: str = "BN-07") -> None:
        self.shop.do(
            producers.record_reassessment, certificate_id=self.papers[-1], filed_on=day, receipt=receipt
        )

    def answer(self, answer: str) -> None:
        self.shop.do(publishing.record_answer, publication_id=self.posts[1], answer=answer)

    def work(self) -> None:
        Worker(self.engine, self.config).run()

    def on(self, day: dt.date) -> time_machine.travel:
        return time_machine.travel(noon(day))

    def seen(self, day: dt.date) -> Seen:
        """Everything at once, after the worker has had its turn that day."""
        with self.on(day):
            self.work()
            browser = Browser(self.app, self.engine)
            with open_session(self.engine, read_only=True) as session:
                return Seen(
                    page=self._line(browser, f"/hang/{self.shop.listing.id}"),
                    stamp=self._line(browser, self.stamp),
                    face=self._face(session, day),
                    feed=self._in_feed(browser),
                    payload=self.in_payload(session, day),
                    posts=tuple(session.get_one(Publication, one).state.value for one in self.posts),
                    bucket=self._bucket(session, day),
                    task=self._task(session, day),
                )

    def _line(self, browser: Browser, path: str) -> str:
        """The first line about papers of this kind; "hidden" when the page is not there."""
        answer = browser.raw(path)
        if answer.status_code == 404:
            return "hidden"
        page = browser.open(path)
        past = page.html.select_one("details")
        if past is not None and "Lịch sử" in past.get_text():
            past.decompose()
        words = {"ocop": "OCOP", "vietgap": "VietGAP", "food_safety": "an toàn thực phẩm"}[self.kind.value]
        lines = (" ".join(p.get_text(" ").split()) for p in page.html.select("main p"))
        return next((line for line in lines if words in line), "")

    def _face(self, session: Session, day: dt.date) -> int | None:
        printed = session.get_one(StampPrint, self.print_id)
        order = batches.sheet_order(
            session, self.shop.actor, printed.roll_id, printed.id, blank_words="", today=day
        )
        star = batches.star_for_face(session, printed.roll, day)
        assert (star is None) <= (order.face.stars is None), "an old sheet says no more than a new one"
        return star.stars if star else None

    def _in_feed(self, browser: Browser) -> bool:
        (text, *_more) = [
            row["description"] for row in rss_rows([browser.raw("/nguon-hang/tinh.rss").data])
        ] or [""]
        return self.mark in text

    @property
    def mark(self) -> str:
        return {"ocop": "4 sao", "vietgap": "VietGAP", "food_safety": "an toàn thực phẩm"}[self.kind.value]

    def in_payload(self, session: Session, day: dt.date) -> bool:
        listing = session.get_one(Listing, self.shop.listing.id)
        seen = payload(listing, papers_of(session, listing), day=day, media_dir=None)
        return seen.stars == 4 or any(self.mark in one.kind for one in seen.certificates)

    def _bucket(self, session: Session, day: dt.date) -> str:
        rows = dossiers.radar(session, [self.shop.producer.id], day)
        assert len(rows) <= 1, "one paper at a time"
        return rows[0].bucket.value if rows else ""

    def _task(self, session: Session, day: dt.date) -> str:
        tasks = home.day(session, self.shop.actor, date=day, practice=False).tasks
        found = [one for one in tasks if one.code in ("paper", "paper_ended")]
        return f"{found[0].kind}: {found[0].params['todo']}" if found else ""

    def stamps_to_stop(self, day: dt.date) -> list[int]:
        with open_session(self.engine, read_only=True) as session:
            mine = Producer.id == self.shop.producer.id
            return [one.left for one in batches.stamps_to_stop(session, mine, day)]
