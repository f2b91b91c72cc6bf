"""A stored picture: a random public key, and a content hash only so that the same bytes are kept once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ocop.db.base import Base, Id, utcnow


class Media(Base):
    """Renditions lie under ``<media>/<sha[:2]>/<sha>-<size>.<ext>``. ``public`` ones may be seen by anybody
    who has the key; the others (scans of papers) only by the producer's people."""

    __tablename__ = "media"

    id: Mapped[Id]
    producer_id: Mapped[str | None] = mapped_column(ForeignKey("producer.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    byte_size: Mapped[int]
    public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    created_by: Mapped[str | None] = mapped_column(String(12))

    __table_args__ = (Index(None, "producer_id", "sha256"),)
