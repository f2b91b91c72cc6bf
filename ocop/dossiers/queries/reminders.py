"""Whom to remind of what, and when that was last done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocop.db.audit import AuditEntry
from ocop.dossiers.mapping import Letter, LetterLine, letter, paper_words
from ocop.dossiers.queries.radar import RadarRow, radar
from ocop.producers.models import Producer
from ocop.producers.rules import Standing
from ocop.web.filters import day as written

REMINDED = "reminder.send"  # the audit's name for a letter that went out

# A year ahead is too early for a letter, and who has filed waits for the office.
_NOT_YET = (Standing.MONTHS_12, Standing.WAITING)


def reminder(session: Session, producer: Producer, day: dt.date) -> Letter | None:
    """The letter a producer is due, or None when none of its papers ends within six months or has ended."""
    rows = [row for row in radar(session, [producer.id], day) if row.bucket not in _NOT_YET]
    return letter(producer, tuple(_line(row) for row in rows), day) if rows else None


def _line(row: RadarRow) -> LetterLine:
    product = f", của sản phẩm {row.product}" if row.product else ""
    return LetterLine(
        row.certificate.id, f"{paper_words(row.certificate)}{product}", written(row.ends_on), row.todo_words
    )


def last_reminded(session: Session, producer_ids: Collection[str]) -> dict[str, dt.datetime]:
    """Producer id -> when a letter last went out; those never written to are left out."""
    rows = session.execute(
        select(AuditEntry.entity_id, func.max(AuditEntry.at))
        .where(AuditEntry.action == REMINDED, AuditEntry.entity_id.in_(producer_ids))
        .group_by(AuditEntry.entity_id)
    )
    return {producer_id: at for producer_id, at in rows}
