"""Posts that still tell a shopper about a paper that has lapsed or was revoked, and food that may not be sold.

Where the door allows, the machine sends the listing again by itself: the new version leaves the claim out. Where
a person posts, that person is asked. A listing that was edited since it was sent waits for its producer, because
sending it would publish what nobody has released yet. Only a lapsed food-safety paper hides a listing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, Select, and_, or_, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import Capability, Delivery
from ocop.db import audit
from ocop.db.actor import SYSTEM
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.listings.models import Listing
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from ocop.publishing import queries
from ocop.publishing.models import Publication
from ocop.publishing.rules import CLAIMING, ONLINE, State

# A hiding that failed for one of these waits for a person; asking again every few minutes helps nobody.
_STUCK = ("unsupported", "auth", "configuration", "channel_off", "parked")


@dataclass(frozen=True)
class PaperFollower:
    """clock gives aware UTC instants."""

    clock: Callable[[], dt.datetime]

    def follow(self, engine: Engine) -> bool:
        """Act on every such post; True when there were any."""
        with open_session(engine, read_only=True) as session:
            if not _lapsed(session) and not _unsafe(session):
                return False
        with open_session(engine) as session:
            now = self.clock()
            for publication, paper in _unsafe(session):
                _hide(session, publication, paper, now)
            session.flush()
            for publication, paper in _lapsed(session):
                if publication.state in CLAIMING:  # else another of its papers came first
                    _leave_out(session, publication, paper, now)
            session.commit()
        return True


def _leave_out(session: Session, publication: Publication, paper: Certificate, now: dt.datetime) -> None:
    """Have the post say it no more."""
    adapter = registry.adapter_class(queries.info_of(publication.channel).protocol)
    edited = publication.sent_version != publication.listing.version
    can = adapter.delivery is not Delivery.API or Capability.UPDATE in adapter.capabilities
    if edited or not can or publication.listing.archived_at is not None:
        publication.move_to(State.NEEDS_UPDATE)
    else:
        if adapter.delivery is Delivery.HANDOFF and publication.state in ONLINE:
            publication.clerk_task = "update"
        elif adapter.delivery is Delivery.HANDOFF:
            publication.handed_at = None  # the parcel in somebody's hands is the old one
        publication.move_to(State.QUEUED)
        publication.ask("update", now)
        publication.requested_by, publication.requested_on_behalf = None, False
    publication.reason_code, publication.reason_params = "claim_lapsed", _what(paper)
    _record(session, "lapse.publication", publication)


def _hide(session: Session, publication: Publication, paper: Certificate, now: dt.datetime) -> None:
    """Food without a food-safety paper is not on sale: taken down where we can, else by who put it up."""
    adapter = registry.adapter_class(queries.info_of(publication.channel).protocol)
    if adapter.delivery is Delivery.FEED:
        publication.rest()
        publication.move_to(State.SUSPENDED)
    elif Capability.WITHDRAW in adapter.capabilities:
        publication.ask("suspend", now)
        publication.requested_by, publication.requested_on_behalf = None, False
    else:
        publication.clerk_task = "remove"
        publication.move_to(State.NEEDS_UPDATE)
    publication.reason_code, publication.reason_params = "food_safety_lapsed", _what(paper)
    _record(session, "suspend.publication", publication)


def _record(session: Session, action: str, publication: Publication) -> None:
    audit.record(session, SYSTEM, action, publication, producer_id=publication.listing.producer_id)


def _lapsed(session: Session) -> list[tuple[Publication, Certificate]]:
    """Few rows: a post leaves CLAIMING as soon as it is marked."""
    rows = session.execute(
        _with_gone_papers().where(
            Publication.state.in_(CLAIMING), Publication.wanted.not_in(("withdraw", "suspend"))
        )
    )
    return [(publication, paper) for publication, paper in rows if paper.id in publication.sent_claims]


def _unsafe(session: Session) -> list[tuple[Publication, Certificate]]:
    """Food that stands online though its producer's food-safety paper has ended and no other counts."""
    day = today()
    rows = session.execute(
        _with_gone_papers().where(
            Certificate.kind == CertificateKind.FOOD_SAFETY,
            Publication.state.in_(ONLINE - {State.SUSPENDED}),
            Publication.wanted.not_in(("withdraw", "suspend")),
            Publication.clerk_task != "remove",
            Publication.reason_code.not_in(_STUCK),
        )
    )
    found = {publication.id: (publication, paper) for publication, paper in rows}
    return [
        (one, paper) for one, paper in found.values() if queries.food_safety_lapsed(session, one.listing, day)
    ]


def _with_gone_papers() -> Select[tuple[Publication, Certificate]]:
    day = today()
    same_producer = and_(
        Certificate.producer_id == Listing.producer_id,
        or_(Certificate.listing_id.is_(None), Certificate.listing_id == Listing.id),
    )
    return (
        select(Publication, Certificate)
        .join(Listing, Publication.listing_id == Listing.id)
        .join(Certificate, same_producer)
        .where(or_(Certificate.counts_until < day, Certificate.revoked_on <= day))
        .order_by(Publication.id, Certificate.counts_until)
    )


def _what(paper: Certificate) -> dict[str, object]:
    ended = min(day for day in (paper.counts_until, paper.revoked_on) if day is not None)
    return {"kind": paper.kind.value, "until": ended.isoformat(), "stars": paper.stars}
