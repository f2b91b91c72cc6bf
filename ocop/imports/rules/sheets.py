"""A sheet as it came, and what was made of it. Plain values that go to JSON and back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from ocop.imports.rules.fields import RowKind, spec

Row = tuple[int, list[str]]


class Area(NamedTuple):
    """Merged cells: rows as in the sheet, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """Rows with text, numbered as in the sheet. Of merged cells only the first holds the text; ``merged`` says how
    far it reaches."""

    name: str
    rows: list[Row]
    merged: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Understood:
    """What the columns of a sheet mean.

    columns: column -> "group.key", e.g. "producer.name", "certificate:food_safety.expires_on". unknown: columns
    with a heading nobody knows. headings: column -> heading as written, of every column. header_row: the last row
    of the heading, None when none was found. title: what stood above. number_column: where rows are counted.
    """

    header_row: int | None
    columns: dict[int, str]
    unknown: dict[int, str] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    title: str = ""
    number_column: int | None = None

    @cached_property
    def column_of(self) -> dict[str, int]:
        """Target -> its (first) column."""
        return {target: at for at, target in reversed(self.columns.items())}

    @cached_property
    def kinds(self) -> tuple[RowKind, ...]:
        """Kinds of record a row of this sheet may hold, in the order they are made."""
        groups = {target.partition(".")[0].partition(":")[0] for target in self.columns.values()}
        return tuple(kind for kind in RowKind if kind.value in groups)

    @cached_property
    def kind(self) -> RowKind | None:
        """What the sheet is a list of. The others only say whose it is, or come along."""
        kinds = set(self.kinds)
        if RowKind.LOT in kinds:
            return RowKind.LOT
        if RowKind.CERTIFICATE in kinds and self.refers(RowKind.LISTING) and self.refers(RowKind.PRODUCER):
            return RowKind.CERTIFICATE
        return next((kind for kind in (RowKind.LISTING, RowKind.PRODUCER) if kind in kinds), None)

    @property
    def combined(self) -> bool:
        """Whether a row makes more than one thing: the usual list of a commune."""
        return len([kind for kind in self.kinds if not self.refers(kind)]) > 1

    def refers(self, kind: RowKind) -> bool:
        """True when the columns of this kind only name a thing that must be there already, or tell nothing about it.

        A list of producers, products and stars makes the products it names; a list of lots, or of papers with a
        column that says which, does not.
        """
        if kind in self._told or len(self.kinds) < 2:
            return False
        about_others = RowKind.LOT in self.kinds or "certificate.kind" in self.column_of
        return kind is not RowKind.LISTING or about_others or RowKind.LISTING not in self.kinds

    @cached_property
    def _told(self) -> frozenset[RowKind]:
        """Kinds a row tells more of than what they are called."""
        return frozenset(one.kind for one in map(spec, self.columns.values()) if not one.names)

    @property
    def missing(self) -> tuple[str, ...]:
        """Targets without which no row of this sheet can be right."""
        needed = {RowKind.PRODUCER: "producer.name"} | {
            kind: f"{kind.value}.{key}"
            for kind, key in ((RowKind.LISTING, "name"), (RowKind.LOT, "lot_number"))
            if kind in self.kinds
        }
        if RowKind.LOT in self.kinds:
            needed[RowKind.LISTING] = "listing.name"
        return tuple(target for target in needed.values() if target not in self.column_of)

    def with_columns(self, columns: dict[int, str]) -> Understood:
        """The same sheet with the columns as a person put them right; an empty target means: leave it out."""
        kept = {column: target for column, target in sorted(columns.items()) if target}
        unknown = {at: text for at, text in self.headings.items() if at not in kept and text}
        unknown.pop(self.number_column if self.number_column is not None else -1, None)
        return replace(self, columns=kept, unknown=unknown)

    def to_json(self) -> dict[str, Any]:
        return {
            "header_row": self.header_row,
            "columns": {str(at): target for at, target in self.columns.items()},
            "unknown": {str(at): text for at, text in self.unknown.items()},
            "headings": {str(at): text for at, text in self.headings.items()},
            "title": self.title,
            "number_column": self.number_column,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Understood:
        def by_number(name: str) -> dict[int, str]:
            return {int(at): text for at, text in data[name].items()}

        return cls(
            data["header_row"],
            by_number("columns"),
            by_number("unknown"),
            by_number("headings"),
            data["title"],
            data["number_column"],
        )


@dataclass(frozen=True)
class Setting:
    """Where and when a sheet is taken in: the commune it is for ("" for none) and the business day."""

    commune_code: str = ""
    today: dt.date | None = None


@dataclass(frozen=True)
class Record:
    """One thing a row tells of; all records of a row belong together (the listing is the producer's, the paper and
    the lot are the listing's). values: JSON-able, days as ISO text, keys as the services take them.
    reference: the row only names the thing, it tells nothing else about it."""

    kind: RowKind
    values: dict[str, Any]
    reference: bool = False


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell. ``code`` names the sentence in wording/imports_rows.toml, ``column`` is the heading
    as written. severity: "error" keeps the row out, "warning" only asks to look."""

    code: str
    column: str = ""
    column_index: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    severity: str = "error"

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "column": self.column,
            "column_index": self.column_index,
            "params": self.params,
            "severity": self.severity,
        }


@dataclass(frozen=True)
class DataRow:
    """A row with data. cells: texts by column, with what merged cells and the row above lend to it (``lent``)."""

    row: int
    cells: list[str]
    lent: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rows:
    """data: what to read; skipped: (row, why) of rows left out: title | header | total | group | numbering |
    sample | footer."""

    data: list[DataRow]
    skipped: list[tuple[int, str]]
