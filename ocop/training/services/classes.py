"""A class is opened, begun anew and closed. Its people, its data and its commune are its own."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets as random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts_queries
from ocop.accounts import services as accounts
from ocop.accounts.models import Grant, OneTimeCode, SignIn, User
from ocop.accounts.rules import SCOPES, Role
from ocop.accounts.services.entrance import end_all
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused
from ocop.db.install import Install
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace, is_practice
from ocop.producers.models import Producer
from ocop.training import queries
from ocop.training.models import TrainingClass, TrainingLearner
from ocop.training.rules import MOST_OFFICERS, MOST_PEOPLE, MOST_VOLUNTEERS, roles, sample_of
from ocop.training.services.clearing import clear
from ocop.training.services.sandbox import Pictures, lay


def open_class(
    session: Session,
    actor: Actor,
    *,
    name: str,
    held_on: dt.date,
    place: str,
    people: int,
    officers: int,
    volunteers: int,
    commune_code: str,
    pictures: Pictures,
    secret: bytes,
) -> TrainingClass:
    """A class of an office with a practice commune of its own, filled, and an account with a first code for everybody.

    By an officer of that commune or an operator. Raises NotFound, Refused(field_commune | class_too_many |
    class_roles | class_no_commune).
    """
    _check_office(actor, commune_code)
    if not 1 <= people <= MOST_PEOPLE or officers > MOST_OFFICERS or volunteers > MOST_VOLUNTEERS:
        raise Refused("class_too_many", field="people", most=MOST_PEOPLE)
    if officers + volunteers > people:
        raise Refused("class_roles", field="officers")
    session.scalars(
        select(Install).with_for_update()
    ).one()  # two who open at once must not get the same commune
    practice = queries.free_commune(session)
    if practice is None:
        raise Refused("class_no_commune")
    held = TrainingClass(
        name=name,
        commune_code=commune_code,
        practice_commune=practice,
        held_on=held_on,
        place=place,
        people=people,
        made_by=actor.user_id,
    )
    session.add(held)
    audit.record(session, actor, "class.open", held)
    samples = lay(session, commune_code=practice, pictures=pictures)
    for number, role in enumerate(roles(people, officers, volunteers), start=1):
        learner = _enrol(session, actor, held, number, role)
        accounts.issue_first_code(session, _host(actor), user_id=learner.user_id, secret=secret)
    session.flush()
    held = queries.one(session, actor, held.id)
    _seat(session, held, samples)
    return held


def begin_anew(session: Session, actor: Actor, *, class_id: str, pictures: Pictures) -> TrainingClass:
    """Throw away all the class has made and lay the sandbox again; people keep their sign-ins.

    Raises NotFound, Refused(class_closed).
    """
    held = _open(session, actor, class_id)
    gone = clear(session, actor, commune_code=held.practice_commune)
    held = queries.one(session, actor, class_id)
    held.reset_at = utcnow()
    audit.record(session, actor, "class.reset", held, old={"rows": gone}, new={})
    samples = lay(session, commune_code=held.practice_commune, pictures=pictures)
    _seat(session, held, samples)
    session.flush()
    return held


def close_class(session: Session, actor: Actor, *, class_id: str) -> TrainingClass:
    """The end: its data goes, its people are signed out for good, the next class may have the commune.

    Raises NotFound, Refused(class_closed).
    """
    held = _open(session, actor, class_id)
    gone = clear(session, actor, commune_code=held.practice_commune)
    held = queries.one(session, actor, class_id)
    for learner in held.learners:
        for grant in accounts_queries.grants_in_force(session, learner.user_id):
            accounts.revoke_grant(session, SYSTEM, grant_id=grant.id)
        _end_codes(session, learner.user_id)
        accounts.disable_user(session, _host(actor), user_id=learner.user_id)
    held.closed_at = utcnow()
    audit.record(
        session,
        actor,
        "class.close",
        held,
        old={"rows": gone},
        new={"closed_at": audit.plain(held.closed_at)},
    )
    session.flush()
    return held


def new_slip(
    session: Session, actor: Actor, *, class_id: str, learner_id: str, secret: bytes
) -> TrainingLearner:
    """A fresh code for one learner; whoever had the old password or PIN is out, here and on every machine.

    Raises NotFound, Refused(class_closed).
    """
    held, learner = queries.learner(session, actor, class_id, learner_id)
    if held.closed_at is not None:
        raise Refused("class_closed")
    learner.user.password_hash = learner.user.pin_hash = None
    audit.record(session, actor, "class.new_slip", learner.user)
    end_all(session, learner.user_id)
    accounts.issue_first_code(session, _host(actor), user_id=learner.user_id, secret=secret)
    session.flush()
    return learner


def new_slips(session: Session, actor: Actor, *, class_id: str, secret: bytes) -> TrainingClass:
    """Fresh codes for everybody who has not signed in yet, printed by whoever asks now. Raises as new_slip."""
    held = _open(session, actor, class_id)
    for learner in held.learners:
        if learner.user.password_hash is None:
            accounts.issue_first_code(session, _host(actor), user_id=learner.user_id, secret=secret)
    audit.record(session, actor, "class.new_slips", held, old={}, new={})
    session.flush()
    return held


def _check_office(actor: Actor, commune_code: str) -> None:
    if not (actor.operator or commune_code in queries.own_communes(actor)):
        raise NotFound()
    try:
        places.commune(commune_code)
    except UnknownPlace:
        raise Refused("field_commune", field="commune_code") from None
    if is_practice(commune_code):
        raise Refused("field_commune", field="commune_code")


def _open(session: Session, actor: Actor, class_id: str) -> TrainingClass:
    held = queries.one(session, actor, class_id, for_update=True)
    if held.closed_at is not None:
        raise Refused("class_closed")
    return held


def _host(actor: Actor) -> Actor:
    """Whoever holds a class looks after its made-up people as an operator does after real ones."""
    return dataclasses.replace(actor, producer_id=None, on_behalf=False, delegation_id=None, operator=True)


def _enrol(session: Session, actor: Actor, held: TrainingClass, number: int, role: Role) -> TrainingLearner:
    user = accounts.create_user(
        session, _host(actor), name=f"Học viên {number}", phone=_nobodys_phone(session)
    )
    learner = TrainingLearner(class_id=held.id, user_id=user.id, number=number, role=role)
    session.add(learner)
    if role is Role.COMMUNE_OFFICER:
        _give(session, actor, user, role, held.practice_commune)
    return learner


def _nobodys_phone(session: Session) -> str:
    """A number of the abolished 04 area, which nobody can have any more, and no other account has."""
    while True:
        phone = f"+844{random.randbelow(10**8):08}"
        if not accounts_queries.users_with_phone(session, phone):
            return phone


def _seat(session: Session, held: TrainingClass, samples: list[Producer]) -> None:
    """Give owners and volunteers their place in a sandbox just laid; an owner's open browsers work there at once."""
    group = queries.groups(session, held)[0]
    owners = [learner for learner in held.learners if learner.role is Role.PRODUCER_OWNER]
    for place, learner in enumerate(owners):
        sample = samples[sample_of(place)]
        _give(session, SYSTEM, learner.user, Role.PRODUCER_OWNER, sample.id)
        mine = update(SignIn).where(SignIn.user_id == learner.user_id, SignIn.ended_at.is_(None))
        session.execute(mine.values(producer_id=sample.id).execution_options(synchronize_session=False))
    for learner in held.learners:
        if learner.role is Role.VILLAGE_VOLUNTEER:
            _give(session, SYSTEM, learner.user, learner.role, group.id)


def _give(session: Session, actor: Actor, user: User, role: Role, scope_id: str) -> None:
    grant = Grant(
        user_id=user.id,
        role=role,
        scope_kind=SCOPES[role],
        scope_id=scope_id,
        valid_from=today(),
        given_by=actor.user_id,
        given_how="training",
    )
    session.add(grant)
    audit.record(session, actor, "grant.give", grant)


def _end_codes(session: Session, user_id: str) -> None:
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.user_id == user_id, OneTimeCode.used_at.is_(None))
        .values(expires_at=utcnow())
        .execution_options(synchronize_session=False)
    )
