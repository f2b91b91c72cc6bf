"""Throwing away everything of a practice commune. What hangs on its producers is found by following the foreign keys
of all tables, so that a table made tomorrow is covered the day it is made. The audit trail stays: it is append-only.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Table, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from ocop.accounts.models import Grant, SignIn
from ocop.accounts.rules import ScopeKind
from ocop.batches.models import DiscardedRoll, StampRoll
from ocop.db.actor import Actor
from ocop.db.base import Base, utcnow
from ocop.places.rules import is_practice

# Rows here outlive the data they speak of: the trail, the people, the classes themselves, and rights and sign-ins,
# which are ended and not deleted.
KEPT = frozenset(
    {
        "audit_entry", "user_account", "one_time_code", "access_grant", "sign_in", "training_class",
        "training_learner", "discarded_roll",
    }
)  # fmt: skip

# Columns that point at a row without a foreign key: (table, column) -> the table it points at.
LOOSE = {("scan", "roll_id"): "stamp_roll"}

# How tables say that a row belongs to a commune as a whole.
_COMMUNE = "commune_code"
_SCOPE = ("scope_kind", "scope_id")

Doomed = dict[Table, ColumnElement[bool]]


def doomed_rows(commune_code: str) -> Doomed:
    """table -> which of its rows go with this commune; parents before children."""
    doomed: Doomed = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in KEPT and (
            why := [*_of_commune(table, commune_code), *_of_parents(table, doomed)]
        ):
            doomed[table] = or_(*why)
    return doomed


def _of_commune(table: Table, code: str) -> Iterator[ColumnElement[bool]]:
    if _COMMUNE in table.c:
        yield table.c[_COMMUNE] == code
    if all(name in table.c for name in _SCOPE):
        yield (table.c.scope_kind == ScopeKind.COMMUNE) & (table.c.scope_id == code)


def _of_parents(table: Table, doomed: Doomed) -> Iterator[ColumnElement[bool]]:
    pointers = [(key.parent, key.column) for key in table.foreign_keys if key.column.table is not table]
    for (name, column), target in LOOSE.items():
        if name == table.name:
            pointers.append((table.c[column], next(iter(Base.metadata.tables[target].primary_key))))
    for column, aim in sorted(pointers, key=lambda pair: pair[0].name):
        if aim.table in doomed:
            yield column.in_(select(aim).where(doomed[aim.table]))


def clear(session: Session, actor: Actor, *, commune_code: str) -> dict[str, int]:
    """Delete every row of a practice commune; returns how many rows of which table went. Rights on what is gone are
    revoked, and browsers that worked for it work for nobody. Raises ValueError for a real commune."""
    if not is_practice(commune_code):
        raise ValueError(commune_code)
    doomed = doomed_rows(commune_code)
    _let_go(session, actor, doomed)
    rolls = select(StampRoll.__table__.c.id).where(doomed[StampRoll.__table__])
    now = utcnow()
    for roll_id in session.scalars(rolls).all():
        session.execute(insert(DiscardedRoll).values(roll_id=roll_id, at=now))
    session.flush()
    gone = {}
    for table in reversed(doomed):
        count = session.execute(delete(table).where(doomed[table])).rowcount
        if count:
            gone[table.name] = count
    session.expire_all()
    return gone


def _let_go(session: Session, actor: Actor, doomed: Doomed) -> None:
    tables = Base.metadata.tables
    for kind, name in ((ScopeKind.PRODUCER, "producer"), (ScopeKind.GROUP, "helping_group")):
        ids = select(tables[name].c.id).where(doomed[tables[name]])
        session.execute(
            update(Grant)
            .where(Grant.scope_kind == kind, Grant.scope_id.in_(ids), Grant.revoked_at.is_(None))
            .values(revoked_at=utcnow(), revoked_by=actor.user_id, paper_media_id=None)
            .execution_options(synchronize_session=False)
        )
    producers = select(tables["producer"].c.id).where(doomed[tables["producer"]])
    session.execute(
        update(SignIn)
        .where(SignIn.producer_id.in_(producers))
        .values(producer_id=None)
        .execution_options(synchronize_session=False)
    )
