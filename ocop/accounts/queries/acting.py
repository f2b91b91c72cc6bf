"""Who somebody is and what they may do today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, Grant, HelpingGroup, User
from ocop.accounts.rules import RIGHTS, HelperKind, Role, ScopeKind, helper_rights, in_force
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today as business_day


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
