"""Everything a try needs to know, read once: afterwards nothing touches the database until there is a result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace_adapters.types import ChannelInfo, ListingPayload
from ocop.accounts.queries import actor_for
from ocop.db.actor import NotFound
from ocop.db.base import VIETNAM
from ocop.db.engine import open_session
from ocop.places.rules import is_practice
from ocop.publishing import mapping, queries
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from ocop.publishing.services import open_settings
from ocop.publishing.work.leases import Ticket


@dataclass(frozen=True)
class Known:
    """What an earlier try learned about one SKU."""

    remote_id: str
    state: str
    sent_at: dt.datetime | None
    sent_version: int | None


@dataclass(frozen=True)
class Job(Ticket):
    """A ticket with its listing as it may be seen today. claims: ids of the papers whose claims go out.
    still_asked: whoever asked for it may still ask for it. is_released: the producer has said yes to these words.
    in_training: nothing of it leaves the house. state: where the post stands. seen, wrong: what the last look saw
    there, and whether it differed."""

    url: str
    channel_on: bool
    info: ChannelInfo
    listing_version: int
    payload: ListingPayload
    claims: tuple[str, ...]
    settings: Mapping[str, str] = field(repr=False)
    known: Mapping[str, Known]
    media: Mapping[str, str]
    still_asked: bool = True
    is_released: bool = True
    in_training: bool = False
    channel_id: str = ""
    state: State = State.SENT
    pause: str = ""
    clerk_task: str = ""
    sent_version: int | None = None
    seen: Mapping[str, Any] = field(default_factory=dict)
    wrong: bool = False
    day: dt.date = dt.date.min
    reply_url: str = ""
    reply_qr_png: bytes = field(default=b"", repr=False)

    @property
    def edited_since(self) -> bool:
        """The listing was changed after it was sent: what differs there may be our own newer version."""
        return self.sent_version is not None and self.listing_version > self.sent_version


def load(
    engine: Engine, ticket: Ticket, cipher: Fernet, media_dir: Path, now: dt.datetime, *, base_url: str = ""
) -> Job:
    """The job behind a ticket, as it stands now."""
    with open_session(engine, read_only=True) as session:
        publication = session.get_one(Publication, ticket.publication_id)
        listing, channel = publication.listing, publication.channel
        papers, day = queries.papers_of(session, listing), now.astimezone(VIETNAM).date()
        star, others = mapping.claims(listing, papers, day)
        return Job(
            **vars(ticket),
            url=publication.url,
            channel_on=channel.enabled,
            still_asked=ticket.wanted == "look" or _may_still_ask(session, publication, day),
            is_released=publication.is_released,
            in_training=is_practice(listing.producer.commune_code),
            info=queries.info_of(channel),
            listing_version=listing.version,
            payload=mapping.payload(
                listing,
                papers,
                day=day,
                media_dir=media_dir,
                base_url=base_url,
                paused=bool(publication.pause),
            ),
            claims=tuple(paper.id for paper in ([star] if star else []) + others),
            settings=open_settings(channel, cipher),
            known={
                one.sku: Known(one.remote_id, one.state, one.sent_at, one.sent_version)
                for one in publication.items
            },
            media={sha: remote for one in publication.items for sha, remote in one.remote_media.items()},
            channel_id=channel.id,
            state=publication.state,
            pause=publication.pause,
            clerk_task=publication.clerk_task,
            sent_version=publication.sent_version,
            seen=publication.seen,
            wrong=any(one["severity"] == "wrong" for one in publication.differences),
            day=day,
        )


def _may_still_ask(session: Session, publication: Publication, day: dt.date) -> bool:
    """Whether the person behind it still has the right: a try may come hours after the button was pressed."""
    if publication.requested_by is None:
        return True  # the program itself asked
    try:
        asker = actor_for(session, publication.requested_by, publication.listing.producer_id, day)
    except NotFound:  # disabled since
        return False
    return asker.may("publish")
