"""What a report counted: every number with the list it was counted from, and nothing that is not in a list."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, fields
from typing import Any

from ocop.reports.rules.periods import Period

FORM = 1  # of the stored JSON; a later reader can tell


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was counted, in the words a list shows. amount: how much it adds to its number (one product,
    500 stamps, 12,000,000 đồng). commune: its code; former: the commune before 01/07/2025, "" when unknown.
    day and until: since when, till when, as ISO dates or ""."""

    name: str
    producer: str = ""
    commune: str = ""
    former: str = ""
    kind: str = ""
    day: str = ""
    until: str = ""
    note: str = ""
    link: str = ""
    amount: int = 1


Lists = dict[str, list[Fact]]


@dataclass(frozen=True, slots=True)
class Number:
    """A line of the report. before: the same in the period before. stays: shown at nought too."""

    key: str
    section: str
    words: str
    now: int
    before: int
    unit: str = ""
    stays: bool = True

    @property
    def change(self) -> int:
        return self.now - self.before


@dataclass(frozen=True)
class Figures:
    """Everything one report says. counted_on: the day as of which things that last were counted: the period's last,
    or the day of counting where the period is not over. before_frozen: the earlier numbers are those of a frozen
    report."""

    scope_kind: str
    scope_id: str
    scope_name: str
    province_name: str
    period: Period
    before: Period
    counted_on: dt.date
    before_frozen: bool
    sample: bool
    communes: dict[str, str]
    numbers: tuple[Number, ...]
    lists: Lists = field(repr=False)

    def number(self, key: str) -> Number | None:
        return next((one for one in self.numbers if one.key == key), None)

    def facts(self, key: str) -> list[Fact]:
        return self.lists.get(key, [])

    def shown(self) -> list[Number]:
        """Lines worth printing: those with something now or before, and those that are always asked for."""
        return [one for one in self.numbers if one.stays or one.now or one.before]

    def by_commune(self, key: str) -> Counter[str]:
        return _sums(self.facts(key), "commune")

    def by_former(self, key: str) -> Counter[str]:
        return _sums(self.facts(key), "former")


def total(facts: Iterable[Fact]) -> int:
    return sum(fact.amount for fact in facts)


def _sums(facts: Iterable[Fact], by: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for fact in facts:
        sums[getattr(fact, by)] += fact.amount
    return sums


def joined(parts: Iterable[Mapping[str, Sequence[Fact]]]) -> Lists:
    """All lists in one; no two parts may count the same thing."""
    found: Lists = {}
    for part in parts:
        for key, facts in part.items():
            if key in found:
                raise ValueError(f"{key} is counted twice")
            found[key] = list(facts)
    return found


def numbers_to_json(figures: Figures) -> dict[str, Any]:
    return {
        "form": FORM,
        "scope_name": figures.scope_name,
        "province_name": figures.province_name,
        "counted_on": figures.counted_on.isoformat(),
        "before": [figures.before.first.isoformat(), figures.before.last.isoformat()],
        "before_frozen": figures.before_frozen,
        "sample": figures.sample,
        "communes": figures.communes,
        "numbers": [asdict(one) for one in figures.numbers],
    }


def evidence_to_json(figures: Figures) -> dict[str, Any]:
    """Each fact once, and for each number which of them it counted: one product stands in several lists."""
    places: dict[Fact, int] = {}
    lists = {
        key: [places.setdefault(fact, len(places)) for fact in facts] for key, facts in figures.lists.items()
    }
    return {
        "columns": [one.name for one in fields(Fact)],
        "facts": [astuple(f) for f in places],
        "lists": lists,
    }


def from_json(
    scope: tuple[str, str], period: Period, numbers: Mapping[str, Any], evidence: Mapping[str, Any]
) -> Figures:
    """What the two functions above wrote."""
    columns = evidence["columns"]
    facts = [Fact(**dict(zip(columns, row, strict=True))) for row in evidence["facts"]]
    first, last = (dt.date.fromisoformat(day) for day in numbers["before"])
    return Figures(
        scope_kind=scope[0],
        scope_id=scope[1],
        scope_name=numbers["scope_name"],
        province_name=numbers["province_name"],
        period=period,
        before=Period(first, last),
        counted_on=dt.date.fromisoformat(numbers["counted_on"]),
        before_frozen=numbers["before_frozen"],
        sample=numbers["sample"],
        communes=dict(numbers["communes"]),
        numbers=tuple(Number(**one) for one in numbers["numbers"]),
        lists={key: [facts[at] for at in places] for key, places in evidence["lists"].items()},
    )
