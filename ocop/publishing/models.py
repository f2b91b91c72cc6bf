"""Channels (our account on a marketplace) and publications (listing x channel): the truth of what must happen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ocop.db.base import Base, Id, Versioned, utcnow, word
from ocop.listings.models import Listing
from ocop.publishing.rules import BoothState, State, stepped


class Channel(Versioned, Base):
    """A TOML marketplace plus an owner: a producer, or the install (None) for a shared booth."""

    __tablename__ = "channel"

    id: Mapped[Id]
    marketplace: Mapped[str] = mapped_column(String(40))  # key of marketplace_adapters/channels/<key>.toml
    owner_producer_id: Mapped[str | None] = mapped_column(ForeignKey("producer.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(300), default="")  # the shop's address where the TOML has none
    settings_encrypted: Mapped[bytes | None]
    booth: Mapped[BoothState] = mapped_column(word(BoothState), default=BoothState.NONE)
    enabled: Mapped[bool] = mapped_column(default=True)
    connected_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class Publication(Versioned, Base):
    """wanted says what must still happen (publish, update, withdraw, none); the worker claims a row by a lease
    (lease_token, lease_until), commits, calls the marketplace with no transaction open, then records."""

    __tablename__ = "publication"

    id: Mapped[Id]
    listing_id: Mapped[str] = mapped_column(ForeignKey("listing.id"), index=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), index=True)
    state: Mapped[State] = mapped_column(word(State), default=State.DRAFT)
    wanted: Mapped[str] = mapped_column(
        String(10), default="none"
    )  # none | publish | update | withdraw | look
    url: Mapped[str] = mapped_column(String(500), default="")
    adopted: Mapped[bool] = mapped_column(default=False)
    sent_version: Mapped[int | None]  # listing.version that was last accepted
    sent_claims: Mapped[list[Any]] = mapped_column(default=list)
    due_at: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None]
    reason_code: Mapped[str] = mapped_column(String(60), default="")
    reason_params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    queued_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    confirmed_at: Mapped[dt.datetime | None]
    looked_at: Mapped[dt.datetime | None]
    requested_by: Mapped[str | None] = mapped_column(String(12))
    requested_on_behalf: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    listing: Mapped[Listing] = relationship()
    channel: Mapped[Channel] = relationship()
    items: Mapped[list[RemoteItem]] = relationship(back_populates="publication")
    attempts: Mapped[list[Attempt]] = relationship(back_populates="publication", order_by="Attempt.at")

    __table_args__ = (
        UniqueConstraint("listing_id", "channel_id"),
        Index(None, "wanted", "due_at"),
    )

    def move_to(self, state: State) -> None:
        """The only way to another state. Raises WrongStep."""
        self.state = stepped(self.state, state)

    def ask(self, wanted: str, now: dt.datetime) -> None:
        """Let the worker do something, at once and with fresh tries: publish | update | withdraw | look."""
        self.wanted, self.due_at, self.queued_at, self.tries = wanted, now, now, 0

    def rest(self) -> None:
        """Nothing more for the worker to do."""
        self.wanted, self.due_at, self.tries = "none", None, 0


class RemoteItem(Base):
    """One SKU on one marketplace; remote_media remembers sha256 -> id so that a re-send doubles no picture."""

    __tablename__ = "remote_item"

    id: Mapped[Id]
    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    sku: Mapped[str] = mapped_column(String(40))
    remote_id: Mapped[str] = mapped_column(String(100), default="")
    url: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(16), default="")  # live | in_review | draft | withdrawn
    sent_at: Mapped[dt.datetime | None]
    sent_version: Mapped[int | None]  # listing.version of that sending
    remote_media: Mapped[dict[str, Any]] = mapped_column(default=dict)

    publication: Mapped[Publication] = relationship(back_populates="items")

    __table_args__ = (UniqueConstraint("publication_id", "sku"),)


class Attempt(Base):
    """One try, kept for ever with its outcome."""

    __tablename__ = "attempt"

    id: Mapped[Id]
    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    action: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(30))
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)

    publication: Mapped[Publication] = relationship(back_populates="attempts")


class Parcel(Base):
    """A hand-off ZIP as it was made for one version of the listing."""

    __tablename__ = "parcel"

    id: Mapped[Id]
    publication_id: Mapped[str] = mapped_column(ForeignKey("publication.id"), index=True)
    listing_version: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    steps: Mapped[list[Any]] = mapped_column(default=list)  # what the person who posts does, one line each
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
