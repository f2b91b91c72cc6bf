"""One import is worked on by one worker at a time, in small steps that are each kept or not.

    take an import under a lease, commit -> read, check, decode with no transaction open -> write under the same
    lease, commit

A worker that dies leaves the lease to run out; the next one goes on where the last step that was kept ended.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from ocop.db.engine import open_session
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.imports.rules.states import AT_WORK

LEASE = dt.timedelta(minutes=3)  # longer than the longest step: ten thousand rows on a busy machine
MOST_TRIES = 25  # an import of which one step ends so many workers is set aside


class LeaseLost(Exception):
    """Somebody else has taken the import over: whatever this worker found out must not be written."""


def crash_point(name: str) -> None:
    """Does nothing. Tests put a SIGKILL here: taken, before_write, before_commit, after_commit."""


@dataclass(frozen=True)
class Ticket:
    """One import taken to work on."""

    import_id: str
    token: str
    state: ImportState


def take(engine: Engine, now: dt.datetime) -> Ticket | None:
    """The import that has waited longest, leased to the caller; None when nothing is to be done."""
    with open_session(engine, read_only=True) as session:
        if session.scalars(_due(now)).first() is None:
            return None  # an idle worker never asks for the write lock
    with open_session(engine) as session:
        data = session.scalars(_due(now).with_for_update(skip_locked=True)).first()
        if data is None:
            return None
        data.lease_token, data.lease_until = secrets.token_hex(16), now + LEASE
        data.tries += 1
        ticket = Ticket(data.id, data.lease_token, data.state)
        broke = data.tries > MOST_TRIES
        if broke:
            fail(data, "import_broke")
        session.commit()
    if broke:
        return take(engine, now)
    crash_point("taken")
    return ticket


def mine(session: Session, ticket: Ticket) -> DataImport:
    """The import, locked, while it is still this worker's. Raises LeaseLost."""
    wanted = select(DataImport).where(
        DataImport.id == ticket.import_id, DataImport.lease_token == ticket.token
    )
    data = session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if data is None:
        raise LeaseLost(ticket.import_id)
    crash_point("before_write")
    return data


def kept(session: Session, data: DataImport) -> None:
    """The step is done and nobody is at the import any more."""
    data.lease_token = data.lease_until = None
    data.tries = 0
    session.flush()
    crash_point("before_commit")
    session.commit()
    crash_point("after_commit")


def give_back(engine: Engine, ticket: Ticket) -> None:
    """Nothing came of the step; the import may be taken again at once."""
    with open_session(engine) as session:
        data = mine(session, ticket)
        data.lease_token = data.lease_until = None
        session.commit()


def fail(data: DataImport, code: str) -> None:
    data.move_to(ImportState.FAILED)
    data.reason = code


def _due(now: dt.datetime):  # type: ignore[no-untyped-def]
    free = or_(DataImport.lease_until.is_(None), DataImport.lease_until < now)
    return (
        select(DataImport)
        .where(DataImport.state.in_(AT_WORK), free)
        .order_by(DataImport.state_since, DataImport.id)
        .limit(1)
    )
