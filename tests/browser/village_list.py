"""The list a commune keeps in Excel and its folder of photos, made up: three producers with two products each."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import xlsxwriter

from ocop.training.services.pictures import draw

HEADINGS = (
    "STT", "Tên chủ thể", "Người đại diện", "Số ĐT", "Thôn", "Tên sản phẩm", "Bộ sản phẩm", "Quy cách", "Đơn giá",
    "HSD", "Thành phần", "HDSD", "Bảo quản", "Cảnh báo", "Giới thiệu", "Số giấy ATTP", "Ngày cấp ATTP",
    "Hết hạn ATTP", "Tên file ảnh",
)  # fmt: skip
PRODUCERS = {
    "HTX Tép riu Bến Trũng (mẫu)": ("Người Mẫu Một", "0912000111", "Thôn Trũng", "mam-tep"),
    "HTX Miến dong Đồi Sim (mẫu)": ("Người Mẫu Hai", "0912000222", "Thôn Sim", "mien-dong"),
    "Hộ kinh doanh Chè lam Ngõ Đá (mẫu)": ("Người Mẫu Ba", "0912000333", "Thôn Đá", "che-lam"),
}
_OF = dict(zip(("mam", "mien", "che"), PRODUCERS, strict=True))
# product: (whose, set, pack, price, shelf life, ingredients, usage, storage, warning, a few words)
PRODUCTS = {
    "Mắm tép ủ riềng": (
        "mam", 9, "hũ 300 g", "85.000 đ", "12 tháng", "Tép riu, muối ăn, thính gạo rang, riềng", "Chấm thịt luộc, rau",
        "Nơi khô, mát", "Người dị ứng tôm tép không dùng", "Mắm tép riu ủ riềng nếp trong chum sành.",
    ),
    "Mắm tép chưng thịt": (
        "mam", 9, "hũ 200 g", "95.000 đ", "3 tháng", "Mắm tép, thịt lợn, sả, ớt", "Ăn ngay với cơm nóng",
        "Ngăn mát tủ lạnh", "Người dị ứng tôm tép không dùng", "Mắm tép chưng thịt, ăn ngay với cơm.",
    ),
    "Miến dong sợi nhỏ": (
        "mien", 7, "túi 500 g", "60.000 đ", "12 tháng", "Tinh bột dong riềng, nước", "Ngâm 10 phút rồi nấu",
        "Nơi khô, thoáng", "Không dùng khi sợi bị mốc", "Miến dong phơi nắng trên đồi sim.",
    ),
    "Miến dong sợi to": (
        "mien", 7, "túi 1 kg", "115.000 đ", "12 tháng", "Tinh bột dong riềng, nước", "Ngâm 15 phút rồi nấu",
        "Nơi khô, thoáng", "Không dùng khi sợi bị mốc", "Miến sợi to để xào và làm nộm.",
    ),
    "Chè lam gừng": (
        "che", 6, "gói 300 g", "45.000 đ", "60 ngày", "Bột nếp, mật mía, gừng, lạc", "Cắt miếng, ăn với trà",
        "Nơi khô, mát", "Người dị ứng lạc không dùng", "Chè lam nấu mật mía, thơm gừng.",
    ),
    "Kẹo lạc vừng": (
        "che", 6, "gói 250 g", "40.000 đ", "90 ngày", "Lạc, vừng, mật mía", "Ăn ngay",
        "Nơi khô, kín gió", "Người dị ứng lạc không dùng", "Kẹo lạc vừng giòn, ngọt vừa.",
    ),
}  # fmt: skip


def products_of(producer: str) -> list[str]:
    return [name for name, told in PRODUCTS.items() if _OF[told[0]] == producer]


def sheet() -> dict[str, Any]:
    """An .xlsx for an input of files: titles above the heading, a producer's cells only in its first row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.merge_range(0, 0, 0, 5, "DANH SÁCH SẢN PHẨM CỦA XÃ (mẫu)")
        page.write_row(2, 0, HEADINGS)
        for at, line in enumerate(_lines(), 3):
            page.write_row(at, 0, line)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "danh-sach-xa.xlsx", "mimeType": kind, "buffer": out.getvalue()}


def _lines() -> list[list[object]]:
    lines: list[list[object]] = []
    for name, (whose, *facts) in PRODUCTS.items():
        producer, seen = _OF[whose], products_of(_OF[whose])[0] != name
        person, phone, hamlet, _look = PRODUCERS[producer]
        who = ["", "", "", ""] if seen else [producer, person, phone, hamlet]
        paper = ["", "", ""] if seen else [f"0{len(lines)}/2026/ATTP-mẫu", "15/03/2026", "14/03/2029"]
        lines.append([len(lines) + 1, *who, name, *facts, *paper, "; ".join(photo_names(name))])
    return lines


def photo_names(product: str) -> list[str]:
    number = list(PRODUCTS).index(product) + 1
    return [f"sp{number} mat truoc.jpg", f"sp{number} nhan.jpg"]


def folder_of_photos() -> dict[str, Any]:
    """A ZIP as somebody packs a folder: front and back of every product."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, (whose, *_facts) in PRODUCTS.items():
            producer = _OF[whose]
            drawn = draw(PRODUCERS[producer][3], name, producer, [f"Thành phần: {PRODUCTS[name][5]}"])
            for file, (_shot, data) in zip(photo_names(name), drawn, strict=False):
                packed.writestr(f"anh san pham/{file}", data)
    return {"name": "anh-san-pham.zip", "mimeType": "application/zip", "buffer": out.getvalue()}
