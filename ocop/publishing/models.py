"""Channels (our account on a marketplace) and publications (listing x channel): the truth of what must happen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
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
    protocol: Mapped[str] = mapped_column(
        String(20), default=""
    )  # the door an operator chose; "": the TOML's own
    agreed_on: Mapped[dt.date | None]  # the marketplace agreed to be reached through its seller form
    agreed_by: Mapped[str | None] = mapped_column(String(12))
    contact: Mapped[str] = mapped_column(
        String(200), default=""
    )  # who posts by hand here, e.g. the post office
    category_map: Mapped[dict[str, Any]] = mapped_column(default=dict)  # product set no -> {"id", "name"}
    remote_categories: Mapped[list[Any]] = mapped_column(default=list)  # [{"id", "name"}] as last asked for
    failures: Mapped[int] = mapped_column(default=0)  # calls in a row that did not get through
    closed_until: Mapped[dt.datetime | None]  # the breaker: nothing is sent there before
    token_lease: Mapped[str | None] = mapped_column(String(32))  # who exchanges the channel's tokens just now
    token_lease_until: Mapped[dt.datetime | None]
    token_renewed_at: Mapped[dt.datetime | None]


class Publication(Versioned, Base):
    """wanted says what must still happen (publish, update, withdraw, none); the worker claims a row by a lease
    (lease_token, lease_until), commits, calls the marketplace with no transaction open, then records."""

    __tablename__ = "publication"

    id: Mapped[Id]
    listing_id: Mapped[str] = mapped_column(ForeignKey("listing.id"), index=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), index=True)
    state: Mapped[State] = mapped_column(word(State), default=State.DRAFT)
    state_since: Mapped[dt.datetime] = mapped_column(default=utcnow)
    wanted: Mapped[str] = mapped_column(
        String(10), default="none"
    )  # none | publish | update | withdraw | look | pause | resume
    url: Mapped[str] = mapped_column(String(500), default="")
    adopted: Mapped[bool] = mapped_column(default=False)
    asked_version: Mapped[int | None]  # listing.version of which somebody said: send this
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
    seen: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the last look saw there
    differences: Mapped[list[Any]] = mapped_column(default=list)  # [{"field", "ours", "there"}] of that look
    pause: Mapped[str] = mapped_column(String(12), default="")  # sold_out | season_over
    clerk_task: Mapped[str] = mapped_column(
        String(10), default=""
    )  # update | pause | resume | remove, by hand
    handed_at: Mapped[dt.datetime | None]  # when somebody who posts first had the parcel in hands
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
        Index(None, "lease_until"),  # few rows have one: how many are under way is asked at every turn
    )

    def move_to(self, state: State) -> None:
        """The only way to another state. Raises WrongStep."""
        if state is not self.state:
            self.state_since = utcnow()
        self.state = stepped(self.state, state)

    def ask(self, wanted: str, now: dt.datetime) -> None:
        """Let the worker do something, at once and with fresh tries; see wanted."""
        self.wanted, self.due_at, self.queued_at, self.tries = wanted, now, now, 0

    @property
    def is_released(self) -> bool:
        """Whether what the listing says now may go out here: nobody but its producer wrote it, or the producer has
        asked for, or agreed to, this very version."""
        return not self.listing.written_on_behalf or self.asked_version == self.listing.version

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


class ReadBack(Base):
    """A helper read a product out to its producer, who said yes. It counts for this version of the listing only:
    whatever is changed afterwards must be read out again before a helper may send it anywhere, and so must the name
    of a further place."""

    __tablename__ = "read_back"

    id: Mapped[Id]
    listing_id: Mapped[str] = mapped_column(ForeignKey("listing.id"), index=True)
    listing_version: Mapped[int]
    channel_ids: Mapped[list[Any]] = mapped_column(default=list)  # the places that were named
    words: Mapped[str] = mapped_column(Text)  # what was read out
    user_id: Mapped[str | None] = mapped_column(String(12))
    delegation_id: Mapped[str | None] = mapped_column(String(12))
    at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class SendingTurn(Base):
    """When a producer was last served by the worker, so that one with 10,000 jobs does not hold up the others."""

    __tablename__ = "sending_turn"

    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), primary_key=True)
    served_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


class ClerkLink(Base):
    """A link for whoever posts by hand: one parcel, or everything that waits in a commune (its queue page).

    Neither the address nor the PIN is stored: both are derived from the id and a key outside the database.
    """

    __tablename__ = "clerk_link"

    id: Mapped[Id]
    publication_id: Mapped[str | None] = mapped_column(ForeignKey("publication.id"), index=True)
    commune_code: Mapped[str | None] = mapped_column(String(10), index=True)
    channel_id: Mapped[str | None] = mapped_column(
        ForeignKey("channel.id")
    )  # a queue may be for one place only
    label: Mapped[str] = mapped_column(String(200), default="")  # who it was made for
    created_by: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    wrong_pins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime | None]  # first time with the right PIN; a preview bot never gets here

    publication: Mapped[Publication | None] = relationship()


class LinkCheck(Base):
    """Kiểm kê: a list of links that are said to be online, of one producer or of a whole commune."""

    __tablename__ = "link_check"

    id: Mapped[Id]
    producer_id: Mapped[str | None] = mapped_column(ForeignKey("producer.id"), index=True)
    commune_code: Mapped[str | None] = mapped_column(String(10), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[str | None] = mapped_column(String(12))
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    links: Mapped[list[CheckedLink]] = relationship(back_populates="check", order_by="CheckedLink.row")


class CheckedLink(Base):
    """One row of such a list, and what a look at its page found. result: "" waits, else a code of rules.LinkResult."""

    __tablename__ = "checked_link"

    id: Mapped[Id]
    check_id: Mapped[str] = mapped_column(ForeignKey("link_check.id"), index=True)
    row: Mapped[int]  # as in the sheet, counted from 1
    product_name: Mapped[str] = mapped_column(String(300), default="")
    producer_name: Mapped[str] = mapped_column(String(300), default="")
    url: Mapped[str] = mapped_column(String(500))
    price_vnd: Mapped[int | None]
    channel_id: Mapped[str | None] = mapped_column(ForeignKey("channel.id"))
    listing_id: Mapped[str | None] = mapped_column(ForeignKey("listing.id"))
    result: Mapped[str] = mapped_column(String(20), default="", index=True)
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime | None]
    looked_at: Mapped[dt.datetime | None]

    check: Mapped[LinkCheck] = relationship(back_populates="links")
