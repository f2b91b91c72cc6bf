"""A file somebody sends us -> sheets of texts. Nothing here knows what the texts mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ocop.imports.decoder.legacy import from_tcvn3, has_vietnamese, is_tcvn3
from ocop.imports.decoder.plain import NotAText, read_plain
from ocop.imports.rules import Area, Sheet
from ocop.imports.rules.sheets import Row
from ocop.web import workbooks
from ocop.web.folding import without_piled_marks

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
_LIMITS = workbooks.Limits(columns=60, unpacked=50_000_000, letters=20_000_000, cell=6_000, tags=2_000_000)
_LONGEST_NAME = 40
_ENOUGH_TO_JUDGE = 20_000  # letters

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHER_FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"GIF8", b"RIFF")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_OTHER_NAMES = (".doc", ".docx", ".pdf", ".xls", ".ods", ".zip", ".rar", ".jpg", ".png", ".xlsb")


class Unreadable(Exception):
    """code: unreadable (damaged, or protected by a password), too_much, empty, not_a_sheet, old_excel (.xls),
    old_dates (counted from 1904: every day would be four years off)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(content: bytes, file_name: str) -> list[Sheet]:
    """Every sheet that is shown and holds text, rows numbered as in the sheet. Raises Unreadable."""
    if not content:
        raise Unreadable("empty")
    if len(content) > MOST_BYTES:
        raise Unreadable("too_much")
    sheets = [sheet for sheet in _sheets(content, file_name) if sheet.rows]
    if not sheets:
        raise Unreadable("empty")
    if sum(len(sheet.rows) for sheet in sheets) > MOST_ROWS:
        raise Unreadable("too_much")
    return _each_its_name(sheets)


def _sheets(content: bytes, file_name: str) -> list[Sheet]:
    name = file_name.lower()
    if content.startswith(_ZIP) and not name.endswith((".docx", ".ods")):
        return _workbook(content)
    if content.startswith(_OLE):  # an .xlsx with a password looks like an old .xls, too
        raise Unreadable("unreadable" if name.endswith(".xlsx") else "old_excel")
    if name.endswith(".xls"):
        raise Unreadable("old_excel")
    if content.startswith(_OTHER_FILES) or name.endswith(_OTHER_NAMES):
        raise Unreadable("not_a_sheet")
    if name.endswith((".xlsx", ".xlsm")):
        raise Unreadable("unreadable")
    try:
        return [read_plain(content, "", _LIMITS.columns, _LIMITS.cell)]
    except NotAText:
        raise Unreadable("not_a_sheet") from None


def _workbook(content: bytes) -> list[Sheet]:
    try:
        found = workbooks.sheets(content, _LIMITS)
    except workbooks.TooMuch:
        raise Unreadable("too_much") from None
    except workbooks.NotAWorkbook:
        raise Unreadable("unreadable") from None
    if any(one.from_1904 for one in found):
        raise Unreadable("old_dates")
    return [
        Sheet(one.name[:_LONGEST_NAME], _in_unicode(one.rows), tuple(Area(*area) for area in one.merged))
        for one in found
    ]


def _in_unicode(rows: list[Row]) -> list[Row]:
    """NFC, without empty ends; a sheet in an old font letter by letter."""
    old = is_tcvn3(_beginning(rows))
    kept = []
    for number, cells in rows:
        texts = [_normal(cell, old) for cell in cells]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            kept.append((number, texts))
    return kept


def _normal(text: str, old: bool) -> str:
    if text.isascii():
        return text
    if old and not has_vietnamese(text):
        return from_tcvn3(text)
    return unicodedata.normalize("NFC", without_piled_marks(text)) if _COMBINING.search(text) else text


def _beginning(rows: Iterable[Row]) -> str:
    taken, letters = list[str](), 0
    for _, cells in rows:
        taken += cells
        letters += sum(map(len, cells))
        if letters > _ENOUGH_TO_JUDGE:
            break
    return " ".join(taken)


def _each_its_name(sheets: list[Sheet]) -> list[Sheet]:
    """Two tabs whose long names begin alike, or a damaged list of tabs, still give sheets one can tell apart."""
    seen: set[str] = set()
    named = []
    for at, sheet in enumerate(sheets, 1):
        name = sheet.name
        while name in seen:
            name = f"{sheet.name[: _LONGEST_NAME - 5]} ({at})"
            at += 1
        seen.add(name)
        named.append(Sheet(name, sheet.rows, sheet.merged))
    return named
