"""Excel files that hold only what was put in: no formula, no link, no guess. Every sheet we make is made here.

A text that a spreadsheet could take for a formula when somebody re-types or pastes it (= + - @, tab, carriage
return) starts with an apostrophe.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import xlsxwriter
from xlsxwriter.workbook import Workbook

HEAD = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EAF2F7"}
_FIXED = datetime(2020, 1, 1)  # the same contents give the same bytes
_CELL_LIMIT = 32_767
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe_text(text: str) -> str:
    """Text for a cell, never a formula; a plain signed number and a hotline stay readable behind the mark."""
    cut = text[: _CELL_LIMIT - 1]
    return f"'{cut}" if cut.startswith(_RISKY) else cut


@contextmanager
def written_to(out: io.BytesIO) -> Iterator[Workbook]:
    """A workbook that stands in ``out`` when the block ends."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _FIXED})
    yield book
    book.close()
