"""Papers put to use in an OCOP dossier: one paper of the locker may serve many items."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ocop.db.base import Base, Id, utcnow


class DossierPaper(Base):
    """A person says that this paper serves this item (see dossier.toml) of this product's dossier. Papers whose kind
    says so by itself need no row."""

    __tablename__ = "dossier_paper"

    id: Mapped[Id]
    listing_id: Mapped[str] = mapped_column(ForeignKey("listing.id"), index=True)
    item: Mapped[str] = mapped_column(String(40))
    certificate_id: Mapped[str] = mapped_column(ForeignKey("certificate.id"))
    added_by: Mapped[str | None] = mapped_column(String(12))
    added_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("listing_id", "item", "certificate_id"),)
