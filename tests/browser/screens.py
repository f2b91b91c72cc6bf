"""Draw the pictures of docs/screens: `python -m tests.browser.screens docs/screens`.

Starts a town of its own with the demo commune, lives a little of a working day in it, and photographs its pages on
a phone (360 × 640) and on an office computer (1280 × 800). A name ending in `-ca-trang` is the whole length of a page.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ocop.demo import PASSWORD
from ocop.training.services.pictures import draw
from tests.browser.hands import OWNER, PHONE, Hands, launched
from tests.browser.stamps import RealStamps, activated_demo_stamp, working_day
from tests.browser.village_list import folder_of_photos, sheet
from tests.journeys.running import Town

SIZES = ((360, 640), (1280, 800))
MOST_BYTES = 120_000
_OFFICER = "0400 000 003"
_DESK = {
    "viec-hom-nay-cua-xa": "/xa/hom-nay",
    "giay-sap-het-han": "/xa/giay-to",
    "bao-cao": "/bao-cao",
    "lop-tap-huan": "/tap-huan",
    "huong-dan": "/huong-dan",
}
_WHOLE = ("viec-hom-nay-cua-xa", "bao-cao")
_VERDICTS = ("active", "inactive", "void", "checking", "recalled", "expired", "unknown")


@dataclass
class Camera:
    """Photographs what a phone or a computer shows into ``folder``; ``width`` is part of every name."""

    folder: Path
    hands: Hands
    width: int

    def take(self, name: str, url: str | None = None, *, whole: bool = False) -> None:
        page = self.hands.open(url) if url else self.hands.page
        page.wait_for_load_state("networkidle")
        self._keep(name, page.screenshot())
        if whole and self.width == PHONE["width"]:
            self._take_whole(f"{name}-ca-trang")

    def _take_whole(self, name: str) -> None:
        """On a screen as long as the page, so that the main button lies at the end and not over the middle."""
        page = self.hands.page
        length = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": self.width, "height": length})
        self._keep(name, page.screenshot(full_page=True))
        page.set_viewport_size(PHONE)

    def _keep(self, name: str, png: bytes) -> None:
        keep(self.folder / f"{name}-{self.width}.png", Image.open(io.BytesIO(png)))


def keep(file: Path, image: Image.Image) -> None:
    """A small PNG: as many colours as fit into MOST_BYTES."""
    for colours in (256, 128, 64, 32, 16, 8, 4):
        out = io.BytesIO()
        image.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    file.write_bytes(out.getvalue())
    print(f"{file}  {out.tell() // 1000} kB")


def _signed_out(camera: Camera, town: Town) -> None:
    camera.take("dang-nhap", f"{town.url}/dang-nhap")


def _day_of_the_owner(camera: Camera, town: Town, lot_id: str, roll_id: int) -> None:
    hands = camera.hands
    hands.sign_in(town.url, OWNER, PASSWORD)
    camera.take("viec-hom-nay", f"{town.url}/", whole=True)
    camera.take("san-pham", f"{town.url}/san-pham")
    camera.take("bai-dang", f"{town.url}/bai-dang", whole=True)
    hands.page.get_by_role("link", name="Hồ sơ").first.click()
    camera.take("ho-so-gui-buu-dien", whole=True)
    camera.take("gian-hang", f"{town.url}/gian-hang")
    camera.take("kiem-ke", f"{town.url}/kiem-ke")
    hands.open(f"{town.url}/bai-dang").get_by_role("link", name="Chia sẻ").first.click()
    camera.take("chia-se", whole=True)
    camera.take("da-lam-ho", f"{town.url}/da-lam-ho", whole=True)
    camera.take("lo", f"{town.url}/lo/{lot_id}", whole=True)
    camera.take("dot-tem", f"{town.url}/tem/{roll_id}", whole=True)
    _new_product(camera, town)


def _new_product(camera: Camera, town: Town) -> None:
    """Empty, then filled in as a returning producer does; left as a draft of this person."""
    hands = camera.hands
    page = hands.open(f"{town.url}/san-pham/moi")
    discard = page.get_by_role("button", name="Bỏ bản nháp")
    if discard.count():
        discard.click()
        page.wait_for_load_state("load")
    camera.take("san-pham-moi", f"{town.url}/san-pham/moi")
    pictures = draw(
        "mam-tep", "Mắm tép đồng ủ riềng", "HTX Mắm tép Đồng Trũng (mẫu)", ["Thành phần: tép riu"]
    )
    files = [{"name": f"{shot}.jpg", "mimeType": "image/jpeg", "buffer": data} for shot, data in pictures]
    hands.pick("Chọn ảnh", files)
    hands.type("Tên sản phẩm", "Mắm tép đồng ủ riềng, hũ thủy tinh")
    hands.type("Nói ngắn gọn về hàng", "Mắm tép riu ủ riềng nếp, dậy mùi thính rang, chấm thịt luộc.")
    hands.type("Giá bán", "85.000")
    hands.type("Trong gói có", "300")
    hands.type("Số gói đang có", "60")
    expect(page.locator("[data-photo]")).to_have_count(3, timeout=60_000)
    expect(page.locator("#con-thieu .missing")).to_have_count(0, timeout=20_000)
    page.locator(".step-head").first.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 0)")
    camera.take("san-pham-moi-da-ghi", whole=True)


def _officer(camera: Camera, town: Town) -> None:
    camera.hands.sign_in(town.url, _OFFICER, PASSWORD)
    camera.take("ban-viec-xa", f"{town.url}/xa")
    camera.take("hang-doi-dang", f"{town.url}/xa/hang-doi-dang")
    for name, path in _DESK.items():
        camera.take(name, f"{town.url}{path}", whole=name in _WHOLE)
    _import(camera, town)
    _help(camera, town)


def _import(camera: Camera, town: Town) -> None:
    """A sheet with its photos, looked at and not taken: the commune stays as it is for the next camera."""
    page = camera.hands.open(f"{town.url}/xa/nhap-excel")
    page.get_by_label("Tệp Excel").set_input_files([sheet()])
    page.get_by_label("Ảnh, nén thành một tệp ZIP").set_input_files([folder_of_photos()])
    page.get_by_role("button", name="Gửi tệp").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem lại các cột", timeout=120_000)
    camera.take("nhap-excel-cot", whole=True)
    page.get_by_role("button", name="Đúng, xem thử").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xem thử trước khi lấy", timeout=120_000)
    camera.take("nhap-excel-xem-thu", whole=True)
    page.get_by_role("button", name="Không lấy dòng nào").click()


def _help(camera: Camera, town: Town) -> None:
    """The paper and the screen to sign, what stars still need, and a product as it is read out."""
    page = camera.hands.open(f"{town.url}/xa")
    page.get_by_role("link", name="HTX Mắm tép").first.click()
    here = page.url
    camera.take("phieu-nho-lam-ho", f"{here}/phieu")
    camera.take("ky-tren-man-hinh", f"{here}/ky", whole=True)
    camera.hands.open(here).get_by_role("button", name="Làm hộ").first.click()
    page.goto(f"{town.url}/san-pham")
    product = page.locator("main a[href^='/san-pham/']").first.get_attribute("href")
    camera.take("ho-so-ocop", f"{town.url}{product}/ho-so-ocop", whole=True)
    camera.take("len-sao", f"{town.url}{product}/len-sao", whole=True)
    camera.hands.open(f"{town.url}{product}").get_by_role("button", name="Gửi bản mới").click()
    expect(page.locator(".aloud")).to_be_visible()
    camera.take("doc-lai", whole=True)


def _shared_machine(camera: Camera, town: Town) -> None:
    """Locked by an officer who went to lunch."""
    page = camera.hands.open(f"{town.url}/dang-nhap")
    page.get_by_label("Máy dùng chung").check()
    camera.hands.sign_in_here(_OFFICER, PASSWORD)
    camera.hands.open(f"{town.url}/tai-khoan/ma-pin")
    page.get_by_label("Mã PIN").fill("274951")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Lưu mã PIN").click()
    page.locator("header summary").click()
    page.get_by_role("button", name="Khóa máy, đổi người").click()
    camera.take("may-dang-khoa")


def _reader(camera: Camera, town: Town) -> None:
    """Somebody who followed a link from the feed."""
    feed = camera.hands.context.request.get(f"{town.url}/nguon-hang/tinh.rss").text()
    camera.take("trang-hang", re.findall(r"<link>([^<]+/hang/[^<]+)</link>", feed)[0])


def _shopper(camera: Camera, town: Town, codes: dict[str, str]) -> None:
    camera.take("tra-tem-tem-mau", f"{town.url}/t/{activated_demo_stamp(town).code}")
    for state in _VERDICTS:
        camera.take(f"tra-tem-{state}", f"{town.url}/t/{codes[state]}", whole=state == "active")
    camera.take("tra-tem-active-en", f"{town.url}/t/{codes['active']}?en=1")
    camera.take("tra-tem-go-sai", f"{town.url}/tra-tem?so=A7K2-9MXZ-4TB0")


def _sheet(folder: Path, town: Town, browser: Browser, roll_id: int) -> None:
    """The first sheet of stamps as the printer gets it, and its corner from close by."""
    hands = Hands(browser.new_context())
    hands.sign_in(town.url, OWNER, PASSWORD)
    page = hands.open(f"{town.url}/tem/{roll_id}")
    link = page.get_by_role("link", name="Tải tệp").first.get_attribute("href")
    answer = hands.context.request.get(f"{town.url}{link}")
    assert answer.ok, answer.status
    first = pypdfium2.PdfDocument(answer.body())[0]
    keep(folder / "to-tem-a4.png", first.render(scale=1.15, grayscale=True).to_pil())
    close = first.render(scale=3.5).to_pil()
    keep(folder / "to-tem-a4-goc.png", close.crop((0, 0, close.width * 2 // 5, close.height // 5)))
    hands.context.close()


def _phones(browser: Browser, width: int, height: int, folder: Path) -> Iterator[Camera]:
    """A fresh, unknown device each time."""
    while True:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
        hands = Hands(context)
        yield Camera(folder, hands, width)
        context.close()
        for trouble in hands.troubles:
            print("!", trouble)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as var, sync_playwright() as playwright:
        town = Town(Path(var) / "var", demo=True).start()
        browser = launched(playwright)
        try:
            _draw(folder, town, browser)
        finally:
            browser.close()
            town.press_ctrl_c()


def _draw(folder: Path, town: Town, browser: Browser) -> None:
    _wait_for_the_worker(town, browser)
    lot_id, roll_id = working_day(town)
    for width, height in SIZES:
        cameras = _phones(browser, width, height, folder)
        _signed_out(next(cameras), town)
        _day_of_the_owner(next(cameras), town, lot_id, roll_id)
        _officer(next(cameras), town)
        _shared_machine(next(cameras), town)
        _reader(next(cameras), town)
        cameras.close()
    _sheet(folder, town, browser, roll_id)
    codes = RealStamps(town).make().codes
    for width, height in SIZES:
        cameras = _phones(browser, width, height, folder)
        _shopper(next(cameras), town, codes)
        cameras.close()


def _wait_for_the_worker(town: Town, browser: Browser) -> None:
    """Until what the demo commune published is on sale."""
    hands = Hands(browser.new_context())
    hands.sign_in(town.url, OWNER, PASSWORD)
    page: Page = hands.open(f"{town.url}/bai-dang")
    for row in page.locator(".board-row", has_text="Sàn tập dượt").all():
        expect(row).to_contain_text("Đang bán", timeout=120_000)
    hands.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
