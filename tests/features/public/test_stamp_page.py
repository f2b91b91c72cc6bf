"""What the page tells about the goods: nine items of the decree, papers, diary, address, telephone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ocop.batches import services
from ocop.batches.models import Batch
from ocop.config import Config
from ocop.db.base import today, utcnow
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind
from tests.browser_client import Browser, Page
from tests.factories import a_listing, with_photos
from tests.features.batches.stamping import Shop

DAY = dt.timedelta(days=1)


@pytest.fixture
def stamp(shop: Shop) -> str:
    roll = shop.roll()
    shop.activate(roll)
    return f"/t/{shop.code(roll)}"


def _paper(
    session: Session, shop: Shop, kind: CertificateKind = CertificateKind.OCOP, **values: Any
) -> Certificate:
    values = {
        "listing_id": shop.listing.id if kind is CertificateKind.OCOP else None,
        "number": "MẪU-01/QĐ-UBND",
        "issuer": "cơ quan mẫu",
        "issued_on": today() - 100 * DAY,
        "expires_on": today() + 100 * DAY,
        "stars": 3 if kind is CertificateKind.OCOP else None,
        **values,
    }
    paper = Certificate(producer_id=shop.producer.id, kind=kind, **values)
    session.add(paper)
    session.commit()
    return paper


def _facts(page: Page) -> dict[str, str]:
    rows = page.html.select("dl.facts div")
    return {row.dt.get_text(strip=True): " ".join(row.dd.get_text(" ").split()) for row in rows}


def test_the_nine_items_of_the_decree_are_on_the_page(
    session: Session, shop: Shop, browser: Browser, config: Config, stamp: str
) -> None:
    listing = session.merge(shop.listing)
    with_photos(session, listing, config.media_dir, 2)
    listing.brand = "Đồng Trũng"
    session.commit()
    shop.do(
        services.add_event,
        batch_id=shop.batch_id,
        step="packing",
        happened_on=today(),
        place="Xưởng thôn Mẫu 1",
        text="Đóng hũ thủy tinh",
    )

    page = browser.open(stamp)
    facts = _facts(page)

    assert page.one(".name").get_text() == f"{listing.name}, Hũ 250 g"
    assert page.one("img")["src"].endswith("-small.webp")
    assert "HTX Mắm tép Đồng Trũng (mẫu) Số lô MT-1 Ngày làm" in page.text
    assert facts["Địa chỉ"] == "thôn Mẫu 1, Xã Hoạt Giang, tỉnh Thanh Hóa"
    assert facts["Xuất xứ"] == "Việt Nam"
    assert facts[f"{today():%d/%m/%Y}"] == "Đóng gói · Xưởng thôn Mẫu 1 Đóng hũ thủy tinh"
    assert facts["Thương hiệu"] == "Đồng Trũng"
    assert f"Hạn sử dụng {today() + 300 * DAY:%d/%m/%Y}" in page.text
    assert facts["Tiêu chuẩn áp dụng"] == "TCCS 01:2025/MẪU"
    assert "Thông tin do cơ sở tự khai và chịu trách nhiệm." in page.text


def test_the_picture_is_the_front_of_the_pack_and_can_be_fetched_by_anybody(
    session: Session, shop: Shop, browser: Browser, config: Config, stamp: str
) -> None:
    listing = with_photos(session, session.merge(shop.listing), config.media_dir, 2)
    listing.photos[0].shot, listing.photos[1].shot = "back_label", "front"
    session.commit()

    picture = browser.open(stamp).one("img")
    with browser.raw(str(picture["src"])) as fetched:
        status = fetched.status_code

    assert listing.photos[1].media_id in str(picture["src"])
    assert (picture["width"], picture["height"]) == ("480", "360")
    assert status == 200


def test_a_lot_without_diary_says_so(browser: Browser, stamp: str) -> None:
    page = browser.open(stamp)

    assert "Cơ sở chưa ghi nhật ký cho lô này." in page.text


def test_a_corrected_line_takes_the_place_of_the_old_one(shop: Shop, browser: Browser, stamp: str) -> None:
    old = shop.do(
        services.add_event,
        batch_id=shop.batch_id,
        step="production",
        happened_on=today(),
        text="Rang thính chín phút",
    )
    shop.do(
        services.add_event,
        batch_id=shop.batch_id,
        step="production",
        happened_on=today(),
        text="Rang thính mười phút",
        corrects_id=old.id,
    )

    page = browser.open(stamp)

    assert "mười phút" in page.text
    assert "chín phút" not in page.text
    assert f"sửa lại ngày {today():%d/%m/%Y}" in page.text


def test_a_star_shows_with_its_decision_and_dates_while_it_is_valid(
    session: Session, shop: Shop, browser: Browser, stamp: str
) -> None:
    paper = _paper(session, shop, expires_on=today())

    page = browser.open(stamp)

    line = f"OCOP 3 sao – Quyết định MẪU-01/QĐ-UBND, ngày {paper.issued_on:%d/%m/%Y}, đến {today():%d/%m/%Y}."
    assert f"{line} Của sản phẩm này." in page.text
    assert "Cơ sở tự khai" in page.text


def test_a_lapsed_star_is_gone_but_for_the_history_of_papers(
    session: Session, shop: Shop, browser: Browser, stamp: str
) -> None:
    _paper(session, shop, expires_on=today() - DAY)
    shop.change(Batch, shop.batch_id, made_on=today())

    page = browser.open(stamp)
    history = page.one("details")
    history.extract()

    assert "MẪU-01/QĐ-UBND" in history.get_text()
    assert "3 sao –" not in page.text
    assert "QĐ-UBND" not in " ".join(page.html.get_text(" ").split())


def test_a_lot_packed_while_the_paper_was_valid_says_exactly_that(
    session: Session, shop: Shop, browser: Browser, stamp: str
) -> None:
    _paper(session, shop, expires_on=today() - DAY)
    shop.change(Batch, shop.batch_id, made_on=today() - 5 * DAY)

    page = browser.open(stamp)

    packed, lapsed = f"{today() - 5 * DAY:%d/%m/%Y}", f"{today() - DAY:%d/%m/%Y}"
    assert (
        f"Lô này đóng gói ngày {packed}, khi giấy OCOP MẪU-01/QĐ-UBND còn hiệu lực. Giấy nay đã hết hạn ngày {lapsed}."
        in page.text
    )
    assert "Của sản phẩm này" not in page.text


def test_a_withdrawn_star_is_not_shown(session: Session, shop: Shop, browser: Browser, stamp: str) -> None:
    _paper(session, shop, revoked_on=today())

    page = browser.open(stamp)

    assert "OCOP 3 sao" not in page.text


@pytest.mark.parametrize("whose", ["another product's", "the producer's"])
def test_a_star_never_shows_on_goods_it_was_not_given_to(
    session: Session, shop: Shop, browser: Browser, stamp: str, whose: str
) -> None:
    other = a_listing(session, session.merge(shop.producer), name="Bánh gai")
    session.flush()
    _paper(session, shop, listing_id=other.id if whose == "another product's" else None)

    page = browser.open(stamp)

    assert "QĐ-UBND" not in page.text


def test_a_paper_whose_original_an_officer_saw_says_when(
    session: Session, shop: Shop, browser: Browser, stamp: str
) -> None:
    _paper(
        session, shop, CertificateKind.FOOD_SAFETY, number="ATTP-MẪU", original_seen_on=dt.date(2026, 3, 4)
    )

    page = browser.open(stamp)

    assert "Giấy ATTP-MẪU, do cơ quan mẫu cấp, đến" in page.text
    assert "Cán bộ xã đã xem bản gốc ngày 04/03/2026" in page.text


def test_a_household_s_personal_number_is_masked(
    session: Session, shop: Shop, browser: Browser, stamp: str
) -> None:
    _paper(session, shop, CertificateKind.BUSINESS_REGISTRATION, number="012345678901", expires_on=None)

    page = browser.open(stamp)

    assert "012345678901" not in page.response.text
    assert "901" in page.text


def test_the_old_address_stands_beside_the_new_one_until_july_2027(
    shop: Shop, browser: Browser, stamp: str
) -> None:
    shop.change(Producer, shop.producer.id, old_address="xã Yên Dương, huyện Hà Trung")

    address = _facts(browser.open(stamp))["Địa chỉ"]

    assert address == (
        "thôn Mẫu 1, Xã Hoạt Giang, tỉnh Thanh Hóa "
        "(bao bì in trước 01/07/2025 có thể ghi: xã Yên Dương, huyện Hà Trung)"
    )


def test_call_and_zalo_are_there_only_with_recorded_consent(shop: Shop, browser: Browser, stamp: str) -> None:
    numbers = {"hotline": "0912345678", "zalo": "0912345678"}
    shop.change(Producer, shop.producer.id, **numbers)
    silent = browser.open(stamp)

    shop.change(Producer, shop.producer.id, hotline_consent_at=utcnow())
    open_ = browser.open(stamp)

    assert "0912" not in silent.response.text
    assert [a["href"] for a in open_.html.select("ul.calls a")] == [
        "tel:0912345678",
        "https://zalo.me/0912345678",
    ]


def test_a_number_that_is_only_words_is_said_and_cannot_be_pressed(
    shop: Shop, browser: Browser, stamp: str
) -> None:
    words = "số mẫu, không gọi được"
    shop.change(Producer, shop.producer.id, hotline=words, hotline_consent_at=utcnow())
    shop.do(services.hold, batch_id=shop.batch_id)

    page = browser.open(stamp)

    assert page.one("ul.calls").get_text().strip() == words
    assert not page.html.select("a[href^='tel:']")
    assert "gọi nơi bán" in page.text


def test_wholesale_prices_and_people_never_reach_the_page(shop: Shop, browser: Browser, stamp: str) -> None:
    shop.change(type(shop.listing.variants[0]), shop.listing.variants[0].id, wholesale_vnd=56_123)
    shop.change(Producer, shop.producer.id, representative="Người đại diện mẫu")
    shop.do(
        services.add_event,
        batch_id=shop.batch_id,
        step="packing",
        happened_on=today(),
        recorded_by="Người ghi mẫu",
    )

    page = browser.open(stamp)

    assert not any(word in page.text for word in ("56.123", "56123", "Người đại diện mẫu", "Người ghi"))


def test_what_a_producer_wrote_is_text_and_nothing_else(shop: Shop, browser: Browser, stamp: str) -> None:
    bad = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    shop.change(type(shop.listing), shop.listing.id, name=bad, story=bad, standards=bad)
    shop.change(Producer, shop.producer.id, name=bad)

    page = browser.open(stamp)

    assert not page.html.select("script, img[onerror]")
    assert bad in page.text
