"""Sheets as a commune keeps them, drawn with the same writer the program has for its own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

import xlsxwriter

HEADINGS = (
    "STT", "Tên sản phẩm", "Chủ thể", "Điện thoại", "Bộ sản phẩm", "Quy cách", "Giá bán", "Số sao", "Số quyết định",
    "Ngày cấp", "Tên tệp ảnh",
)  # fmt: skip


def a_workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> io.BytesIO:
    """An .xlsx of (name, rows), for Form.fill."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in sheets:
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                page.write(at, column, value)
    book.close()
    out.seek(0)
    out.name = "danh-sach-xa.xlsx"  # type: ignore[misc]
    return out


def a_list(*rows: Sequence[object]) -> io.BytesIO:
    """The usual list of a commune: one row a product."""
    return a_workbook(("Danh sách", [("DANH SÁCH SẢN PHẨM OCOP CỦA XÃ",), HEADINGS, *rows]))


def a_row(
    number: int, product: str, producer: str, *, phone: str = "0912345678", set_no: object = 9, net: str = "hũ 250 g",
    price: object = 70000, stars: object = "", decision: str = "", issued: str = "", photo: str = "",
) -> tuple[object, ...]:  # fmt: skip
    return (number, product, producer, phone, set_no, net, price, stars, decision, issued, photo)


def three_producers() -> io.BytesIO:
    """Three new producers with two products each."""
    names = ("HTX Mắm tép Mẫu Một", "HTX Miến dong Mẫu Hai", "Hộ kinh doanh Mẫu Ba")
    products = (
        "Mắm tép đồng",
        "Mắm tép chưng thịt",
        "Miến dong sợi nhỏ",
        "Miến dong sợi to",
        "Chè lam",
        "Kẹo lạc",
    )
    sets = (9, 9, 7, 7, 6, 6)
    return a_list(
        *[
            a_row(at + 1, products[at], names[at // 2], phone=f"091234560{at // 2}", set_no=sets[at])
            for at in range(6)
        ]
    )


def a_zip(files: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files:
            packed.writestr(name, data)
    out.seek(0)
    out.name = "anh.zip"  # type: ignore[misc]
    return out
