"""Which of the 26 sets a product belongs to: by number, by the decree's name, or by what it is called."""

from __future__ import annotations

import re
from functools import cache

from ocop.imports.rules.cells import Told, doubtful, words_in, wrong
from ocop.imports.rules.words import found_in
from ocop.listings.rules import product_set, product_sets

_ROMAN = {"i": "I", "ii": "II", "iii": "III", "iv": "IV", "v": "V", "vi": "VI"}
_LONGEST_NAME = 45
_NUMBER = re.compile(r"(?:bo|so|nhom|bo so|nhom so)?\s?([0-9]{1,2})(?:\s.*)?")


def read_set(said_set: str, said_group: str, name: str) -> Told:
    """{"set_no"}. ``said_set`` and ``said_group`` may be ""; a set that is only guessed comes with set_guessed, one
    that cannot be told is set_unknown."""
    if number := _named(said_set) or _named(said_group, numbers=False):
        return Told({"set_no": number})
    group = read_group(said_group) or read_group(said_set)
    guessed = guess_set(f"{name}", group) or guess_set(f"{said_set} {said_group}", group)
    if guessed is None:
        return wrong("set_unknown", text=(said_set or said_group or name)[:40])
    its_set = product_set(guessed)
    return doubtful({"set_no": guessed}, "set_guessed", no=guessed, name=_shortened(its_set.name))


def _shortened(name: str) -> str:
    """The first goods a long name counts up."""
    short = name[:_LONGEST_NAME].rpartition(",")[0]
    return f"{short}…" if short and len(name) > _LONGEST_NAME else name


def read_group(text: str) -> str | None:
    """ "I" … "VI" for "Nhóm 2", "Đồ uống", "III. Dược liệu"; None when the text says none."""
    words = [word for word in words_in(text) if word not in ("nhom", "nganh", "hang")]
    if words and words[0] in _ROMAN:
        return _ROMAN[words[0]]
    if len(words) == 1 and words[0] in ("1", "2", "3", "4", "5", "6"):
        return tuple(_ROMAN.values())[int(words[0]) - 1]
    return found_in(" ".join(words), "groups") if words else None


def guess_set(text: str, group: str | None = None) -> int | None:
    """A set number by the words of a name, within a group where one is known."""
    inside = frozenset(str(one.no) for one in product_sets() if group in (None, one.group_code))
    found = found_in(text, "sets", only=inside)
    if found is None and group is not None and len(inside) == 1:
        found = next(iter(inside))
    return int(found) if found else None


def _named(text: str, *, numbers: bool = True) -> int | None:
    words = " ".join(words_in(text))
    match = _NUMBER.fullmatch(words) if numbers else None
    if match and 1 <= int(match[1]) <= len(product_sets()):
        return int(match[1])
    return _names().get(words)


@cache
def _names() -> dict[str, int]:
    """Folded names of the sets; a name that two sets share in Phụ lục I names none."""
    names: dict[str, int] = {}
    for one in product_sets():
        for name in (one.name, one.annex1_name, one.name.split("(")[0]):
            names[" ".join(words_in(name))] = one.no
    return names
