"""The tour: how far somebody is, and turning it off and on."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.queries import user
from ocop.accounts.rules import TOUR_OFF
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.training.rules import TOUR_STEPS


def next_step(session: Session, actor: Actor, *, seen: int) -> User:
    """``seen`` steps are behind; after the last the tour is off. A number that cannot be counts as the end."""
    return _set(session, actor, seen if 0 < seen < TOUR_STEPS else TOUR_OFF)


def tour_off(session: Session, actor: Actor) -> User:
    return _set(session, actor, TOUR_OFF)


def tour_on(session: Session, actor: Actor) -> User:
    """From the first step again."""
    return _set(session, actor, 0)


def _set(session: Session, actor: Actor, seen: int) -> User:
    person = user(session, actor.user_id or "")
    if person.tour != seen:
        person.tour = seen
        audit.record(session, actor, "tour.step", person)
        session.flush()
    return person
