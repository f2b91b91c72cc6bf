"""The first look at a file, and its rows once a person has said what the columns are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.db.base import new_id
from ocop.db.bulk import insert_all
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.imports import queries
from ocop.imports.decoder.limited import read_limited
from ocop.imports.models import DataImport, ImportRow
from ocop.imports.rules import DataRow, ImportState, Sheet, Understood, data_rows, understand
from ocop.imports.rules.personal import without_personal_number
from ocop.imports.services.asking import forget_rows
from ocop.imports.work import leases
from ocop.imports.work.leases import Ticket

MOST_ROWS = 20_000
_EXAMPLES = 2
_LONGEST_EXAMPLE = 60


def look(engine: Engine, ticket: Ticket) -> None:
    """Guess what the columns of each sheet are, for a person to say yes to."""
    sheets = _sheets(engine, ticket)
    guessed = [_guess(sheet) for sheet in sheets]
    with open_session(engine) as session:
        data = leases.mine(session, ticket)
        data.mapping = {"sheets": guessed}
        if any(sheet["use"] for sheet in guessed):
            data.move_to(ImportState.ASKING)
        else:
            leases.fail(data, "import_no_heading")
        leases.kept(session, data)


def store_rows(engine: Engine, ticket: Ticket) -> None:
    """All rows of the sheets that are wanted, in one transaction; they are looked at later."""
    sheets = _sheets(engine, ticket)
    with open_session(engine, read_only=True) as session:
        wanted = _data(session, ticket).mapping["sheets"]
    rows = [
        _row(ticket.import_id, sheet.name, position, row)
        for position, (sheet, row) in enumerate(
            (sheet, row)
            for sheet, said in zip(sheets, wanted, strict=True)
            if said["use"]
            for row in data_rows(Understood.from_json(said["understood"]), sheet).data
        )
    ]
    if not rows:
        raise Refused("import_no_rows")
    if len(rows) > MOST_ROWS:
        raise Refused("import_too_many_rows", most=MOST_ROWS)
    with open_session(engine) as session:
        data = leases.mine(session, ticket)
        forget_rows(session, data.id)
        insert_all(session, ImportRow.__table__, rows)
        data.progress, data.total = 0, len(rows)
        leases.kept(session, data)


def _sheets(engine: Engine, ticket: Ticket) -> list[Sheet]:
    with open_session(engine, read_only=True) as session:
        name, content = _data(session, ticket).file_name, queries.content_of(session, ticket.import_id)
    return read_limited(content, name)


def _data(session: Session, ticket: Ticket) -> DataImport:
    data = session.get(DataImport, ticket.import_id)
    assert data is not None
    return data


def _guess(sheet: Sheet) -> dict[str, Any]:
    understood = understand(sheet)
    rows = data_rows(understood, sheet).data
    columns = sorted(understood.headings)
    return {
        "name": sheet.name,
        "rows": len(rows),
        "use": understood.kind is not None and bool(rows),
        "understood": understood.to_json(),
        "examples": {str(at): _examples(rows, at, understood.columns.get(at, "")) for at in columns},
    }


def _examples(rows: list[DataRow], at: int, target: str) -> list[str]:
    texts = (
        without_personal_number(row.cells[at].strip(), target) for row in rows[:200] if at < len(row.cells)
    )
    found = dict.fromkeys(text[:_LONGEST_EXAMPLE] for text in texts if text)
    return list(found)[:_EXAMPLES]


def _row(import_id: str, sheet: str, position: int, row: DataRow) -> dict[str, Any]:
    return {
        "id": new_id(),
        "import_id": import_id,
        "sheet": sheet[:40],
        "row": row.row,
        "position": position,
        "verdict": "",
        "cells": row.cells,
        "values": {"lent": list(row.lent)},
        "problems": [],
    }
