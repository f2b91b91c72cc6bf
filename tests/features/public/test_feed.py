"""Feeds over HTTP: whose goods are in them, when they change, and that nobody waits for a slow reader."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db.base import today, utcnow
from ocop.listings.models import Listing
from ocop.public.queries import feed as queries
from ocop.publishing.rules import State
from tests.adapters.feeds import csv_rows, faults, read_back, rss_rows
from tests.browser_client import Browser
from tests.factories import a_listing, a_producer, with_photos
from tests.features.public.selling import a_sold_listing, a_star, channel_of, put_up

RSS, CSV = "/nguon-hang/tinh.rss", "/nguon-hang/tinh.csv"


def rows_of(browser: Browser, path: str = RSS) -> list[dict[str, Any]]:
    answer = browser.raw(path)
    assert answer.status_code == 200, answer.status
    return csv_rows(answer.data) if path.endswith("csv") else list(rss_rows([answer.data]))


def skus(browser: Browser, path: str = RSS) -> list[str]:
    return [row["id"] for row in rows_of(browser, path)]


@pytest.fixture
def listing(session: Session, config: Config) -> Listing:
    return a_sold_listing(session, config)


def test_a_product_that_was_put_up_is_in_both_forms_and_fit_for_their_readers(
    session: Session, config: Config, listing: Listing, browser: Browser
) -> None:
    a_star(session, listing)

    (in_rss,), (in_csv,) = rows_of(browser), rows_of(browser, CSV)

    assert (faults(in_rss), faults(in_csv, meta=True)) == ([], [])
    assert replace(read_back(in_csv), measure="250 g") == read_back(in_rss)
    assert in_rss["link"] == f"{config.base_url}/hang/{listing.id}"
    assert in_rss["image_link"] == f"{config.base_url}/anh/{listing.photos[0].media_id}-large.jpg"
    assert "Hạng OCOP: 4 sao" in in_rss["description"]


def test_the_picture_of_an_item_can_be_fetched_by_anybody(
    config: Config, listing: Listing, browser: Browser
) -> None:
    (row,) = rows_of(browser)

    picture = browser.raw(row["image_link"].removeprefix(config.base_url))

    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")


def test_types_say_what_it_is_and_no_cookie_is_set(listing: Listing, browser: Browser) -> None:
    rss, csv = browser.raw(RSS), browser.raw(CSV)

    assert (rss.content_type, csv.content_type) == (
        "application/rss+xml; charset=utf-8",
        "text/csv; charset=utf-8",
    )
    assert rss.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in rss.headers


def test_each_commune_and_each_producer_has_a_feed_of_its_own(
    session: Session, config: Config, browser: Browser
) -> None:
    here = a_sold_listing(session, config, producer=a_producer(session, commune_code="15286"))
    there = a_sold_listing(session, config, producer=a_producer(session, commune_code="14812"))

    mine, theirs = here.variants[0].sku, there.variants[0].sku

    assert skus(browser, "/nguon-hang/xa/15286.rss") == [mine]
    assert skus(browser, "/nguon-hang/xa/14812.csv") == [theirs]
    assert skus(browser, f"/nguon-hang/co-so/{here.producer_id}.csv") == [mine]
    assert sorted(skus(browser)) == sorted([mine, theirs])


@pytest.mark.parametrize(
    "path",
    ["/nguon-hang/xa/00000.rss", "/nguon-hang/co-so/khongcoaiday.csv", "/nguon-hang/tinh.json"],
)
def test_a_feed_of_nobody_is_not_there(browser: Browser, path: str) -> None:
    assert browser.raw(path).status_code == 404


def test_a_producer_who_never_asked_for_it_is_not_even_named(session: Session, browser: Browser) -> None:
    producer = a_producer(session)
    put_up(session, a_listing(session, producer), "buudien", url="https://buudien.vn/p/1")

    answer = browser.raw(f"/nguon-hang/co-so/{producer.id}.rss")

    assert answer.status_code == 404
    assert producer.name not in answer.text


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (State.QUEUED, "publish"),
        (State.WITHDRAWN, "none"),
        (State.SUSPENDED, "none"),
        (State.REJECTED, "none"),
        (State.LIVE, "withdraw"),
    ],
)
def test_what_is_not_up_or_is_to_come_down_is_not_in_it(
    session: Session, config: Config, browser: Browser, state: State, wanted: str
) -> None:
    listing = with_photos(session, a_listing(session, a_producer(session)), config.media_dir, 1)
    put_up(session, listing, state=state, wanted=wanted)

    assert skus(browser) == []


@pytest.mark.parametrize("state", [State.QUEUED, State.NEEDS_UPDATE])
def test_a_product_that_waits_for_its_next_version_stays(
    session: Session, config: Config, browser: Browser, state: State
) -> None:
    listing = with_photos(session, a_listing(session, a_producer(session)), config.media_dir, 1)
    put_up(session, listing, state=state, wanted="update")

    assert skus(browser) == [listing.variants[0].sku]


def test_an_archived_product_is_gone_and_a_feed_may_be_empty(
    session: Session, listing: Listing, browser: Browser
) -> None:
    listing.archived_at = utcnow()
    session.commit()

    assert skus(browser) == []
    assert skus(browser, f"/nguon-hang/co-so/{listing.producer_id}.rss") == []


def test_a_switched_off_channel_shows_nothing(session: Session, listing: Listing, browser: Browser) -> None:
    channel_of(session).enabled = False
    session.commit()

    assert skus(browser) == []


def test_what_is_paused_is_out_of_stock(session: Session, config: Config, browser: Browser) -> None:
    listing = with_photos(session, a_listing(session, a_producer(session)), config.media_dir, 1)
    put_up(session, listing, state=State.PAUSED, pause="season_over")

    (row,) = rows_of(browser)

    assert row["availability"] == "out_of_stock"


def test_a_producer_who_closed_has_nothing_in_stock(
    session: Session, listing: Listing, browser: Browser
) -> None:
    listing.producer.closed_on = today()
    session.commit()

    (row,) = rows_of(browser, CSV)

    assert row["availability"] == "out of stock"


def test_a_lapsed_star_is_gone_the_day_after(session: Session, listing: Listing, browser: Browser) -> None:
    a_star(session, listing, expires_on=today() - dt.timedelta(days=1))

    (row,) = rows_of(browser)

    assert "OCOP" not in row["description"]


def test_a_drink_that_became_strong_is_no_longer_advertised(
    session: Session, listing: Listing, browser: Browser
) -> None:
    listing.set_no, listing.ethanol = 14, "29,5% thể tích"
    session.commit()

    assert skus(browser) == []


def test_who_has_it_already_is_told_so(listing: Listing, browser: Browser) -> None:
    first = browser.raw(RSS)

    again = browser.raw(RSS, headers={"If-None-Match": first.headers["ETag"]})

    assert not first.headers["ETag"].startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_head_tells_the_same_without_a_body(listing: Listing, browser: Browser) -> None:
    get, head = browser.raw(RSS), browser.client.head(RSS)

    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


def _price(session: Session, listing: Listing) -> None:
    listing.variants[0].price_vnd = 71_000


def _pause(session: Session, listing: Listing) -> None:
    from ocop.publishing.models import Publication

    session.query(Publication).one().move_to(State.PAUSED)


def _revoke(session: Session, listing: Listing) -> None:
    session.query(type(listing.producer.certificates[0])).one().revoked_on = today()


def _rename(session: Session, listing: Listing) -> None:
    listing.producer.name = "HTX Mẫu mới"


def _second(session: Session, listing: Listing) -> None:
    other = a_listing(session, listing.producer, name="Mắm tôm")
    put_up(session, other)


@pytest.mark.parametrize("change", [_price, _pause, _revoke, _rename, _second])
def test_any_change_gives_another_tag(
    session: Session, listing: Listing, browser: Browser, change: Any
) -> None:
    a_star(session, listing)
    session.refresh(listing.producer)
    before = browser.raw(RSS).headers["ETag"]

    change(session, listing)
    session.commit()
    after = browser.raw(RSS, headers={"If-None-Match": before})

    assert after.status_code == 200
    assert after.headers["ETag"] != before


def test_a_new_day_gives_another_tag_since_papers_lapse_by_the_day(
    listing: Listing, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ocop.public.views import feed as views

    before = browser.raw(RSS).headers["ETag"]
    monkeypatch.setattr(views, "today", lambda: today() + dt.timedelta(days=1))

    assert browser.raw(RSS).headers["ETag"] != before


def test_many_pages_give_every_product_once_and_in_order(
    session: Session, config: Config, engine: Engine
) -> None:
    made = [a_sold_listing(session, config).variants[0].sku for _ in range(7)]

    found = [
        item.sku
        for item in queries.items(engine, queries.WHOLE, base_url="https://mau.example", day=today(), page=3)
    ]

    assert sorted(found) == sorted(made)
    assert len(found) == 7


def test_between_two_pages_the_database_is_nobody_s(session: Session, config: Config, engine: Engine) -> None:
    for _ in range(3):
        a_sold_listing(session, config)

    reading = queries.items(engine, queries.WHOLE, base_url="https://mau.example", day=today(), page=2)
    next(reading)

    assert engine.pool.checkedout() <= 1  # the test's own session at most
    session.commit()
    assert engine.pool.checkedout() == 0
    reading.close()


def test_a_fourth_slow_reader_is_asked_to_come_back(listing: Listing, browser: Browser) -> None:
    slow = [browser.client.get(RSS, buffered=False) for _ in range(3)]

    refused = browser.raw(RSS)
    for one in slow:
        one.close()
    served = browser.raw(RSS)

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert served.status_code == 200
