"""Nhờ làm hộ: a producer asks the commune's office or a village group for help, and ends it with one tap."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Delegation, HelpingGroup
from ocop.accounts.rules import Bundle, HelperKind, help_end_problem
from ocop.accounts.services.notices import notify
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused

_WITH_EVIDENCE = ("paper", "signature")


def delegate(
    session: Session,
    actor: Actor,
    *,
    producer_id: str,
    helper_kind: HelperKind,
    helper_id: str,
    bundle: Bundle,
    valid_to: dt.date | None,
    how: str = "account",
    words: str = "",
    media_id: str | None = None,
) -> Delegation:
    """Let an office (helper_id: commune code) or a village group help until a day. The newest word of a producer
    to the same helper replaces the one before.

    how "account": by the producer's owner. "paper", "signature": written down by somebody of that office or
    group, with a picture; whether the producer is in their commune is asked one layer up. "code": by whoever
    typed the eight characters (services.offers checks them). Raises NotAllowed, NotFound,
    Refused(paper_missing | help_end_missing | help_end_past | help_end_too_late).
    """
    _may_delegate(session, actor, producer_id, helper_kind, helper_id, how, media_id)
    if problem := help_end_problem(valid_to, today()):
        raise Refused(problem, field="valid_to")
    assert valid_to is not None
    for old in _running(session, producer_id, helper_kind, helper_id):
        _end(session, actor, old, "replaced")
    given = Delegation(
        producer_id=producer_id,
        helper_kind=helper_kind,
        helper_id=helper_id,
        bundle=bundle,
        valid_from=today(),
        valid_to=valid_to,
        given_how=how,
        given_by=actor.user_id if how == "account" else None,
        recorded_by=None if how == "account" else actor.user_id,
        words=words,
        media_id=media_id,
    )
    session.add(given)
    audit.record(session, actor, "delegation.give", given, producer_id=producer_id)
    session.flush()
    return given


def _may_delegate(
    session: Session,
    actor: Actor,
    producer_id: str,
    kind: HelperKind,
    helper_id: str,
    how: str,
    media_id: str | None,
) -> None:
    if kind is HelperKind.PERSON:
        raise NotAllowed("delegation.person")
    if kind is HelperKind.GROUP and not _is_open(session, helper_id):
        raise NotFound()
    if actor is SYSTEM:
        return
    if how == "account":
        if not (actor.may("grant.give") and actor.producer_id == producer_id):
            raise NotAllowed("grant.give")
        return
    if helper_id not in (actor.communes if kind is HelperKind.OFFICE else actor.groups):
        raise NotAllowed("delegation.record")
    if how in _WITH_EVIDENCE and media_id is None:
        raise Refused("paper_missing", field="paper")


def _is_open(session: Session, group_id: str) -> bool:
    group = session.get(HelpingGroup, group_id)
    return group is not None and group.closed_at is None


def _running(session: Session, producer_id: str, kind: HelperKind, helper_id: str) -> list[Delegation]:
    wanted = queries.delegations_in_force(today()).where(
        Delegation.producer_id == producer_id,
        Delegation.helper_kind == kind,
        Delegation.helper_id == helper_id,
    )
    return list(session.scalars(wanted))


def end_delegation(session: Session, actor: Actor, *, delegation_id: str) -> Delegation:
    """End it now: the helper's next request has no right any more. For the producer's owner, the helper's own
    people and operators. Raises NotFound for anybody else's, and for one that has ended."""
    given = session.get(Delegation, delegation_id)
    if given is None or given.revoked_at is not None or not _may_end(actor, given):
        raise NotFound()
    _end(session, actor, given, "revoked")
    if not (actor.may("grant.give") and actor.producer_id == given.producer_id):
        notify(session, code="help_given_back", producer_id=given.producer_id, params={"who": actor.name})
    session.flush()
    return given


def _may_end(actor: Actor, given: Delegation) -> bool:
    owner = actor.may("grant.give") and actor.producer_id == given.producer_id
    helper = {
        HelperKind.OFFICE: given.helper_id in actor.communes,
        HelperKind.GROUP: given.helper_id in actor.groups,
        HelperKind.PERSON: given.helper_id == actor.user_id,
    }
    return owner or helper[given.helper_kind] or actor.operator


def end_help(session: Session, actor: Actor, *, producer_id: str, why: str) -> list[Delegation]:
    """End every delegation of a producer (it moved to another commune, or closed), with a notice to it. why: see
    Delegation.ended_why. Whoever calls this has decided that it must be."""
    wanted = select(Delegation).where(Delegation.producer_id == producer_id, Delegation.revoked_at.is_(None))
    ended = list(session.scalars(wanted))
    for given in ended:
        _end(session, actor, given, why)
    if ended:
        notify(session, code=f"help_ended_{why}", producer_id=producer_id)
    session.flush()
    return ended


def _end(session: Session, actor: Actor, given: Delegation, why: str) -> None:
    given.revoked_at, given.revoked_by, given.ended_why = utcnow(), actor.user_id, why
    audit.record(session, actor, "delegation.end", given, producer_id=given.producer_id)
