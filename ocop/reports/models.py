"""Frozen reports, the offices' own templates, and the one revenue figure a producer states for a month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ocop.accounts.rules import ScopeKind
from ocop.db.base import Base, Id, utcnow, word


class Report(Base):
    """The numbers of one period as they were when it was frozen, each with the list it was counted from: opened
    tomorrow it says the same. first and last day both belong to the period. Never edited, never deleted."""

    __tablename__ = "report"

    id: Mapped[Id]
    scope_kind: Mapped[ScopeKind] = mapped_column(word(ScopeKind))  # commune | province
    scope_id: Mapped[str] = mapped_column(String(12))
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    title: Mapped[str] = mapped_column(String(200))
    numbers: Mapped[dict[str, Any]]
    evidence: Mapped[dict[str, Any]]
    made_by: Mapped[str | None] = mapped_column(String(12))
    made_by_name: Mapped[str] = mapped_column(String(200), default="")
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (Index(None, "scope_kind", "scope_id"),)


class ReportTemplate(Base):
    """An office's own workbook that reports are filled into; the newest one counts."""

    __tablename__ = "report_template"

    id: Mapped[Id]
    scope_kind: Mapped[ScopeKind] = mapped_column(word(ScopeKind))
    scope_id: Mapped[str] = mapped_column(String(12))
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_by: Mapped[str | None] = mapped_column(String(12))
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    removed_at: Mapped[dt.datetime | None]

    __table_args__ = (Index(None, "scope_kind", "scope_id"),)


class Revenue(Base):
    """What a producer says it took in from online sales in a month (its first day). One figure, stated by itself."""

    __tablename__ = "revenue"

    id: Mapped[Id]
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"))
    month: Mapped[dt.date]
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    stated_by: Mapped[str | None] = mapped_column(String(12))
    stated_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (
        UniqueConstraint("producer_id", "month"),
        CheckConstraint("amount_vnd >= 0", "not_negative"),
    )
