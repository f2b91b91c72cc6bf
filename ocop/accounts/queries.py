"""Who somebody is and what they may do today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from ocop.accounts.models import (
    Delegation,
    Grant,
    HelpingGroup,
    OneTimeCode,
    SignIn,
    SignInAttempt,
    User,
)
from ocop.accounts.rules import RIGHTS, SHARED_LONGEST, HelperKind, Role, ScopeKind, helper_rights, in_force
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
    day = today or business_day()
    grants = grants_in_force(session, user_id, day)
    communes = _scopes(grants, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE)
    groups = _open_groups(session, _scopes(grants, Role.VILLAGE_VOLUNTEER, ScopeKind.GROUP))
    own = [g for g in grants if g.scope_kind is ScopeKind.PRODUCER and g.scope_id == producer_id]
    rights = frozenset().union(*(RIGHTS.get(grant.role, frozenset()) for grant in own))
    helping = None
    if producer_id is not None and not own:
        asked = _delegations_to(session, user_id, communes, groups, day, producer_id)
        rights, helping = _strongest(asked, officer=bool(communes))
    return Actor(
        user_id=user.id,
        name=user.name,
        producer_id=producer_id if own or helping else None,
        rights=rights,
        on_behalf=helping is not None,
        delegation_id=helping.id if helping else None,
        communes=communes,
        groups=groups,
        provinces=_scopes(grants, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE),
        operator=any(grant.role is Role.OPERATOR for grant in grants),
    )


def _strongest(asked: Sequence[Delegation], *, officer: bool) -> tuple[frozenset[str], Delegation | None]:
    """Rights of all delegations together; the one with most is what acts are written down under."""
    if not asked:
        return frozenset(), None
    given = {one: helper_rights(one.helper_kind, one.bundle, officer=officer) for one in asked}
    return frozenset().union(*given.values()), max(asked, key=lambda one: len(given[one]))


def _open_groups(session: Session, ids: frozenset[str]) -> frozenset[str]:
    """A group that was closed helps nobody."""
    if not ids:
        return ids
    found = select(HelpingGroup.id).where(HelpingGroup.id.in_(ids), HelpingGroup.closed_at.is_(None))
    return frozenset(session.scalars(found))


def _delegations_to(
    session: Session,
    user_id: str,
    communes: frozenset[str],
    groups: frozenset[str],
    day: dt.date,
    producer_id: str | None = None,
) -> list[Delegation]:
    """Delegations in force by which somebody may help, as an officer, a group's member or by name; oldest first."""
    wanted = delegations_in_force(day).where(
        or_(
            and_(Delegation.helper_kind == HelperKind.OFFICE, Delegation.helper_id.in_(communes)),
            and_(Delegation.helper_kind == HelperKind.GROUP, Delegation.helper_id.in_(groups)),
            and_(Delegation.helper_kind == HelperKind.PERSON, Delegation.helper_id == user_id),
        )
    )
    if producer_id is not None:
        wanted = wanted.where(Delegation.producer_id == producer_id)
    return list(session.scalars(wanted))


def delegations_in_force(day: dt.date) -> Select[tuple[Delegation]]:
    """Those that count on a day, oldest first; the first and the last day count."""
    return (
        select(Delegation)
        .where(Delegation.revoked_at.is_(None), Delegation.valid_from <= day, Delegation.valid_to >= day)
        .order_by(Delegation.created_at, Delegation.id)
    )


def _counts(grant: Grant, day: dt.date) -> bool:
    return in_force(grant.valid_from, grant.valid_to, grant.revoked_at is not None, day)


def _scopes(grants: Iterable[Grant], role: Role, kind: ScopeKind) -> frozenset[str]:
    return frozenset(g.scope_id for g in grants if g.role is role and g.scope_kind is kind)


def live_sign_in(session: Session, token_hash: str) -> SignIn | None:
    """The sign-in behind a cookie, unless it ended or ran out."""
    row = session.get(SignIn, token_hash)
    return row if row is not None and row.ended_at is None and row.expires_at > utcnow() else None


def locked_here(session: Session, machine: str) -> list[SignIn]:
    """Locked sign-ins of a shared machine that a PIN still opens, with their users, by name."""
    rows = session.scalars(
        select(SignIn)
        .options(selectinload(SignIn.user))
        .where(
            SignIn.machine == machine,
            SignIn.ended_at.is_(None),
            SignIn.expires_at <= utcnow(),
            SignIn.created_at > utcnow() - SHARED_LONGEST,
        )
        .order_by(SignIn.created_at.desc())
    )
    newest = {row.user_id: row for row in reversed(list(rows)) if row.user.disabled_at is None}
    return sorted(newest.values(), key=lambda row: row.user.name)


def locked_sign_in(session: Session, machine: str, sign_in: str) -> SignIn:
    """One of those. Raises NotFound."""
    for row in locked_here(session, machine):
        if row.token_hash == sign_in:
            return row
    raise NotFound()


def is_locked(session: Session, token_hash: str) -> bool:
    """Whether a cookie's sign-in waits behind the lock of a shared machine."""
    row = session.get(SignIn, token_hash)
    return (
        row is not None
        and row.machine is not None
        and row.ended_at is None
        and row.expires_at <= utcnow() < row.created_at + SHARED_LONGEST
    )


def grants_in_force(session: Session, user_id: str, day: dt.date | None = None) -> list[Grant]:
    """All grants of one person that count today, oldest first."""
    rows = session.scalars(select(Grant).where(Grant.user_id == user_id).order_by(Grant.created_at, Grant.id))
    return [grant for grant in rows if _counts(grant, day or business_day())]


def delegations_of(session: Session, producer_id: str, day: dt.date | None = None) -> list[Delegation]:
    """Whom a producer asked for help: those that count on the day, oldest first."""
    wanted = delegations_in_force(day or business_day()).where(Delegation.producer_id == producer_id)
    return list(session.scalars(wanted))


def workplaces(session: Session, user_id: str, day: dt.date | None = None) -> dict[str, bool]:
    """Producers somebody may work for: id -> whether it is their own (False: as a helper)."""
    day = day or business_day()
    grants = grants_in_force(session, user_id, day)
    communes = _scopes(grants, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE)
    groups = _open_groups(session, _scopes(grants, Role.VILLAGE_VOLUNTEER, ScopeKind.GROUP))
    helped = _delegations_to(session, user_id, communes, groups, day)
    found = {one.producer_id: False for one in helped}
    return found | {grant.scope_id: True for grant in grants if grant.scope_kind is ScopeKind.PRODUCER}


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
