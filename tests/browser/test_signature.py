"""A signature on the officer's phone: drawn with a finger, kept as a picture only the producer sees."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from ocop.demo import PASSWORD
from tests.browser.hands import OWNER, PHONE, Hands
from tests.journeys.running import Town

OFFICER = "0400 000 003"


@pytest.fixture
def officer(a_phone: Callable[..., Hands], town: Town) -> Hands:
    phone = a_phone()
    phone.sign_in(town.url, OFFICER, PASSWORD)
    return phone


def _to_the_signature(officer: Hands, town: Town) -> None:
    officer.page.goto(f"{town.url}/xa")
    officer.page.get_by_role("link", name="HTX Mắm tép").first.click()
    officer.page.get_by_role("link", name="Ký trên màn hình").click()


def test_nothing_can_be_sent_before_something_is_drawn_and_what_is_drawn_can_be_wiped(
    officer: Hands, town: Town
) -> None:
    _to_the_signature(officer, town)
    agree = officer.page.get_by_role("button", name="Tôi đồng ý")

    expect(agree).to_be_disabled()
    _draw(officer)
    expect(agree).to_be_enabled()
    officer.page.get_by_role("button", name="Ký lại").click()

    expect(agree).to_be_disabled()


def test_a_signature_is_recorded_and_its_producer_sees_it(
    officer: Hands, town: Town, a_phone: Callable[..., Hands]
) -> None:
    _to_the_signature(officer, town)
    officer.page.get_by_label("Đăng bán sau khi đọc lại cho tôi nghe").check()
    officer.page.get_by_label("In tem đúng số gói").check()

    _draw(officer)
    officer.page.get_by_role("button", name="Tôi đồng ý").click()

    expect(officer.page.get_by_text("Đã ghi phiếu.")).to_be_visible()
    owner = a_phone()
    owner.sign_in(town.url, OWNER, PASSWORD)
    owner.page.goto(f"{town.url}/nguoi-cung-dung")
    expect(owner.page.get_by_text("Ký trên màn hình", exact=False).first).to_be_visible()
    picture = owner.page.get_by_role("link", name="Xem chữ ký").get_attribute("href")
    answer = owner.context.request.get(f"{town.url}{picture}")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")


def test_a_finger_signs_on_a_small_phone_and_the_page_stays_where_it_is(
    chromium: Browser, town: Town
) -> None:
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="vi-VN")
    phone = Hands(context)
    phone.sign_in(town.url, OFFICER, PASSWORD)
    _to_the_signature(phone, town)
    canvas = phone.page.locator("canvas")
    canvas.evaluate("one => one.scrollIntoView({block: 'center'})")
    before = phone.page.evaluate("scrollY")

    _draw_with_a_finger(phone)

    expect(phone.page.get_by_role("button", name="Tôi đồng ý")).to_be_enabled()
    assert phone.page.evaluate("scrollY") == before
    assert _ink_in(phone) > 500
    assert phone.troubles == []
    context.close()


def _draw_with_a_finger(phone: Hands) -> None:
    box = phone.page.locator("canvas").bounding_box()
    assert box is not None
    touch = phone.context.new_cdp_session(phone.page)
    path = [(box["x"] + 30 + 20 * step, box["y"] + 30 + 25 * (step % 3)) for step in range(12)]
    for number, (x, y) in enumerate(path):
        kind = "touchMove" if number else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def _ink_in(phone: Hands) -> int:
    """Dark points of the picture that will be sent."""
    data = phone.page.evaluate(
        """async () => {
            const file = document.querySelector('input[type=file]').files[0];
            return [...new Uint8Array(await file.arrayBuffer())];
        }"""
    )
    return sum(Image.open(io.BytesIO(bytes(data))).convert("L").histogram()[:128])


def _draw(phone: Hands) -> None:
    canvas = phone.page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    phone.page.evaluate("document.querySelector('canvas').scrollIntoView({block: 'center'})")
    box = canvas.bounding_box()
    assert box is not None
    phone.page.mouse.move(box["x"] + 30, box["y"] + 50)
    phone.page.mouse.down()
    for step in range(1, 12):
        phone.page.mouse.move(box["x"] + 30 + 18 * step, box["y"] + 50 + 20 * (step % 3))
    phone.page.mouse.up()
