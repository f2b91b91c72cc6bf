"""Finding communes from what a person types."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from ocop.places.mapping import Lines, Places
from ocop.places.rules import (
    COMMUNE_KINDS,
    DISTRICT_KINDS,
    PROVINCE_KINDS,
    Commune,
    Match,
    OldDistrict,
    OldProvince,
    OldUnit,
    Word,
    kind_at_start,
    kind_before,
    names_ending,
    toned,
)

WHYS = ("name", "old_commune", "old_district", "old_province")
LEVELS = {
    Commune: (0, COMMUNE_KINDS),
    OldUnit: (1, COMMUNE_KINDS),
    OldDistrict: (2, DISTRICT_KINDS),
    OldProvince: (3, PROVINCE_KINDS),
}
WHOLE, BEGINNING, INSIDE, FORMER_NAME = range(4)
MOST_OUTER_NAMES = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """One way to understand a query: the name wanted, its kind, and the province or district it must lie in."""

    name: list[Word]
    kind: str | None
    outer: tuple[str, ...]

    @property
    def typed(self) -> str:
        return toned(self.name)

    @property
    def has_marks(self) -> bool:
        return any(word.toned != word.key for word in self.name)


def find(places: Places, query: list[Word], province_code: str | None, limit: int) -> list[Match]:
    """Communes that fit, best first (see `_ranked`), each once with its best reason."""
    found: dict[str, Match] = {}
    ranked = sorted(
        hit for wish in _wishes(query, places.codes_within) for hit in _ranked(places.lines, wish)
    )
    for rank, number, outer in ranked:
        unit = places.lines.units[number]
        for code in (unit.code,) if isinstance(unit, Commune) else unit.new_codes:
            commune = places.communes[code]
            elsewhere = province_code not in (None, commune.province_code)
            if code in found or elsewhere or not all(code in places.codes_within[name] for name in outer):
                continue
            if len(found) >= limit:
                return list(found.values())
            found[code] = Match(commune, WHYS[rank[-1]], "" if unit is commune else unit.label)
    return list(found.values())


def _wishes(query: list[Word], outer_names: Container[str]) -> Iterator[Wish]:
    for name, outer in _split(query, outer_names, MOST_OUTER_NAMES):
        yield Wish(name, None, outer)
        kind, size = kind_at_start(name)
        if kind:
            yield Wish(name[size:], kind, outer)


def _split(text: list[Word], outer_names: Container[str], depth: int) -> Iterator[tuple[list[Word], tuple]]:
    """ "hoat giang thanh hoa" -> itself, and "hoat giang" within "thanhhoa"."""
    yield text, ()
    if depth == 0:
        return
    for name, first in names_ending(text, len(text)):
        if name in outer_names:
            _, before = kind_before(text, first)
            for end in {first, before} - {0}:
                for rest, outer in _split(text[:end], outer_names, depth - 1):
                    yield rest, (name, *outer)


def _fitting_lines(lines: Lines, name: list[Word]) -> Iterator[tuple[int, int]]:
    """(line number, quality) of every name whose words in a row begin with the words wanted.

    One regular expression over all names. No part of it can match what its neighbour matches, so its time
    grows with the text alone. Names typed without spaces, and former names, are looked up whole.
    """
    if not name:
        return
    joined = "".join(word.key for word in name)
    for number in lines.squashed.get(joined, ()):
        yield number, WHOLE
    for number in lines.aliased.get(joined, ()):
        yield number, FORMER_NAME
    if len(joined) < 2:
        return
    seen = -1
    for match in re.finditer(r"[^ \n]*".join(" " + re.escape(word.key) for word in name), lines.text):
        number = lines.number_at(match.start())
        if number != seen:
            seen = number
            yield number, BEGINNING if match.start() == lines.starts[number] + 1 else INSIDE


def _ranked(lines: Lines, wish: Wish) -> Iterator[tuple[tuple, int, tuple]]:
    """(rank, line number, outer names) of all that fits one wish.

    Ranked by: marks as typed, kind as typed, how much of the name, the name to the letter, today before once.
    """
    typed, has_marks = wish.typed, wish.has_marks
    for number, quality in _fitting_lines(lines, wish.name):
        unit = lines.units[number]
        level, kinds = LEVELS[type(unit)]
        if wish.kind is not None and wish.kind not in kinds:
            continue
        name = unit.name.lower()
        other_marks = has_marks and f" {typed}" not in f" {name}"
        other_kind = wish.kind is not None and wish.kind != unit.kind
        yield (other_marks, other_kind, quality, name != typed, level), number, wish.outer
