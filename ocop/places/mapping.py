"""The data file `places.json.gz` (built by tools/build_places.py) turned into tables that answer quickly."""

import gzip
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain
from pathlib import Path

from ocop.places.rules import Commune, OldDistrict, OldProvince, OldUnit, Province
from ocop.web.folding import fold

DATA_FILE = Path(__file__).with_name("places.json.gz")

Unit = Commune | OldUnit | OldDistrict | OldProvince


@dataclass(frozen=True)
class Places:
    """Every place, by code where there is one. `as_of` is the day (ISO) up to which changes are in.

    "Squashed" names are search keys without spaces: "Ea H'Leo", "Ea Hleo" and "EaHleo" are all "eahleo".
    """

    as_of: str
    provinces: dict[str, Province]
    communes: dict[str, Commune]
    old_provinces: dict[str, OldProvince]
    old_districts: dict[str, OldDistrict]
    old_units: list[OldUnit]

    @cached_property
    def units(self) -> list[Unit]:
        """Everything a search can find."""
        return [
            *self.communes.values(),
            *self.old_units,
            *self.old_districts.values(),
            *self.old_provinces.values(),
        ]

    @cached_property
    def name_keys(self) -> dict[str, str]:
        """Name -> its words as they are compared ("Hồi Xuân" -> "hoi xuan")."""
        return folded_names(
            {unit.name for unit in self.units} | {one.name for one in self.provinces.values()}
        )

    @cached_property
    def lines(self) -> "Lines":
        return Lines(self.units, self.name_keys)

    def squashed(self, name: str) -> str:
        return self.name_keys[name].replace(" ", "")

    @cached_property
    def by_province(self) -> dict[str, list[Commune]]:
        """Province code -> its communes in order of code."""
        return _grouped(self.communes.values(), lambda commune: [commune.province_code])

    @cached_property
    def communes_named(self) -> dict[str, list[Commune]]:
        return _grouped(self.communes.values(), lambda commune: [self.squashed(commune.name)])

    @cached_property
    def old_units_of(self) -> dict[str, list[OldUnit]]:
        """New commune code -> the old communes that went into it, whole or in part."""
        return _grouped(self.old_units, lambda unit: unit.new_codes)

    @cached_property
    def old_provinces_named(self) -> dict[str, list[OldProvince]]:
        """Squashed name of an old or new province -> the old ones that may be meant, its namesake first."""
        table = _grouped(self.old_provinces.values(), lambda old: [self.squashed(old.name), *old.aliases])
        for old in self.old_provinces.values():
            for home in sorted({self.communes[code].province_code for code in old.new_codes}):
                namesakes = table[self.squashed(self.provinces[home].name)]
                if old not in namesakes:
                    namesakes.append(old)
        return table

    @cached_property
    def province_cities(self) -> frozenset[str]:
        """Squashed names of cities at the level of a province, today or before."""
        units = chain(self.provinces.values(), self.old_provinces.values())
        return frozenset(self.squashed(unit.name) for unit in units if unit.kind == "Thành phố") | {
            "hcm",
            "hn",
        }

    @cached_property
    def old_districts_named(self) -> dict[str, list[OldDistrict]]:
        return _grouped(self.old_districts.values(), lambda district: [self.squashed(district.name)])

    @cached_property
    def old_districts_formerly(self) -> dict[str, list[OldDistrict]]:
        """Squashed name of a district of before 2025 -> those that took it over, whole or in part."""
        return _grouped(
            self.old_districts.values(), lambda district: (*district.aliases, *district.took_from)
        )

    @cached_property
    def _old_units_by_district(self) -> dict[str, list[OldUnit]]:
        return _grouped(self.old_units, lambda unit: [unit.district.code])

    def old_units_in(self, districts: Iterable[OldDistrict]) -> dict[str, list[OldUnit]]:
        """Squashed name -> old communes in these districts; a former name counts where none has it now."""
        units = [unit for district in districts for unit in self._old_units_by_district[district.code]]
        real = _grouped(units, lambda unit: [self.squashed(unit.name)])
        return _grouped(units, lambda unit: unit.aliases) | real

    @cached_property
    def codes_within(self) -> dict[str, set[str]]:
        """Squashed name of a province or district, old or new -> codes of the communes of today in it."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, communes in self.by_province.items():
            found[self.squashed(self.provinces[code].name)].update(commune.code for commune in communes)
        for outer in chain(self.old_districts.values(), self.old_provinces.values()):
            for name in (self.squashed(outer.name), *outer.aliases):
                found[name].update(outer.new_codes)
        return dict(found)


class Lines:
    """All names as one text, a line each, so that one regular expression looks through them at once.

    A line is "\\n hoi xuan": every word has a space before it. `units[n]` is the unit of line n.
    """

    def __init__(self, units: list[Unit], name_keys: dict[str, str]) -> None:
        self.units = units
        names = [name_keys[unit.name] for unit in units]
        self.text = "".join(f"\n {name}" for name in names)
        self.starts = list(accumulate((len(name) + 2 for name in names[:-1]), initial=0))
        self.squashed: dict[str, list[int]] = defaultdict(list)
        self.aliased: dict[str, list[int]] = defaultdict(list)
        for number, (unit, name) in enumerate(zip(units, names, strict=True)):
            self.squashed[name.replace(" ", "")].append(number)
            for alias in () if isinstance(unit, Commune) else unit.aliases:
                self.aliased[alias].append(number)

    def number_at(self, position: int) -> int:
        """Line number of a position in `text`."""
        return bisect_right(self.starts, position) - 1


def folded_names(names: Iterable[str]) -> dict[str, str]:
    """`keys` of rules.py for thousands of names in one go; " | " cannot stand in a name."""
    names = list(names)
    joined = fold("|".join(names)).translate({ord("'"): None, ord("-"): " "})
    return {name: " ".join(key.split()) for name, key in zip(names, joined.split("|"), strict=True)}


def load(path: Path = DATA_FILE) -> Places:
    """Read the data file; takes tens of milliseconds."""
    data = json.loads(gzip.decompress(path.read_bytes()))
    provinces = {row[0]: Province(*row) for row in data["provinces"]}
    communes = {row[0]: Commune(*row) for row in data["communes"]}
    home_of_district = {row[0]: row[3] for row in data["old_districts"]}
    new_of_district = _new_codes(data["old_communes"], lambda row: row[3])
    new_of_province = _new_codes(data["old_communes"], lambda row: home_of_district[row[3]])
    old_provinces = {
        code: OldProvince(code, kind, name, tuple(aliases), new_of_province[code])
        for code, kind, name, aliases in data["old_provinces"]
    }
    old_districts = {}
    for code, kind, name, home, aliases, took_from in data["old_districts"]:
        province, new = old_provinces[home], new_of_district[code]
        left = any(provinces[communes[one].province_code].name != province.name for one in new)
        old_districts[code] = OldDistrict(
            code, kind, name, province, tuple(aliases), tuple(took_from), new, left
        )
    old_units = [
        OldUnit(code, kind, name, old_districts[district], tuple(aliases), tuple(new), bool(split))
        for code, kind, name, district, new, aliases, split in data["old_communes"]
    ]
    return Places(data["as_of"], provinces, communes, old_provinces, old_districts, old_units)


def _new_codes(rows: list, group: Callable) -> dict[str, tuple[str, ...]]:
    found = defaultdict(set)
    for row in rows:
        found[group(row)].update(row[4])
    return {key: tuple(sorted(codes)) for key, codes in found.items()}


def _grouped(items: Iterable, keys_of: Callable) -> dict[str, list]:
    table = defaultdict(list)
    for item in items:
        for key in keys_of(item):
            table[key].append(item)
    return dict(table)
