"""The Excel of a parcel: the target form's own labels, one row per variant, text in every cell.

No formula can come out of this: every cell is written as a string, and a text that a spreadsheet could take
for a formula when somebody re-types or pastes it (= + - @, tab, carriage return) starts with an apostrophe.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from marketplace_adapters.handoff.fields import SOURCES, Row, words
from marketplace_adapters.types import FormColumn

_FIXED = datetime(2020, 1, 1)  # the same listing gives the same bytes
_CELL_LIMIT = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe_text(text: str) -> str:
    """Text for a cell, never a formula; a plain signed number and a hotline stay readable behind the mark."""
    cut = text[: _CELL_LIMIT - 1]
    return f"'{cut}" if cut.startswith(_RISKY) else cut


def sheet(rows: Sequence[Row], columns: Sequence[FormColumn]) -> bytes:
    """XLSX bytes."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _FIXED})
    page = book.add_worksheet(words()["sheet"]["tab"])
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#EAF2F7"}
    )
    body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for at, column in enumerate(columns):
        mark = f" {words()['sheet']['required']}" if column.required else ""
        page.write_string(0, at, column.label + mark, head)
        values = [safe_text(str(SOURCES[column.source](row))) for row in rows]
        for line, value in enumerate(values, 1):
            page.write_string(line, at, value, body)
        longest = max((len(value) for value in values), default=0)
        page.set_column(at, at, min(max(longest, len(column.label) + 2, 10), 42))
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()
