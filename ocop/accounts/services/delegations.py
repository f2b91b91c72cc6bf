"""Nhờ làm hộ: a producer asks the commune's office or a village group for help, and ends it with one tap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Delegation, DelegationOffer, Grant, HelpingGroup
from ocop.accounts.rules import Bundle, HelperKind, Role, help_end_problem
from ocop.accounts.services.notices import notify
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused

_WITH_EVIDENCE = ("paper", "signature")
_HELPERS = {Role.COMMUNE_OFFICER: HelperKind.OFFICE, Role.VILLAGE_VOLUNTEER: HelperKind.GROUP}
PEOPLE_PAGE = "/nguoi-cung-dung"  # where a notice about help leads: there it can be ended


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
    given_by: str | None = None,
) -> Delegation:
    """Let an office (helper_id: commune code) or a village group help until a day. The newest word of a producer
    to the same helper replaces the one before.

    how "account": by the producer's owner. "paper", "signature": written down by an officer of the commune or a
    member of the group, with a picture; whether the producer is theirs to write down is asked one layer up.
    "code": by whoever typed the eight characters (services.offers checks them and says who gave them). What
    somebody else wrote down is told to the producer. Raises NotAllowed, NotFound,
    Refused(paper_missing | signature_missing | help_end_missing | help_end_past | help_end_too_late).
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
        given_by=actor.user_id if how == "account" else given_by,
        recorded_by=None if how == "account" else actor.user_id,
        words=words,
        media_id=media_id,
    )
    session.add(given)
    audit.record(session, actor, "delegation.give", given, producer_id=producer_id)
    if how != "account":
        until = f"{valid_to:%d/%m/%Y}"
        notify(
            session,
            code="help_recorded",
            producer_id=producer_id,
            params={"who": actor.name, "until": until},
            href=PEOPLE_PAGE,
        )
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
    group = session.get(HelpingGroup, helper_id) if kind is HelperKind.GROUP else None
    if kind is HelperKind.PERSON:
        raise NotAllowed("delegation.person")
    if kind is HelperKind.GROUP and (group is None or group.closed_at is not None):
        raise NotFound()
    if actor is SYSTEM:
        return
    if how == "account":
        if not (actor.may("grant.give") and actor.producer_id == producer_id):
            raise NotAllowed("grant.give")
        return
    if not _may_record(actor, helper_id, group, how):
        raise NotAllowed("delegation.record")
    if how in _WITH_EVIDENCE and media_id is None:
        raise Refused(f"{how}_missing", field="photos")


def _may_record(actor: Actor, helper_id: str, group: HelpingGroup | None, how: str) -> bool:
    """A code is for the helper itself; a signature for its village group an officer of the commune takes too."""
    if group is None:
        return helper_id in actor.communes
    return group.id in actor.groups or (how in _WITH_EVIDENCE and group.commune_code in actor.communes)


def _running(session: Session, producer_id: str, kind: HelperKind, helper_id: str) -> list[Delegation]:
    wanted = queries.delegations_in_force(today()).where(
        Delegation.producer_id == producer_id,
        Delegation.helper_kind == kind,
        Delegation.helper_id == helper_id,
    )
    return list(session.scalars(wanted))


def end_delegation(session: Session, actor: Actor, *, delegation_id: str) -> Delegation:
    """End it now: the helper's next request has no right any more. For the producer's owner, the helper's own
    people, an officer of a group's commune (to whom a producer without a phone says it) and operators. Raises
    NotFound for anybody else's, and for one that has ended."""
    given = session.get(Delegation, delegation_id)
    if given is None or given.revoked_at is not None or not _may_end(session, actor, given):
        raise NotFound()
    again = _running(session, given.producer_id, given.helper_kind, given.helper_id)  # two who wrote at once
    for one in {given, *again}:
        _end(session, actor, one, "revoked")
    if not (actor.may("grant.give") and actor.producer_id == given.producer_id):
        notify(
            session,
            code="help_given_back",
            producer_id=given.producer_id,
            params={"who": actor.name},
            href=PEOPLE_PAGE,
        )
    withdraw_offers(session, given.producer_id, given.helper_kind, given.helper_id)
    session.flush()
    return given


