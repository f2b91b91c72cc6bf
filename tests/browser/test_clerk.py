"""The clerk at the post office, on a phone inside a chat program that keeps no cookie and saves no file: from the
message with link and PIN to the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from marketplace_adapters import registry
from ocop.demo import PASSWORD
from tests.browser.hands import OWNER, Hands, without_cookies
from tests.journeys.running import Town

_SECONDS = 120_000  # ms; the worker of a busy machine makes the parcel
_PRODUCT = "Mắm tép đồng ủ thính gạo rang, hũ thủy tinh"
_POSTED = "https://khong-co.nongsanantoanthanhhoa.vn/san-pham/mam-tep"  # a place that is nowhere
_SMALL = """() => [...document.querySelectorAll("main :is(a, button, summary, label.choice, .input)")]
  .filter(one => one.checkVisibility())
  .map(one => [one.getBoundingClientRect(), one.innerText || one.id])
  .filter(([box]) => box.width < 47.5 || box.height < 47.5)
  .map(([box, words]) => `${words}: ${box.width} × ${box.height}`)"""


@pytest.fixture
def a_chat_phone(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Hands]]:
    """Makes phones that keep no cookie. After the test none may have seen an error, too wide a page or a file."""
    phones: list[Hands] = []
    files: list[str] = []

    def make(*, javascript: bool = True) -> Hands:
        profile = tmp_path / f"phone-{len(phones)}"
        context = without_cookies(chromium.browser_type, profile, javascript=javascript)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        phones.append(Hands(context))
        phones[-1].page.on("download", lambda download: files.append(download.suggested_filename))
        return phones[-1]

    yield make
    troubles = [trouble for phone in phones for trouble in phone.troubles]
    kept = [cookie for phone in phones for cookie in phone.context.cookies()]
    for phone in phones:
        phone.context.close()
    assert (troubles, kept, files) == ([], [], [])


def _owner(phone: Hands, town: Town) -> Hands:
    phone.sign_in(town.url, OWNER, PASSWORD)
    return phone


def _post(owner: Hands, town: Town, place: str) -> Locator:
    """The board's row of the demo product at that place."""
    owner.open(f"{town.url}/bai-dang")
    board = owner.page.locator(".board", has=owner.page.get_by_role("heading", name=_PRODUCT, exact=True))
    return board.locator(".board-row", has_text=place)


def _handed_over(owner: Hands, town: Town, place: str) -> str:
    """The message as it lies on the owner's clipboard once the parcel is said to be sent."""
    row = _post(owner, town, place)
    expect(row).to_contain_text("Hồ sơ đã xong, chưa gửi", timeout=_SECONDS)
    owner.press(row.get_by_role("link", name="Hồ sơ"))
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    owner.press(owner.page.get_by_role("button", name=re.compile("^Chép.*Lời nhắn để gửi")))
    expect(owner.page.get_by_role("button", name="Đã chép")).to_be_visible()
    message = _clipboard(owner)
    owner.press(owner.page.get_by_role("button", name="Đã gửi", exact=True))
    expect(_post(owner, town, place)).to_contain_text("Đã giao bưu điện")
    return message


def _clipboard(phone: Hands) -> str:
    return phone.page.evaluate("navigator.clipboard.readText()")


def _entered(phone: Hands, message: str) -> Hands:
    """Through the door, with nothing but what the message says."""
    url, pin = re.search(r"^http\S+$", message, re.M), re.search(r"^Mã mở: (\d{6})$", message, re.M)
    assert url and pin, message
    phone.open(url[0])
    assert phone.page.evaluate("document.cookie = 'kept=1', document.cookie") == ""
    _thumbs_fit(phone)
    phone.type("Mã mở (sáu chữ số)", pin[1])
    phone.press(phone.page.get_by_role("button", name="Mở"))
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(_PRODUCT)
    return phone


def _thumbs_fit(phone: Hands) -> None:
    assert phone.page.evaluate(_SMALL) == []


