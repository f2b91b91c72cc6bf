"""Users: making one, a new password, taking one out of use."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Grant, OneTimeCode, User
from ocop.accounts.rules import (
    PEOPLE_PER_PHONE,
    ScopeKind,
    easily_guessed,
    password_problem,
    pin_problem,
    same_name,
)
from ocop.accounts.services import attempts, passwords
from ocop.accounts.services.delegations import tell_of_person
from ocop.accounts.services.entrance import end_all, token_hash
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused


def create_user(session: Session, actor: Actor, *, name: str, phone: str) -> User:
    """A person without password; ``phone`` as +84…. For operators, owners, commune officers and the program itself.

    Raises NotAllowed, or Refused("phone_full") when five people already share the number.
    """
    if not (actor.operator or actor.communes or actor.may("grant.give") or actor is SYSTEM):
        raise NotAllowed("grant.give")
    if len(queries.users_with_phone(session, phone)) >= PEOPLE_PER_PHONE:
        raise Refused("phone_full", field="phone")
    user = User(name=name, phone=phone)
    session.add(user)
    audit.record(session, actor, "user.create", user)
    session.flush()
    return user


def person_for(
    session: Session,
    actor: Actor,
    *,
    name: str,
    phone: str,
    office: bool = False,
    known: Collection[str] = (),
) -> User:
    """The user of this name and phone, or a new one. The name decides between people who share a phone, and
    keeps anybody from learning whose number it is.

    Anybody can open an account in any name and number and keep the paper that leads into it. So one without a
    password is taken only by whoever opened it, and one in use not for an office (somebody who is to look after
    others) unless it holds one already. ``known``: ids of people that the same office has let in before.
    """
    for user in queries.users_with_phone(session, phone):
        if same_name(user.name, name) and (
            user.id in known or _is_surely_theirs(session, actor, user, office)
        ):
            return user
    return create_user(session, actor, name=name, phone=phone)


def _is_surely_theirs(session: Session, actor: Actor, user: User, office: bool) -> bool:
    if user.password_hash is None:
        grants = session.scalars(select(Grant).where(Grant.user_id == user.id))
        codes = session.scalars(select(OneTimeCode).where(OneTimeCode.user_id == user.id))
        opened_by = {grant.given_by for grant in grants} | {code.issued_by for code in codes}
        return opened_by <= {actor.user_id}
    held = {grant.scope_kind for grant in queries.grants_in_force(session, user.id)}
    return not office or bool(held - {ScopeKind.PRODUCER, ScopeKind.GROUP})


def new_password_hash(engine: Engine, *, user_id: str, password: str, address: str, secret: bytes) -> str:
    """Check a new password and hash it; holds no transaction meanwhile.

    Raises Refused(password_too_short | too_long | too_simple | too_common | taken), field "password". One that
    somebody else with the same phone already has is refused, because only the password tells them apart; as
    that tells whose password it is, it is counted: Refused("sign_in_locked" with again).
    """
    with open_session(engine, read_only=True) as session:
        user = queries.user(session, user_id)
        others = [one for one in queries.users_with_phone(session, user.phone) if one.id != user_id]
    problem = password_problem(password)
    if problem is None and easily_guessed(password, user.phone):
        problem = "too_common"
    if problem is None and _somebodys(engine, others, password, user.phone, address, secret):
        problem = "taken"
    if problem:
        raise Refused(f"password_{problem}", field="password")
    return passwords.hashed(password)


def _somebodys(
    engine: Engine, others: list[User], password: str, phone: str, address: str, secret: bytes
) -> bool:
    """Whether one of the others with this phone has this password. Every look counts as a try that failed,
    whatever it shows: else choosing passwords would be a way to guess theirs without end."""
    if not any(other.password_hash for other in others):
        return False
    attempts.begin(engine, attempts.limits(secret, what="compare", phone=phone, address=address))
    return bool(passwords.owners_of(others, password))


def check_own_password(engine: Engine, actor: Actor, *, password: str, address: str, secret: bytes) -> None:
    """Before changing a password or a phone: the present password, counted like a sign-in. Raises
    Refused("password_old_wrong" with left | "sign_in_locked" with again), field "old_password"."""
    with open_session(engine, read_only=True) as session:
        user = queries.user(session, actor.user_id or "")
    attempt = attempts.begin(
        engine, attempts.limits(secret, what="sign-in", phone=user.phone, address=address)
    )
    if not passwords.owners_of([user], password):
        refusal = attempts.refusal(attempt, "password_old_wrong")
        refusal.field = "old_password"
        raise refusal
    attempts.succeeded(engine, attempt)


def check_new_phone(
    engine: Engine, actor: Actor, *, phone: str, password: str, address: str, secret: bytes
) -> None:
    """Whether the own password, just checked, still tells one apart among those with the new phone (+84…).

    Raises Refused("phone_full" | "phone_same_password"), field "phone", or Refused("sign_in_locked").
    """
    with open_session(engine, read_only=True) as session:
        if queries.user(session, actor.user_id or "").phone == phone:
            return
        others = [one for one in queries.users_with_phone(session, phone) if one.id != actor.user_id]
    if len(others) >= PEOPLE_PER_PHONE:
        raise Refused("phone_full", field="phone")
    if _somebodys(engine, others, password, phone, address, secret):
        raise Refused("phone_same_password", field="phone")


def edit_own(session: Session, actor: Actor, *, name: str, phone: str) -> User:
    """Change the own name and phone, after check_own_password and check_new_phone."""
    user = queries.user(session, actor.user_id or "")
    user.name, user.phone = name, phone
    audit.record(session, actor, "user.edit", user)
    session.flush()
    return user


def change_password(session: Session, actor: Actor, *, password_hash: str, token: str, secret: bytes) -> None:
    """Set an own new password (from new_password_hash) and end all sign-ins but this one."""
    user = queries.user(session, actor.user_id or "")
    user.password_hash = password_hash
    audit.record(session, actor, "user.password", user)
    end_all(session, user.id, but=token_hash(secret, token))
    session.flush()


def new_pin_hash(engine: Engine, actor: Actor, *, pin: str) -> str:
    """A PIN for shared machines, after check_own_password. Raises Refused("pin_shape" | "pin_simple"), field "pin"."""
    with open_session(engine, read_only=True) as session:
        phone = queries.user(session, actor.user_id or "").phone
    if problem := pin_problem(pin, phone):
        raise Refused(problem, field="pin")
    return passwords.hashed(pin)


def set_pin(session: Session, actor: Actor, *, pin_hash: str) -> None:
    """Set the own PIN (from new_pin_hash). It opens a locked shared machine and nothing else."""
    user = queries.user(session, actor.user_id or "")
    user.pin_hash = pin_hash
    audit.record(session, actor, "user.pin", user)
    session.flush()


def disable_user(session: Session, actor: Actor, *, user_id: str) -> None:
    """Take a person out of use at once: signed out everywhere, no sign-in any more. What they did stays recorded.

    Operators only, and not oneself: somebody must stay able to undo it.
    """
    actor.require_operator()
    if user_id == actor.user_id:
        raise Refused("disable_self")
    user = queries.user(session, user_id)
    user.disabled_at = user.disabled_at or utcnow()
    audit.record(session, actor, "user.disable", user)
    held = queries.grants_in_force(session, user_id)
    tell_of_person(session, held, who=user.name, code="help_person_left")
    end_all(session, user.id)
    session.flush()


def enable_user(session: Session, actor: Actor, *, user_id: str) -> None:
    """Let a disabled person sign in again. Operators only. Raises Refused("phone_full")."""
    actor.require_operator()
    user = queries.user(session, user_id)
    if len(queries.users_with_phone(session, user.phone)) >= PEOPLE_PER_PHONE:
        raise Refused("phone_full")
    user.disabled_at = None
    audit.record(session, actor, "user.enable", user)
    held = queries.grants_in_force(session, user_id)
    tell_of_person(session, held, who=user.name, code="help_new_person")
    session.flush()
