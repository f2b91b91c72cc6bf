"""People: those of a producer, everybody for the operator, those who share a phone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from ocop.accounts.models import Grant, User
from ocop.accounts.rules import ScopeKind
from ocop.db.actor import NotFound
from ocop.db.base import today as business_day


def people_of(session: Session, producer_ids: Sequence[str]) -> list[Grant]:
    """Grants on these producers that were not revoked and have not run out, with their users."""
    rows = session.scalars(
        select(Grant)
        .options(selectinload(Grant.user))
        .where(
            Grant.scope_kind == ScopeKind.PRODUCER,
            Grant.scope_id.in_(producer_ids),
            Grant.revoked_at.is_(None),
            or_(Grant.valid_to.is_(None), Grant.valid_to >= business_day()),
        )
        .order_by(Grant.created_at, Grant.id)
    )
    return [grant for grant in rows if grant.user.disabled_at is None]


def users(session: Session) -> list[User]:
    """Everybody, for the operator, with their grants; by name."""
    return list(session.scalars(select(User).options(selectinload(User.grants)).order_by(User.name, User.id)))


def user(session: Session, user_id: str) -> User:
    """Raises NotFound."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound()
    return found


def users_with_phone(session: Session, phone: str) -> list[User]:
    """Those who may sign in with this number (+84…): not disabled."""
    found = (
        select(User).where(User.phone == phone, User.disabled_at.is_(None)).order_by(User.created_at, User.id)
    )
    return list(session.scalars(found))
