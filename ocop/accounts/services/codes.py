"""One-time codes: the first sign-in, and a lost password.

A code is worked out from its row's id and the session key, which lies outside the database. So it can be printed
again until it is used, the database holds nothing that opens a door, and no address or log carries it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Grant, HelpingGroup, OneTimeCode, User
from ocop.accounts.rules import CODE_DAYS, Role, ScopeKind, code_from, is_code, normal_code
from ocop.accounts.services import attempts
from ocop.accounts.services.entrance import end_all
from ocop.accounts.services.grants import give_grant
from ocop.accounts.services.people import create_user, new_password_hash
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed, NotFound
from ocop.db.base import new_id, utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused


@dataclass(frozen=True)
class Opened:
    """A code that fits, and the hash of the password chosen with it; use_code carries it out."""

    code_id: str
    user_id: str
    password_hash: str


def plain_code(row: OneTimeCode, secret: bytes) -> str:
    """The eight characters that stand on paper."""
    return _code_of(row.id, secret)


def _code_of(code_id: str, secret: bytes) -> str:
    return code_from(hmac.new(secret, f"one-time-code|{code_id}".encode(), hashlib.sha256).digest())


def _code_hash(code: str, secret: bytes) -> str:
    return hmac.new(secret, f"code-hash|{code}".encode(), hashlib.sha256).hexdigest()


def issue_first_code(session: Session, actor: Actor, *, user_id: str, secret: bytes) -> str:
    """A code for the first sign-in; earlier ones of the same person stop working. Returns the plain code.

    Operators for anybody, owners for people who have rights on their own producer only, commune officers for
    people who belong to their village groups only. Raises NotFound, or Refused("code_has_password"): a lost
    password needs two people, see start_recovery.
    """
    user = queries.user(session, user_id)
    if not (actor.operator or actor is SYSTEM or _only_ours(session, actor, user)):
        raise NotFound()
    if user.password_hash is not None:
        raise Refused("code_has_password")
    if user.disabled_at is not None:
        raise NotFound()
    return _code_of(_new_code(session, actor, user, "first", secret).id, secret)


def may_issue_first_code(session: Session, actor: Actor, user: User) -> bool:
    """Whether ``user`` has no password yet and this actor may hand out the way to set one."""
    if user.password_hash is not None or user.disabled_at is not None:
        return False
    return actor.operator or actor is SYSTEM or _only_ours(session, actor, user)


def _only_ours(session: Session, actor: Actor, user: User) -> bool:
    """Whether an owner or an officer put this person in and nobody else did: else a first code would open others'
    doors too."""
    grants = session.scalars(select(Grant).where(Grant.user_id == user.id)).all()
    return bool(grants) and all(_is_ours(session, actor, grant) for grant in grants)


def _is_ours(session: Session, actor: Actor, grant: Grant) -> bool:
    if grant.scope_kind is ScopeKind.PRODUCER:
        return actor.may("grant.give") and grant.scope_id == actor.producer_id
    if grant.scope_kind is ScopeKind.GROUP:
        group = session.get(HelpingGroup, grant.scope_id)
        return group is not None and group.commune_code in actor.communes
    return False


def _new_code(session: Session, actor: Actor, user: User, kind: str, secret: bytes) -> OneTimeCode:
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.user_id == user.id, OneTimeCode.used_at.is_(None))
        .values(expires_at=utcnow())
    )
    code_id = new_id()
    row = OneTimeCode(
        id=code_id,
        user_id=user.id,
        kind=kind,
        code_hash=_code_hash(_code_of(code_id, secret), secret),
        expires_at=utcnow() + dt.timedelta(days=CODE_DAYS),
        issued_by=actor.user_id,
    )
    session.add(row)
    audit.record(session, actor, f"code.{kind}", row)
    session.flush()
    return row


def latest_code(session: Session, user_id: str) -> OneTimeCode | None:
    """The code issued last to a person, if it still works."""
    rows = select(OneTimeCode).where(OneTimeCode.user_id == user_id, *queries.still_usable())
    return session.scalars(rows.order_by(OneTimeCode.created_at.desc())).first()


def start_recovery(session: Session, actor: Actor, *, user_id: str, secret: bytes) -> OneTimeCode:
    """An official or operator asks for a new password for somebody. Nothing opens until another person agrees.

    Whether the person is in this official's reach is asked one layer up, where communes are known.
    Raises NotAllowed, NotFound, Refused("recovery_self").
    """
    if not (actor.communes or actor.operator):
        raise NotAllowed("official")
    if user_id == actor.user_id:
        raise Refused("recovery_self")
    user = queries.user(session, user_id)
    if user.disabled_at is not None:
        raise NotFound()
    return _new_code(session, actor, user, "recovery", secret)


def approve_recovery(session: Session, actor: Actor, *, code_id: str) -> OneTimeCode:
    """The second person agrees; from now on the code can be printed and used.

    Another official or operator, or the owner of the producer that a member works for (reach: one layer up).
    Raises NotAllowed, NotFound, Refused("recovery_same_person" | "recovery_self" | "recovery_gone").
    """
    row = session.get(OneTimeCode, code_id)
    if row is None or row.kind != "recovery":
        raise NotFound()
    if not (actor.communes or actor.operator or actor.may("grant.give")):
        raise NotAllowed("official")
    if actor.user_id is None or actor.user_id == row.issued_by:
        raise Refused("recovery_same_person")
    if actor.user_id == row.user_id:
        raise Refused("recovery_self")
    agreed = session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.id == code_id,
            OneTimeCode.approved_by.is_(None),
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > utcnow(),
        )
        .values(approved_by=actor.user_id)
    )
    if agreed.rowcount != 1:
        raise Refused("recovery_gone")
    audit.record(session, actor, "code.approve", row, old={}, new={"approved_by": actor.user_id})
    session.flush()
    session.refresh(row)
    return row


def check_code(
    engine: Engine, *, phone: str | None, code: str, password: str, address: str, secret: bytes
) -> Opened:
    """A code as typed (or from its link, then ``phone`` is None) and the password wanted with it.

    Nothing is used up yet. Raises Refused("code_wrong" with left, "sign_in_locked" with again, or what
    new_password_hash refuses). Wrong, used, expired and not yet approved all look alike.
    """
    attempt = attempts.begin(engine, attempts.limits(secret, what="code", phone=phone, address=address))
    normal = normal_code(code)
    with open_session(engine, read_only=True) as session:
        row = queries.usable_code(session, _code_hash(normal, secret)) if is_code(normal) else None
        user = row.user if row is not None else None
    if row is None or user is None or user.disabled_at is not None or phone not in (None, user.phone):
        raise attempts.refusal(attempt, "code_wrong")
    attempts.succeeded(engine, attempt)
    hashed = new_password_hash(engine, user_id=user.id, password=password, address=address, secret=secret)
    return Opened(row.id, user.id, hashed)


def use_code(session: Session, opened: Opened) -> None:
    """Use a code up and set the password; every sign-in of the person ends. Of many at once exactly one wins.

    Raises Refused("code_used").
    """
    won = session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == opened.code_id, *queries.still_usable())
        .values(used_at=utcnow())
    )
    if won.rowcount != 1:
        raise Refused("code_used")
    user = queries.user(session, opened.user_id)
    user.password_hash = opened.password_hash
    audit.record(session, Actor(user_id=user.id, name=user.name), "user.password", user)
    end_all(session, user.id)
    session.flush()


def first_operator(session: Session, *, name: str, phone: str, secret: bytes) -> str:
    """The first account of an empty install, for the command line; returns its one-time code. Until that
    person has set a password and a phone to sign in with, every call gives the same person a new code: the
    paper may have been lost, or the page closed half way.

    Raises Refused("operator_exists") when somebody already operates this install.
    """
    operators = session.scalars(
        select(User)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.OPERATOR, Grant.revoked_at.is_(None))
    ).all()
    if any((user.password_hash and user.phone) or user.disabled_at for user in operators):
        raise Refused("operator_exists")
    if operators:
        operators[0].password_hash = None  # without a phone nobody could use it
        return issue_first_code(session, SYSTEM, user_id=operators[0].id, secret=secret)
    user = create_user(session, SYSTEM, name=name, phone=phone)
    give_grant(
        session, SYSTEM, user_id=user.id, role=Role.OPERATOR, scope_kind=ScopeKind.INSTALL, scope_id=""
    )
    return issue_first_code(session, SYSTEM, user_id=user.id, secret=secret)
