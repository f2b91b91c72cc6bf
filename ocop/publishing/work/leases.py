"""Taking one post to work on, and keeping others off it while the marketplace is talked to."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, or_, select, update
from sqlalchemy.orm import Session

from marketplace_adapters.http_base import DEADLINE_SECONDS
from ocop.db.engine import open_session
from ocop.publishing.models import Publication
from ocop.publishing.rules import State

# Longer than any one HTTP exchange, and renewed while a post with many photos takes many of them. After a crash
# this is how long the post waits.
LEASE = dt.timedelta(seconds=3 * DEADLINE_SECONDS)
BEAT_SECONDS = DEADLINE_SECONDS


class LeaseLost(Exception):
    """Another worker has taken the post over: whatever this one learned must not be written."""


def crash_point(name: str) -> None:
    """Does nothing. Tests put a SIGKILL here: before_send, after_send, before_record."""


@dataclass(frozen=True)
class Ticket:
    """One post taken to work on. retry: something may have reached the marketplace before.
    asked_at: the stamp of the request that is served."""

    publication_id: str
    token: str
    wanted: str
    tries: int
    retry: bool
    asked_at: dt.datetime | None


def take(engine: Engine, now: dt.datetime) -> Ticket | None:
    """The post that has waited longest, leased to the caller; None when nothing is due."""
    with open_session(engine, read_only=True) as session:
        if session.scalars(_due(now)).first() is None:
            return None  # an idle worker never asks for the write lock
    with open_session(engine) as session:
        publication = session.scalars(_due(now).with_for_update(skip_locked=True)).first()
        if publication is None:
            return None
        retry, token = publication.sent_at is not None, secrets.token_hex(16)
        publication.lease_token, publication.lease_until = token, now + LEASE
        publication.tries += 1
        if publication.wanted in ("publish", "update"):
            publication.move_to(State.SENT)
            publication.sent_at = now
        session.commit()
        return Ticket(
            publication.id, token, publication.wanted, publication.tries, retry, publication.queued_at
        )


def renew(session: Session, ticket: Ticket, until: dt.datetime | None) -> None:
    """Push the lease on, or end it (until None). Raises LeaseLost when it is no longer ours."""
    mine = session.execute(
        update(Publication)
        .where(Publication.id == ticket.publication_id, Publication.lease_token == ticket.token)
        .values(lease_until=until, lease_token=ticket.token if until else None)
    )
    if mine.rowcount != 1:
        raise LeaseLost(ticket.publication_id)


@contextmanager
def kept(engine: Engine, ticket: Ticket, clock: Callable[[], dt.datetime]) -> Iterator[None]:
    """Renew the lease every BEAT_SECONDS while the block runs."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            with open_session(engine) as session:
                try:
                    renew(session, ticket, clock() + LEASE)
                except LeaseLost:
                    return  # the recording will meet the same and drop the result
                session.commit()

    thread = threading.Thread(target=beat, daemon=True, name="lease")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _due(now: dt.datetime) -> Select[Any]:
    free = or_(Publication.lease_until.is_(None), Publication.lease_until < now)
    due = (Publication.wanted != "none", Publication.due_at <= now, free)
    return select(Publication).where(*due).order_by(Publication.due_at, Publication.id).limit(1)
