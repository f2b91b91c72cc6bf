"""Sign-ins, codes and tries: what stands at the door."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from ocop.accounts.models import OneTimeCode, SignIn, SignInAttempt
from ocop.accounts.rules import SHARED_LONGEST
from ocop.db.actor import Actor, NotFound
from ocop.db.base import utcnow


def live_sign_in(session: Session, token_hash: str) -> SignIn | None:
    """The sign-in behind a cookie, unless it ended or ran out."""
    row = session.get(SignIn, token_hash)
    return row if row is not None and row.ended_at is None and row.expires_at > utcnow() else None


def locked_here(session: Session, machine: str) -> list[SignIn]:
    """Locked sign-ins of a shared machine that a PIN still opens, with their users, by name."""
    rows = session.scalars(
        select(SignIn)
        .options(selectinload(SignIn.user))
        .where(
            SignIn.machine == machine,
            SignIn.ended_at.is_(None),
            SignIn.expires_at <= utcnow(),
            SignIn.created_at > utcnow() - SHARED_LONGEST,
        )
        .order_by(SignIn.created_at.desc())
    )
    newest = {row.user_id: row for row in reversed(list(rows)) if row.user.disabled_at is None}
    return sorted(newest.values(), key=lambda row: row.user.name)


def locked_sign_in(session: Session, machine: str, sign_in: str) -> SignIn:
    """One of those. Raises NotFound."""
    for row in locked_here(session, machine):
        if row.token_hash == sign_in:
            return row
    raise NotFound()


def is_locked(session: Session, token_hash: str) -> bool:
    """Whether a cookie's sign-in waits behind the lock of a shared machine."""
    row = session.get(SignIn, token_hash)
    return (
        row is not None
        and row.machine is not None
        and row.ended_at is None
        and row.expires_at <= utcnow() < row.created_at + SHARED_LONGEST
    )


def usable_code(session: Session, code_hash: str) -> OneTimeCode | None:
    """An unused code in its time; a recovery only once a second person has agreed."""
    return session.scalars(
        select(OneTimeCode).where(OneTimeCode.code_hash == code_hash, *still_usable())
    ).first()


def still_usable() -> tuple:
    """Conditions under which a code opens the door; the atomic UPDATE that uses it repeats them."""
    return (
        OneTimeCode.used_at.is_(None),
        OneTimeCode.expires_at > utcnow(),
        or_(OneTimeCode.kind == "first", OneTimeCode.approved_by.is_not(None)),
    )


def pending_recoveries(session: Session) -> list[OneTimeCode]:
    """Recoveries that wait for a second person, oldest first."""
    rows = session.scalars(
        select(OneTimeCode)
        .options(selectinload(OneTimeCode.user))
        .where(
            OneTimeCode.kind == "recovery",
            OneTimeCode.approved_by.is_(None),
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > utcnow(),
        )
        .order_by(OneTimeCode.created_at)
    )
    return list(rows)


def printable_code(session: Session, actor: Actor, code_id: str) -> OneTimeCode:
    """A code its issuer, or the one who approved it, may print while it is unused. Raises NotFound."""
    row = session.scalars(select(OneTimeCode).where(OneTimeCode.id == code_id, *still_usable())).first()
    if row is None or actor.user_id is None or actor.user_id not in (row.issued_by, row.approved_by):
        raise NotFound()
    return row


def tries_since(session: Session, key_hash: str, since: dt.datetime) -> list[dt.datetime]:
    """When this phone or address failed, oldest first."""
    found = select(SignInAttempt.at).where(SignInAttempt.key_hash == key_hash, SignInAttempt.at > since)
    return list(session.scalars(found.order_by(SignInAttempt.at)))
