"""Reading an address of three levels (commune, district, province), as written before 01/07/2025."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ocop.places.mapping import Places
from ocop.places.rules import (
    COMMUNE_KINDS,
    DISTRICT_KINDS,
    PROVINCE_KINDS,
    OldDistrict,
    OldProvince,
    OldUnit,
    Word,
    kind_before,
    names_ending,
    toned,
    words,
)


@dataclass(frozen=True, slots=True)
class OldAddress:
    """`units`: the old communes (lacking one, the districts) that may be meant.

    `first`: number of the first word of it all; `name_first`: of the name after its kind.
    """

    units: tuple[OldUnit | OldDistrict, ...]
    first: int
    name_first: int


def read_old_address(places: Places, text: list[Word]) -> OldAddress | None:
    """Read from the end: province, district, commune. Either of the two outer levels may be missing.

    A name that a commune of the province has today is a new address unless an old one explains more of the
    words: "Xã Hoạt Giang, tỉnh Thanh Hóa" is not the old xã Hoạt Giang, which is another place.
    """
    text = _without_country(text)
    for homes, end in _provinces(places, text):
        found = _in_district(places, text, end, homes) or _in_province(places, text, end, homes)
        today = _name_of_today(places, text, end, homes)
        if found or today is not None:
            return found if found and (today is None or found.name_first < today) else None
    return None


def _without_country(text: list[Word]) -> list[Word]:
    """Drop "Việt Nam" and a postal code from the end."""
    end = len(text)
    while end and (
        text[end - 1].key == "vn" or (text[end - 1].key.isdigit() and len(text[end - 1].key) >= 5)
    ):
        end -= 1
    if end >= 2 and [word.key for word in text[end - 2 : end]] == ["viet", "nam"]:
        end -= 2
    return text[:end]


def _provinces(places: Places, text: list[Word]) -> Iterator[tuple[list[OldProvince], int]]:
    """Every way to read a province at the end, then the way without one: (old provinces, where the rest ends)."""
    for name, first in names_ending(text, len(text)):
        homes = places.old_provinces_named.get(name)
        kind, before = kind_before(text, first)
        if not homes or (kind and kind not in PROVINCE_KINDS):
            continue
        # "TP Thanh Hóa" is the district of that name, "TP Huế" the province.
        if kind != "Thành phố" or name in places.province_cities:
            yield homes, before
    yield [], len(text)


def _in_district(places: Places, text: list[Word], end: int, homes: list[OldProvince]) -> OldAddress | None:
    """A commune with its district; a district of before 2025 stands for those that took it over."""
    district_only = None
    for table in (places.old_districts_named, places.old_districts_formerly):
        for name, first in names_ending(text, end):
            kind, before = kind_before(text, first)
            named = _fitting(table.get(name, ()), kind, DISTRICT_KINDS, text[first:end])
            districts = _at_home(named, homes)
            if found := _commune(places, text, before, districts):
                return found
            if district_only is None and kind and districts:
                district_only = OldAddress(tuple(districts), before, before)
    return district_only


def _commune(places: Places, text: list[Word], end: int, districts: list[OldDistrict]) -> OldAddress | None:
    named = places.old_units_in(districts)
    for name, first in names_ending(text, end):
        kind, before = kind_before(text, first)
        if units := _fitting(named.get(name, ()), kind, COMMUNE_KINDS, text[first:end]):
            return OldAddress(tuple(units), before, first)
    return None


def _in_province(places: Places, text: list[Word], end: int, homes: list[OldProvince]) -> OldAddress | None:
    """A commune with its province only."""
    districts = [district for district in places.old_districts.values() if district.province in homes]
    return _commune(places, text, end, districts)


def _name_of_today(places: Places, text: list[Word], end: int, homes: list[OldProvince]) -> int | None:
    """Number of the first word of the longest name written there that a commune of these provinces has today."""
    today = {code for home in homes for code in home.new_codes}
    for name, first in names_ending(text, end):
        if any(commune.code in today for commune in places.communes_named.get(name, ())):
            return first
    return None


def _fitting(units: Iterable, kind: str | None, level: frozenset[str], written: list[Word]) -> list:
    """Those of the kind written, then those with the marks written; a wrong kind or mark excludes nobody.

    Packaging is older than the last change of kind, and people type without marks.
    """
    units = list(units)
    if kind and kind not in level:
        return []
    units = [unit for unit in units if unit.kind == kind] or units
    return [unit for unit in units if toned(words(unit.name)) == toned(written)] or units


def _at_home(districts: list[OldDistrict], homes: list[OldProvince]) -> list[OldDistrict]:
    """Districts of the provinces written; of the one with that very name if it has any."""
    if not homes:
        return districts
    inside = [district for district in districts if district.province in homes]
    return [district for district in inside if district.province is homes[0]] or inside
