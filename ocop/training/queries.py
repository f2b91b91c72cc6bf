"""Classes, in the reach of who opened them: the office's officers and the operator."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ocop.accounts.models import HelpingGroup
from ocop.accounts.rules import Role
from ocop.db.actor import Actor, NotFound
from ocop.places.rules import PRACTICE_COMMUNES, is_practice
from ocop.producers.models import Producer
from ocop.producers.queries import in_training
from ocop.training.models import TrainingClass, TrainingLearner


def own_communes(actor: Actor) -> list[str]:
    """The real communes whose office may hold a class; a learner who plays an officer has none."""
    return sorted(code for code in actor.communes if not is_practice(code))


def classes(session: Session, actor: Actor) -> list[TrainingClass]:
    """Open ones first, then the latest. Raises NotFound for somebody who holds no office."""
    wanted = select(TrainingClass).order_by(
        TrainingClass.closed_at.is_not(None), TrainingClass.held_on.desc(), TrainingClass.id
    )
    if not actor.operator:
        wanted = wanted.where(TrainingClass.commune_code.in_(_office(actor)))
    return list(session.scalars(wanted))


def one(session: Session, actor: Actor, class_id: str, *, for_update: bool = False) -> TrainingClass:
    """A class in reach, with its learners. Raises NotFound."""
    wanted = (
        select(TrainingClass)
        .where(TrainingClass.id == class_id)
        .options(selectinload(TrainingClass.learners).joinedload(TrainingLearner.user))
        .execution_options(populate_existing=True)
    )
    found = session.scalars(wanted.with_for_update() if for_update else wanted).one_or_none()
    if found is None or not (actor.operator or found.commune_code in own_communes(actor)):
        raise NotFound()
    return found


def learner(
    session: Session, actor: Actor, class_id: str, learner_id: str
) -> tuple[TrainingClass, TrainingLearner]:
    """One of its people. Raises NotFound."""
    held = one(session, actor, class_id, for_update=True)
    found = next((row for row in held.learners if row.id == learner_id), None)
    if found is None:
        raise NotFound()
    return held, found


def free_commune(session: Session) -> str | None:
    """A practice commune no open class has; None when all are lent."""
    taken = set(
        session.scalars(select(TrainingClass.practice_commune).where(TrainingClass.closed_at.is_(None)))
    )
    return next((code for code in PRACTICE_COMMUNES if code not in taken), None)


def samples(session: Session, held: TrainingClass) -> list[Producer]:
    """The producers of its sandbox that are marked as samples, in the order they were laid."""
    wanted = select(Producer).where(Producer.commune_code == held.practice_commune, Producer.sample)
    return list(session.scalars(wanted.order_by(Producer.created_at, Producer.id)))


def groups(session: Session, held: TrainingClass) -> list[HelpingGroup]:
    wanted = select(HelpingGroup).where(HelpingGroup.commune_code == held.practice_commune)
    return list(session.scalars(wanted.order_by(HelpingGroup.created_at, HelpingGroup.id)))


def count_held(held: TrainingClass) -> dict[Role, int]:
    """How many learners there are of each role."""
    found = [row.role for row in held.learners]
    return {role: found.count(role) for role in dict.fromkeys(found)}


def practises(session: Session, actor: Actor) -> bool:
    """Whether what this person does now happens in a class: its pages carry the band."""
    if actor.producer_id is not None:
        return in_training(session, actor.producer_id)
    reach = [*actor.communes]
    if actor.groups:
        where = select(HelpingGroup.commune_code).where(HelpingGroup.id.in_(actor.groups))
        reach += session.scalars(where)
    return bool(reach) and all(is_practice(code) for code in reach)


def _office(actor: Actor) -> list[str]:
    found = own_communes(actor)
    if not found:
        raise NotFound()
    return found
