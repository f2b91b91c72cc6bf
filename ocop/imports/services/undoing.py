"""Bỏ cả lần nhập này: exactly what an import made is taken away again, in one transaction, or nothing is.

Which tables point to what it made is asked of the schema itself, so that a table added later cannot be forgotten:
whatever is not known here to go along stands in the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, or_, select, union, update
from sqlalchemy.orm import Session

from ocop.accounts.models import Grant
from ocop.accounts.rules import ScopeKind
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import Base, today, utcnow
from ocop.db.errors import Refused
from ocop.imports import queries
from ocop.imports.models import DataImport, ImportedThing
from ocop.imports.queries.surroundings import out_of_hand
from ocop.imports.rules import ImportState
from ocop.imports.services.applying import TABLES

# They belong to a thing and go with it. Those that somebody made by hand count as an edit of it.
_BY_HAND = frozenset({"variant", "listing_photo", "listing_draft", "media"})
_UNSEEN = frozenset({"notice", "sending_turn"})
_LOOSENED = frozenset({"checked_link"})  # a list of links only guessed which product one is of
_OURS = frozenset({"import_row", "import_photo", "imported_thing", "data_import"})
MOST_NAMED = 10


@dataclass(frozen=True)
class Standing:
    """in_the_way: (table, name of the thing) why it cannot be undone. edited: names of things that somebody changed
    since. agreed: what a person who agrees to lose these edits hands back."""

    in_the_way: tuple[tuple[str, str], ...]
    edited: tuple[str, ...]
    agreed: str


def standing(session: Session, actor: Actor, *, import_id: str) -> Standing:
    """How an applied import stands. Raises NotFound, Refused(import_moved_on)."""
    data = queries.get(session, actor, import_id)
    if data.state is not ImportState.APPLIED:
        raise Refused("import_moved_on")
    made = _Made(data.id)
    edits = sorted(made.edits(session))
    key = hashlib.sha256(repr(edits).encode()).hexdigest()[:16] if edits else ""
    names = tuple(dict.fromkeys(name for _table, _id, _how, name in edits))
    lost = out_of_hand(session, data.commune_code, made.others(), today())
    in_the_way = (*made.in_the_way(session), *(("producer", name) for name in lost))
    return Standing(in_the_way, names, key)


def undo(session: Session, actor: Actor, *, import_id: str, agreed: str = "") -> DataImport:
    """Take away what an import made. agreed: of the Standing a person saw.

    Raises NotFound, Refused(import_moved_on | import_stands_… | import_edited).
    """
    data = queries.get(session, actor, import_id, lock=True)
    session.execute(_Made(data.id).locked_producers())
    how = standing(session, actor, import_id=import_id)
    if how.in_the_way:
        table, name = how.in_the_way[0]
        raise Refused(obstacle_code(table), name=name)
    if how.agreed != agreed:
        raise Refused("import_edited", names=", ".join(how.edited[:MOST_NAMED]))
    counts = _Made(data.id).delete(session)
    data.move_to(ImportState.UNDONE)
    data.undone_at = utcnow()
    audit.record(session, actor, "import.undo", data, new=counts)
    session.flush()
    return data


_SAID = frozenset(
    {
        "publication", "stamp_roll", "stamp_range", "trace_event", "delegation", "delegation_offer", "access_grant",
        "listing", "certificate", "batch", "channel", "dossier_paper", "revenue", "read_back", "producer",
    }
)  # fmt: skip


def obstacle_code(table: str) -> str:
    """The sentence for what stands in the way."""
    return f"import_stands_{table}" if table in _SAID else "import_stands_other"


class _Made:
    """What one import made, and what hangs on it."""

    def __init__(self, import_id: str) -> None:
        self._import_id = import_id
        self._tables = Base.metadata.tables

    def ids(self, table: str) -> Select[tuple[str]]:
        return select(ImportedThing.thing_id).where(
            ImportedThing.import_id == self._import_id, ImportedThing.thing == table
        )

    def locked_producers(self) -> Select[tuple[str]]:
        """Nobody hangs anything on them from now on: whoever is about to waits, and meets what became of them."""
        producer = self._tables["producer"]
        return select(producer.c.id).where(producer.c.id.in_(self.ids("producer"))).with_for_update()

    def others(self) -> Select[tuple[str]]:
        """Producers that were there before and got something: what is theirs now is taken away only by whoever may
        still write for them."""
        owners = [
            select(table.c.producer_id).where(table.c.id.in_(self.ids(table.name)))
            for table in (self._tables[name] for name in TABLES)
            if "producer_id" in table.c
        ]
        found = union(*owners).subquery()
        return select(found.c.producer_id).where(found.c.producer_id.not_in(self.ids("producer")))

    def in_the_way(self, session: Session) -> Iterator[tuple[str, str]]:
        for table in Base.metadata.sorted_tables:
            if table.name in _OURS | _BY_HAND | _UNSEEN | _LOOSENED:
                continue
            for points, target in self._pointing(table):
                found = session.scalars(
                    select(points).where(self._foreign(table, points, target)).limit(1)
                ).first()
                if found is not None:
                    yield table.name, self._name(session, target, found)
                    break
        granted = select(Grant.scope_id).where(
            Grant.scope_kind == ScopeKind.PRODUCER, Grant.scope_id.in_(self.ids("producer"))
        )
        for producer_id in session.scalars(granted.limit(1)):
            yield Grant.__tablename__, self._name(session, "producer", producer_id)

    def edits(self, session: Session) -> Iterator[tuple[str, str, str, str]]:
        """(table, id, what it became, name) of things changed since, and of what was put to them by hand."""
        for name in TABLES:
            table = self._tables[name]
            if "version" in table.c:
                changed = select(table.c.id, table.c.version).where(
                    table.c.id.in_(self.ids(name)), table.c.version != 1
                )
                for id, version in session.execute(changed):
                    yield name, id, str(version), self._name(session, name, id)
        for name in sorted(_BY_HAND):
            for points, target in self._pointing(self._tables[name]):
                table = self._tables[name]
                added = select(table.c.id, points).where(self._foreign(table, points, target))
                for id, target_id in session.execute(added):
                    yield name, id, "", self._name(session, target, target_id)

    def delete(self, session: Session) -> dict[str, int]:
        """Everything, in the order that leaves nothing pointing into the void. Returns how many, by table."""
        counts = {
            name: session.scalar(select(func.count()).select_from(self.ids(name).subquery())) or 0
            for name in TABLES
        }
        for name in sorted(_LOOSENED):
            for points, target in self._pointing(self._tables[name]):
                loosened = update(self._tables[name]).where(points.in_(self.ids(target)))
                session.execute(loosened.values({points.name: None}))
        for table in reversed(Base.metadata.sorted_tables):
            if table.name in _OURS or not (condition := self._going(table)):
                continue
            session.execute(delete(table).where(or_(*condition)))
        session.execute(delete(ImportedThing).where(ImportedThing.import_id == self._import_id))
        session.expire_all()
        return {name: count for name, count in counts.items() if count}

    def _going(self, table: Table) -> list[ColumnElement[bool]]:
        own = [table.c.id.in_(self.ids(table.name))] if table.name in TABLES else []
        if table.name not in _BY_HAND | _UNSEEN:
            return own
        return own + [points.in_(self.ids(target)) for points, target in self._pointing(table)]

    def _pointing(self, table: Table) -> list[tuple[Any, str]]:
        """(column, table it points to) of every column that points to something an import can make."""
        return [
            (key.parent, key.column.table.name)
            for key in sorted(table.foreign_keys, key=lambda one: one.parent.name)
            if key.column.table.name in TABLES
        ]

    def _foreign(self, table: Table, points: ColumnElement[Any], target: str) -> ColumnElement[bool]:
        """Rows that point to what the import made and were not made by it."""
        pointing = points.in_(self.ids(target))
        if table.name not in TABLES:
            return pointing
        return and_(pointing, table.c.id.not_in(self.ids(table.name)))

    def _name(self, session: Session, table: str, id: str) -> str:
        """What a person calls it: a pack or a photo by its product, a paper by its number."""
        its = self._tables[table]
        if table in ("variant", "listing_photo"):
            return self._name(
                session, "listing", session.scalar(select(its.c.listing_id).where(its.c.id == id)) or ""
            )
        if table == "media":
            return self._name(
                session, "producer", session.scalar(select(its.c.producer_id).where(its.c.id == id)) or ""
            )
        named = {"certificate": "number", "batch": "lot_number"}.get(table, "name")
        return session.scalar(select(its.c[named]).where(its.c.id == id)) or ""
