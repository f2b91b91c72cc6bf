"""What is written at the desk: that a notice was seen."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.accounts.models import Notice
from ocop.db.actor import Actor
from ocop.db.base import utcnow


def mark_seen(session: Session, actor: Actor, *, notice_ids: Collection[str] | None = None) -> int:
    """Mark one's own notices as seen, some or (None) all; how many were new. The notice itself keeps when; it is
    no act on anybody's things and leaves no other trace."""
    mine = (
        accounts.notices_for(actor)
        .order_by(None)
        .where(Notice.seen_at.is_(None))
        .with_only_columns(Notice.id)
    )
    if notice_ids is not None:
        mine = mine.where(Notice.id.in_(notice_ids))
    ids = list(session.scalars(mine))
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(seen_at=utcnow()))
    session.flush()
    return len(ids)
