"""A file through all steps, as the worker goes: decoder, heading, rows, records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from ocop.imports.decoder import read
from ocop.imports.mapping.problems import said_with_place
from ocop.imports.rules import (
    Problem,
    Record,
    RowKind,
    Setting,
    Sheet,
    Understood,
    data_rows,
    records,
    understand,
)

HOAT_GIANG = Setting("15286", dt.date(2026, 11, 22))


@dataclass
class Result:
    understood: Understood
    rows: dict[int, list[Record]] = field(default_factory=dict)
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    skipped: list[tuple[int, str]] = field(default_factory=list)

    def values(self, row: int, kind: str, number: int = 0) -> dict[str, object]:
        return [one.values for one in self.rows[row] if one.kind is RowKind(kind)][number]

    def column(self, kind: str, key: str) -> list[object]:
        """One value of each row, None where the row has no such record or value."""
        told = [
            [one.values.get(key) for one in row if one.kind is RowKind(kind)] for row in self.rows.values()
        ]
        return [values[0] if values else None for values in told]

    @property
    def said(self) -> list[tuple[int, str, str]]:
        """(row, heading, code) of every error."""
        return self._found("error")

    @property
    def asked(self) -> list[tuple[int, str, str]]:
        """(row, heading, code) of every warning."""
        return self._found("warning")

    @property
    def sentences(self) -> list[str]:
        return [said_with_place(row, one.to_json()) for row, found in self.problems.items() for one in found]

    def _found(self, severity: str) -> list[tuple[int, str, str]]:
        return [
            (row, one.column, one.code)
            for row, found in self.problems.items()
            for one in found
            if one.severity == severity
        ]


def read_file(name: str, content: bytes, setting: Setting = HOAT_GIANG) -> Result:
    return read_sheet(read(content, name)[0], setting)


def read_sheet(sheet: Sheet, setting: Setting = HOAT_GIANG) -> Result:
    understood = understand(sheet)
    rows = data_rows(understood, sheet)
    result = Result(understood, skipped=rows.skipped)
    for one in rows.data:
        made, problems = records(understood, one.cells, setting, lent=one.lent)
        result.rows[one.row], result.problems[one.row] = made, problems
    return result
