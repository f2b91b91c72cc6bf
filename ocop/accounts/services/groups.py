"""Village groups (tổ công nghệ số cộng đồng, thôn, a union's branch) and the people in them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Grant, HelpingGroup
from ocop.accounts.rules import GroupKind, HelperKind, Role, ScopeKind
from ocop.accounts.services.delegations import end_all_asked_of, tell_helped, tell_of_person
from ocop.accounts.services.grants import end_grant
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused


def make_group(
    session: Session, actor: Actor, *, kind: GroupKind, name: str, commune_code: str, hamlet: str = ""
) -> HelpingGroup:
    """A group of a commune the actor is an officer of. Raises NotAllowed."""
    if not (commune_code in actor.communes or actor is SYSTEM):
        raise NotAllowed("official")
    group = HelpingGroup(kind=kind, name=name, commune_code=commune_code, hamlet=hamlet)
    session.add(group)
    audit.record(session, actor, "group.create", group)
    session.flush()
    return group


def edit_group(
    session: Session, actor: Actor, *, group_id: str, kind: GroupKind, name: str, hamlet: str
) -> HelpingGroup:
    """Raises NotFound for a closed group or one of another commune."""
    group = queries.own_group(session, actor, group_id)
    group.kind, group.name, group.hamlet = kind, name, hamlet
    audit.record(session, actor, "group.edit", group)
    session.flush()
    return group


def close_group(session: Session, actor: Actor, *, group_id: str) -> HelpingGroup:
    """From the next request on it helps nobody; the producers it helped are told. Raises NotFound."""
    group = queries.own_group(session, actor, group_id)
    tell_helped(session, HelperKind.GROUP, group.id, code="help_group_closed", helper=group.name)
    end_all_asked_of(session, actor, HelperKind.GROUP, group.id, why="closed")
    group.closed_at = utcnow()
    audit.record(session, actor, "group.close", group)
    session.flush()
    return group


def join_group(session: Session, actor: Actor, *, group_id: str, user_id: str) -> Grant:
    """Somebody becomes a member and may help whoever asked the group; those producers are told.

    For officers of the group's commune, and not for themselves. Raises NotFound, Refused(grant_self |
    grant_exists).
    """
    queries.own_group(session, actor, group_id)
    user = queries.user(session, user_id)
    if user.disabled_at is not None:
        raise NotFound()
    if user_id == actor.user_id:
        raise Refused("grant_self")
    if user_id in {member.user_id for member in queries.members_of(session, group_id)}:
        raise Refused("grant_exists")
    grant = Grant(
        user_id=user_id,
        role=Role.VILLAGE_VOLUNTEER,
        scope_kind=ScopeKind.GROUP,
        scope_id=group_id,
        valid_from=today(),
        given_by=actor.user_id,
    )
    session.add(grant)
    audit.record(session, actor, "group.join", grant)
    tell_of_person(session, [grant], who=user.name, code="help_new_person")
    session.flush()
    return grant


def leave_group(session: Session, actor: Actor, *, group_id: str, grant_id: str) -> Grant:
    """A member is out: from the next request on they help nobody through this group. Raises NotFound."""
    queries.own_group(session, actor, group_id)
    for grant in queries.members_of(session, group_id):
        if grant.id == grant_id:
            end_grant(session, actor, grant)
            session.flush()
            return grant
    raise NotFound()
