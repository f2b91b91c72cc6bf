"""The public page of a product: for whom it is there, what it says, and that machines read the same."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db.base import today, utcnow
from ocop.listings.models import Listing, Variant
from ocop.publishing.rules import State
from ocop.web import static_files
from tests.browser_client import Browser, Page
from tests.factories import a_listing, a_producer, an_owner, with_photos
from tests.features.public.selling import a_sold_listing, a_star, put_up


@pytest.fixture
def listing(session: Session, config: Config) -> Listing:
    producer = a_producer(
        session,
        name="HTX Mắm tép Đồng Trũng (mẫu)",
        hotline="0237 000 000",
        zalo="0912 000 000",
        hotline_consent_at=utcnow(),
        old_address="xã Yên Dương, huyện Hà Trung",
    )
    return a_sold_listing(session, config, producer=producer, name="Mắm tép đồng ủ thính gạo rang")


def page_of(browser: Browser, listing: Listing) -> Page:
    return browser.open(f"/hang/{listing.id}")


def said_to_machines(page: Page) -> dict[str, Any]:
    return json.loads(page.one("script[type='application/ld+json']").string)


def facts_of(page: Page) -> dict[str, str]:
    rows = page.html.select("dl.facts div")
    return {row.dt.get_text(strip=True): " ".join(row.dd.get_text(" ").split()) for row in rows}


def property_of(page: Page, name: str) -> str:
    return str(page.one(f"meta[property='{name}']")["content"])


def test_a_shopper_reads_what_it_is_what_it_costs_and_whose_it_is(listing: Listing, browser: Browser) -> None:
    page = page_of(browser, listing)

    facts = facts_of(page)

    assert page.heading == "Mắm tép đồng ủ thính gạo rang"
    assert page.one(".price").get_text(strip=True) == "70.000 đồng"
    assert "Còn hàng" in page.text
    assert page.one("a[href='tel:0237000000']").get_text(strip=True) == "Gọi cơ sở"
    assert page.one("a[href='https://zalo.me/0912000000']")
    assert facts["Thành phần"] == "Tép riu (65%), muối ăn, thính gạo rang"
    assert facts["Hạn sử dụng"] == "365 ngày kể từ ngày sản xuất"
    assert facts["Trong gói"] == "Hũ 250 g"
    assert "thôn Mẫu 1, Xã Hoạt Giang, tỉnh Thanh Hóa" in page.text
    assert "xã Yên Dương, huyện Hà Trung" in page.text
    assert "Thông tin do cơ sở tự khai và chịu trách nhiệm." in page.text


def test_several_packings_stand_in_a_list_with_their_prices(
    session: Session, listing: Listing, browser: Browser
) -> None:
    listing.variants.append(
        Variant(sku="TEST-500", label="Hũ 500 g", net_content=500, price_vnd=130_000, position=1, stock=0)
    )
    session.commit()

    page = page_of(browser, listing)

    assert page.one(".price").get_text(" ", strip=True) == "từ 70.000 đồng"
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select(".packs li")]
    assert rows == ["Hũ 250 g 70.000 đồng", "Hũ 500 g tạm hết 130.000 đồng"]


def test_without_consent_no_number_is_on_the_page(
    session: Session, listing: Listing, browser: Browser
) -> None:
    listing.producer.hotline_consent_at = None
    session.commit()

    page = page_of(browser, listing)

    assert "0237" not in page.response.text
    assert "zalo.me" not in page.response.text


def test_the_star_is_there_while_its_decision_counts_and_then_nowhere(
    session: Session, listing: Listing, browser: Browser
) -> None:
    star = a_star(session, listing)
    valid = page_of(browser, listing)

    star.expires_on = today() - dt.timedelta(days=1)
    session.commit()
    lapsed = page_of(browser, listing)

    assert "OCOP 4 sao" in valid.text
    assert "MẪU-01/QĐ-UBND" in valid.text
    assert "sao" not in lapsed.text.replace("tại sao", "")
    assert "MẪU-01" not in lapsed.text


def test_a_star_typed_into_the_name_is_not_repeated(
    session: Session, listing: Listing, browser: Browser
) -> None:
    listing.name = "Mắm tép đồng OCOP 4 sao"
    session.commit()

    assert page_of(browser, listing).heading == "Mắm tép đồng"


def test_it_leads_to_real_marketplaces_and_never_to_the_practice_one(
    session: Session, listing: Listing, browser: Browser
) -> None:
    put_up(session, listing, "buudien", url="https://nongsan.buudien.vn/p/mam-tep")
    put_up(session, listing, "practice", url="http://127.0.0.1:8090/san-pham/1")
    put_up(session, listing, "voso", url="https://voso.vn/p/1", state=State.WITHDRAWN)
    put_up(session, listing, "thanh_hoa", url="https://khac.example/lua")

    page = page_of(browser, listing)

    links = [str(a["href"]) for a in page.html.select("main a[rel~=noopener]")]
    assert [link for link in links if "facebook" not in link] == ["https://nongsan.buudien.vn/p/mam-tep"]


def test_what_is_paused_says_so_to_people_and_machines(
    session: Session, config: Config, browser: Browser
) -> None:
    listing = with_photos(session, a_listing(session, a_producer(session)), config.media_dir, 1)
    put_up(session, listing, state=State.PAUSED, pause="sold_out")

    page = page_of(browser, listing)

    assert "Tạm hết hàng" in page.text
    assert said_to_machines(page)["offers"][0]["availability"] == "https://schema.org/OutOfStock"
    assert property_of(page, "product:availability") == "out of stock"


def test_machines_read_a_product_with_a_valid_price(
    config: Config, listing: Listing, browser: Browser
) -> None:
    page = page_of(browser, listing)

    data = said_to_machines(page)

    (offer,) = data["offers"]
    assert (data["@type"], data["name"]) == ("Product", page.heading)
    assert (offer["price"], offer["priceCurrency"]) == ("70000", "VND")
    assert offer["availability"] == "https://schema.org/InStock"
    assert data["image"][0] == f"{config.base_url}/anh/{listing.photos[0].media_id}-large.jpg"
    assert data["url"] == offer["url"] == f"{config.base_url}/hang/{listing.id}"
    assert page.one("link[rel=canonical]")["href"] == data["url"]


def test_a_link_that_is_pasted_somewhere_has_a_title_a_text_and_a_picture(
    config: Config, listing: Listing, browser: Browser
) -> None:
    page = page_of(browser, listing)

    picture = browser.raw(property_of(page, "og:image").removeprefix(config.base_url))

    assert property_of(page, "og:title") == page.heading
    assert property_of(page, "og:description") == listing.short_text
    assert property_of(page, "og:url").endswith(f"/hang/{listing.id}")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")


def test_words_that_look_like_code_stay_words(session: Session, listing: Listing, browser: Browser) -> None:
    listing.name = '</script><script src="x">alert(1)</script> & "mắm"'
    session.commit()

    page = page_of(browser, listing)

    assert page.html.select("script[src]") == []
    assert said_to_machines(page)["name"] == listing.name


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (State.WITHDRAWN, "none"),
        (State.QUEUED, "publish"),
        (State.SUSPENDED, "none"),
        (State.LIVE, "withdraw"),
    ],
)
def test_a_page_nobody_asked_for_or_that_was_taken_back_is_not_there(
    session: Session, config: Config, browser: Browser, state: State, wanted: str
) -> None:
    listing = with_photos(session, a_listing(session, a_producer(session)), config.media_dir, 1)
    put_up(session, listing, state=state, wanted=wanted)

    page = browser.open(f"/hang/{listing.id}", status=404)

    assert listing.name not in page.text


def test_a_product_that_is_only_on_a_marketplace_has_no_page(
    session: Session, config: Config, browser: Browser
) -> None:
    listing = with_photos(session, a_listing(session, a_producer(session)), config.media_dir, 1)
    put_up(session, listing, "buudien", url="https://buudien.vn/p/1")

    assert browser.raw(f"/hang/{listing.id}").status_code == 404
    assert browser.raw(f"/hang/{listing.id}/ma-qr.svg").status_code == 404


@pytest.mark.parametrize(
    "values", [{"archived_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}, {"set_no": 14, "ethanol": "40%"}]
)
def test_archived_goods_and_strong_drink_have_no_page(
    session: Session, listing: Listing, browser: Browser, values: dict[str, Any]
) -> None:
    for name, value in values.items():
        setattr(listing, name, value)
    session.commit()

    assert browser.raw(f"/hang/{listing.id}").status_code == 404


def test_weak_drink_says_who_may_not_have_it(session: Session, listing: Listing, browser: Browser) -> None:
    listing.set_no, listing.ethanol = 15, "5% thể tích"
    session.commit()

    assert "Người chưa đủ 18 tuổi không mua, không uống." in page_of(browser, listing).text


def test_it_is_kept_for_a_minute_and_not_sent_twice(listing: Listing, browser: Browser) -> None:
    first = browser.raw(f"/hang/{listing.id}")

    again = browser.raw(f"/hang/{listing.id}", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in first.headers
    assert again.status_code == 304


def test_a_producer_who_is_signed_in_sees_the_same_page(
    session: Session, config: Config, browser: Browser
) -> None:
    user, producer, _actor = an_owner(session)
    listing = a_sold_listing(session, config, producer=producer)

    stranger = browser.another().raw(f"/hang/{listing.id}").data

    assert browser.sign_in(user).raw(f"/hang/{listing.id}").data == stranger


def test_page_and_style_together_are_light(listing: Listing, browser: Browser, session: Session) -> None:
    a_star(session, listing)
    put_up(session, listing, "buudien", url="https://nongsan.buudien.vn/p/mam-tep")
    style = gzip.compress((static_files.FOLDER / "css/public.css").read_bytes())

    page = browser.raw(f"/hang/{listing.id}", headers={"Accept-Encoding": "gzip"})

    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.data) + len(style) <= 8_000
    assert "<script src" not in gzip.decompress(page.data).decode()


def test_its_qr_leads_back_to_it(config: Config, listing: Listing, browser: Browser) -> None:
    answer = browser.raw(f"/hang/{listing.id}/ma-qr.svg")

    assert answer.mimetype == "image/svg+xml"
    (read,) = zxingcpp.read_barcodes(_drawn(answer.text))
    assert read.text == f"{config.base_url}/hang/{listing.id}"


def _drawn(svg: str) -> Image.Image:
    """The path of little squares as pixels: all our symbols consist of `Mx,yH…V…H…z` pieces of one size."""
    wide = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    picture = Image.new("L", (int(wide * 8), int(wide * 8)), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, right, bottom in re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)V([\d.]+)H[\d.]+z", svg):
        corners = [round(float(value) * 8) for value in (x, y, right, bottom)]
        pen.rectangle((corners[0], corners[1], corners[2] - 1, corners[3] - 1), fill=0)
    return picture
