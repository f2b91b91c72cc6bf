"""Taking the good rows over: worked out with nothing locked, stored in one short transaction."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.base import Base, utcnow
from ocop.db.bulk import Ready, insert_ready, made_ready
from ocop.imports.models import DataImport, ImportedThing, ImportPhoto, ImportRow
from ocop.imports.queries.surroundings import Surroundings, surroundings
from ocop.imports.rules import ImportState
from ocop.imports.services.planning import Plan, RowFacts, plan
from ocop.media.services import TakenIn

# What an import makes, in the order in which one thing points to the other.
TABLES = ("producer", "media", "listing", "variant", "listing_photo", "certificate", "batch")


class ChangedMeanwhile(Exception):
    """What stands in the commune is not what the plan was made for."""


@dataclass(frozen=True)
class Prepared:
    """A plan and the surroundings it holds in. rows: what to store, table after table."""

    around: Surroundings
    plan: Plan
    rows: list[Ready]


def prepare(
    session: Session, actor: Actor, *, data: DataImport, day: dt.date, to_store: bool = False
) -> Prepared:
    """Work out what the rows of an import come to for this officer. Writes nothing."""
    around = surroundings(session, data.commune_code, data.id, day)
    helped = {one.id for one in around.producers if one.helped}
    actors = _actors(session, actor, helped)
    planned = plan(around, _facts(session, data.id), actors, to_store=to_store)
    return Prepared(around, planned, _ready(session, data.id, planned) if to_store else [])


def _ready(session: Session, import_id: str, planned: Plan) -> list[Ready]:
    """Everything to store, as the driver takes it, in the order in which one thing points to the other."""
    rows, dialect = _by_table(import_id, planned), session.get_bind().dialect
    tables = (*TABLES, ImportedThing.__tablename__, AuditEntry.__tablename__)
    return [made_ready(dialect, Base.metadata.tables[name], rows.pop(name, ())) for name in tables]


def _by_table(import_id: str, planned: Plan) -> dict[str, list[dict[str, Any]]]:
    """Everything to store, with where each thing came from and what the audit says of it. The plan is left with
    the names of the tables: ten thousand rows are not kept twice."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for made in planned.made.values():
        for table, values in made.things:
            rows[table].append(values)
            rows[ImportedThing.__tablename__].append(
                {
                    "import_id": import_id,
                    "thing": table,
                    "thing_id": values["id"],
                    "row_id": made.row_id,
                    "position": made.position,
                }
            )
        rows[AuditEntry.__tablename__] += made.entries
        made.things, made.entries = [(table, {}) for table, _values in made.things], []
    return rows


def _actors(session: Session, official: Actor, helped: set[str]) -> Callable[[str | None], Actor]:
    """Who acts: as an official, or where a producer asked the office for help, on its behalf."""
    known: dict[str, Actor] = {}

    def actor_for(producer_id: str | None) -> Actor:
        if producer_id is None or producer_id not in helped:
            return official
        if producer_id not in known:
            known[producer_id] = accounts.actor_for(session, official.user_id or "", producer_id)
        return known[producer_id]

    return actor_for


def _facts(session: Session, import_id: str) -> Iterator[RowFacts]:
    photos = _photos(session, import_id)
    wanted = select(ImportRow.id, ImportRow.position, ImportRow.row, ImportRow.values)
    found = session.execute(wanted.where(ImportRow.import_id == import_id).order_by(ImportRow.position))
    for id, position, row, values in found.yield_per(500):
        yield RowFacts(id, position, row, values["records"], values["problems"], tuple(photos.get(id, ())))


def _photos(session: Session, import_id: str) -> dict[str, list[tuple[TakenIn, str]]]:
    taken: dict[str, list[tuple[TakenIn, str]]] = defaultdict(list)
    wanted = select(ImportPhoto).where(ImportPhoto.import_id == import_id, ImportPhoto.sha256 != "")
    for one in session.scalars(wanted.order_by(ImportPhoto.position)):
        taken[one.row_id or ""].append((TakenIn(one.sha256, one.width, one.height, one.byte_size), one.shot))
    return taken


def note_verdicts(session: Session, data: DataImport, prepared: Prepared) -> None:
    """Write down what the plan says of every row, for the preview."""
    rows = [
        {"id": one.row_id, "verdict": one.result, "problems": one.problems} for one in prepared.plan.verdicts
    ]
    if rows:
        session.execute(update(ImportRow), rows)
    data.counts = {**data.counts, **prepared.plan.counts}


def apply(session: Session, actor: Actor, *, data: DataImport, prepared: Prepared, day: dt.date) -> None:
    """Store what was planned, its audit, and where each thing came from. Raises ChangedMeanwhile, and then nothing
    may be committed."""
    if surroundings(session, data.commune_code, data.id, day) != prepared.around:
        raise ChangedMeanwhile
    for rows in prepared.rows:
        insert_ready(session, rows)
    data.counts = {**data.counts, **prepared.plan.counts}
    data.move_to(ImportState.APPLIED)
    data.applied_at = utcnow()
    audit.record(session, actor, "import.apply", data, new=_numbers(data))
    session.flush()


def _numbers(data: DataImport) -> dict[str, Any]:
    return {name: data.counts[name] for name in ("good", *TABLES) if data.counts.get(name)}
