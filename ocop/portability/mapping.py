"""Rows to JSON and back. What comes from outside is read by the type and length of the column it is for."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Enum, Integer, String, Table

from marketplace_adapters.workbook import safe_text
from ocop.batches.rules import Step
from ocop.db.audit import AuditEntry, plain
from ocop.db.base import Base, UtcDateTime
from ocop.listings.rules import SHOTS, product_sets
from ocop.portability.errors import Broken
from ocop.portability.rules import PARTS, PRODUCER, Part
from ocop.web.spreadsheets import table as sheet
from ocop.web.wording import sentence
from traceability.gs1 import gtin_problem, lot_problem

LOG_COLUMNS = ("at", "user_name", "on_behalf", "action", "entity", "entity_id", "old", "new")

_YEARS = range(1900, 2200)
_MOST_INTEGER = 2**31 - 1
_MOST_LIST = 200

# Where the type of a column allows more than the program does.
_SETS = frozenset(one.no for one in product_sets())
_CHECKS: dict[tuple[str, str], Callable[[Any], bool]] = {
    ("listing", "set_no"): _SETS.__contains__,
    ("listing", "date_style"): {"use_by", "best_before", "none"}.__contains__,
    ("listing", "word_acks"): lambda value: all(isinstance(one, str) for one in value),
    ("listing_photo", "shot"): SHOTS.__contains__,
    ("variant", "price_vnd"): lambda value: value > 0,
    ("variant", "gtin"): lambda value: gtin_problem(value) is None,
    ("certificate", "stars"): range(1, 6).__contains__,
    ("batch", "lot_number"): lambda value: lot_problem(value) is None,
    ("batch", "quantity"): lambda value: value > 0,
    ("trace_event", "step"): {step.value for step in Step}.__contains__,
    ("revenue", "amount_vnd"): lambda value: value >= 0,
}


def table_of(part: Part) -> Table:
    return Base.metadata.tables[part.table]


def as_json(part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    """One row as it stands in the file."""
    return {name: plain(row[name]) for name in part.columns}


def log_row(entry: AuditEntry) -> dict[str, Any]:
    return {name: plain(getattr(entry, name)) for name in LOG_COLUMNS}


def csv_lines(rows: Iterable[Iterable[Any]], *, head: Iterable[str] | None = None) -> Iterator[bytes]:
    """CSV that Excel opens with its Vietnamese letters and that holds no formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    if head is not None:
        out.write("\ufeff")
        writer.writerow(head)
    for row in rows:
        writer.writerow([safe_text("" if value is None else str(value)) for value in row])
    yield out.getvalue().encode()


DIARY_HEAD = ("Lô", "Ngày", "Việc", "Ở đâu", "Nội dung", "Người ghi", "Sửa cho dòng")


def diary(rows: Mapping[str, list[dict[str, Any]]]) -> list[tuple[Any, ...]]:
    """The diary of all lots as people read it, lot by lot, oldest first."""
    lots = {row["id"]: row["lot_number"] for row in rows["batch"]}
    events = sorted(
        rows["trace_event"], key=lambda one: (lots[one["batch_id"]], one["happened_on"], one["id"])
    )
    return [
        (
            lots[one["batch_id"]], one["happened_on"], sentence(f"step_{one['step']}"), one["place"], one["text"],
            one["recorded_by"], one["corrects_id"],
        )
        for one in events
    ]  # fmt: skip


def diary_sheet(lines: list[tuple[Any, ...]]) -> bytes:
    return sheet("Sổ nhật ký", DIARY_HEAD, lines)


def read(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """table -> rows with real values, for tables whose rows come along. Raises Broken, naming file and column."""
    found = {part.table: [_row(part, row) for row in rows[part.table]] for part in PARTS if part.comes}
    if len(found[PRODUCER.table]) != 1:
        raise Broken("odd_rows", file=PRODUCER.path)
    for part in PARTS:
        if part.comes:
            _check_pointers(part, found)
    return found


def _row(part: Part, raw: Mapping[str, Any]) -> dict[str, Any]:
    table = table_of(part)
    if set(raw) != set(part.columns):
        raise Broken("odd_rows", file=part.path)
    values = {}
    for name in part.columns:
        value = _value(table.c[name], raw[name])
        fits = _CHECKS.get((part.table, name))
        if value is _WRONG or (value not in (None, "") and fits is not None and not fits(value)):
            raise Broken("odd_value", file=part.path, column=name)
        values[name] = value
    return values


_WRONG = object()


def _value(column: Column[Any], raw: Any) -> Any:
    """The value for a column, or _WRONG."""
    if raw is None:
        return None if column.nullable else _WRONG
    kind = column.type
    try:
        if isinstance(kind, UtcDateTime):
            return _instant(raw)
        if isinstance(kind, Date):
            return _day(dt.date.fromisoformat(raw))
        if isinstance(kind, Enum):
            return kind.enum_class(raw)  # type: ignore[misc]
    except (ValueError, TypeError):
        return _WRONG
    if isinstance(kind, Boolean):
        return raw if isinstance(raw, bool) else _WRONG
    if isinstance(kind, Integer):
        most = _MOST_INTEGER if not isinstance(kind, BigInteger) else 2**53
        return raw if type(raw) is int and -most <= raw <= most else _WRONG
    if isinstance(kind, JSON):
        return raw if isinstance(raw, list) and len(raw) <= _MOST_LIST else _WRONG
    assert isinstance(kind, String), column
    return _text(raw, kind.length)


def _instant(raw: Any) -> Any:
    found = dt.datetime.fromisoformat(raw)
    return found if found.tzinfo is not None and found.year in _YEARS else _WRONG


def _day(found: dt.date) -> Any:
    return found if found.year in _YEARS else _WRONG


def _text(raw: Any, longest: int | None) -> Any:
    if not isinstance(raw, str) or len(raw) > (longest or 50_000):
        return _WRONG
    text = unicodedata.normalize("NFC", raw)
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter)[0] != "C")


def _check_pointers(part: Part, found: Mapping[str, list[dict[str, Any]]]) -> None:
    """Every row points at rows of the same file, and no id is there twice."""
    table = table_of(part)
    ids = [row["id"] for row in found[part.table]]
    if len(set(ids)) != len(ids):
        raise Broken("odd_rows", file=part.path)
    for key in table.foreign_keys:
        name, target = key.parent.name, key.column.table.name
        if name not in part.columns:
            continue
        known = {row["id"] for row in found.get(target, ())}
        if any(row[name] is not None and row[name] not in known for row in found[part.table]):
            raise Broken("odd_value", file=part.path, column=name)


def readme(rows: Mapping[str, list[dict[str, Any]]], made_at: dt.datetime) -> str:
    """What lies in the file, for whoever opens it in ten years without this program."""
    (producer,) = rows[PRODUCER.table]
    tables = "\n".join(
        f"  {part.path:<32}{len(rows[part.table]):>6} dòng  {sentence(f'part_{part.table}')}"
        for part in PARTS
    )
    return sentence("transfer_readme", name=producer["name"], day=made_at.strftime("%d/%m/%Y"), tables=tables)
