"""A producer that comes from another install: the file as it was sent, what is in it, and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ocop.db.base import Base, Id, utcnow


class Transfer(Base):
    """facts: what the preview says. The file waits at var/transfers/<id>.zip until it is taken over or put away.
    producer_id: whom it became. history: the log of the other install as it came (JSON, gzip): kept beside ours
    and never mixed into it, for nobody here saw those acts."""

    __tablename__ = "producer_transfer"

    id: Mapped[Id]
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_by: Mapped[str | None] = mapped_column(String(12))
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    producer_id: Mapped[str | None] = mapped_column(ForeignKey("producer.id"), index=True)
    applied_at: Mapped[dt.datetime | None]
    discarded_at: Mapped[dt.datetime | None]
    history: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
