"""The rules of ocop_papers.toml as values, and reckoning in months."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "ocop_papers.toml"


@dataclass(frozen=True)
class Terms:
    """run_on: whether a dossier handed in before the last day keeps the old paper counting at all."""

    last_checked: dt.date
    term_months: int
    warning_months: tuple[int, ...]
    opens_days_before: int
    closes_days_before: int
    run_on: bool
    run_on_days: int
    reminder_days: int


@cache
def terms() -> Terms:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return Terms(
        last_checked=data["last_checked"],
        term_months=data["term"]["months"],
        warning_months=tuple(data["warnings"]["months"]),
        opens_days_before=data["reassessment"]["opens_days_before"],
        closes_days_before=data["reassessment"]["closes_days_before"],
        run_on=data["run_on"]["on"],
        run_on_days=data["run_on"]["days"],
        reminder_days=data["reminder"]["days"],
    )


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months on (or back); the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
