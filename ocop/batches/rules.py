"""Lots, runs of stamps and spool lines as plain values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from ocop.web.folding import fold

MOST_PER_ROLL = (1 << 20) - 1  # indexes 1 … 2^20-1; index 0 is never printed
MOST_PER_FILE = 1_000  # one PDF is drawn while somebody waits: some three seconds a thousand
LONGEST_LOT = 20  # GS1 AI 10

UNITS = ("gói", "hũ", "chai", "hộp", "túi", "lọ", "bánh", "kg", "chiếc", "bộ")


class Step(StrEnum):
    """Key events of a lot's first diary (NĐ 37/2026 Điều 23.5 e; TCVN 12850)."""

    PRODUCTION = "production"
    PACKING = "packing"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Stamps first … last of one roll, both included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, index: int) -> bool:
        return self.first <= index <= self.last

    def shared(self, other: Span) -> int:
        """How many stamps lie in both."""
        return max(0, min(self.last, other.last) - max(self.first, other.first) + 1)


def without(span: Span, taken: Iterable[Span]) -> list[Span]:
    """What is left of ``span`` outside of ``taken``, in order."""
    left, start = [], span.first
    for other in sorted(taken):
        if not span.shared(other):
            continue
        if other.first > start:
            left.append(Span(start, other.first - 1))
        start = max(start, other.last + 1)
    if start <= span.last:
        left.append(Span(start, span.last))
    return left


def count(spans: Iterable[Span]) -> int:
    return sum(span.size for span in spans)


@dataclass(frozen=True, slots=True)
class Balance:
    """Packs of a lot against its stamps. active: activated and not cancelled. reserved: printed for this lot
    and not activated yet."""

    quantity: int
    active: int = 0
    reserved: int = 0

    @property
    def to_issue(self) -> int:
        """Packs for which numbers may still be taken."""
        return max(0, self.quantity - self.active - self.reserved)

    @property
    def to_activate(self) -> int:
        return max(0, self.quantity - self.active)

    @property
    def used(self) -> int:
        return self.active + self.reserved


def suggest_lot_number(name: str, day: dt.date, taken: Collection[str]) -> str:
    """ "Mắm tép đồng…" made on 12/09/2026 -> MT-260912; -2, -3 … when that lot exists already."""
    letters = "".join(word[0] for word in re.findall(r"[a-z]+", fold(name))[:2]).upper() or "LO"
    base = f"{letters}-{day:%y%m%d}"
    number, more = base, 1
    while number in taken:
        more += 1
        number = f"{base}-{more}"
    return number


def good_until(made_on: dt.date, shelf_life_days: int | None) -> dt.date | None:
    """The last good day of what was made on a day."""
    return made_on + dt.timedelta(days=shelf_life_days) if shelf_life_days else None


def stamp_reference(text: str) -> int | str:
    """What somebody typed or scanned for one stamp: its place in the roll (1, 2 …), else a code.

    A scanner app hands over the whole address; the code is its last part.
    """
    last = text.strip().rstrip("/").rpartition("/")[2]
    return int(last) if re.fullmatch(r"[0-9]{1,7}", last) else last


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One scan as it lies in the spool. ``key`` is its own, so that importing it twice changes nothing."""

    key: str
    at: dt.datetime
    roll: int
    index: int
    device: str
    verdict: str

    def to_bytes(self) -> bytes:
        parts = (self.key, f"{self.at.timestamp():.3f}", self.roll, self.index, self.device, self.verdict)
        return ("\t".join(map(str, parts)) + "\n").encode("ascii")


_LINE = re.compile(
    rb"([0-9a-f]{32})\t(\d{1,12}\.\d{3})\t(\d{1,8})\t(\d{1,7})\t([0-9a-f]{16})\t([a-z_]{1,20})"
)


def scan_line(line: bytes) -> ScanLine | None:
    """The scan in one line without its newline, or None for a line that power or disk left broken."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    key, at, roll, index, device, verdict = (part.decode() for part in match.groups())
    instant = dt.datetime.fromtimestamp(float(at), dt.UTC)
    return ScanLine(key, instant, int(roll), int(index), device, verdict)
