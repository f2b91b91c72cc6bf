"""Provinces, communes and the units before 01/07/2025: what they are, and how an address is read. Plain Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ocop.web.folding import fold, one_style, tidy

LONGEST_QUERY = 100
LONGEST_ADDRESS = 400
LONGEST_NAME_IN_WORDS = 6

PROVINCE_KINDS = frozenset(("Tỉnh", "Thành phố"))
DISTRICT_KINDS = frozenset(("Huyện", "Quận", "Thị xã", "Thành phố"))
COMMUNE_KINDS = frozenset(("Xã", "Phường", "Thị trấn", "Đặc khu"))

# How a kind of unit is written in front of a name, folded.
KIND_WORDS = {
    ("thanh", "pho"): "Thành phố",
    ("thi", "xa"): "Thị xã",
    ("thi", "tran"): "Thị trấn",
    ("dac", "khu"): "Đặc khu",
    ("tp",): "Thành phố",
    ("tx",): "Thị xã",
    ("tt",): "Thị trấn",
    ("xa",): "Xã",
    ("x",): "Xã",
    ("phuong",): "Phường",
    ("p",): "Phường",
    ("huyen",): "Huyện",
    ("h",): "Huyện",
    ("quan",): "Quận",
    ("q",): "Quận",
    ("tinh",): "Tỉnh",
    ("t",): "Tỉnh",
}


class UnknownPlace(LookupError):
    """No province or commune has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 of today. `code` is two digits, kept as text."""

    code: str
    kind: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Commune:
    """One of the 3,321 xã, phường and đặc khu of today. `code` is five digits, kept as text."""

    code: str
    kind: str
    name: str
    province_code: str

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"


# Where training classes take place: no office and no address. The letter keeps the codes apart from every real one,
# which are digits alone, for as long as the state numbers its communes so.
PRACTICE_PROVINCE = Province("T0", "Tỉnh", "Tập huấn")
PRACTICE_COMMUNES = {
    f"T{number:04}": Commune(f"T{number:04}", "Xã", f"tập huấn {number}", PRACTICE_PROVINCE.code)
    for number in range(1, 21)
}


def is_practice(commune_code: str) -> bool:
    """Whether this is a practice commune: nothing of it may leave the house (publishing, feeds, stamps)."""
    return commune_code in PRACTICE_COMMUNES


@dataclass(frozen=True, slots=True)
class OldProvince:
    """One of the 63 before 01/07/2025. `aliases` are older names, folded and without spaces."""

    code: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    new_codes: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.kind.lower()} {self.name}"


@dataclass(frozen=True, slots=True)
class OldDistrict:
    """A huyện, quận, thị xã or thành phố before 01/07/2025, with all communes of today that took a part of it.

    `took_from`: districts, folded and without spaces, whose communes it took over in the years before.
    """

    code: str
    kind: str
    name: str
    province: OldProvince
    aliases: tuple[str, ...]
    took_from: tuple[str, ...]
    new_codes: tuple[str, ...]
    left_province: bool

    @property
    def label(self) -> str:
        """ "huyện Quan Hóa"; the old province follows only where its name is gone from the new address."""
        own = f"{self.kind.lower()} {self.name}"
        return f"{own}, {self.province.label}" if self.left_province else own


@dataclass(frozen=True, slots=True)
class OldUnit:
    """A commune before 01/07/2025 and the commune, or communes, it went to.

    `code` and `name` are "" for the five island districts that had no communes.
    """

    code: str
    kind: str
    name: str
    district: OldDistrict
    aliases: tuple[str, ...]
    new_codes: tuple[str, ...]
    split: bool

    @property
    def label(self) -> str:
        """ "xã Yên Dương, huyện Hà Trung", the way it may still stand on packaging."""
        return f"{self.kind.lower()} {self.name}, {self.district.label}" if self.name else self.district.label


@dataclass(frozen=True, slots=True)
class Match:
    """A commune found by `search`. `why`: name, old_commune, old_district or old_province; `old_label` names it."""

    commune: Commune
    why: str
    old_label: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What an old address is today. More than one commune: `split` is true and the person must be asked.

    `detail` is what stood in front of the commune (house, hamlet), as written.
    """

    communes: tuple[Commune, ...]
    split: bool
    old_label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query or address: search key, with its marks, where it began, whether a comma precedes it."""

    key: str
    toned: str
    start: int
    after_comma: bool


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[,;]")
_IN_BRACKETS = re.compile(r"\([^()]*\)")


def keys(text: str) -> list[str]:
    """Words of a name or query as they are compared: folded, no apostrophe, "Phường 01" like "Phường 1"."""
    return [_key(raw) for raw in _WORD.findall(text) if raw not in ",;"]


def words(text: str) -> list[Word]:
    """Split a tidied text into words; commas and semicolons only leave their trace."""
    found: list[Word] = []
    after_comma = False
    for match in _WORD.finditer(text):
        raw = match.group()
        if raw in ",;":
            after_comma = True
            continue
        found.append(Word(_key(raw), one_style(raw).lower(), match.start(), after_comma))
        after_comma = False
    return found


def toned(text: list[Word]) -> str:
    return " ".join(word.toned for word in text)


def _key(raw: str) -> str:
    return fold(raw).replace("'", "").lstrip("0") or "0"


def short(text: str, longest: int) -> str:
    """Tidied and cut to a length, a line end read as a comma.

    Cut before anything else, for a text of any length may arrive; one letter may be several code points.
    """
    return tidy(text[: longest * 3].replace("\n", ", "))[:longest]


def without_brackets(text: str) -> str:
    """Blank out "(nay là …)" but keep every position."""
    return _IN_BRACKETS.sub(lambda match: " " * len(match.group()), text)


def kind_at_start(text: list[Word]) -> tuple[str | None, int]:
    """Kind of unit written in front, and how many words it takes: "xa hoi xuan" -> ("Xã", 1)."""
    for size in (2, 1):
        kind = KIND_WORDS.get(tuple(word.key for word in text[:size]))
        if kind and len(text) > size:
            return kind, size
    return None, 0


def kind_before(text: list[Word], end: int) -> tuple[str | None, int]:
    """Kind of unit written right before word number `end`, and the number of its first word.

    In "Ba Xa, Quảng Ngãi" the comma says that "xa" is no kind.
    """
    if text[end].after_comma:
        return None, end
    for size in (2, 1):
        if end >= size and (kind := KIND_WORDS.get(tuple(word.key for word in text[end - size : end]))):
            return kind, end - size
    return None, end


def names_ending(text: list[Word], end: int) -> Iterator[tuple[str, int]]:
    """Every name that may end before word number `end`, longest first: (squashed name, its first word)."""
    first = end
    while first > 0 and end - first < LONGEST_NAME_IN_WORDS:
        first -= 1
        if text[first].after_comma:
            break
    for start in range(first, end):
        yield "".join(word.key for word in text[start:end]), start
