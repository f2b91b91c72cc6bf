"""Producers and the papers that belong to them or to one of their products."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, ForeignKey, String, Text, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ocop.db.base import Base, Id, Versioned, utcnow, word
from ocop.db.errors import Refused
from ocop.places.rules import is_practice
from ocop.producers.rules import CertificateKind, ProducerKind, last_day, terms


class Producer(Versioned, Base):
    """A co-op, co-op group, household or firm: the party on the certificate. Needs no account to exist."""

    __tablename__ = "producer"

    id: Mapped[Id]
    kind: Mapped[ProducerKind] = mapped_column(word(ProducerKind))
    name: Mapped[str] = mapped_column(String(200))
    tax_code: Mapped[str] = mapped_column(String(20), default="")
    representative: Mapped[str] = mapped_column(String(200), default="")
    commune_code: Mapped[str] = mapped_column(String(5), index=True)
    hamlet: Mapped[str] = mapped_column(String(200), default="")
    old_address: Mapped[str] = mapped_column(String(300), default="")
    hotline: Mapped[str] = mapped_column(String(30), default="")
    zalo: Mapped[str] = mapped_column(String(30), default="")
    hotline_consent_at: Mapped[dt.datetime | None]
    hotline_consent_by: Mapped[str] = mapped_column(String(200), default="")
    hotline_consent_text: Mapped[str] = mapped_column(String(300), default="")
    brand: Mapped[str] = mapped_column(String(200), default="")
    story: Mapped[str] = mapped_column(Text, default="")
    sample: Mapped[bool] = mapped_column(default=False)  # demo data, marked "mẫu"
    closed_on: Mapped[dt.date | None]
    former_commune: Mapped[str] = mapped_column(
        String(100), default=""
    )  # before 01/07/2025, for reports by it
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    certificates: Mapped[list[Certificate]] = relationship(back_populates="producer")

    @validates("commune_code")
    def _stays_on_its_side(self, _name: str, code: str) -> str:
        """A real producer in a practice commune would be thrown away with it; a practice one outside would be sent
        to real marketplaces. Raises Refused(practice_border)."""
        if self.commune_code is not None and is_practice(self.commune_code) != is_practice(code):
            raise Refused("practice_border", field="commune_code")
        return code


class Certificate(Versioned, Base):
    """A paper with a number and dates. listing_id set: it belongs to that product only; else to the producer."""

    __tablename__ = "certificate"

    id: Mapped[Id]
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), index=True)
    listing_id: Mapped[str | None] = mapped_column(ForeignKey("listing.id"), index=True)
    kind: Mapped[CertificateKind] = mapped_column(word(CertificateKind))
    number: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    stars: Mapped[int | None]
    media_id: Mapped[str | None] = mapped_column(ForeignKey("media.id"))
    revoked_on: Mapped[dt.date | None]
    original_seen_on: Mapped[dt.date | None]
    original_seen_by: Mapped[str] = mapped_column(String(200), default="")
    reassessment_filed_on: Mapped[dt.date | None]  # the dossier for the next term was handed in
    reassessment_receipt: Mapped[str] = mapped_column(String(100), default="")
    reassessment_media_id: Mapped[str | None] = mapped_column(
        ForeignKey("media.id")
    )  # picture of the receipt
    runs_until: Mapped[dt.date | None]  # set with a dossier filed in time: how long the paper may still count
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    producer: Mapped[Producer] = relationship(back_populates="certificates")

    @hybrid_property
    def counts_until(self) -> dt.date | None:
        """The last day this paper counts: what is printed on it, or longer while a dossier filed in time waits."""
        return last_day(self)

    @counts_until.inplace.expression
    @classmethod
    def _counts_until(cls) -> ColumnElement[dt.date | None]:
        return func.coalesce(cls.runs_until, cls.expires_on) if terms().run_on else cls.expires_on


class ProducerPlace(Base):
    """Where a producer was before it moved, or before its commune merged or was renamed. The present place stands
    on the producer. why: moved | merged | corrected."""

    __tablename__ = "producer_place"

    id: Mapped[Id]
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), index=True)
    commune_code: Mapped[str] = mapped_column(String(5))
    commune_name: Mapped[str] = mapped_column(String(100))  # as it was called then
    hamlet: Mapped[str] = mapped_column(String(200), default="")
    old_address: Mapped[str] = mapped_column(String(300), default="")
    until: Mapped[dt.date]  # the last day there
    why: Mapped[str] = mapped_column(String(12))
    changed_by: Mapped[str | None] = mapped_column(String(12))
    changed_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
