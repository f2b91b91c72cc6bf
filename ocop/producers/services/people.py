"""Who works for a producer, and the two-person way back from a lost password. Here, above accounts, it is known
which producer lies in which commune."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.accounts import services
from ocop.accounts.models import Grant, OneTimeCode, User
from ocop.accounts.rules import Role, ScopeKind
from ocop.db.actor import Actor, NotFound
from ocop.db.errors import Refused
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace
from ocop.producers import queries


def add_member(session: Session, actor: Actor, *, name: str, phone: str, secret: bytes) -> OneTimeCode | None:
    """Let a person use the own producer; one without a password gets a first code, which is returned."""
    producer_id = actor.require("grant.give")
    user = services.person_for(session, actor, name=name, phone=phone)
    _give(session, actor, user, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, producer_id)
    return _first_code(session, actor, user, secret)


def add_owner(
    session: Session, actor: Actor, *, producer_id: str, name: str, phone: str, secret: bytes
) -> OneTimeCode | None:
    """An operator opens the account of a producer's owner."""
    actor.require_operator()
    producer = queries.in_reach(session, actor, producer_id)
    user = services.person_for(session, actor, name=name, phone=phone)
    _give(session, actor, user, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, producer.id)
    return _first_code(session, actor, user, secret)


def add_official(
    session: Session, actor: Actor, *, name: str, phone: str, role: Role, scope_id: str, secret: bytes
) -> OneTimeCode | None:
    """An operator lets somebody look after a commune or a province, or operate the install."""
    actor.require_operator()
    kinds = {
        Role.COMMUNE_OFFICER: ScopeKind.COMMUNE,
        Role.PROVINCE_OFFICER: ScopeKind.PROVINCE,
        Role.OPERATOR: ScopeKind.INSTALL,
    }
    kind = kinds[role]
    _check_scope(kind, scope_id)
    user = services.person_for(session, actor, name=name, phone=phone, office=True)
    _give(session, actor, user, role, kind, scope_id)
    return _first_code(session, actor, user, secret)


def _check_scope(kind: ScopeKind, scope_id: str) -> None:
    try:
        if kind is ScopeKind.COMMUNE:
            places.commune(scope_id)
        elif kind is ScopeKind.PROVINCE:
            places.province(scope_id)
    except UnknownPlace:
        field = "commune_code" if kind is ScopeKind.COMMUNE else "province_code"
        raise Refused("field_commune" if field == "commune_code" else "field_choice", field=field) from None


def add_volunteer(
    session: Session, actor: Actor, *, group_id: str, name: str, phone: str, secret: bytes
) -> OneTimeCode | None:
    """A commune officer lets a person into a village group. Raises NotFound, Refused(grant_exists | grant_self)."""
    group = accounts.own_group(session, actor, group_id)
    vouched = _members_in(session, group.commune_code)
    user = services.person_for(session, actor, name=name, phone=phone, office=True, known=vouched)
    services.join_group(session, actor, group_id=group_id, user_id=user.id)
    return _first_code(session, actor, user, secret)


def _members_in(session: Session, commune_code: str) -> set[str]:
    """Whom this office has let into one of its groups already."""
    groups = accounts.open_groups(session, [commune_code])
    return {grant.user_id for group in groups for grant in accounts.members_of(session, group.id)}


def _give(
    session: Session,
    actor: Actor,
    user: User,
    role: Role,
    kind: ScopeKind,
    scope_id: str,
) -> Grant:
    return services.give_grant(session, actor, user_id=user.id, role=role, scope_kind=kind, scope_id=scope_id)


def _first_code(session: Session, actor: Actor, user: User, secret: bytes) -> OneTimeCode | None:
    """None for somebody who has a password, or whose first code is another's to give."""
    if not services.may_issue_first_code(session, actor, user):
        return None
    services.issue_first_code(session, actor, user_id=user.id, secret=secret)
    return services.latest_code(session, user.id)


def ask_recovery(session: Session, actor: Actor, *, user_id: str, secret: bytes) -> OneTimeCode:
    """Start a recovery for somebody in reach; a second person must agree. Raises NotFound out of reach."""
    if not _official_reaches(session, actor, user_id):
        raise NotFound()
    return services.start_recovery(session, actor, user_id=user_id, secret=secret)


def agree_to_recovery(session: Session, actor: Actor, *, code_id: str) -> OneTimeCode:
    """Be the second person. Raises NotFound out of reach, Refused("recovery_same_person")."""
    row = session.get(OneTimeCode, code_id)
    if row is None or not _may_agree(session, actor, row.user_id):
        raise NotFound()
    return services.approve_recovery(session, actor, code_id=code_id)


def recoveries(session: Session, actor: Actor) -> list[OneTimeCode]:
    """Recoveries that wait and that this person could agree to, or asked for."""
    return [row for row in accounts.pending_recoveries(session) if _may_agree(session, actor, row.user_id)]


def _may_agree(session: Session, actor: Actor, user_id: str) -> bool:
    return _official_reaches(session, actor, user_id) or _is_own_member(session, actor, user_id)


def _official_reaches(session: Session, actor: Actor, user_id: str) -> bool:
    """An operator reaches everybody; a commune officer those who work for its producers or belong to its village
    groups, and hold no office."""
    if actor.operator:
        return True
    grants = accounts.grants_in_force(session, user_id)
    if any(grant.scope_kind not in (ScopeKind.PRODUCER, ScopeKind.GROUP) for grant in grants):
        return False
    ids = [grant.scope_id for grant in grants]
    return any(
        place.commune_code in actor.communes
        for place in (*queries.named(session, ids), *accounts.groups_named(session, ids))
    )


def _is_own_member(session: Session, actor: Actor, user_id: str) -> bool:
    """Whether an owner may vouch: a person who has rights on this one producer and is not its owner."""
    grants = accounts.grants_in_force(session, user_id)
    return (
        actor.may("grant.give")
        and bool(grants)
        and all(g.scope_id == actor.producer_id and g.role is not Role.PRODUCER_OWNER for g in grants)
    )
