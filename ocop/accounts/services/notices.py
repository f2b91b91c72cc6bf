"""Notices inside the program: what a producer's people, or one user, should know. Their sentences are notice_<code>."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ocop.accounts.models import Notice


def notify(
    session: Session,
    *,
    code: str,
    producer_id: str | None = None,
    user_id: str | None = None,
    params: dict[str, Any] | None = None,
    href: str = "",
) -> Notice:
    """Leave a notice for a producer's people or for one user, in the transaction of what it tells about. The act
    itself is in the audit; a notice only points at it."""
    if (producer_id is None) == (user_id is None):
        raise ValueError("a notice is for one producer or for one user")
    notice = Notice(producer_id=producer_id, user_id=user_id, code=code, params=params or {}, href=href)
    session.add(notice)
    session.flush()
    return notice
