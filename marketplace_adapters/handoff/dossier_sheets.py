"""The supplier dossier and the quotation as printable XLSX: no formula, no merged cell, text as text, amounts as
whole numbers. The same facts on the same day give the same bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from marketplace_adapters.handoff.dossier import Supplier, day_text, form_of, lines, quoted, words
from marketplace_adapters.types import ChannelInfo, ListingPayload
from marketplace_adapters.workbook import HEAD, safe_text, written_to

_A4 = 9
_LINE_HEIGHT = 15  # points
_TALLEST_ROW = 405  # points; spreadsheets know no taller one
# 70.000 whatever the language of the program that opens it; "#,##0" would give 70,000 in an English one.
_DOTTED = '[<1000]0;[<1000000]0"."000;0"."000"."000'
_BOXES_WIDTHS = (30, 50, 50)
_PAPER_WIDTHS = (40, 26, 34, 14, 22)
_QUOTATION_WIDTHS = {
    "line": 5, "sku": 17, "name": 36, "pack": 20, "content": 12, "price": 13, "sale": 13, "shelf_life": 11,
    "weight": 13, "stars": 12, "gtin": 16, "tax": 10,
}  # fmt: skip


class _Book:
    """A workbook with our few formats."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.plain = book.add_format({"valign": "top", "num_format": "@"})
        self.head = book.add_format({**HEAD, "border": 1})
        self.cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
        self.amount = book.add_format({"valign": "top", "border": 1, "num_format": _DOTTED})

    def page(self, name: str, widths: Sequence[float], *, landscape: bool) -> Worksheet:
        page = self.book.add_worksheet(name)
        page.set_paper(_A4)
        page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        page.fit_to_pages(1, 0)
        if landscape:
            page.set_landscape()
        for at, width in enumerate(widths):
            page.set_column(at, at, width)
        return page


def dossier(supplier: Supplier, channel: ChannelInfo) -> bytes:
    """XLSX: one row a box of the registration form, and a second page with the papers that are valid today."""
    said, out = words()["dossier"], io.BytesIO()
    own = form_of(channel)[1]
    source = said["own_form"].format(date=day_text(channel.last_checked)) if own else said["general"]
    boxes = [(line.label, line.value, line.note) for line in lines(supplier, channel)]
    with written_to(out) as made:
        book = _Book(made)
        page = book.page(said["tab"], _BOXES_WIDTHS, landscape=False)
        _write(page, 0, 0, said["title"], book.title)
        _write(page, 1, 0, said["for_channel"].format(channel=channel.name), book.plain)
        _write(page, 2, 0, source, book.plain)
        _table(page, 4, said["columns"], boxes, _BOXES_WIDTHS, book)
        page = book.page(said["papers_tab"], _PAPER_WIDTHS, landscape=True)
        _table(page, 0, said["papers_columns"], list(_papers(supplier)), _PAPER_WIDTHS, book)
    return out.getvalue()


def _papers(supplier: Supplier) -> Iterator[tuple[str, ...]]:
    for paper in supplier.papers:
        until = day_text(paper.expires_on) or words()["dossier"]["endless"]
        yield paper.kind, paper.number, paper.issuer, day_text(paper.issued_on), until


def quotation(
    supplier: Supplier, listings: Sequence[ListingPayload], channel: ChannelInfo, day: date
) -> bytes:
    """XLSX: one row a kind of pack. Stars stand there only if the payload still carries them."""
    said, out = words()["quotation"], io.BytesIO()
    with written_to(out) as made:
        book = _Book(made)
        widths = list(_QUOTATION_WIDTHS.values())
        page = book.page(said["tab"], widths, landscape=True)
        _write(page, 0, 0, said["title"], book.title)
        top = _letter_head(supplier, channel, day)
        for at, text in enumerate(top, 1):
            _write(page, at, 0, text, book.plain)
        head = len(top) + 2
        rows = [list(one.cells().values()) for one in quoted(listings)]
        end = _table(page, head, list(said["columns"].values()), rows, widths, book)
        page.repeat_rows(head)
        for at, name in enumerate(("tax_note", "valid_until", "signed"), end + 1):
            _write(page, at + (name == "signed"), 0, said[name], book.plain)
    return out.getvalue()


def _letter_head(supplier: Supplier, channel: ChannelInfo, day: date) -> list[str]:
    said = words()["quotation"]
    tax_code = said["tax_code"].format(tax_code=supplier.tax_code) if supplier.tax_code else ""
    phone = said["phone"].format(phone=supplier.phone) if supplier.phone else ""
    return [
        text
        for text in (
            supplier.name,
            supplier.address,
            " · ".join(part for part in (phone, tax_code) if part),
            said["for_channel"].format(channel=channel.name),
            said["on_day"].format(date=day_text(day)),
        )
        if text
    ]


def _table(
    page: Worksheet,
    top: int,
    head: Sequence[str],
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    book: _Book,
) -> int:
    """Writes head and rows from line ``top`` on; the line after the last."""
    for line, row in enumerate([head, *rows], top):
        for at, value in enumerate(row):
            _write(page, line, at, value, book.head if line == top else book.cell)
            if isinstance(value, int):
                page.write_number(line, at, value, book.amount)
        page.set_row(line, min(_LINE_HEIGHT * _lines_of(row, widths), _TALLEST_ROW))
    return top + 1 + len(rows)


def _lines_of(row: Sequence[Any], widths: Sequence[float]) -> int:
    """How many lines the fullest cell needs; not every program finds the height of wrapped text by itself."""
    texts = ["" if value is None else str(value) for value in row]
    return max(
        sum(max(1, math.ceil(len(part) * 1.1 / width)) for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )


def _write(page: Worksheet, line: int, at: int, value: str | int | None, form: Format) -> None:
    if value in ("", None):
        page.write_blank(line, at, None, form)
    else:
        page.write_string(line, at, safe_text(str(value)), form)
