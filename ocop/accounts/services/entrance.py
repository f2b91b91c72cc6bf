"""Through the door and out again. Only a keyed hash of the cookie is stored, so a copy of the database opens
nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets as random

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import SignIn
from ocop.accounts.rules import SHARED_IDLE, SHARED_LONGEST, SIGN_IN_DAYS, WRONG_PINS
from ocop.accounts.services import attempts, passwords
from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused

_TOUCH_EVERY = dt.timedelta(minutes=1)


def token_hash(secret: bytes, token: str) -> str:
    """What is stored of a cookie."""
    return hmac.new(secret, b"sign-in|" + token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def machine_hash(secret: bytes, token: str) -> str:
    """What is stored of a shared machine's cookie."""
    return hmac.new(secret, b"machine|" + token.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def check_password(engine: Engine, *, phone: str, password: str, address: str, secret: bytes) -> str:
    """The id of the user whose phone (+84…) and password these are; ``address`` is where the request came from.

    Opens its own short transactions and holds none while argon2 works. Raises Refused("sign_in_wrong" with left,
    or "sign_in_locked" with again). An unknown phone, a disabled user and a wrong password look and take the
    same. Should two people have one phone and one password, neither is let in.
    """
    attempt = attempts.begin(engine, attempts.limits(secret, what="sign-in", phone=phone, address=address))
    with open_session(engine, read_only=True) as session:
        users = queries.users_with_phone(session, phone)
    matching = passwords.owners_of(users, password)
    if len(matching) != 1:
        raise attempts.refusal(attempt, "sign_in_wrong")
    attempts.succeeded(engine, attempt)
    return matching[0].id


def start_sign_in(
    session: Session,
    *,
    user_id: str,
    producer_id: str | None = None,
    shared_machine: bool = False,
    machine: str | None = None,
    secret: bytes,
) -> str:
    """Open a sign-in and return the plain token for the cookie. ``machine`` is the plain token of a shared one.

    Without ``producer_id`` a person with exactly one producer of their own starts working for it. Raises NotFound
    for an unknown or disabled user, or a producer they have no grant on.
    """
    places = queries.workplaces(session, user_id)
    own = [place for place, is_own in places.items() if is_own]
    if producer_id is None and len(own) == 1:
        producer_id = own[0]
    actor = queries.actor_for(session, user_id, producer_id)
    if actor.producer_id != producer_id:
        raise NotFound()
    here = machine_hash(secret, machine) if shared_machine and machine else None
    if here is not None:
        _forget(session, user_id, here)
    token = random.token_urlsafe(32)
    length = SHARED_IDLE if shared_machine else dt.timedelta(days=SIGN_IN_DAYS)
    row = SignIn(
        token_hash=token_hash(secret, token),
        user_id=user_id,
        producer_id=producer_id,
        shared_machine=shared_machine,
        machine=here,
        expires_at=utcnow() + length,
    )
    session.add(row)
    user = queries.user(session, user_id)
    audit.record(session, actor, "sign_in.start", user, old={}, new={"shared_machine": shared_machine})
    session.flush()
    return token


def _forget(session: Session, user_id: str, machine: str) -> None:
    """One person has one sign-in at a shared machine: every locked one would be five more tries at the PIN."""
    before = update(SignIn).where(
        SignIn.user_id == user_id, SignIn.machine == machine, SignIn.ended_at.is_(None)
    )
    session.execute(before.values(ended_at=utcnow()))


def stay_awake(engine: Engine, row: SignIn) -> None:
    """Somebody is still working on a shared machine: put its lock off, at most once a minute. Own transaction."""
    now = utcnow()
    if not row.shared_machine or now - row.seen_at < _TOUCH_EVERY:
        return
    expires_at = min(now + SHARED_IDLE, row.created_at + SHARED_LONGEST)
    with open_session(engine) as session:
        session.execute(
            update(SignIn)
            .where(SignIn.token_hash == row.token_hash, SignIn.ended_at.is_(None))
            .values(seen_at=now, expires_at=expires_at)
        )
        session.commit()


def choose_producer(
    session: Session, actor: Actor, *, token: str, producer_id: str | None, secret: bytes
) -> None:
    """From now on this browser works for ``producer_id``; None ends working for anybody. Raises NotFound without
    a grant in force on it."""
    if actor.user_id is None:
        raise NotFound()
    row = queries.live_sign_in(session, token_hash(secret, token))
    if row is None or row.user_id != actor.user_id:
        raise NotFound()
    if producer_id is not None and producer_id not in queries.workplaces(session, actor.user_id):
        raise NotFound()
    old, row.producer_id = row.producer_id, producer_id
    user = queries.user(session, actor.user_id)
    changed = {"old": {"producer_id": old}, "new": {"producer_id": producer_id}}
    audit.record(session, actor, "producer.choose", user, producer_id=producer_id or old, **changed)
    session.flush()


def end_sign_in(session: Session, actor: Actor, *, token: str, secret: bytes) -> None:
    """Sign out: the cookie is worth nothing from now on, wherever a copy of it lies."""
    row = queries.live_sign_in(session, token_hash(secret, token))
    if row is None:
        return
    row.ended_at = utcnow()
    audit.record(session, actor, "sign_in.end", queries.user(session, row.user_id), old={}, new={})
    session.flush()


def lock_machine(session: Session, actor: Actor, *, token: str, secret: bytes) -> None:
    """Lock a shared machine now; whoever is signed in there goes on with a PIN. Nothing on one's own phone."""
    row = queries.live_sign_in(session, token_hash(secret, token))
    if row is None or not row.shared_machine:
        return
    row.expires_at = utcnow()
    audit.record(session, actor, "sign_in.lock", queries.user(session, row.user_id), old={}, new={})
    session.flush()


def check_pin(engine: Engine, *, sign_in: str, pin: str, machine: str, secret: bytes) -> str:
    """The id of the user who may go on at this machine: one of its locked sign-ins (by the hash it is stored
    under) and that person's PIN. Opens its own short transactions and holds none while argon2 works.

    A try is written down before it is checked. Raises NotFound for a sign-in of another machine or one that has
    ended, Refused("pin_wrong" with left | "pin_used_up"): then only the password opens.
    """
    here = machine_hash(secret, machine)
    with open_session(engine) as session:
        row = queries.locked_sign_in(session, here, sign_in)
        session.refresh(row, with_for_update=True)  # of many at once each is counted
        row.wrong_pins += 1
        left, user = WRONG_PINS - row.wrong_pins, row.user
        if left < 0 or row.ended_at is not None:
            raise Refused("pin_used_up")
        if left == 0:
            _forget(session, user.id, here)
        pin_hash = user.pin_hash
        session.commit()
        if pin_hash is not None and passwords.fits(pin_hash, pin):
            return user.id
    raise Refused("pin_wrong", field="pin", left=left) if left > 0 else Refused("pin_used_up")


def unlock(session: Session, *, sign_in: str, user_id: str, machine: str, secret: bytes) -> str:
    """Go on where that person was, with a new cookie (returned); the old sign-in ends. After check_pin."""
    row = session.get(SignIn, sign_in)
    if row is None or row.user_id != user_id:
        raise NotFound()
    began, producer_id = row.created_at, row.producer_id
    row.ended_at = utcnow()
    if producer_id not in queries.workplaces(session, user_id):
        producer_id = None
    token = start_sign_in(
        session, user_id=user_id, producer_id=producer_id, shared_machine=True, machine=machine, secret=secret
    )
    opened = session.get(SignIn, token_hash(secret, token))
    assert opened is not None
    opened.created_at = began  # the working day runs from the password on
    session.flush()
    return token


def end_all(session: Session, user_id: str, *, but: str | None = None) -> None:
    """End every sign-in of a person, except the one with this token hash."""
    ended = update(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    if but is not None:
        ended = ended.where(SignIn.token_hash != but)
    session.execute(ended.values(ended_at=utcnow()))
