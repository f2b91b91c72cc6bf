"""What stands behind each placeholder of a workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ocop.db.base import VIETNAM
from ocop.reports.mapping.words import by_place, fact_cells, fact_headings, period_words, place_name
from ocop.reports.rules.figures import Figures, Number
from ocop.reports.rules.placeholders import (
    EVIDENCE_COLUMNS,
    FACT_COLUMNS,
    GENERAL,
    LIST_PREFIX,
    NUMBER_COLUMNS,
    PLACE_COLUMNS,
    PLACE_NUMBERS,
    Filling,
    Rows,
    Value,
    list_name,
)
from ocop.web.filters import day as written_day
from ocop.web.wording import has_sentence, sentence


@dataclass(frozen=True, slots=True)
class Stamp:
    """When and by whom a report was frozen."""

    at: dt.datetime
    by: str

    @property
    def words(self) -> str:
        local = self.at.astimezone(VIETNAM)
        return f"{local.hour}:{local.minute:02}, {written_day(local)}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One placeholder, or all columns of one list: what it says, and what it would say today."""

    name: str
    words: str
    today: Value


def filling(figures: Figures, frozen: Stamp) -> Filling:
    """Every value and every list of a frozen report."""
    values: dict[str, Value] = dict(_general(figures, frozen))
    lists: dict[str, Rows] = {
        "so_lieu": _numbered(_number_rows(figures)),
        "xa": _numbered(_place_rows(figures, former=False)),
        "xa_cu": _numbered(_place_rows(figures, former=True)),
        "minh_chung": _numbered(_evidence_rows(figures)),
    }
    for number in figures.numbers:
        values[number.key] = number.now
        values[f"{number.key}.ky_truoc"] = number.before
        values[f"{number.key}.tang_giam"] = number.change
        lists[list_name(number.key)] = _numbered(_fact_rows(figures, number))
    return Filling(values, lists)


def known_names(keys: Iterable[str]) -> set[str]:
    """Every placeholder there is, given the keys of all numbers."""
    names = set(GENERAL)
    for key in keys:
        names |= {key, f"{key}.ky_truoc", f"{key}.tang_giam"} | _columns(list_name(key), tuple(FACT_COLUMNS))
    return (
        names
        | _columns("so_lieu", NUMBER_COLUMNS)
        | _columns("xa", PLACE_COLUMNS)
        | _columns("xa_cu", PLACE_COLUMNS)
        | _columns("minh_chung", EVIDENCE_COLUMNS)
    )


def meanings(figures: Figures, frozen: Stamp) -> tuple[list[Meaning], list[Meaning], list[Meaning]]:
    """(texts, numbers, lists) with their meaning and today's value; of a list, how many lines it has."""
    filled = filling(figures, frozen)
    texts = [
        Meaning(name, sentence(f"placeholder_{name}"), value) for name, value in _general(figures, frozen)
    ]
    numbers = [Meaning(one.key, one.words, one.now) for one in figures.numbers]
    words = {list_name(one.key): one.words for one in figures.numbers}
    lists = [
        Meaning(name, _list_words(name, words.get(name, "")), len(rows)) for name, rows in filled.rows.items()
    ]
    return texts, numbers, lists


def list_columns(name: str) -> tuple[str, ...]:
    """The words that may follow hang.<name>."""
    own = {
        "so_lieu": NUMBER_COLUMNS,
        "xa": PLACE_COLUMNS,
        "xa_cu": PLACE_COLUMNS,
        "minh_chung": EVIDENCE_COLUMNS,
    }
    return ("stt", *own.get(name, tuple(FACT_COLUMNS)))


def evidence_sheet(figures: Figures) -> tuple[list[str], list[list[Value]]]:
    """(headings, lines): every number with every line it was counted from."""
    lines: list[list[Value]] = [
        [number.words, *fact_cells(figures, fact)]
        for number in figures.shown()
        for fact in figures.facts(number.key)
    ]
    return [sentence("column_number"), *fact_headings()], lines


def _list_words(name: str, words: str) -> str:
    own = f"placeholder_list_{name}"
    return sentence(own) if has_sentence(own) else words


def _columns(name: str, columns: tuple[str, ...]) -> set[str]:
    return {f"{LIST_PREFIX}{name}.{column}" for column in ("stt", *columns)}


def _general(figures: Figures, frozen: Stamp) -> Iterator[tuple[str, Value]]:
    values: tuple[Value, ...] = (
        period_words(figures.period),
        period_words(figures.before),
        written_day(figures.period.first),
        written_day(figures.period.last),
        written_day(figures.counted_on),
        str(figures.period.last.year),
        figures.scope_name,
        figures.scope_name.upper(),
        place_name(figures),
        figures.province_name,
        frozen.words,
        frozen.by,
        sentence("paper_sample") if figures.sample else "",
    )
    yield from zip(GENERAL, values, strict=True)


def _numbered(lines: Iterable[dict[str, Value]]) -> Rows:
    return [{"stt": at, **line} for at, line in enumerate(lines, 1)]


def _number_rows(figures: Figures) -> Iterator[dict[str, Value]]:
    for one in figures.shown():
        cells = (one.words, one.now, one.before, one.change, one.unit, sentence(f"section_{one.section}"))
        yield dict(zip(NUMBER_COLUMNS, cells, strict=True))


def _place_rows(figures: Figures, *, former: bool) -> Iterator[dict[str, Value]]:
    for name, counts in by_place(figures, former, PLACE_NUMBERS):
        yield dict(zip(PLACE_COLUMNS, (name, *counts), strict=True))


def _fact_rows(figures: Figures, number: Number) -> Iterator[dict[str, Value]]:
    for fact in figures.facts(number.key):
        yield dict(zip(FACT_COLUMNS, fact_cells(figures, fact), strict=True))


def _evidence_rows(figures: Figures) -> Iterator[dict[str, Value]]:
    for number in figures.shown():
        for row in _fact_rows(figures, number):
            yield {"so_lieu": number.words, **row}
