"""Storing thousands of new rows in one short transaction: they are worked out before it begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, insert, inspect
from sqlalchemy.orm import Session

from ocop.db.base import Base

_AT_ONCE = 1_000  # rows a statement: enough to be quick, few enough to stay small


def row_of(thing: Base) -> dict[str, Any]:
    """A new thing that is in no session, as a row for insert_all, its columns' defaults filled in."""
    said = vars(thing)
    return {
        column.name: said[key] if said.get(key) is not None else default(None)
        for key, column, default in _columns(type(thing))
    }


def insert_all(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows that all have the same columns, without going through objects."""
    statement = insert(table)
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(statement, rows[start : start + _AT_ONCE])


@cache
def _columns(model: type[Base]) -> list[tuple[str, Column[Any], Callable[[object], Any]]]:
    """(attribute, column, what it holds by itself) of every column the database does not count up."""
    mapper = inspect(model)
    pairs = [(attribute.key, attribute.columns[0]) for attribute in mapper.column_attrs]
    return [
        (key, column, _default(column, mapper.version_id_col))
        for key, column in pairs
        if column is not column.table.autoincrement_column
    ]


def _default(column: Column[Any], version: Column[Any] | None) -> Callable[[object], Any]:
    if column is version:
        return lambda _context: 1
    if column.default is None:
        return lambda _context: None
    if column.default.is_callable:
        return column.default.arg
    value = column.default.arg
    return lambda _context: value
