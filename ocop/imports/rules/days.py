"""Days as people write them, and spans of months."""

from __future__ import annotations

import datetime as dt
import re

from ocop.imports.rules.cells import Told, doubtful, wrong
from ocop.web.folding import fold

_EXCEL_ZERO = dt.date(1899, 12, 30)  # serial 60 is a day that never was; none of ours is so early
_SERIAL = re.compile(r"([2-7][0-9]{4})(?:\.[0-9]+)?")  # 1954 to 2119
_EARLIEST, _LATEST = 1980, 2079
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[t ][0-9:.]*z?)?")
_DAY = re.compile(
    r"([0-9]{1,2})\s?[-/. ]\s?([0-9]{1,2})\s?[-/. ]\s?([0-9]{4}|[0-9]{2})(?:\s[0-9]{1,2}:[0-9:]*)?"
)
_IN_WORDS = re.compile(r"([0-9]{1,2})\s?(?:thang|thg|th)\s?([0-9]{1,2})\s?,?\s?(?:nam\s?)?([0-9]{4})")
_IN_ONE_PIECE = re.compile(r"([0-9]{2})([0-9]{2})(20[0-9]{2})")
_MONTH_OR_YEAR = re.compile(
    r"(?:thang\s?)?(?:[0-9]{1,2}\s?[-/.]\s?|[0-9]{1,2}\s?,?\s?nam\s?|nam\s?)?(?:19|20)[0-9]{2}"
)
_ANYWHERE = re.compile(
    r"(?<![0-9])(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})"
    r"|[0-9]{1,2}\s?thang\s?[0-9]{1,2}\s?,?\s?(?:nam\s?)?[0-9]{4})(?![0-9])"
)
_SPAN = re.compile(r"(?:sau\s)?([0-9]{1,4})\s?(ngay|tuan|thang|nam)\b.*")
_SPAN_NAMES = {"ngay": "days", "tuan": "weeks", "thang": "months", "nam": "years"}


def read_day(text: str, key: str = "day") -> Told:
    """{key: "2026-11-21"}, or why not: date_impossible, date_needs_day, date_strange, date_unreadable."""
    said = fold(text).strip(" .,;")
    said = re.sub(r"^(?:ngay|cap|ky)[:\s]+", "", said)
    if match := _SERIAL.fullmatch(said):
        return _kept(_EXCEL_ZERO + dt.timedelta(days=int(match[1])), key, text)
    if match := _ISO.fullmatch(said):
        return _made(match[1], match[2], match[3], key, text)
    if match := _DAY.fullmatch(said) or _IN_WORDS.fullmatch(said) or _IN_ONE_PIECE.fullmatch(said):
        return _made(match[3], match[2], match[1], key, text)
    if _MONTH_OR_YEAR.fullmatch(said):
        return wrong("date_needs_day", text=text[:40])
    inside = _ANYWHERE.findall(said)
    if len(inside) == 1 and inside[0] != said:
        return read_day(inside[0], key)
    return wrong("date_unreadable", text=text[:40])


def day_inside(text: str) -> tuple[str, str] | None:
    """(what stands before, the day) of "715/QĐ-UBND ngày 12/5/2026"; None without exactly one day."""
    folded = fold(text)
    found = list(_ANYWHERE.finditer(folded))
    if len(found) != 1 or len(folded) != len(text):
        return None
    before = re.sub(r"(?i)[\s,;(]*(?:ngày|ngay|ký ngày|cấp ngày)?[\s:]*$", "", text[: found[0].start()])
    return before, found[0].group()


def read_span(text: str) -> tuple[int, str] | None:
    """ "36 tháng" -> (36, "months"); None when the text is no span of time."""
    match = _SPAN.fullmatch(fold(text).strip(" ."))
    return (int(match[1]), _SPAN_NAMES[match[2]]) if match and int(match[1]) else None


def _made(year: str, month: str, day: str, key: str, text: str) -> Told:
    full = int(year) + (0 if len(year) == 4 else 2000 if int(year) < 80 else 1900)
    try:
        return _kept(dt.date(full, int(month), int(day)), key, text)
    except ValueError:
        pass
    try:  # 11/21/2026: no other reading is left
        swapped = dt.date(full, int(day), int(month))
    except ValueError:
        return wrong("date_impossible", text=text[:40])
    told = _kept(swapped, key, text)
    return told if told.complaints else doubtful(told.values, "date_swapped", day=f"{swapped:%d/%m/%Y}")


def _kept(day: dt.date, key: str, text: str) -> Told:
    if not _EARLIEST <= day.year <= _LATEST:
        return wrong("date_strange", text=text[:40], year=day.year)
    return Told({key: day.isoformat()})