def _may_end(session: Session, actor: Actor, given: Delegation) -> bool:
    if actor.operator or (actor.may("grant.give") and actor.producer_id == given.producer_id):
        return True
    if given.helper_kind is HelperKind.PERSON:
        return given.helper_id == actor.user_id
    group = session.get(HelpingGroup, given.helper_id) if given.helper_kind is HelperKind.GROUP else None
    return (
        given.helper_id in actor.groups
        or (group.commune_code if group else given.helper_id) in actor.communes
    )


def end_help(session: Session, actor: Actor, *, producer_id: str, why: str) -> list[Delegation]:
    """End every delegation of a producer (it moved to another commune), with a notice to it. why: see
    Delegation.ended_why. Whoever calls this has decided that it must be."""
    wanted = select(Delegation).where(Delegation.producer_id == producer_id, Delegation.revoked_at.is_(None))
    ended = list(session.scalars(wanted))
    for given in ended:
        _end(session, actor, given, why)
    if ended:
        notify(session, code=f"help_ended_{why}", producer_id=producer_id, href=PEOPLE_PAGE)
    withdraw_offers(session, producer_id)
    session.flush()
    return ended


def end_all_asked_of(session: Session, actor: Actor, kind: HelperKind, helper_id: str, *, why: str) -> None:
    """End what every producer asked of one helper that is there no longer."""
    for given in queries.asked_of(session, kind, helper_id):
        _end(session, actor, given, why)
        withdraw_offers(session, given.producer_id, kind, helper_id)


def withdraw_offers(
    session: Session, producer_id: str, kind: HelperKind | None = None, helper_id: str | None = None
) -> None:
    """A code that was shown and not used yet must not bring back help that was ended. Without a helper: all."""
    ended = update(DelegationOffer).where(
        DelegationOffer.producer_id == producer_id, *queries.offer_still_usable()
    )
    if helper_id is not None:
        ended = ended.where(DelegationOffer.helper_kind == kind, DelegationOffer.helper_id == helper_id)
    session.execute(ended.values(expires_at=utcnow()))


def tell_helped(session: Session, kind: HelperKind, helper_id: str, *, code: str, **params: str) -> None:
    """Leave a notice with every producer that an office or a group helps today."""
    told = dict.fromkeys(given.producer_id for given in queries.asked_of(session, kind, helper_id))
    for producer_id in told:
        notify(session, code=code, producer_id=producer_id, params=params, href=PEOPLE_PAGE)


def hand_over(session: Session, actor: Actor, given: Delegation, office: str) -> Delegation:
    """The office of a commune that was merged away hands what it was asked to its successor: same consent, same
    evidence, same last day. Operators decide that, see producers.services.merge_communes."""
    actor.require_operator()
    _end(session, actor, given, "merged")
    kept = ("producer_id", "helper_kind", "bundle", "valid_from", "valid_to", "given_how", "given_by")
    evidence = ("recorded_by", "words", "media_id")
    successor = Delegation(helper_id=office, **{name: getattr(given, name) for name in kept + evidence})
    session.add(successor)
    audit.record(session, actor, "delegation.hand_over", successor, producer_id=given.producer_id)
    session.flush()
    return successor


def _end(session: Session, actor: Actor, given: Delegation, why: str) -> None:
    given.revoked_at, given.revoked_by, given.ended_why = utcnow(), actor.user_id, why
    audit.record(session, actor, "delegation.end", given, producer_id=given.producer_id)


def tell_of_person(session: Session, grants: Iterable[Grant], *, who: str, code: str) -> None:
    """Somebody came to the office or group of these grants (help_new_person), or left it (help_person_left)."""
    for grant in grants:
        if grant.role in _HELPERS:
            tell_helped(session, _HELPERS[grant.role], grant.scope_id, code=code, who=who)
