"""Every state over HTTP: what the page says, in its order of precedence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest

from ocop.batches import services
from ocop.batches.models import Batch, StampRoll
from ocop.db.base import today
from ocop.producers.models import Producer
from tests.browser_client import Browser
from tests.features.batches.stamping import Shop

YESTERDAY = dt.timedelta(days=1)


def _recalled(shop: Shop) -> None:
    shop.do(services.recall, batch_id=shop.batch_id, reason="nắp phồng ở một số hũ")


def _held(shop: Shop) -> None:
    shop.do(services.hold, batch_id=shop.batch_id)


def _expired(shop: Shop) -> None:
    shop.change(Batch, shop.batch_id, expires_on=today() - YESTERDAY)


def _best_before(shop: Shop) -> None:
    _expired(shop)
    shop.change(type(shop.listing), shop.listing.id, date_style="best_before")


def _closed(shop: Shop) -> None:
    _recalled(shop)
    shop.do(services.close_recall, batch_id=shop.batch_id)


def _nothing(shop: Shop) -> None:
    return None


# what happened to the lot · activated? · cancelled? -> headline
STATES: list[tuple[Callable[[Shop], None], bool, bool, str]] = [
    (_nothing, True, False, "Tem có trong hệ thống, đã kích hoạt"),
    (_nothing, False, False, "Tem chưa được kích hoạt"),
    (_nothing, True, True, "Tem này cơ sở đã hủy"),
    (_nothing, False, True, "Tem này cơ sở đã hủy"),
    (_expired, True, False, "Hàng đã quá hạn sử dụng ("),
    (_expired, False, False, "Hàng đã quá hạn sử dụng ("),
    (_expired, True, True, "Tem này cơ sở đã hủy"),
    (_best_before, True, False, 'Đã qua ngày "sử dụng tốt nhất trước" ('),
    (_held, True, False, "Cơ sở đang kiểm tra lô này"),
    (_held, True, True, "Cơ sở đang kiểm tra lô này"),
    (_recalled, True, False, "Lô này đang được cơ sở thu hồi – xin ngừng dùng"),
    (_recalled, False, False, "Lô này đang được cơ sở thu hồi – xin ngừng dùng"),
    (_recalled, True, True, "Lô này đang được cơ sở thu hồi – xin ngừng dùng"),
    (_closed, True, False, "Lô này đã thu hồi xong ngày"),
]


@pytest.mark.parametrize(("happened", "activated", "cancelled", "headline"), STATES)
def test_the_gravest_thing_known_is_the_headline(
    shop: Shop,
    browser: Browser,
    happened: Callable[[Shop], None],
    activated: bool,
    cancelled: bool,
    headline: str,
) -> None:
    roll = shop.roll()
    if activated:
        shop.activate(roll)
    if cancelled:
        shop.void(roll, 3)
    happened(shop)

    page = browser.open(f"/t/{shop.code(roll, 3)}")

    assert page.heading.startswith(headline)
    assert not re.search("hàng thật|hàng giả|chính hãng|nghi ngờ|vi phạm", page.text.lower())


def test_a_recall_stands_before_a_hold(shop: Shop, browser: Browser) -> None:
    roll = shop.roll()
    _held(shop)
    _recalled(shop)

    page = browser.open(f"/t/{shop.code(roll)}")

    assert page.heading.startswith("Lô này đang được cơ sở thu hồi")
    assert "Lý do cơ sở nêu: nắp phồng ở một số hũ." in page.text


def test_a_practice_stamp_says_so_before_anything_else(shop: Shop, browser: Browser) -> None:
    roll = shop.roll(practice=True)
    _recalled(shop)

    page = browser.open(f"/t/{shop.code(roll)}")

    assert page.heading == "TEM MẪU – không dùng cho hàng bán"
    assert "Bước tập: Lô này đang được cơ sở thu hồi" in page.text


def test_the_other_lot_on_the_same_roll_is_not_touched_by_a_recall(shop: Shop, browser: Browser) -> None:
    other = shop.lot("MT-OTHER")
    roll = shop.roll(20, batch_id=None, variant_id=shop.listing.variants[0].id)
    shop.activate(roll, 1, 10)
    shop.activate(roll, 11, 20, other.id)
    _recalled(shop)

    pages = [browser.open(f"/t/{shop.code(roll, index)}") for index in (1, 10, 11, 20)]

    assert [page.heading[:7] for page in pages] == ["Lô này ", "Lô này ", "Tem có ", "Tem có "]


@pytest.mark.parametrize("index", [0, 11, 1_048_575])
def test_a_stamp_that_was_never_printed_on_a_known_roll_is_not_found(
    shop: Shop, browser: Browser, index: int
) -> None:
    roll = shop.roll(10)

    page = browser.open(f"/t/{shop.code(roll, index)}", status=404)

    assert page.heading == "Không tìm thấy số tem này"


def test_the_last_good_day_is_still_good(shop: Shop, browser: Browser) -> None:
    roll = shop.roll()
    shop.activate(roll)
    shop.change(Batch, shop.batch_id, expires_on=today())

    page = browser.open(f"/t/{shop.code(roll)}")

    assert page.heading.startswith("Tem có trong hệ thống")


def test_a_roll_above_the_mark_is_unknown_and_one_under_it_is_being_restored(
    shop: Shop, browser: Browser
) -> None:
    shop.mark.raise_to(7)

    lost = browser.open(f"/t/{shop.code(7)}")
    never = browser.open(f"/t/{shop.code(8)}", status=404)

    assert lost.heading == "Hệ thống đang khôi phục hồ sơ của tem này"
    assert "0237 000 000" in lost.text
    assert never.heading == "Không tìm thấy số tem này"


def test_without_its_mark_the_install_does_not_claim_that_a_record_was_lost(
    shop: Shop, browser: Browser
) -> None:
    shop.mark.path.unlink()

    page = browser.open(f"/t/{shop.code(1)}", status=404)

    assert page.heading == "Không tìm thấy số tem này"


def test_a_blank_roll_that_is_not_bound_yet_names_its_producer(shop: Shop, browser: Browser) -> None:
    roll = shop.roll(batch_id=None)

    page = browser.open(f"/t/{shop.code(roll)}")

    assert page.heading == "Tem chưa được kích hoạt"
    assert "Tem này của HTX Mắm tép Đồng Trũng (mẫu)" in page.text
    assert shop.listing.name not in page.text


def test_a_producer_that_closed_is_said_to_have_closed(shop: Shop, browser: Browser) -> None:
    roll = shop.roll()
    shop.change(Producer, shop.producer.id, closed_on=dt.date(2026, 1, 2))

    page = browser.open(f"/t/{shop.code(roll)}")

    assert "Cơ sở báo ngừng hoạt động từ 02/01/2026. Thông tin giữ lại để tra cứu." in page.text


def test_an_unknown_key_version_on_a_known_roll_is_not_found(shop: Shop, browser: Browser) -> None:
    roll = shop.roll()
    shop.change(StampRoll, roll.id, key_version="9")

    page = browser.open(f"/t/{shop.code(roll)}", status=404)

    assert page.heading == "Không tìm thấy số tem này"


def test_the_english_page_has_the_agreed_headline(shop: Shop, browser: Browser) -> None:
    roll = shop.roll()
    shop.activate(roll)

    page = browser.open(f"/t/{shop.code(roll)}").link("English")

    assert page.heading == "Stamp on record, activated by the producer"
    assert page.html.html["lang"] == "en"
    assert page.link("Tiếng Việt").heading == "Tem có trong hệ thống, đã kích hoạt"
