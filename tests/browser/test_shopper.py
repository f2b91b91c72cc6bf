"""A shopper scans: what must be seen before the thumb moves, and what nobody may learn about the shopper."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.hands import PHONE, Hands
from tests.browser.stamps import DemoStamp, RealStamps, activated_demo_stamp
from tests.journeys.running import Town
from traceability.serials import grouped


@pytest.fixture(scope="session")
def demo_stamp(town: Town) -> DemoStamp:
    return activated_demo_stamp(town)


@pytest.fixture(scope="session")
def real_stamps(town: Town) -> RealStamps:
    return RealStamps(town).make()


def _on_the_first_screen(found: Locator) -> bool:
    box = found.first.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"]


def _scan(phone: Hands, town: Town, code: str) -> None:
    phone.open(f"{town.url}/T/{code}")


def _stamp_code(phone: Hands, code: str) -> Locator:
    shown = phone.page.locator(".stamp-code")
    expect(shown).to_have_text(grouped(code))
    return shown


def test_headline_product_lot_and_number_of_a_training_stamp_are_seen_without_scrolling(
    town: Town, demo_stamp: DemoStamp, a_phone: Callable[..., Hands]
) -> None:
    phone = a_phone()

    _scan(phone, town, demo_stamp.code)

    page = phone.page
    wanted = {
        "headline": page.get_by_role("heading", level=1, name="TEM MẪU – không dùng cho hàng bán"),
        "product": page.get_by_text(demo_stamp.product),
        "lot": page.get_by_text(demo_stamp.lot),
        "number": _stamp_code(phone, demo_stamp.code),
    }
    assert {name: _on_the_first_screen(found) for name, found in wanted.items()} == dict.fromkeys(
        wanted, True
    )


def test_headline_product_lot_and_number_of_an_activated_stamp_are_seen_without_scrolling(
    town: Town, demo_stamp: DemoStamp, real_stamps: RealStamps, a_phone: Callable[..., Hands]
) -> None:
    phone = a_phone()
    code = real_stamps.codes["active"]

    _scan(phone, town, code)

    page = phone.page
    wanted = {
        "headline": page.get_by_role("heading", level=1, name="Tem có trong hệ thống, đã kích hoạt"),
        "product": page.get_by_text("Mắm tép đồng ủ thính gạo rang"),
        "lot": page.get_by_text("Số lô MT-"),
        "number": _stamp_code(phone, code),
    }
    assert {name: _on_the_first_screen(found) for name, found in wanted.items()} == dict.fromkeys(
        wanted, True
    )


@pytest.mark.parametrize("state", ["active", "inactive", "void", "checking", "recalled", "expired"])
def test_every_state_shows_headline_and_number_on_the_first_screen(
    state: str, town: Town, real_stamps: RealStamps, a_phone: Callable[..., Hands]
) -> None:
    phone = a_phone()
    code = real_stamps.codes[state]

    _scan(phone, town, code)

    assert _on_the_first_screen(phone.page.get_by_role("heading", level=1))
    assert _on_the_first_screen(_stamp_code(phone, code))


def test_a_scan_speaks_to_no_other_host_and_leaves_no_cookie(
    town: Town, demo_stamp: DemoStamp, a_phone: Callable[..., Hands]
) -> None:
    phone = a_phone()

    _scan(phone, town, demo_stamp.code)
    phone.page.mouse.wheel(0, 5_000)
    phone.page.wait_for_load_state("networkidle")
    phone.press(phone.page.get_by_role("link", name="EN", exact=False))

    assert phone.page.locator("html").get_attribute("lang") == "en"
    assert phone.hosts == {urlsplit(town.url).netloc}
    assert phone.context.cookies() == []
    assert phone.page.evaluate("localStorage.length + sessionStorage.length") == 0
