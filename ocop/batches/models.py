"""Lots, their diary, and stamps. A stamp costs its roll, not a row: rows exist for rolls and for ranges."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ocop.db.base import Base, Id, Versioned, utcnow
from ocop.listings.models import Variant
from ocop.media.models import Media


class Batch(Versioned, Base):
    """A lot of one variant (GS1 AI 10). quantity is in packs of that variant."""

    __tablename__ = "batch"

    id: Mapped[Id]
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), index=True)
    variant_id: Mapped[str] = mapped_column(ForeignKey("variant.id"), index=True)
    lot_number: Mapped[str] = mapped_column(String(20))
    made_on: Mapped[dt.date]
    expires_on: Mapped[dt.date | None]
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20), default="gói")
    note: Mapped[str] = mapped_column(String(300), default="")
    held_at: Mapped[dt.datetime | None]
    recalled_at: Mapped[dt.datetime | None]
    recall_reason: Mapped[str] = mapped_column(String(300), default="")
    recall_closed_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    variant: Mapped[Variant] = relationship()
    events: Mapped[list[TraceEvent]] = relationship(back_populates="batch", order_by="TraceEvent.happened_on")

    __table_args__ = (
        UniqueConstraint("producer_id", "lot_number"),
        CheckConstraint("quantity > 0", "quantity_positive"),
    )


class TraceEvent(Base):
    """One thing done to a lot. Never edited or deleted: a correction is a new event that names the old one."""

    __tablename__ = "trace_event"

    id: Mapped[Id]
    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"), index=True)
    step: Mapped[str] = mapped_column(String(30))
    happened_on: Mapped[dt.date]
    place: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(String(200), default="")
    media_id: Mapped[str | None] = mapped_column(ForeignKey("media.id"))
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("trace_event.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    batch: Mapped[Batch] = relationship(back_populates="events")
    media: Mapped[Media | None] = relationship()


class StampRoll(Base):
    """A run of serials 1..size. Its id comes from the high-water mark, never from the database, so that a
    restored backup cannot issue it twice. variant_id None: a blank roll, printed before anyone knows for what."""

    __tablename__ = "stamp_roll"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key_version: Mapped[str] = mapped_column(String(1))
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), index=True)
    variant_id: Mapped[str | None] = mapped_column(ForeignKey("variant.id"))
    for_batch_id: Mapped[str | None] = mapped_column(ForeignKey("batch.id"))  # printed for, not yet bound to
    gtin: Mapped[str | None] = mapped_column(String(14))
    base_url: Mapped[str] = mapped_column(String(100))
    practice: Mapped[bool]
    size: Mapped[int]
    copies: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(200), default="")
    issued_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    issued_by: Mapped[str | None] = mapped_column(String(12))

    variant: Mapped[Variant | None] = relationship()
    ranges: Mapped[list[StampRange]] = relationship(back_populates="roll", order_by="StampRange.first")
    voids: Mapped[list[StampVoid]] = relationship(back_populates="roll", order_by="StampVoid.first")
    prints: Mapped[list[StampPrint]] = relationship(back_populates="roll", order_by="StampPrint.printed_at")

    __table_args__ = (CheckConstraint("size > 0 AND size < 1048576", "size_fits_index"),)


class StampRange(Base):
    """Stamps first..last (both included) of a roll, bound to a lot when they were activated."""

    __tablename__ = "stamp_range"

    id: Mapped[Id]
    roll_id: Mapped[int] = mapped_column(ForeignKey("stamp_roll.id"))
    first: Mapped[int]
    last: Mapped[int]
    batch_id: Mapped[str] = mapped_column(ForeignKey("batch.id"), index=True)
    activated_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    activated_by: Mapped[str | None] = mapped_column(String(12))

    roll: Mapped[StampRoll] = relationship(back_populates="ranges")
    batch: Mapped[Batch] = relationship()

    __table_args__ = (Index(None, "roll_id", "first"), CheckConstraint("first <= last", "ordered"))


class StampVoid(Base):
    """Stamps first..last of a roll that the producer declared unusable."""

    __tablename__ = "stamp_void"

    id: Mapped[Id]
    roll_id: Mapped[int] = mapped_column(ForeignKey("stamp_roll.id"))
    first: Mapped[int]
    last: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200), default="")
    voided_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    voided_by: Mapped[str | None] = mapped_column(String(12))

    roll: Mapped[StampRoll] = relationship(back_populates="voids")

    __table_args__ = (Index(None, "roll_id", "first"), CheckConstraint("first <= last", "ordered"))


class StampPrint(Base):
    """One file of stamps as it was asked for. copy_number counts how often any stamp in it has been printed."""

    __tablename__ = "stamp_print"

    id: Mapped[Id]
    roll_id: Mapped[int] = mapped_column(ForeignKey("stamp_roll.id"), index=True)
    first: Mapped[int]
    last: Mapped[int]
    layout: Mapped[str] = mapped_column(String(30))
    start_at: Mapped[int] = mapped_column(default=1)
    copy_number: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(String(200), default="")
    printed_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    printed_by: Mapped[str | None] = mapped_column(String(12))
    claims: Mapped[list[Any]] = mapped_column(default=list)  # ids of the papers its face speaks of

    roll: Mapped[StampRoll] = relationship(back_populates="prints")

    __table_args__ = (CheckConstraint("first <= last", "ordered"),)


class DiscardedRoll(Base):
    """A practice roll that was thrown away with its training class. Its stamps may still lie about: a scan says
    that they are practice stamps, and never that their record is being restored."""

    __tablename__ = "discarded_roll"

    roll_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class Scan(Base):
    """One scan, imported from the spool. Its key is the spool line's own, so importing twice changes nothing.
    No address, no place: device is a keyed hash whose key changes every day."""

    __tablename__ = "scan"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    roll_id: Mapped[int]
    index: Mapped[int]
    at: Mapped[dt.datetime]
    device: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str] = mapped_column(String(20))

    __table_args__ = (Index(None, "roll_id", "index"),)


class SpoolPosition(Base):
    """How far each spool file has been imported; moves in the same transaction as the scans it covers."""

    __tablename__ = "spool_position"

    file: Mapped[str] = mapped_column(String(60), primary_key=True)
    offset: Mapped[int] = mapped_column(default=0)
