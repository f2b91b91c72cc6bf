"""Taking one post to work on, and keeping others off it while the marketplace is talked to.

Whose turn it is: what somebody waits for before mere daily looks; among those the producer that was served longest
ago, so that ten thousand posts of one hold nobody up; of that producer's posts the one that has waited longest.
A marketplace gets only so many calls at once and none while its breaker is closed, so that one that drips takes
its own places and no others.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.http_base import DEADLINE_SECONDS
from ocop.db.engine import open_session
from ocop.listings.models import Listing
from ocop.publishing.models import Attempt, Channel, Publication, SendingTurn
from ocop.publishing.rules import BREAKER_AFTER, LONGEST_CLOSED, PARK_AFTER, SETTLED, State, is_poison

# Longer than any one HTTP exchange, and renewed while a post with many photos takes many of them. After a crash
# this is how long the post waits.
LEASE = dt.timedelta(seconds=3 * DEADLINE_SECONDS)
BEAT_SECONDS = DEADLINE_SECONDS

SENDERS = 6  # threads that send
MOST_AT_ONCE = 3  # calls to one channel whatever its file says: half of the threads stay for the others

_WANTED = ("publish", "update", "withdraw", "suspend", "pause", "resume", "look")
_ON_SALE = (State.LIVE, State.DRIFTED, *SETTLED)


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
    """The post whose turn it is, leased to the caller; None when nothing is due or its marketplace has no room."""
    with open_session(engine, read_only=True) as session:
        if _next(session, now) is None:
            return None  # an idle worker never asks for the write lock
    with open_session(engine) as session:
        publication = _next(session, now, lock=True)
        if publication is None:
            return None
        if publication.lease_token is not None and _interrupted(publication, now):
            session.commit()
            return take(engine, now)
        ticket = _leased(session, publication, now)
        session.commit()
        return ticket


def take_along(engine: Engine, channel_id: str, now: dt.datetime, most: int) -> list[Ticket]:
    """Further posts for the same channel that were never tried before, whoever asked, the longest waiting first."""
    with open_session(engine) as session:
        found = session.scalars(
            select(Publication)
            .where(
                Publication.channel_id == channel_id,
                Publication.wanted == "publish",
                Publication.due_at <= now,
                Publication.sent_at.is_(None),
                Publication.lease_until.is_(None),
                Publication.pause == "",
            )
            .order_by(Publication.due_at, Publication.id)
            .limit(most)
            .with_for_update(of=Publication, skip_locked=True)
        ).all()
        tickets = [_leased(session, publication, now) for publication in found]
        session.commit()
        return tickets


def _leased(session: Session, publication: Publication, now: dt.datetime) -> Ticket:
    retry, token = publication.sent_at is not None, secrets.token_hex(16)
    publication.lease_token, publication.lease_until = token, now + LEASE
    publication.tries += 1
    if publication.wanted in ("publish", "update"):
        publication.move_to(State.SENT)
        publication.sent_at = now
    _served(session, publication.listing.producer_id, now)
    return Ticket(publication.id, token, publication.wanted, publication.tries, retry, publication.queued_at)


def _interrupted(publication: Publication, now: dt.datetime) -> bool:
    """Note that the last worker did not live to say how it ended; one post that ends every worker is parked."""
    publication.attempts.append(Attempt(action=publication.wanted, outcome="interrupted", at=now))
    if publication.tries < PARK_AFTER or not is_poison([one.outcome for one in publication.attempts]):
        return False
    if publication.wanted in ("publish", "update"):
        publication.move_to(State.FAILED)
    publication.reason_code, publication.reason_params = "parked", {"why": "interrupted"}
    publication.lease_token = publication.lease_until = None
    publication.rest()
    return True


def _served(session: Session, producer_id: str, now: dt.datetime) -> None:
    """The producer goes to the end of the line, also when the clock stands still or was set back."""
    last = session.scalar(select(func.max(SendingTurn.served_at)))
    end = now if last is None or last < now else last + dt.timedelta(microseconds=1)
    session.merge(SendingTurn(producer_id=producer_id, served_at=end))


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
def kept(engine: Engine, tickets: Sequence[Ticket], clock: Callable[[], dt.datetime]) -> Iterator[None]:
    """Renew the leases every BEAT_SECONDS while the block runs."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            with open_session(engine) as session:
                for ticket in tickets:
                    with suppress(LeaseLost):  # the recording will meet the same and drop the result
                        renew(session, ticket, clock() + LEASE)
                session.commit()

    thread = threading.Thread(target=beat, daemon=True, name="lease")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _next(session: Session, now: dt.datetime, *, lock: bool = False) -> Publication | None:
    free = or_(Publication.lease_until.is_(None), Publication.lease_until < now)
    waiting = and_(Publication.wanted.in_(_WANTED), Publication.due_at <= now, free)
    open_ids = _with_room(session, waiting, now, lock=lock)
    if not open_ids:
        return None
    mere_look = and_(Publication.wanted == "look", Publication.state.in_(_ON_SALE))
    turn = (
        case((mere_look, 1), else_=0),
        SendingTurn.served_at.is_not(None),
        SendingTurn.served_at,
        Publication.due_at,
        Publication.id,
    )
    found = (
        select(Publication)
        .join(Listing, Publication.listing_id == Listing.id)
        .outerjoin(SendingTurn, SendingTurn.producer_id == Listing.producer_id)
        .where(waiting, Publication.channel_id.in_(open_ids))
        .order_by(*turn)
        .limit(1)
    )
    return session.scalars(found.with_for_update(of=Publication, skip_locked=True) if lock else found).first()


def _with_room(session: Session, waiting: ColumnElement[bool], now: dt.datetime, *, lock: bool) -> list[str]:
    """Channels that something waits for and that may be called now. lock: nobody else counts at the same time."""
    wanted = select(Channel).where(Channel.id.in_(select(Publication.channel_id).where(waiting)))
    wanted = wanted.order_by(Channel.id)
    channels = session.scalars(wanted.with_for_update(key_share=True) if lock else wanted).all()
    if not channels:
        return []
    leased = select(Publication.channel_id, func.count()).where(Publication.lease_until >= now)
    under_way = {
        channel_id: count for channel_id, count in session.execute(leased.group_by(Publication.channel_id))
    }
    return [one.id for one in channels if under_way.get(one.id, 0) < _places(one, now)]


def _places(channel: Channel, now: dt.datetime) -> int:
    """How many calls the channel may get at once: none while its breaker is closed, then a single probe."""
    until = channel.closed_until
    if until is not None and now < until <= now + LONGEST_CLOSED:  # further away: the clock was set back
        return 0
    info = registry.channels().get(channel.marketplace)
    if channel.failures >= BREAKER_AFTER or info is None:
        return 1
    return min(info.at_once, MOST_AT_ONCE)
