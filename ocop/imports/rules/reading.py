"""One row: every cell read by its parser, then the producer, the product, its papers and the lot it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ocop.imports.rules.cells import Cell, Told, cleaned
from ocop.imports.rules.fields import spec
from ocop.imports.rules.making import certificate, listing, lot, producer
from ocop.imports.rules.parsers import LONGEST_FIGURE, PARSERS, WORDS
from ocop.imports.rules.sheets import Problem, Record, Setting, Understood

_LONG_TEXT = 1_000
_PAPERS = ("certificate", "certificate:food_safety")


@dataclass
class Row:
    """The cells of one row by "group.key", what they told by group, and everything that is wrong with them."""

    understood: Understood
    setting: Setting
    cells: dict[str, Cell] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def cell(self, target: str) -> Cell | None:
        return self.cells.get(target)

    def has(self, group: str) -> bool:
        return any(target.startswith(f"{group}.") for target in self.cells)

    def complain(self, target: str, code: str, severity: str = "error", **params: Any) -> None:
        """Of the cell, or of the column where the cell is empty; lacking both, of what we call the column."""
        at = self.understood.column_of.get(target)
        heading = self.understood.headings.get(at, "") if at is not None else ""
        self.problems.append(Problem(code, heading or spec(target).label, at, params, severity))

    def wrong_at(self, target: str) -> bool:
        """Whether the cell is there and something was said against it."""
        cell = self.cell(target)
        return cell is not None and any(one.column_index == cell.column for one in self.problems)

    def is_error_at(self, target: str) -> bool:
        cell = self.cell(target)
        errors = {one.column_index for one in self.problems if one.severity == "error"}
        return cell is not None and cell.column in errors


def records(
    understood: Understood,
    row_cells: Sequence[str],
    setting: Setting = Setting(),  # noqa: B008 - frozen
    *,
    lent: Sequence[int] = (),
) -> tuple[list[Record], list[Problem]]:
    """What one row tells, and all that is wrong with it, cell by cell. Never raises, whatever the cells hold.

    lent: columns filled from the row above (`DataRow.lent`). A row whose problems hold an "error" is not to be taken
    over; its records are then only what could be read.
    """
    row = Row(understood, setting)
    for at, target in understood.columns.items():
        if at < len(row_cells) and row_cells[at].strip():
            _read(row, target, at, row_cells[at])
    if not row.cells:
        return [], []
    made = [producer(row), listing(row)]
    if not _is_pack_of_above(row, lent):
        made += [certificate(row, group) for group in _PAPERS]
    made.append(lot(row))
    return [record for record in made if record is not None], sorted(row.problems, key=_by_column)


def _read(row: Row, target: str, at: int, raw: str) -> None:
    its = spec(target)
    text = cleaned(raw, lines=its.longest > _LONG_TEXT)
    cell = Cell(its, text, row.understood.headings.get(at, ""), at)
    if cell.is_formula_error:
        row.problems.append(cell.problem("formula_error", text=text))
        return
    if cell.says_nothing:
        return
    longest = its.longest if its.parser in WORDS else LONGEST_FIGURE
    if len(text) > longest:
        row.problems.append(cell.problem("too_long", most=longest))
        return
    row.cells.setdefault(target, cell)
    told = PARSERS[its.parser](text, cell.heading, its.key)
    _keep(row, its.group, told)
    row.problems += [cell.problem(code, severity, **params) for code, severity, params in told.complaints]


def _keep(row: Row, group: str, told: Told) -> None:
    values = row.told.setdefault(group, {})
    for key, value in told.values.items():
        if key == "photos":
            values[key] = list(dict.fromkeys([*values.get(key, []), *value]))
        else:
            values.setdefault(key, value)


def _is_pack_of_above(row: Row, lent: Sequence[int]) -> bool:
    """Whether the row only tells of another pack; the papers are those of the product above then."""
    name = row.cell("listing.name")
    if name is None or name.column not in lent:
        return False
    row.problems.append(name.problem("pack_of_above", "warning", name=name.text[:60]))
    return True


def _by_column(problem: Problem) -> tuple[bool, int]:
    return problem.column_index is None, problem.column_index or 0
