"""Writing down what was learned, under the lease: a worker whose lease was taken over writes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from marketplace_adapters.types import Published
from ocop.db.engine import open_session
from ocop.publishing.models import Attempt, Parcel, Publication, RemoteItem
from ocop.publishing.rules import State, parcel_path
from ocop.publishing.work import leases
from ocop.publishing.work.leases import LEASE, Ticket
from ocop.publishing.work.outcomes import Outcome

LONGEST_SPARING = dt.timedelta(minutes=5)


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
            if not outcome.quiet:
                params = dict(outcome.params)
                publication.attempts.append(
                    Attempt(action=self.ticket.wanted, outcome=outcome.code, params=params, at=self.clock())
                )
            _settle(publication, self.ticket, outcome, self.clock())
            if outcome.code in ("unavailable", "rate_limited") and outcome.wait is not None:
                _spare(session, publication.channel_id, self.clock() + min(outcome.wait, LONGEST_SPARING))

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


def _settle(publication: Publication, ticket: Ticket, outcome: Outcome, now: dt.datetime) -> None:
    asked_anew = publication.queued_at != ticket.asked_at
    if outcome.sent_version is not None:
        publication.sent_version, publication.sent_claims = outcome.sent_version, list(outcome.claims)
    if outcome.state is not None and (not asked_anew or publication.state is State.SENT):
        publication.move_to(outcome.state)
    if outcome.state is State.LIVE:
        publication.looked_at = now
        publication.confirmed_at = publication.confirmed_at or now
    publication.url = outcome.url or publication.url
    if asked_anew:
        return  # a newer request stands: its wish, its due time and its reasons are not ours to touch
    if outcome.wanted != "withdraw" and outcome.code != "withdrawn":  # there, who asked for it is kept
        publication.reason_code = outcome.code if outcome.failed else ""
        publication.reason_params = dict(outcome.params) if outcome.failed else {}
    if outcome.wait is None:
        publication.rest()
        return
    if publication.wanted != outcome.wanted:
        publication.tries = 0
    publication.wanted, publication.due_at = outcome.wanted, now + outcome.wait


def _spare(session: Session, channel_id: str, until: dt.datetime) -> None:
    """Leave a marketplace alone that does not answer: its other posts wait too, so that one dead shop does not
    hold up everybody else's posts by a time limit each."""
    session.execute(
        update(Publication)
        .where(
            Publication.channel_id == channel_id,
            Publication.wanted != "none",
            Publication.lease_token.is_(None),
            Publication.due_at < until,
        )
        .values(due_at=until)
    )


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
