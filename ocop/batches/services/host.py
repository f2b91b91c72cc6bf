"""The address printed on real stamps: proposed, seen to answer, confirmed by an operator, locked by the first print."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.db.install import Install
from traceability.digital_link import host_problem


def propose_host(session: Session, actor: Actor, *, base_url: str) -> Install:
    """Keep an address to try. Raises Refused(stamp_host_<problem> | stamp_host_locked)."""
    actor.require_operator()
    base_url = base_url.rstrip("/").lower()
    row = _open_row(session)
    problem = host_problem(base_url)
    if problem:
        raise Refused(f"stamp_host_{problem}", field="base_url")
    if base_url != row.stamp_base_url:
        row.stamp_base_url, row.stamp_base_url_confirmed_at = base_url, None
        audit.record(session, actor, "propose.stamp_host", row)
        session.flush()
    return row


def check_number(host: str, secret: bytes) -> str:
    """Six figures that the test page shows when it is opened through ``host``: the page can only be this install's."""
    digest = hmac.new(secret, b"stamp host|" + host.lower().encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:4], 'big') % 1_000_000:06}"


def confirm_host(session: Session, actor: Actor, *, seen: str, secret: bytes) -> Install:
    """``seen`` is what the operator read on the test page opened at the proposed address."""
    actor.require_operator()
    row = _open_row(session)
    problem = host_problem(row.stamp_base_url)
    if problem:
        raise Refused(f"stamp_host_{problem}")
    expected = check_number(urlsplit(row.stamp_base_url).netloc, secret)
    if not hmac.compare_digest("".join(seen.split()).encode(), expected.encode()):
        raise Refused("stamp_host_not_seen", field="seen")
    row.stamp_base_url_confirmed_at = utcnow()
    audit.record(session, actor, "confirm.stamp_host", row)
    session.flush()
    return row


def lock_host(session: Session, actor: Actor) -> str:
    """The address for a real print, locked from now on. Raises Refused when none is confirmed."""
    row = _row(session)
    if row.stamp_base_url_confirmed_at is None:
        raise Refused("stamp_host_unconfirmed")
    if row.stamp_base_url_locked_at is None:
        row.stamp_base_url_locked_at = utcnow()
        audit.record(session, actor, "lock.stamp_host", row)
    return row.stamp_base_url


def _open_row(session: Session) -> Install:
    row = _row(session)
    if row.stamp_base_url_locked_at is not None:
        raise Refused("stamp_host_locked", host=row.stamp_base_url)
    return row


def _row(session: Session) -> Install:
    return session.scalars(select(Install).with_for_update()).one()
