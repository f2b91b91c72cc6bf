"""Giving and taking back rights."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Grant
from ocop.accounts.rules import Role, ScopeKind, may_give
from ocop.accounts.services.delegations import tell_of_person
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused


def give_grant(
    session: Session, actor: Actor, *, user_id: str, role: Role, scope_kind: ScopeKind, scope_id: str
) -> Grant:
    """A role for ``user_id`` from today on. Operators give officials, operators and owners; owners give members of
    their own producer; nobody gives to themselves. Help for a producer is asked with delegate(); producers that
    asked a commune's office are told of everybody new in it.

    Raises NotAllowed, NotFound, Refused(grant_self | grant_exists).
    """
    user = queries.user(session, user_id)
    if user.disabled_at is not None:
        raise NotFound()
    _may_give(actor, user_id, role, scope_kind, scope_id)
    for old in queries.grants_in_force(session, user_id):
        if (old.role, old.scope_kind, old.scope_id) == (role, scope_kind, scope_id):
            raise Refused("grant_exists")
    grant = Grant(
        user_id=user_id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        valid_from=today(),
        given_by=actor.user_id,
    )
    session.add(grant)
    audit.record(session, actor, "grant.give", grant, producer_id=_producer(grant))
    tell_of_person(session, [grant], who=user.name, code="help_new_person")
    session.flush()
    return grant


def _may_give(actor: Actor, user_id: str, role: Role, kind: ScopeKind, scope_id: str) -> None:
    if actor is SYSTEM:
        return
    owns = actor.may("grant.give") and actor.producer_id == scope_id
    if not may_give(actor.operator, owns, role, kind):
        raise NotAllowed("grant.give")
    if user_id == actor.user_id:
        raise Refused("grant_self")


def revoke_grant(session: Session, actor: Actor, *, grant_id: str) -> Grant:
    """End a grant now; it counts no more from the next request on.

    The producer's owner, an operator, or the person who holds it. Raises NotFound for anybody else's, and
    Refused("grant_last_owner") where a producer would be left without its only owner.
    """
    grant = session.get(Grant, grant_id)
    if grant is None or grant.revoked_at is not None or not _may_revoke(actor, grant):
        raise NotFound()
    if grant.role is Role.PRODUCER_OWNER:
        people = queries.people_of(session, [grant.scope_id])
        if sum(one.role is Role.PRODUCER_OWNER for one in people) <= 1:
            raise Refused("grant_last_owner")
    if grant.role is Role.OPERATOR and grant.user_id == actor.user_id:
        raise Refused("disable_self")
    end_grant(session, actor, grant)
    session.flush()
    return grant


def _may_revoke(actor: Actor, grant: Grant) -> bool:
    on_own_producer = (
        actor.may("grant.give")
        and grant.scope_kind is ScopeKind.PRODUCER
        and grant.scope_id == actor.producer_id
    )
    is_holder = grant.user_id == actor.user_id and grant.scope_kind is ScopeKind.PRODUCER
    return actor.operator or actor is SYSTEM or on_own_producer or is_holder


def end_grant(session: Session, actor: Actor, grant: Grant) -> None:
    """End it, and tell those whom its holder could help. Whoever calls this has asked whether the actor may."""
    grant.revoked_at, grant.revoked_by = utcnow(), actor.user_id
    audit.record(session, actor, "grant.revoke", grant, producer_id=_producer(grant))
    who = queries.user(session, grant.user_id).name
    tell_of_person(session, [grant], who=who, code="help_person_left")


def _producer(grant: Grant) -> str | None:
    return grant.scope_id if grant.scope_kind is ScopeKind.PRODUCER else None
