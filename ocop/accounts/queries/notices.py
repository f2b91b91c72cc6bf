"""Notices: whose they are, and how many nobody has seen."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Notice
from ocop.db.actor import Actor


def notices_for(actor: Actor) -> Select[tuple[Notice]]:
    """The person's own, and those of the producer when the person is its own: a helper neither reads nor ticks off
    what a producer is told about its helpers. The newest first."""
    return select(Notice).where(_mine(actor)).order_by(Notice.created_at.desc(), Notice.id)


def unseen_notices(session: Session, actor: Actor) -> int:
    """How many of them nobody has marked as seen."""
    counted = select(func.count(Notice.id)).where(_mine(actor), Notice.seen_at.is_(None))
    return session.scalar(counted) or 0


def _mine(actor: Actor) -> ColumnElement[bool]:
    own = Notice.user_id == actor.user_id if actor.user_id else false()
    if actor.producer_id is None or actor.on_behalf:
        return own
    return or_(own, Notice.producer_id == actor.producer_id)
