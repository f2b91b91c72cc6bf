"""A producer's place changes: it moves, its commune is merged into another, or the place was written down wrong. What
it was before is kept."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.accounts import services
from ocop.accounts.models import Delegation, HelpingGroup
from ocop.accounts.rules import HelperKind
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace
from ocop.producers import queries
from ocop.producers.models import Producer, ProducerPlace


def move_producer(
    session: Session, actor: Actor, *, producer_id: str, commune_code: str, hamlet: str, why: str = "moved"
) -> Producer:
    """An officer of the present commune, or an operator, writes down that a producer is in another commune now.

    Help that was asked of the old commune's office or groups ends at once: the producer asks anew where it is. why:
    moved | corrected. Raises NotFound out of reach, Refused(field_commune | same_commune).
    """
    wanted = queries.in_reach if actor.operator else queries.in_own_commune
    producer = queries.for_edit(session, wanted(session, actor, producer_id).id)
    _check(commune_code)
    if commune_code == producer.commune_code:
        raise Refused("same_commune", field="commune_code")
    before = (producer.commune_code, producer.hamlet, producer.old_address)
    producer.commune_code, producer.hamlet = commune_code, hamlet
    audit.record(session, actor, "producer.move", producer, producer_id=producer.id)
    leave_place(session, actor, producer.id, before, why)
    return producer


def leave_place(
    session: Session, actor: Actor, producer_id: str, before: tuple[str, str, str], why: str
) -> None:
    """Keep where a producer was (commune code, hamlet, old address) and end the help it asked for there. It flushes:
    record the change itself before."""
    _keep(session, actor, producer_id, *before, why)
    services.end_help(session, actor, producer_id=producer_id, why="moved")


def _keep(
    session: Session, actor: Actor, producer_id: str, code: str, hamlet: str, old_address: str, why: str
) -> None:
    session.add(
        ProducerPlace(
            producer_id=producer_id,
            commune_code=code,
            commune_name=_name(code),
            hamlet=hamlet,
            old_address=old_address,
            until=today() - dt.timedelta(days=1),
            why=why,
            changed_by=actor.user_id,
        )
    )


def merge_communes(session: Session, actor: Actor, *, old_code: str, new_code: str) -> int:
    """A commune was merged into another: its producers, village groups and the help asked of its office go over in
    one transaction; returns how many producers. Officers are not carried over: who holds the new office is the
    operator's to say. For operators. Raises NotAllowed, Refused(field_commune | same_commune).
    """
    actor.require_operator()
    _check(new_code)
    if old_code == new_code:
        raise Refused("same_commune", field="new_code")
    moved = list(session.scalars(select(Producer).where(Producer.commune_code == old_code).with_for_update()))
    for producer in moved:
        _keep(session, actor, producer.id, old_code, producer.hamlet, producer.old_address, "merged")
        producer.commune_code = new_code
        audit.record(session, actor, "producer.move", producer, producer_id=producer.id)
    for group in session.scalars(select(HelpingGroup).where(HelpingGroup.commune_code == old_code)):
        group.commune_code = new_code
        audit.record(session, actor, "group.move", group)
    _hand_over_help(session, actor, old_code, new_code)
    session.flush()
    return len(moved)


def _hand_over_help(session: Session, actor: Actor, old_code: str, new_code: str) -> None:
    """The successor office goes on under the same consent, for the same time, and each producer is told."""
    running = accounts.delegations_in_force(today()).where(
        Delegation.helper_kind == HelperKind.OFFICE, Delegation.helper_id == old_code
    )
    for given in list(session.scalars(running)):
        services.hand_over(session, actor, given, new_code)
        services.notify(
            session,
            code="help_office_merged",
            producer_id=given.producer_id,
            params={"old": _name(old_code), "new": _name(new_code)},
        )


def _check(code: str) -> None:
    try:
        places.commune(code)
    except UnknownPlace:
        raise Refused("field_commune", field="commune_code") from None


def _name(code: str) -> str:
    """The commune's name, or its code where our data knows it no more."""
    try:
        return places.full_address(code)
    except UnknownPlace:
        return code
