"""The product written once: the listing, its kinds of pack, its photos, and one person's unsaved draft."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ocop.db.base import Base, Id, Versioned, utcnow
from ocop.media.models import Media
from ocop.producers.models import Producer


class Listing(Versioned, Base):
    __tablename__ = "listing"

    id: Mapped[Id]
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), index=True)
    set_no: Mapped[int]  # 1..26, QĐ 26/2026/QĐ-TTg
    label_group: Mapped[str] = mapped_column(String(80), default="")  # answered for sets 15, 18 and 20
    name: Mapped[str] = mapped_column(String(200))
    short_text: Mapped[str] = mapped_column(String(300), default="")
    story: Mapped[str] = mapped_column(Text, default="")
    brand: Mapped[str] = mapped_column(String(200), default="")
    standards: Mapped[str] = mapped_column(String(300), default="")
    origin: Mapped[str] = mapped_column(String(200), default="Việt Nam")
    ingredients: Mapped[str] = mapped_column(Text, default="")
    usage: Mapped[str] = mapped_column(Text, default="")
    storage: Mapped[str] = mapped_column(Text, default="")
    warning: Mapped[str] = mapped_column(Text, default="")
    technical: Mapped[str] = mapped_column(Text, default="")  # thông số kỹ thuật: crafts, textiles
    ethanol: Mapped[str] = mapped_column(String(40), default="")  # hàm lượng etanol: spirits
    shelf_life_days: Mapped[int | None]
    date_style: Mapped[str] = mapped_column(String(12), default="use_by")  # use_by | best_before | none
    other_trace_code: Mapped[str] = mapped_column(String(200), default="")  # a stamp of another system in use
    word_acks: Mapped[list[Any]] = mapped_column(
        default=list
    )  # claims the writer says are covered or no claim
    written_on_behalf: Mapped[bool] = mapped_column(default=False)  # the last to save it was a helper
    archived_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    updated_at: Mapped[dt.datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    producer: Mapped[Producer] = relationship()
    variants: Mapped[list[Variant]] = relationship(back_populates="listing", order_by="Variant.position")
    photos: Mapped[list[ListingPhoto]] = relationship(
        back_populates="listing", order_by="ListingPhoto.position", cascade="all, delete-orphan"
    )


class Variant(Versioned, Base):
    """A kind of pack. Its SKU is ours, carries the install's prefix and never changes. After the first print or
    publish (frozen_at) its net content and GTIN do not change either."""

    __tablename__ = "variant"

    id: Mapped[Id]
    listing_id: Mapped[str] = mapped_column(ForeignKey("listing.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    label: Mapped[str] = mapped_column(String(100), default="")
    net_content: Mapped[int | None]
    net_unit: Mapped[str] = mapped_column(String(12), default="g")
    price_vnd: Mapped[int | None]
    wholesale_vnd: Mapped[int | None]  # private: never on a public page, parcel or payload
    packed_weight_g: Mapped[int | None]
    box_length_cm: Mapped[int | None]
    box_width_cm: Mapped[int | None]
    box_height_cm: Mapped[int | None]
    stock: Mapped[int | None]
    gtin: Mapped[str | None] = mapped_column(String(14))
    frozen_at: Mapped[dt.datetime | None]
    removed_at: Mapped[dt.datetime | None]

    listing: Mapped[Listing] = relationship(back_populates="variants")

    __table_args__ = (CheckConstraint("price_vnd IS NULL OR price_vnd > 0", "price_positive"),)


class ListingPhoto(Base):
    __tablename__ = "listing_photo"

    id: Mapped[Id]
    listing_id: Mapped[str] = mapped_column(ForeignKey("listing.id"), index=True)
    media_id: Mapped[str] = mapped_column(ForeignKey("media.id"))
    position: Mapped[int]
    shot: Mapped[str] = mapped_column(String(12), default="other")  # front | back_label | making | other

    listing: Mapped[Listing] = relationship(back_populates="photos")
    media: Mapped[Media] = relationship()


class Draft(Base):
    """What one person has typed and not yet saved; outside the audit until it becomes a listing."""

    __tablename__ = "listing_draft"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"))
    listing_key: Mapped[str] = mapped_column(String(12), default="")  # "" while the listing is new
    data: Mapped[dict[str, Any]]
    media_ids: Mapped[list[Any]] = mapped_column(default=list)
    saved_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("user_id", "producer_id", "listing_key"),)
