"""Periods, places and facts as people read them."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from ocop.reports.rules.figures import Fact, Figures, Number
from ocop.reports.rules.periods import Period
from ocop.web.filters import day as written_day
from ocop.web.filters import number as written_number
from ocop.web.folding import fold
from ocop.web.wording import has_sentence, sentence

_ROMAN = ("I", "II", "III", "IV")
FACT_HEADINGS = ("name", "producer", "commune", "former", "kind", "day", "until", "note", "link", "amount")


def period_words(period: Period) -> str:
    """ "Quý IV/2026", "Tháng 11/2026", "6 tháng đầu năm 2026", "Từ 01/11/2026 đến 22/11/2026"."""
    part = _ROMAN[period.part - 1] if period.shape == "quarter" else f"{period.part:02}"
    code = f"period_half_{period.part}" if period.shape == "half" else f"period_{period.shape}"
    return sentence(
        code,
        year=period.first.year,
        part=part,
        first=written_day(period.first),
        last=written_day(period.last),
    )


def report_title(period: Period) -> str:
    return f"{sentence('report_title')}, {period_words(period)}"


def iso_day(text: str) -> str:
    """2026-11-21 -> 21/11/2026."""
    return written_day(dt.date.fromisoformat(text)) if text else ""


def signed(number: int) -> str:
    """+1.250, -3, 0."""
    return f"+{written_number(number)}" if number > 0 else written_number(number)


def sections(figures: Figures) -> list[tuple[str, str, list[Number]]]:
    """(heading, note or "", lines) of every section that has a line to show."""
    found: dict[str, list[Number]] = {}
    for number in figures.shown():
        found.setdefault(number.section, []).append(number)
    return [
        (
            sentence(f"section_{key}"),
            sentence(f"section_note_{key}") if has_sentence(f"section_note_{key}") else "",
            lines,
        )
        for key, lines in found.items()
    ]


def place_name(figures: Figures) -> str:
    """What stands before the day on a document: the unit's name without its kind (NĐ 30/2020, Phụ lục I)."""
    kinds = ("Thành phố ", "Đặc khu ", "Phường ", "Tỉnh ", "Xã ")
    kind = next((kind for kind in kinds if figures.scope_name.startswith(kind)), "")
    return figures.scope_name.removeprefix(kind)


def commune_name(figures: Figures, code: str) -> str:
    return figures.communes.get(code) or (sentence("commune_unknown") if code else "")


def fact_cells(figures: Figures, fact: Fact) -> list[str | int]:
    """A line of a list, in the order of FACT_HEADINGS."""
    return [
        fact.name,
        fact.producer,
        commune_name(figures, fact.commune),
        fact.former,
        fact.kind,
        iso_day(fact.day),
        iso_day(fact.until),
        fact.note,
        fact.link,
        fact.amount,
    ]


def fact_headings() -> list[str]:
    return [sentence(f"column_{name}") for name in FACT_HEADINGS]


def by_place(figures: Figures, former: bool, keys: tuple[str, ...]) -> list[tuple[str, list[int]]]:
    """(commune, or commune of old; its share of each number), by name; what is unknown comes last."""
    counts: dict[str, Counter[str]] = {
        key: figures.by_former(key) if former else figures.by_commune(key) for key in keys
    }
    places = {place for counted in counts.values() for place in counted}
    if not former:
        places |= set(figures.communes)
    unknown = sentence("former_unknown") if former else sentence("commune_unknown")
    named = {place: (place if former else figures.communes.get(place, "")) or unknown for place in places}
    ordered = sorted(places, key=lambda place: (named[place] == unknown, fold(named[place]), place))
    return [(named[place], [counts[key][place] for key in keys]) for place in ordered]


def number_words(figures: Figures, keys: tuple[str, ...]) -> list[str]:
    words = {number.key: number.words for number in figures.numbers}
    return [words[key] for key in keys]
