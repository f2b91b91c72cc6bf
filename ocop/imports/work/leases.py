"""One import is worked on by one worker at a time, in small steps that are each kept or not.

    take an import under a lease, commit -> read, check, decode with no transaction open -> write under the same
    lease, commit

While a step takes its time the lease is prolonged beside it. A worker that dies prolongs nothing: half a minute
later the next one goes on where the last step that was kept ended.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ocop.db.engine import open_session
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.imports.rules.states import AT_WORK

log = logging.getLogger("ocop.imports")

LEASE = dt.timedelta(seconds=30)
BEAT_SECONDS = 7.0  # three beats may come to nothing, each waiting for the write lock of another
LONGEST_STEP_SECONDS = 600.0  # a step that hangs is not kept alive for ever
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


@contextmanager
def held(engine: Engine, ticket: Ticket, clock: Callable[[], dt.datetime]) -> Iterator[None]:
    """Prolong the lease while the block runs. Whether it is still this worker's is asked by ``mine``, under the same
    lock under which the step writes: a beat that came too late costs the step, never a row twice."""
    over = Event()
    beats = Thread(target=_beat, args=(engine, ticket, clock, over), name="imports.lease", daemon=True)
    beats.start()
    try:
        yield
    finally:
        over.set()
        beats.join()


def _beat(engine: Engine, ticket: Ticket, clock: Callable[[], dt.datetime], over: Event) -> None:
    end = time.monotonic() + LONGEST_STEP_SECONDS
    while not over.wait(BEAT_SECONDS) and time.monotonic() < end:
        try:
            if not prolong(engine, ticket, clock()):
                return
        except DBAPIError:  # somebody holds the lock for long: the next beat
            log.info("the lease of import %s could not be prolonged now", ticket.import_id)


def prolong(engine: Engine, ticket: Ticket, now: dt.datetime) -> bool:
    """False when the import is not this worker's any more."""
    still_mine = update(DataImport).where(
        DataImport.id == ticket.import_id, DataImport.lease_token == ticket.token
    )
    with open_session(engine) as session:
        found = session.execute(
            still_mine.values(lease_until=now + LEASE).execution_options(synchronize_session=False)
        )
        session.commit()
        return bool(found.rowcount)  # type: ignore[attr-defined]


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