def _copied(phone: Hands) -> dict[str, str]:
    """By label, in the order of the page: what each copy button puts on the clipboard, which is what stands there."""
    texts = {}
    for part in phone.page.locator("[data-copy]").all():
        box = part.locator("input, textarea")
        phone.press(part.get_by_role("button"))
        expect(part.get_by_role("button")).to_contain_text("Đã chép")
        texts[part.locator("label").inner_text()] = _clipboard(phone)
        assert list(texts.values())[-1] == box.input_value() != ""
    return texts


def _photos_alone(phone: Hands) -> list[tuple[str, int]]:
    """(type, longest side) of each photo, opened as a page of its own; within the limits of the target."""
    seen = []
    for link in phone.page.locator(".photo > a:first-child").all():
        alone = phone.context.new_page()
        answer = alone.goto(link.evaluate("a => a.href"))
        assert answer is not None and len(answer.body()) <= 2_000_000
        sides = alone.locator("img").evaluate("i => [i.naturalWidth, i.naturalHeight]")
        seen.append((answer.headers["content-type"], max(sides)))
        alone.close()
    return seen


def _thanked(phone: Hands) -> None:
    """Where the page opens, without scrolling."""
    thanks = phone.page.get_by_text("Đã ghi, cảm ơn.")
    expect(thanks).to_be_in_viewport()
    _thumbs_fit(phone)


def test_link_pin_copy_buttons_and_single_photos_are_all_a_clerk_needs(
    town: Town, a_phone: Callable[..., Hands], a_chat_phone: Callable[..., Hands]
) -> None:
    owner = _owner(a_phone(), town)
    clerk = _entered(a_chat_phone(), _handed_over(owner, town, "Sàn nông sản Thanh Hóa"))

    texts = _copied(clerk)
    photos = _photos_alone(clerk)
    _thumbs_fit(clerk)
    clerk.press(clerk.page.get_by_label("Đã đăng, có đường dẫn"))
    clerk.type("Đường dẫn của bài (không bắt buộc)", _POSTED)
    clerk.press(clerk.page.get_by_role("button", name="Gửi trả lời"))

    _thanked(clerk)
    columns = [column.label for column in registry.channels()["thanh_hoa"].columns]
    assert list(texts) == [label for label in columns if label in texts]
    assert texts["Tên sản phẩm"].startswith(_PRODUCT)
    assert texts["Giá gốc"] == "70000"
    assert [kind for kind, _side in photos] == ["image/jpeg"] * 3
    assert all(400 <= side <= 1600 for _kind, side in photos)
    assert clerk.hosts == {f"127.0.0.1:{town.port}"}
    expect(_post(owner, town, "Sàn nông sản Thanh Hóa")).to_contain_text("Đang bán (chưa xem lại)")


def test_without_javascript_a_clerk_reads_the_texts_and_answers(
    town: Town, a_phone: Callable[..., Hands], a_chat_phone: Callable[..., Hands]
) -> None:
    owner = _owner(a_phone(), town)
    clerk = _entered(a_chat_phone(javascript=False), _handed_over(owner, town, "buudien.vn"))

    name = clerk.page.get_by_label("Tên sản phẩm").input_value()
    _thumbs_fit(clerk)
    clerk.press(clerk.page.get_by_label("Trả lại", exact=True))
    clerk.type("Lý do trả lại (không bắt buộc)", "Ảnh nhãn mờ")
    clerk.press(clerk.page.get_by_role("button", name="Gửi trả lời"))

    _thanked(clerk)
    assert name.startswith(_PRODUCT)
    expect(clerk.page.locator("[data-copy-button]:visible")).to_have_count(0)
    expect(clerk.page.get_by_text("Không còn việc phải làm")).to_be_visible()
    row = _post(owner, town, "buudien.vn")
    expect(row).to_contain_text("Người đăng trả lại")
    expect(row).to_contain_text("Lý do: Ảnh nhãn mờ")
