"""Periods of a report: any days from first to last, both included, and the one just before of equal length."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

LONGEST = dt.timedelta(days=3_660)  # ten years
_YEARS = range(2000, 2200)


class NoPeriod(ValueError):
    """Not a period, or one longer than ten years. ``code``: period_unreadable | period_backwards | period_too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days first … last, both included."""

    first: dt.date
    last: dt.date

    @property
    def whole_months(self) -> int:
        """How many calendar months this is exactly; 0 when it begins or ends inside of one."""
        if self.first.day != 1 or (self.last + dt.timedelta(days=1)).day != 1:
            return 0
        return _number(self.last) - _number(self.first) + 1

    @property
    def shape(self) -> str:
        """year | half | quarter | month | span, as offices count."""
        months, begins = self.whole_months, self.first.month
        if months == 12 and begins == 1:
            return "year"
        if months == 6 and begins in (1, 7):
            return "half"
        if months == 3 and begins in (1, 4, 7, 10):
            return "quarter"
        return "month" if months == 1 else "span"

    @property
    def part(self) -> int:
        """Which half, quarter or month of its year; 0 for the others."""
        by = {"half": 6, "quarter": 3, "month": 1}.get(self.shape)
        return (self.first.month - 1) // by + 1 if by else 0

    @property
    def key(self) -> str:
        """How an address names it: 2026, 2026-H1, 2026-Q4, 2026-11, or 2026-11-01_2026-11-22."""
        year = f"{self.first.year}"
        if self.shape == "year":
            return year
        if self.shape in ("half", "quarter"):
            return f"{year}-{'H' if self.shape == 'half' else 'Q'}{self.part}"
        if self.shape == "month":
            return f"{year}-{self.first.month:02}"
        return f"{self.first.isoformat()}_{self.last.isoformat()}"

    def previous(self) -> Period:
        """The one just before: as many whole months, else as many days (29 days of February before March)."""
        day_before = self.first - dt.timedelta(days=1)
        months = self.whole_months
        if months:
            return Period(_month_start(_number(self.first) - months), day_before)
        return Period(day_before - (self.last - self.first), day_before)


def read_period(key: str) -> Period:
    """What Period.key wrote. Raises NoPeriod."""
    match = re.fullmatch(r"(\d{4})(?:-(?:(H)([12])|(Q)([1-4])|(\d{2})))?", key)
    if match and int(match[1]) in _YEARS:
        year = int(match[1])
        if match[2]:
            return _months(year, int(match[3]) * 6 - 5, 6)
        if match[4]:
            return _months(year, int(match[5]) * 3 - 2, 3)
        if match[6] is None:
            return _months(year, 1, 12)
        if 1 <= int(match[6]) <= 12:
            return _months(year, int(match[6]), 1)
        raise NoPeriod("period_unreadable")
    days = re.fullmatch(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})", key)
    if days is None:
        raise NoPeriod("period_unreadable")
    try:
        return span(dt.date.fromisoformat(days[1]), dt.date.fromisoformat(days[2]))
    except NoPeriod:
        raise
    except ValueError:
        raise NoPeriod("period_unreadable") from None


def span(first: dt.date, last: dt.date) -> Period:
    """Raises NoPeriod."""
    if first.year not in _YEARS or last.year not in _YEARS:
        raise NoPeriod("period_unreadable")
    if last < first:
        raise NoPeriod("period_backwards")
    if last - first > LONGEST:
        raise NoPeriod("period_too_long")
    return Period(first, last)


def month_of(day: dt.date) -> Period:
    return _months(day.year, day.month, 1)


def usual_periods(today: dt.date) -> list[Period]:
    """What is asked for most, the present ones first: six months, four quarters, two halves, two years."""
    found = [month_of(today)]
    while len(found) < 6:
        found.append(found[-1].previous())
    for months, count in ((3, 4), (6, 2), (12, 2)):
        current = _months(today.year, (today.month - 1) // months * months + 1, months)
        for _ in range(count):
            found.append(current)
            current = current.previous()
    return found


def last_months(today: dt.date, count: int) -> list[dt.date]:
    """The first days of the last so many months, this one first."""
    return [_month_start(_number(today) - back) for back in range(count)]


def _months(year: int, month: int, count: int) -> Period:
    first = dt.date(year, month, 1)
    ends = _month_start(_number(first) + count - 1)
    return Period(first, ends.replace(day=calendar.monthrange(ends.year, ends.month)[1]))


def _number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _month_start(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)
