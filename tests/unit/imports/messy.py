"""Sheets as communes really keep them, of our own making: one trouble each. (file name, bytes)."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Sequence

from openpyxl import Workbook

File = tuple[str, bytes]
Rows = Sequence[Sequence[object]]

USUAL = ["STT", "Tên chủ thể", "Địa chỉ", "Điện thoại", "Tên sản phẩm", "Nhóm", "Sao", "Số QĐ", "Ngày cấp"]


def workbook(rows: Rows, *merged: str, name: str = "Sheet1", more: dict[str, Rows] | None = None) -> bytes:
    book = Workbook()
    book.active.title = name
    for tab, lines in {name: rows, **(more or {})}.items():
        page = book[tab] if tab in book.sheetnames else book.create_sheet(tab)
        for line in lines:
            page.append(list(line))
    for area in merged:
        book[name].merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(rows: Rows, mark: str) -> str:
    return "\r\n".join(mark.join(str(cell) for cell in row) for row in rows) + "\r\n"


def in_windows_1258(text: str) -> bytes:
    """Letters of Windows-1258: vowels with their hats, tones as letters of their own."""
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    written = ""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(part for part in parts if part in tones)
        rest = "".join(part for part in parts if part not in tones)
        written += unicodedata.normalize("NFC", rest) + tone
    return written.encode("cp1258")


def any_order() -> File:
    return "thu-tu.xlsx", workbook(
        [
            ["Ngày cấp", "Tên sản phẩm", None, "Sao", "Điện thoại", "Số QĐ", "Tên chủ thể", "STT", "Bộ"],
            [],
            ["21/11/2025", "Mắm tép mẫu", None, "3 sao", "0900000001", "01/QĐ-UBND", "HTX Mẫu Một", "1", "9"],
            [],
            [None, "Bánh gai mẫu", None, None, "0900000002", None, "Tổ hợp tác Mẫu Hai", "2", "6"],
        ]
    )


def synonyms() -> File:
    return "ten-khac.xlsx", workbook(
        [
            [
                "TT", "Cơ sở sản xuất", "Ông/bà giám đốc", "SĐT liên hệ", "Mặt hàng", "Quy cách đóng gói", "Đơn giá",
                "Hạng OCOP", "QĐ công nhận", "Ngày công nhận", "Màu sắc", "HSD",
            ],
            [
                1, "Công ty TNHH Mẫu Ba", "Người Mẫu", "0900000003", "Chè búp mẫu", "túi 200g", "120.000",
                "OCOP 4*", "02/QĐ-UBND", "21/11/2025", "xanh", "18 tháng",
            ],
        ]
    )  # fmt: skip


def no_marks() -> File:
    return "khong-dau.xlsx", workbook(
        [
            ["stt", "TEN CO SO (*)", "Dia  chi", "So dien thoai", "Ten san pham\n(bat buoc)", "Bo san pham"]
            + ["Gia ban\n(dong)"],
            [1, "HTX MAU BON", "thon Mau, xa Hoat Giang", "0900000004", "Mam tom mau", "9", "55000"],
        ]
    )


def merged_titles() -> File:
    return "tieu-de.xlsx", workbook(
        [
            ["ỦY BAN NHÂN DÂN XÃ MẪU", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
            [None, None, None, None, "Độc lập - Tự do - Hạnh phúc"],
            ["DANH SÁCH SẢN PHẨM OCOP CỦA CÁC CHỦ THỂ TRÊN ĐỊA BÀN XÃ"],
            ["(Kèm theo Báo cáo số 00/BC-UBND ngày 21/11/2026)"],
            [],
            USUAL,
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"],
            [1, "HTX Mẫu Một", "Thôn Mẫu", "0900000001", "Mắm tép mẫu", "Thực phẩm", 3, "01/QĐ-UBND", "21/11/2025"],
        ],
        "A1:D1", "E1:I1", "E2:I2", "A3:I3", "A4:I4",
    )  # fmt: skip


def eaten_zeros() -> File:
    return "mat-so-0.xlsx", workbook(
        [
            ["Tên cơ sở", "Mã xã", "MST", "Điện thoại", "Zalo", "Tên sản phẩm", "Bộ", "Mã vạch", "Số quyết định"]
            + ["Sao", "Ngày cấp"],
            ["HTX Mẫu Một", 15286, 100000010, 900000001, 84900000001, "Mắm tép mẫu", 9, 8930000000019, 715]
            + [3, "21/11/2025"],
            ["Hộ Mẫu Hai", 15286, 38085000001, "2373000000", "+84 900 000 002", "Bánh gai mẫu", 6, 8930000000018],
            ["Hộ Mẫu Ba", 99999, 2800000011, "9000001", "1900 0000", "Giò mẫu", 8],
        ]
    )  # fmt: skip


def styles_of_days() -> File:
    said = [
        "21/11/2025", "21-11-25", "2025-11-21", 45982, dt.datetime(2025, 11, 21), "ngày 21 tháng 11 năm 2025",
        "21.11.2025", "11/21/2025", "31/02/2026", "11/2025", "2025", "21/11/2206", "hôm kia", "21/11/2027",
    ]  # fmt: skip
    rows = [["Tên chủ thể", "Tên sản phẩm", "Bộ", "Sao", "Số QĐ", "Ngày cấp"]]
    rows += [["HTX Mẫu Một", f"Mắm mẫu {at}", 9, 3, f"{at}/QĐ-UBND", day] for at, day in enumerate(said, 2)]
    return "ngay.xlsx", workbook(rows)


def decomposed() -> File:
    said = ["1", "HTX Mẫu Một", "Thôn Đồng Mẫu", "0900000001", "Mắm tép mẫu", "Gia vị", "3 sao", "01/QĐ-UBND"]
    rows = [USUAL, [*said, "21/11/2025"]]
    return "nfd.xlsx", workbook([[unicodedata.normalize("NFD", cell) for cell in row] for row in rows])


def money_and_packs() -> File:
    rows: list[list[object]] = [
        ["Tên cơ sở", "Tên sản phẩm", "Bộ", "Quy cách", "Giá bán", "Giá sỉ (nghìn đồng)"]
    ]
    said = [
        ("250g", "1.250.000 đ", 1100), ("0,5 lít", "1,250,000", None), ("hũ 250 gram", "1.250k", None),
        ("túi 1 kg", "70 nghìn", 65), ("hộp 10 quả", "70.000đ/hũ", "65.000"), ("1,5 kg", 70000, None),
        ("hộp 10 gói x 5 g", "70", None), ("250", "70.000 - 80.000", None), ("nhiều loại", "liên hệ", None),
        ("500 ml", "bảy chục", None),
    ]  # fmt: skip
    rows += [["HTX Mẫu Một", f"Mắm mẫu {at}", 9, *cells] for at, cells in enumerate(said, 2)]
    return "gia.xlsx", workbook(rows)


def old_addresses() -> File:
    said = [
        "Thôn Mẫu, xã Hà Yên, huyện Hà Trung", "xã Yên Dương, huyện Hà Trung, tỉnh Thanh Hóa", "Xã Hoạt Giang",
        "Thôn 3", "xã Hà Yên", "xã Hà Bình, Hà Trung", "xã Yên Thọ, huyện Như Thanh", "xã Hà Lĩnh, huyện Hà Trung",
        "xã Không Có", "Thôn 5 xã Hoạt Giang, tỉnh Thanh Hóa", None,
    ]  # fmt: skip
    rows: list[list[object]] = [["STT", "Tên chủ thể", "Loại hình", "Địa chỉ"]]
    rows += [[at, f"HTX Mẫu {at}", "HTX", text] for at, text in enumerate(said, 2)]
    return "dia-chi.xlsx", workbook(rows)


def legacy_csv() -> File:
    rows = [
        ["STT", "Tên chủ thể", "Điện thoại", "Tên sản phẩm", "Bộ", "Giá bán"],
        ["1", "Hợp tác xã Mẫu Một", "0900000001", "Mắm tép đồng", "9", "70.000"],
        ["2", "Hộ Nguyễn Mẫu", "0900000002", '"Bánh gai; bánh mật"', "6", "5000"],
    ]
    return "cu.csv", in_windows_1258(csv_text(rows, ";"))


def merged_down() -> File:
    return "gop-o.xlsx", workbook(
        [
            ["STT", "Tên chủ thể", "Điện thoại", "Tên sản phẩm", "Bộ", "Quy cách", "Giá", "Sao", "Số QĐ", "Ngày cấp"],
            [1, "HTX Mẫu Một", "0900000001", "Mắm tép mẫu", 9, "hũ 250 g", 70000, 3, "01/QĐ-UBND", "21/11/2025"],
            [None, None, None, None, None, "hũ 500 g", 130000],
            [None, None, None, "Mắm tôm mẫu", 9, "hũ 250 g", 60000, 3],
            [2, "Hộ Mẫu Hai", None, "Bánh gai mẫu", 6, "gói 5 cái", 25000],
            [None, None, None, "Bánh mật mẫu", 6, "gói 5 cái", 20000, 4, "02/QĐ-UBND", "22/11/2025"],
            [3, None, "0900000009", "Giò mẫu", 8, "1 kg", 180000],
        ],
        "A2:A4", "B2:B4", "C2:C4", "I2:I4", "J2:J4",
    )  # fmt: skip


def totals_and_groups() -> File:
    return "nhom.xlsx", workbook(
        [
            ["BIỂU TỔNG HỢP SẢN PHẨM OCOP"],
            ["STT", "Chủ thể", None, None, "Sản phẩm", None, "Quyết định công nhận", None, "Kết quả", "Ghi chú"],
            [None, "Tên", "Địa chỉ", "Điện thoại", "Tên", "Bộ", "Số", "Ngày", "Sao"],
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
            ["I", "HỢP TÁC XÃ"],
            [1, "HTX Mẫu Một", "Thôn Mẫu", "0900000001", "Mắm tép mẫu", 9, "01/QĐ-UBND", "21/11/2025", 3],
            [None, "Cộng nhóm I", None, None, 1],
            [None, "Tên", "Địa chỉ", "Điện thoại", "Tên", "Bộ", "Số", "Ngày", "Sao"],
            ["II. HỘ SẢN XUẤT"],
            [2, "Hộ Mẫu Hai", "Thôn Mẫu", "0900000002", "Bánh gai mẫu", 6, None, None, None, "mới đăng ký"],
            ["Tổng cộng", None, None, None, 2],
            [],
            [None, None, None, None, None, None, "Xã Mẫu, ngày 21 tháng 11 năm 2026"],
            [None, "NGƯỜI LẬP BIỂU", None, None, None, None, "TM. ỦY BAN NHÂN DÂN"],
            [None, "Người Mẫu", None, None, None, None, "Người Ký Mẫu"],
        ],
        "A1:J1", "B2:D2", "E2:F2", "G2:H2", "A2:A3", "J2:J3", "A9:J9", "A11:D11",
    )  # fmt: skip


TWELVE: dict[str, Callable[[], File]] = {
    made.__name__: made
    for made in (
        any_order, synonyms, no_marks, merged_titles, eaten_zeros, styles_of_days, decomposed, money_and_packs,
        old_addresses, legacy_csv, merged_down, totals_and_groups,
    )
}  # fmt: skip
