"""Writing down what was learned, under the lease: a worker whose lease was taken over writes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace_adapters.types import Published
from ocop.db.base import VIETNAM
from ocop.db.engine import open_session
from ocop.publishing.models import Attempt, Parcel, Publication, RemoteItem
from ocop.publishing.rules import PARK_AFTER, SETTLED, State, is_poison, parcel_path
from ocop.publishing.work import breaker, leases
from ocop.publishing.work.leases import LEASE, Ticket
from ocop.publishing.work.outcomes import Outcome

_ON_SALE = frozenset({State.LIVE, State.DRIFTED, *SETTLED})


@dataclass(frozen=True)
class Book:
    """The records of one ticket. Every method is a transaction of its own and may raise LeaseLost."""

    engine: Engine
    ticket: Ticket
    var: Path
    clock: Callable[[], dt.datetime]

    def item(self, sku: str, published: Published, *, sent_version: int | None = None) -> None:
        """What the marketplace said of one SKU. sent_version: the listing.version that we have just sent."""

        def write(session: Session, publication: Publication) -> None:
            item = _item(session, publication, sku)
            item.remote_id, item.state, item.url = published.remote_id, published.state, published.url or ""
            item.remote_media = {**item.remote_media, **published.media}
            if sent_version is not None:
                item.sent_at, item.sent_version = self.clock(), sent_version

        self._write(write)

    def media(self, sku: str, media: dict[str, str]) -> None:
        """Photo ids gained before something went wrong, so that no photo is sent twice."""

        def write(session: Session, publication: Publication) -> None:
            item = _item(session, publication, sku)
            item.remote_media = {**item.remote_media, **media}

        if media:
            self._write(write)

    def item_withdrawn(self, sku: str) -> None:
        def write(session: Session, publication: Publication) -> None:
            _item(session, publication, sku).state = "withdrawn"

        self._write(write)

    def close(self, outcome: Outcome) -> None:
        """The end of the job: the lease is given back with whatever the outcome asks for next."""
        parcel = _store(self.var, outcome, self.ticket) if outcome.parcel else None

        def write(session: Session, publication: Publication) -> None:
            if parcel is not None:
                session.add(parcel)
            now, last = self.clock(), _parked(publication, self.ticket, outcome)
            if not last.quiet and not _said_already(self.ticket, last):
                params = dict(last.params)
                publication.attempts.append(
                    Attempt(action=self.ticket.wanted, outcome=last.code, params=params, at=now)
                )
            _settle(publication, self.ticket, last, now)
            breaker.note(session, publication.channel_id, last, now)

        self._write(write, last=True)

    def _write(self, write: Callable[[Session, Publication], None], *, last: bool = False) -> None:
        with open_session(self.engine) as session:
            leases.renew(session, self.ticket, None if last else self.clock() + LEASE)
            publication = session.get(Publication, self.ticket.publication_id, populate_existing=True)
            assert publication is not None  # renew has just found it
            write(session, publication)
            session.flush()
            leases.crash_point("before_record")
            session.commit()


def _parked(publication: Publication, ticket: Ticket, outcome: Outcome) -> Outcome:
    """The outcome, or the end of trying when one more such try would be one too many."""
    if ticket.wanted == "look" or ticket.tries < PARK_AFTER:
        return outcome
    tried = [*(one.outcome for one in publication.attempts[-PARK_AFTER:]), outcome.code]
    return outcome.parked() if is_poison(tried) else outcome


def _said_already(ticket: Ticket, outcome: Outcome) -> bool:
    """A look that fails again and again is one line of the history."""
    return ticket.wanted == "look" and outcome.failed and outcome.state is None and ticket.tries > 1


def _settle(publication: Publication, ticket: Ticket, outcome: Outcome, now: dt.datetime) -> None:
    asked_anew = publication.queued_at != ticket.asked_at
    if outcome.sent_version is not None:
        publication.sent_version, publication.sent_claims = outcome.sent_version, list(outcome.claims)
        publication.differences = []  # they spoke of the version before
        if outcome.parcel is None:
            publication.seen = {}
    if outcome.state is not None and (not asked_anew or publication.state is State.SENT):
        publication.move_to(outcome.state)
    _keep_seen(publication, outcome, now)
    if outcome.state is State.LIVE:
        publication.confirmed_at = publication.confirmed_at or now
    publication.url = outcome.url or publication.url
    if asked_anew:
        return  # a newer request stands: its wish, its due time and its reasons are not ours to touch
    if outcome.task_done:
        publication.clerk_task = ""
    _keep_reason(publication, ticket, outcome)
    if outcome.wait is None:
        publication.rest()
        return
    if publication.wanted != outcome.wanted or not outcome.failed:
        publication.tries = 0
    publication.wanted, publication.due_at = outcome.wanted, now + outcome.wait
    if ticket.wanted in ("publish", "update"):
        _catch_up(publication, now)


def _catch_up(publication: Publication, now: dt.datetime) -> None:
    """Somebody pressed "Tạm hết hàng" or "Bán lại" while the post was on its way."""
    if publication.pause and publication.state in (State.LIVE, State.IN_REVIEW):
        publication.ask("pause", now)
    elif not publication.pause and publication.state is State.PAUSED:
        publication.ask("resume", now)


def _keep_seen(publication: Publication, outcome: Outcome, now: dt.datetime) -> None:
    if outcome.seen is not None:
        publication.seen, publication.differences = dict(outcome.seen), list(outcome.differences)
        publication.looked_at = now
    elif outcome.failed and outcome.wanted == "look" and publication.state in _ON_SALE:
        since = publication.seen.get("unopened_since", now.astimezone(VIETNAM).date().isoformat())
        publication.seen = {**publication.seen, **outcome.noticed, "unopened_since": since}


def _keep_reason(publication: Publication, ticket: Ticket, outcome: Outcome) -> None:
    if outcome.wanted == "withdraw" or outcome.code == "withdrawn":
        return  # there, who asked for it is kept
    settled = publication.state in SETTLED
    if settled and outcome.code in ("handed_off", "suspended"):
        return  # it is still why somebody must act
    if ticket.wanted == "look" and outcome.failed and outcome.state is None and publication.state in _ON_SALE:
        return  # what could not be seen today says nothing about the post
    if ticket.wanted == "look" and settled and not outcome.failed:
        return  # why it needs an update or is hidden still holds
    publication.reason_code = outcome.code if outcome.failed else ""
    publication.reason_params = dict(outcome.params) if outcome.failed else {}


def _item(session: Session, publication: Publication, sku: str) -> RemoteItem:
    for item in publication.items:
        if item.sku == sku:
            return item
    item = RemoteItem(publication=publication, sku=sku, remote_media={})
    session.add(item)
    return item


def _store(var: Path, outcome: Outcome, ticket: Ticket) -> Parcel:
    """The ZIP on disk, complete or not at all, before any transaction begins."""
    assert outcome.parcel is not None and outcome.sent_version is not None
    (file,) = outcome.parcel.files
    sha256 = hashlib.sha256(file.content).hexdigest()
    path = parcel_path(var, sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="in-")
    with os.fdopen(handle, "wb") as out:
        out.write(file.content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(name, path)
    return Parcel(
        publication_id=ticket.publication_id,
        listing_version=outcome.sent_version,
        file_name=file.name,
        sha256=sha256,
        steps=list(outcome.parcel.steps),
    )
