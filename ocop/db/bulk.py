"""Storing thousands of new rows in one short transaction: they are worked out before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Dialect, Table, insert, inspect
from sqlalchemy.orm import Session

from ocop.db.base import Base


@dataclass(frozen=True)
class Ready:
    """Rows of one table as the driver takes them: nothing is left to work out while others wait for the lock.
    values: one tuple a row, or a dict where the driver wants names."""

    statement: str
    values: list[Any]


def row_of(thing: Base) -> dict[str, Any]:
    """A new thing that is in no session, as a row for insert_all, its columns' defaults filled in."""
    said = vars(thing)
    return {
        column.name: said[key] if said.get(key) is not None else default(None)
        for key, column, default in _columns(type(thing))
    }


def made_ready(dialect: Dialect, table: Table, rows: Iterable[Mapping[str, Any]]) -> Ready:
    """Rows that all have every column of ``table`` the database does not count up."""
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    compiled = insert(table).compile(dialect=dialect, column_keys=[column.name for column in columns])
    names = compiled.positiontup or [column.name for column in columns]
    kinds = {column.name: column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns}
    binders = [(name, kinds[name]) for name in names]
    values = ([bind(row[name]) if bind else row[name] for name, bind in binders] for row in rows)
    if compiled.positiontup:
        return Ready(str(compiled), [tuple(one) for one in values])
    return Ready(str(compiled), [dict(zip(names, one, strict=True)) for one in values])


def insert_ready(session: Session, ready: Ready) -> None:
    """All of them in one statement, without going through objects."""
    if ready.values:
        session.connection().exec_driver_sql(ready.statement, ready.values)


def insert_all(session: Session, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """The same where few wait, or few rows are stored."""
    insert_ready(session, made_ready(session.get_bind().dialect, table, rows))


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
