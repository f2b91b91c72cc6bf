"""The main job at 360 px: a returning producer writes a new product once and it is on sale in five places."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, expect

from ocop.demo import PASSWORD
from tests.browser.hands import OWNER, Hands
from tests.browser.parcels import SHEET, photos_in, row_of, through_libreoffice, unpacked
from tests.factories import picture
from tests.journeys.running import Town

_SECONDS = 120_000  # ms; the worker, the shop's review and a busy machine together
_GREENS = (107, 132, 157)  # of the ellipse in the middle of each drawn picture, in the order they are picked
_BY_HAND = ("buudien.vn (Postmart cũ)", "Sàn nông sản Thanh Hóa")
_BY_MACHINE = ("Sàn tập dượt", "Sàn tập dượt kiểu biểu mẫu", "Trang hàng và nguồn hàng chung")
_READY = re.compile(r"^\s*Đủ để đăng(, quy định của sàn chưa kiểm chứng)?\s*$")
_FIELDS = {
    "Tên sản phẩm": "Mắm tép đồng ủ riềng, hũ thủy tinh",
    "Nói ngắn gọn về hàng": "Mắm tép riu ủ riềng nếp, dậy mùi thính rang, chấm thịt luộc.",
    "Giá bán": "85.000",
    "Trong gói có": "300",
    "Số gói đang có": "60",
}


def _straight_from_the_phone() -> bytes:
    """12 million pixels, held upright (so stored lying down), taken at a place the phone wrote into the file."""
    image = Image.open(io.BytesIO(picture(4000, 3000, seed=0)))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (20.0, 3.0, 41.0), 3: "E", 4: (105.0, 52.0, 7.0)}
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    assert Image.open(out).getexif().get_ifd(0x8825)
    return out.getvalue()


def _three_photos() -> list[dict[str, object]]:
    contents = [_straight_from_the_phone(), picture(seed=25), picture(seed=50)]
    return [
        {"name": f"IMG_{at}.jpg", "mimeType": "image/jpeg", "buffer": data}
        for at, data in enumerate(contents)
    ]


def _signed_in(phone: Hands, town: Town) -> Hands:
    phone.sign_in(town.url, OWNER, PASSWORD)
    phone.open(f"{town.url}/")
    phone.start_counting()
    return phone


def _fill_in(phone: Hands, name: str) -> None:
    for label, text in {**_FIELDS, "Tên sản phẩm": name}.items():
        phone.type(label, text)


def _nothing_is_missing(phone: Hands) -> None:
    """On all five chosen places nothing is missing; what nobody could verify may still be said."""
    chosen = phone.page.locator(".channel:has(input:checked)")
    expect(chosen).to_have_count(len(_BY_HAND + _BY_MACHINE))
    assert sorted(chosen.locator("b").all_inner_texts()) == sorted(_BY_HAND + _BY_MACHINE)
    for row in chosen.all():
        expect(row.locator("[id^=ready-]")).to_have_text(_READY)
    expect(phone.page.locator("#con-thieu .missing")).to_have_count(0)


def _posts(phone: Hands, name: str) -> dict[str, Locator]:
    """By place: the board's row of this product."""
    board = phone.page.locator(".board", has=phone.page.get_by_role("heading", name=name))
    rows = {place: re.compile(rf"^\s*{re.escape(place)}(?! kiểu)") for place in _BY_HAND + _BY_MACHINE}
    return {place: board.locator(".board-row", has_text=words) for place, words in rows.items()}


def test_one_screen_one_file_pick_and_few_words_put_a_new_product_up_in_five_places(
    town: Town, a_phone: Callable[..., Hands], tmp_path: Path
) -> None:
    phone = _signed_in(a_phone(), town)
    name = _FIELDS["Tên sản phẩm"]

    phone.press(phone.page.get_by_role("link", name="Thêm sản phẩm"))
    phone.pick("Chọn ảnh", _three_photos())
    _fill_in(phone, name)
    expect(phone.page.locator("[data-photo]")).to_have_count(3, timeout=_SECONDS)
    _nothing_is_missing(phone)
    phone.press(phone.page.get_by_role("button", name="Đăng bán"))

    expect(phone.page.get_by_role("heading", name="Bài đăng", level=1)).to_be_visible()
    assert phone.opened == ["/", "/san-pham/moi", "/bai-dang"]
    assert phone.picks == 1
    assert phone.typed <= 7
    assert phone.presses <= 6
    posts = _posts(phone, name)
    for place in _BY_HAND:
        expect(posts[place]).to_contain_text("Hồ sơ đã xong, chưa gửi", timeout=_SECONDS)
    for place in _BY_MACHINE:
        expect(posts[place]).to_contain_text("Đang bán", timeout=_SECONDS)
    _see_it_in_the_shop(a_phone(), town, name)
    _open_the_parcels(phone, name, tmp_path)
    phone.open(f"{town.url}/bai-dang")
    phone.press(phone.page.get_by_role("link", name=name, exact=True))
    _nothing_is_missing(phone)


