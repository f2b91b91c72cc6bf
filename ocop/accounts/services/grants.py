"""Giving and taking back rights."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Grant
from ocop.accounts.rules import Role, ScopeKind, help_end_problem, may_give
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused


def give_grant(
    session: Session,
    actor: Actor,
    *,
    user_id: str,
    role: Role,
    scope_kind: ScopeKind,
    scope_id: str,
    valid_to: dt.date | None = None,
    how: str = "account",
    paper_media_id: str | None = None,
) -> Grant:
    """A right for ``user_id``, from today to ``valid_to`` inclusive.

    how "account": operators give officials, operators and owners; owners give members and helpers on their own
    producer; nobody gives to themselves. how "paper": a commune officer records, for themselves only, what a
    producer signed; the picture of the paper is required (producers.services.record_paper checks the commune).
    Raises NotAllowed, NotFound, Refused(grant_self | paper_missing | help_end_missing | help_end_past |
    help_end_too_late | grant_exists).
    """
    user = queries.user(session, user_id)
    if user.disabled_at is not None:
        raise NotFound()
    _may_give(actor, user_id, role, scope_kind, scope_id, how, paper_media_id)
    if problem := help_end_problem(role, scope_kind, valid_to, today()):
        raise Refused(problem, field="valid_to")
    for old in queries.grants_in_force(session, user_id):
        if (old.role, old.scope_kind, old.scope_id) == (role, scope_kind, scope_id):
            if valid_to is None or (old.valid_to is not None and old.valid_to >= valid_to):
                raise Refused("grant_exists")
            _end(session, actor, old)  # a longer time replaces the shorter one
    grant = Grant(
        user_id=user_id,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        valid_from=today(),
        valid_to=valid_to,
        given_by=actor.user_id,
        given_how=how,
        paper_media_id=paper_media_id,
    )
    session.add(grant)
    audit.record(session, actor, "grant.give", grant, producer_id=_producer(grant))
    session.flush()
    return grant


def _may_give(
    actor: Actor, user_id: str, role: Role, kind: ScopeKind, scope_id: str, how: str, paper: str | None
) -> None:
    if actor is SYSTEM:
        return
    if how == "paper":
        own = user_id == actor.user_id and role is Role.COMMUNE_OFFICER and kind is ScopeKind.PRODUCER
        if not (own and actor.communes):
            raise NotAllowed("paper")
        if paper is None:
            raise Refused("paper_missing", field="paper")
        return
    owns = actor.may("grant.give") and actor.producer_id == scope_id
    if how != "account" or not may_give(actor.operator, owns, role, kind):
        raise NotAllowed("grant.give")
    if user_id == actor.user_id:
        raise Refused("grant_self")


def revoke_grant(session: Session, actor: Actor, *, grant_id: str) -> Grant:
    """End a grant now; it counts no more from the next request on.

    The producer's owner, an operator, or the helper who holds it. Raises NotFound for anybody else's, and
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
    _end(session, actor, grant)
    if grant.role is Role.COMMUNE_OFFICER and grant.scope_kind is ScopeKind.COMMUNE:
        _end_help_of_the_office(session, actor, grant.user_id)
    session.flush()
    return grant


def _end_help_of_the_office(session: Session, actor: Actor, user_id: str) -> None:
    """Producers asked an officer for help; somebody who holds no office any more does not keep it."""
    session.flush()
    held = [one for one in queries.grants_in_force(session, user_id) if one.role is Role.COMMUNE_OFFICER]
    if not any(one.scope_kind is ScopeKind.COMMUNE for one in held):
        for help_given in held:
            _end(session, actor, help_given)


def _may_revoke(actor: Actor, grant: Grant) -> bool:
    on_own_producer = (
        actor.may("grant.give")
        and grant.scope_kind is ScopeKind.PRODUCER
        and grant.scope_id == actor.producer_id
    )
    is_holder = grant.user_id == actor.user_id and grant.scope_kind is ScopeKind.PRODUCER
    return actor.operator or actor is SYSTEM or on_own_producer or is_holder


def _end(session: Session, actor: Actor, grant: Grant) -> None:
    grant.revoked_at, grant.revoked_by = utcnow(), actor.user_id
    audit.record(session, actor, "grant.revoke", grant, producer_id=_producer(grant))


def _producer(grant: Grant) -> str | None:
    return grant.scope_id if grant.scope_kind is ScopeKind.PRODUCER else None
