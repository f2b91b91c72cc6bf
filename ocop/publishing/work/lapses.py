"""Posts that still tell a shopper about a paper that has lapsed or was revoked."""

from __future__ import annotations

from sqlalchemy import Engine, and_, or_, select
from sqlalchemy.orm import Session

from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.listings.models import Listing
from ocop.producers.models import Certificate
from ocop.publishing.models import Publication
from ocop.publishing.rules import CLAIMING, State


def mark_lapsed(engine: Engine) -> bool:
    """Mark every such post "Cần gửi bản mới". Nothing is sent: the next version leaves the claim out by itself."""
    with open_session(engine, read_only=True) as session:
        if not _lapsed(session):
            return False
    with open_session(engine) as session:
        for publication, paper in _lapsed(session):
            if publication.state is State.NEEDS_UPDATE:
                continue  # another of its papers came first
            publication.move_to(State.NEEDS_UPDATE)
            publication.rest()
            publication.reason_code = "claim_lapsed"
            publication.reason_params = _what(paper)
        session.commit()
    return False


def _lapsed(session: Session) -> list[tuple[Publication, Certificate]]:
    """Few rows: a post leaves CLAIMING as soon as it is marked."""
    day = today()
    same_producer = and_(
        Certificate.producer_id == Listing.producer_id,
        or_(Certificate.listing_id.is_(None), Certificate.listing_id == Listing.id),
    )
    gone = or_(Certificate.expires_on < day, Certificate.revoked_on <= day)
    rows = session.execute(
        select(Publication, Certificate)
        .join(Listing, Publication.listing_id == Listing.id)
        .join(Certificate, same_producer)
        .where(Publication.state.in_(CLAIMING), Publication.wanted != "withdraw", gone)
        .order_by(Publication.id, Certificate.expires_on)
    )
    return [(publication, paper) for publication, paper in rows if paper.id in publication.sent_claims]


def _what(paper: Certificate) -> dict[str, object]:
    ended = min(day for day in (paper.expires_on, paper.revoked_on) if day is not None)
    return {"kind": paper.kind.value, "until": ended.isoformat(), "stars": paper.stars}