def _see_it_in_the_shop(phone: Hands, town: Town, name: str) -> None:
    phone.open(town.shop_url)
    phone.press(phone.page.get_by_role("link", name=name))
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{re.escape(name)}"))
    expect(phone.page.locator(".price")).to_have_text("85.000 đồng")
    expect(phone.page.locator("main")).to_contain_text(_FIELDS["Nói ngắn gọn về hàng"])
    expect(phone.page.locator("main")).to_contain_text("Tép riu (65%), muối ăn, thính gạo rang")
    photos = phone.page.locator(".photos img")
    expect(photos).to_have_count(3)
    sizes = photos.evaluate_all(
        "all => Promise.all(all.map(i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])))"
    )
    assert [width < height for width, height in sizes] == [True, False, False]  # the first one stands upright


def _open_the_parcels(phone: Hands, name: str, folder: Path) -> None:
    for number, place in enumerate(_BY_HAND):
        phone.press(_posts(phone, name)[place].get_by_role("link", name="Hồ sơ"))
        with phone.page.expect_download() as download:
            phone.page.get_by_role("link", name="Tải hồ sơ").click()
        here = unpacked(download.value.path(), folder / f"{number}")
        row = row_of(through_libreoffice(here / SHEET, folder / f"{number}" / "office"))
        assert row == row_of(here / SHEET)
        assert name in row["Tên sản phẩm (bắt buộc)"]
        assert "85000" in row.values()
        assert _FIELDS["Nói ngắn gọn về hàng"] in "\n".join(row.values())
        photos = photos_in(here)
        middles = [image.getpixel((image.width // 2, image.height // 2))[1] for image in photos]
        assert [abs(seen - drawn) <= 6 for seen, drawn in zip(middles, _GREENS, strict=True)] == [True] * 3
        assert [image.width < image.height for image in photos] == [True, False, False]
        phone.page.go_back()


def test_without_javascript_the_same_screen_still_does_it(
    town: Town, a_phone: Callable[..., Hands], tmp_path: Path
) -> None:
    phone = _signed_in(a_phone(javascript=False), town)
    name = "Mắm tép đồng ủ gừng, hũ thủy tinh"

    phone.press(phone.page.get_by_role("link", name="Thêm sản phẩm"))
    phone.pick("Chọn ảnh", _three_photos())
    _fill_in(phone, name)
    phone.press(phone.page.get_by_role("button", name="Lưu nháp"))
    expect(phone.page.locator("[data-photo]")).to_have_count(3)
    assert phone.page.get_by_label("Tên sản phẩm", exact=True).input_value() == name
    _nothing_is_missing(phone)
    phone.press(phone.page.get_by_role("button", name="Đăng bán"))

    assert phone.opened == ["/", "/san-pham/moi", "/san-pham/moi", "/bai-dang"]
    assert (phone.picks, phone.typed, phone.presses) == (1, len(_FIELDS), 3)
    for place in _BY_MACHINE:
        _reload_until(phone, _posts(phone, name)[place], "Đang bán")
    for place in _BY_HAND:
        _reload_until(phone, _posts(phone, name)[place], "Hồ sơ đã xong, chưa gửi")
    _see_it_in_the_shop(a_phone(javascript=False), town, name)
    _open_the_parcels(phone, name, tmp_path)


def _reload_until(phone: Hands, row: Locator, words: str) -> None:
    deadline = time.monotonic() + _SECONDS / 1000
    while words not in row.inner_text():
        assert time.monotonic() < deadline, row.inner_text()
        phone.page.wait_for_timeout(100)
        phone.page.reload()
