"""Questions about places. The data is read from its file at the first question, not at import.

A practice commune (rules.PRACTICE_COMMUNES) is known by its code and named in addresses; no list, search or
conversion ever offers one.
"""

from functools import cache

from ocop.places import mapping
from ocop.places.queries.finding import find
from ocop.places.queries.old_address import OldAddress, read_old_address
from ocop.places.rules import (
    LONGEST_ADDRESS,
    LONGEST_QUERY,
    PRACTICE_COMMUNES,
    PRACTICE_PROVINCE,
    Commune,
    Match,
    OldUnit,
    Province,
    Suggestion,
    UnknownPlace,
    short,
    without_brackets,
    words,
)

MOST_LABELS = 3


def as_of() -> str:
    """ISO date up to which changes of units are in the data."""
    return _places().as_of


def provinces() -> list[Province]:
    """The 34 provinces and cities, in order of code."""
    return list(_places().provinces.values())


def province(code: str) -> Province:
    """Raises UnknownPlace."""
    return PRACTICE_PROVINCE if code == PRACTICE_PROVINCE.code else _listed_province(code)


def _listed_province(code: str) -> Province:
    try:
        return _places().provinces[code]
    except KeyError:
        raise UnknownPlace(code) from None


def commune(code: str) -> Commune:
    """Raises UnknownPlace."""
    if code in PRACTICE_COMMUNES:
        return PRACTICE_COMMUNES[code]
    try:
        return _places().communes[code]
    except KeyError:
        raise UnknownPlace(code) from None


def communes_of(province_code: str) -> list[Commune]:
    """Communes of one province in order of code. Raises UnknownPlace."""
    _listed_province(province_code)
    return list(_places().by_province[province_code])


def full_address(code: str) -> str:
    """ "Xã Hoạt Giang, tỉnh Thanh Hóa" for a commune code. Raises UnknownPlace."""
    found = commune(code)
    home = province(found.province_code)
    return f"{found.full_name}, {home.kind.lower()} {home.name}"


def old_units(code: str) -> list[OldUnit]:
    """The communes before 01/07/2025 that went into this one, whole or in part. Raises UnknownPlace."""
    commune(code)
    return list(_places().old_units_of.get(code, ()))


def search(text: str, province_code: str | None = None, limit: int = 20) -> list[Match]:
    """Communes of today a person may mean, best first; old names of communes, districts and provinces count too.

    With or without tone marks, with or without "xã", "huyện"…, and a province or district may follow the name.
    Only the first 100 characters are read. An unknown `province_code` raises UnknownPlace.
    """
    if province_code is not None:
        _listed_province(province_code)
    return find(_places(), words(short(text, LONGEST_QUERY)), province_code, limit)


def convert_old(old_province: str, old_district: str, old_commune: str) -> list[Commune]:
    """Communes of today for an address in three parts, kinds ("huyện") optional, the likeliest first.

    One: offer it. More than one: ask the person. None: the parts are not a place before 01/07/2025.
    For the five island districts `old_commune` is "".
    """
    parts = [
        short(part, LONGEST_QUERY).replace(",", " ") for part in (old_commune, old_district, old_province)
    ]
    read = words(", ".join(part for part in parts if part.strip()))
    found = read_old_address(_places(), read)
    # A part left over in front was not understood: then the district alone must not answer for it.
    return _communes(found) if found and found.first == 0 else []


def old_addresses(text: str) -> Suggestion | None:
    """What an old address in one piece is today; None when it is not one (or is already a new one)."""
    tidied = short(text, LONGEST_ADDRESS)
    read = words(without_brackets(tidied))
    found = read_old_address(_places(), read)
    if found is None:
        return None
    communes = tuple(_communes(found))
    labels = list(dict.fromkeys(unit.label for unit in found.units))[:MOST_LABELS]
    detail = tidied[: read[found.first].start].rstrip(" ,;-.")
    return Suggestion(communes, len(communes) > 1, " / ".join(labels), detail)


def _communes(found: OldAddress) -> list[Commune]:
    codes = dict.fromkeys(code for unit in found.units for code in unit.new_codes)
    return [_places().communes[code] for code in codes]


@cache
def _places() -> mapping.Places:
    return mapping.load()
