"""The computer at the front office: many people, one machine; it locks, and six figures open it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from ocop.demo import PASSWORD
from tests.browser.hands import Hands
from tests.journeys.running import Town

OFFICER = ("0400 000 003", "Cán bộ xã mẫu", "274951")
VOLUNTEER = ("0400 000 004", "Tình nguyện viên mẫu", "618304")


@pytest.fixture
def machine(chromium: Browser) -> Iterator[Hands]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="vi-VN")
    hands = Hands(context)
    yield hands
    context.close()


def _begin_here(machine: Hands, phone: str) -> None:
    """Signs in as on a machine that others use as well."""
    machine.page.get_by_label("Số điện thoại").fill(phone)
    machine.page.get_by_label("Mật khẩu").fill(PASSWORD)
    machine.page.get_by_label("Máy dùng chung").check()
    machine.page.get_by_role("button", name="Đăng nhập").click()
    machine.page.wait_for_url(lambda address: "/dang-nhap" not in address)


def _choose_pin(machine: Hands, town: Town, pin: str) -> None:
    machine.open(f"{town.url}/tai-khoan").get_by_role("link", name="Mã PIN máy dùng chung").click()
    machine.page.get_by_label("Mã PIN", exact=False).first.fill(pin)
    machine.page.get_by_label("Mật khẩu", exact=False).fill(PASSWORD)
    machine.page.get_by_role("button", name="Lưu mã PIN").click()
    expect(machine.page.get_by_text("Đã lưu mã PIN.")).to_be_visible()


def _lock(machine: Hands) -> None:
    machine.page.locator("header summary").click()
    machine.page.get_by_role("button", name="Khóa máy, đổi người").click()
    expect(machine.page.get_by_role("heading", name="Máy đang khóa", level=1)).to_be_visible()


def _open_with(machine: Hands, name: str, pin: str) -> None:
    card = machine.page.locator(".card", has_text=name)
    box = card.get_by_label("Mã PIN").bounding_box()
    assert box is not None and box["height"] >= 48
    card.get_by_label("Mã PIN").fill(pin)
    card.get_by_role("button", name="Làm tiếp").click()


def test_two_people_take_turns_at_one_machine_with_a_pin_each(town: Town, machine: Hands) -> None:
    machine.open(f"{town.url}/dang-nhap")
    _begin_here(machine, OFFICER[0])
    _choose_pin(machine, town, OFFICER[2])
    machine.open(f"{town.url}/xa/giay-to")
    _lock(machine)
    machine.page.get_by_role("link", name="Người khác: dùng mật khẩu").click()
    _begin_here(machine, VOLUNTEER[0])
    _choose_pin(machine, town, VOLUNTEER[2])
    _lock(machine)

    _open_with(machine, OFFICER[1], OFFICER[2])
    expect(machine.page.locator("header summary")).to_contain_text(OFFICER[1])
    _lock(machine)
    _open_with(machine, VOLUNTEER[1], VOLUNTEER[2])
    expect(machine.page.locator("header summary")).to_contain_text(VOLUNTEER[1])

    assert machine.troubles == []


def test_a_locked_machine_shows_nothing_whatever_address_is_typed_and_a_wrong_pin_opens_nothing(
    town: Town, machine: Hands
) -> None:
    machine.open(f"{town.url}/dang-nhap")
    _begin_here(machine, OFFICER[0])
    _choose_pin(machine, town, OFFICER[2])
    machine.open(f"{town.url}/xa/giay-to")
    _lock(machine)

    machine.page.go_back()
    machine.page.reload()
    expect(machine.page.get_by_role("heading", name="Máy đang khóa", level=1)).to_be_visible()
    machine.open(f"{town.url}/xa")
    expect(machine.page.get_by_role("heading", name="Máy đang khóa", level=1)).to_be_visible()
    _open_with(machine, OFFICER[1], "830517")
    expect(machine.page.get_by_role("alert")).to_contain_text("Mã PIN chưa đúng")
    _open_with(machine, OFFICER[1], OFFICER[2])

    expect(machine.page.get_by_role("heading", name="Các cơ sở trong địa bàn", level=1)).to_be_visible()


def test_the_card_of_the_tour_can_be_turned_off_and_stays_off(
    town: Town, a_phone: Callable[..., Hands]
) -> None:
    phone = a_phone()
    phone.sign_in(town.url, OFFICER[0], PASSWORD)
    phone.open(f"{town.url}/")
    card = phone.page.get_by_role("region", name="Hướng dẫn")
    expect(card).to_contain_text("Bước 1/5")

    phone.press(card.get_by_role("button", name="Tắt hướng dẫn"))

    expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
    expect(card).to_have_count(0)
    phone.open(f"{town.url}/")
    expect(card).to_have_count(0)
