"""Counting failed tries. A try is written down before it is checked, so that twenty at once cannot slip through;
one that succeeds is taken back. Phones and addresses are kept as keyed hashes only."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Engine, delete, text
from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import SignInAttempt
from ocop.accounts.rules import TRIES_PER_ADDRESS, TRIES_PER_PHONE, TRY_WINDOW, address_group
from ocop.db.base import VIETNAM, utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused

_FORGOTTEN_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """One thing that tries are counted by, and how many may fail within the window."""

    key_hash: str
    most: int


@dataclass(frozen=True)
class Try:
    """A try that was let through: ids of its rows, and how many more there are after it fails."""

    ids: tuple[str, ...]
    left: int
    again_at: str


def limits(secret: bytes, *, what: str, phone: str | None, address: str) -> list[Limit]:
    """``what`` keeps sign-in and codes apart. A code opened by its link has no phone and counts by address only."""
    found = [Limit(_key(secret, f"{what}|address|{address_group(address)}"), TRIES_PER_ADDRESS)]
    if phone is not None:
        found.insert(0, Limit(_key(secret, f"{what}|phone|{phone}"), TRIES_PER_PHONE))
    return found


def begin(engine: Engine, found: list[Limit]) -> Try:
    """Write a try down. Raises Refused("sign_in_locked") with the time from which it may be tried again."""
    now = utcnow()
    with open_session(engine) as session:
        _one_at_a_time(session, found)
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - _FORGOTTEN_AFTER))
        times = [queries.tries_since(session, limit.key_hash, now - TRY_WINDOW) for limit in found]
        full = [t[-limit.most] for limit, t in zip(found, times, strict=True) if len(t) >= limit.most]
        if full:
            raise Refused("sign_in_locked", again=_clock(max(full) + TRY_WINDOW))
        rows = [SignInAttempt(key_hash=limit.key_hash, at=now) for limit in found]
        session.add_all(rows)
        session.commit()
    left = min(limit.most - len(t) - 1 for limit, t in zip(found, times, strict=True))
    ends = [
        ([*t, now])[-limit.most :][0]
        for limit, t in zip(found, times, strict=True)
        if len(t) + 1 >= limit.most
    ]
    return Try(tuple(row.id for row in rows), left, _clock(max(ends, default=now) + TRY_WINDOW))


def _one_at_a_time(session: Session, found: list[Limit]) -> None:
    """Counting and noting must be one step. SQLite has one writer anyway; PostgreSQL is told by name."""
    if session.get_bind().dialect.name == "postgresql":
        for key in sorted(limit.key_hash for limit in found):
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(key[:15], 16)})


def succeeded(engine: Engine, attempt: Try) -> None:
    """The try was a right one: it does not count."""
    with open_session(engine) as session:
        session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(attempt.ids)))
        session.commit()


def refusal(attempt: Try, code: str) -> Refused:
    """What to say after a wrong try: how many are left, or from when on to try again."""
    if attempt.left <= 0:
        return Refused("sign_in_locked", again=attempt.again_at)
    return Refused(code, left=attempt.left)


def _key(secret: bytes, name: str) -> str:
    return hmac.new(secret, f"attempt|{name}".encode(), hashlib.sha256).hexdigest()


def _clock(instant: dt.datetime) -> str:
    local = (instant + dt.timedelta(minutes=1)).astimezone(
        VIETNAM
    )  # rounded up: the minute said is surely late enough
    return f"{local.hour}:{local.minute:02}"
