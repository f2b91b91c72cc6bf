"""Who somebody is and what they may do today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from ocop.accounts.models import Grant, OneTimeCode, SignIn, SignInAttempt, User
from ocop.accounts.rules import HELPERS, Role, ScopeKind, in_force, rights_of
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today as business_day
from ocop.db.base import utcnow


def actor_for(
    session: Session, user_id: str, producer_id: str | None = None, today: dt.date | None = None
) -> Actor:
    """The person as an actor with the rights of this very day, working for ``producer_id`` if a grant allows it.

    Computed anew on every request: a grant revoked a second ago no longer counts. Raises NotFound for an unknown
    or disabled user.
    """
    user = session.get(User, user_id)
    if user is None or user.disabled_at is not None:
        raise NotFound()
    grants = grants_in_force(session, user_id, today)
    here = [g for g in grants if g.scope_kind is ScopeKind.PRODUCER and g.scope_id == producer_id]
    return Actor(
        user_id=user.id,
        name=user.name,
        producer_id=producer_id if here else None,
        rights=frozenset().union(*(rights_of(grant.role, grant.scope_kind) for grant in here)),
        on_behalf=bool(here) and all(grant.role in HELPERS for grant in here),
        communes=_scopes(grants, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE),
        provinces=_scopes(grants, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE),
        operator=any(grant.role is Role.OPERATOR for grant in grants),
    )


def _counts(grant: Grant, day: dt.date) -> bool:
    return in_force(grant.valid_from, grant.valid_to, grant.revoked_at is not None, day)


def _scopes(grants: Iterable[Grant], role: Role, kind: ScopeKind) -> frozenset[str]:
    return frozenset(g.scope_id for g in grants if g.role is role and g.scope_kind is kind)


def live_sign_in(session: Session, token_hash: str) -> SignIn | None:
    """The sign-in behind a cookie, unless it ended or ran out."""
    row = session.get(SignIn, token_hash)
    return row if row is not None and row.ended_at is None and row.expires_at > utcnow() else None


def grants_in_force(session: Session, user_id: str, day: dt.date | None = None) -> list[Grant]:
    """All grants of one person that count today, oldest first."""
    rows = session.scalars(select(Grant).where(Grant.user_id == user_id).order_by(Grant.created_at, Grant.id))
    return [grant for grant in rows if _counts(grant, day or business_day())]


def workplaces(session: Session, user_id: str, day: dt.date | None = None) -> dict[str, bool]:
    """Producers somebody may work for: id -> whether it is their own (False: as a helper)."""
    found: dict[str, bool] = {}
    for grant in grants_in_force(session, user_id, day):
        if grant.scope_kind is ScopeKind.PRODUCER:
            found[grant.scope_id] = found.get(grant.scope_id, False) or grant.role not in HELPERS
    return found


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


def officials_of(session: Session, commune_code: str) -> list[User]:
    """Officers who look after a commune: those a producer may ask for help."""
    rows = session.scalars(
        select(Grant)
        .options(selectinload(Grant.user))
        .where(
            Grant.role == Role.COMMUNE_OFFICER,
            Grant.scope_kind == ScopeKind.COMMUNE,
            Grant.scope_id == commune_code,
        )
    )
    found = {g.user_id: g.user for g in rows if _counts(g, business_day()) and g.user.disabled_at is None}
    return sorted(found.values(), key=lambda user: user.name)


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


def usable_code(session: Session, code_hash: str) -> OneTimeCode | None:
    """An unused code in its time; a recovery only once a second person has agreed."""
    return session.scalars(
        select(OneTimeCode).where(OneTimeCode.code_hash == code_hash, *still_usable())
    ).first()


def still_usable() -> tuple:
    """Conditions under which a code opens the door; the atomic UPDATE that uses it repeats them."""
    return (
        OneTimeCode.used_at.is_(None),
        OneTimeCode.expires_at > utcnow(),
        or_(OneTimeCode.kind == "first", OneTimeCode.approved_by.is_not(None)),
    )


def pending_recoveries(session: Session) -> list[OneTimeCode]:
    """Recoveries that wait for a second person, oldest first."""
    rows = session.scalars(
        select(OneTimeCode)
        .options(selectinload(OneTimeCode.user))
        .where(
            OneTimeCode.kind == "recovery",
            OneTimeCode.approved_by.is_(None),
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > utcnow(),
        )
        .order_by(OneTimeCode.created_at)
    )
    return list(rows)


def printable_code(session: Session, actor: Actor, code_id: str) -> OneTimeCode:
    """A code its issuer, or the one who approved it, may print while it is unused. Raises NotFound."""
    row = session.scalars(select(OneTimeCode).where(OneTimeCode.id == code_id, *still_usable())).first()
    if row is None or actor.user_id is None or actor.user_id not in (row.issued_by, row.approved_by):
        raise NotFound()
    return row


def tries_since(session: Session, key_hash: str, since: dt.datetime) -> list[dt.datetime]:
    """When this phone or address failed, oldest first."""
    found = select(SignInAttempt.at).where(SignInAttempt.key_hash == key_hash, SignInAttempt.at > since)
    return list(session.scalars(found.order_by(SignInAttempt.at)))
