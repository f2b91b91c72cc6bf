"""Nothing goes out in a producer's name that was not read out to it: a helper reads, the producer says yes."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.errors import Refused
from ocop.listings import queries as listings
from ocop.listings.models import Listing
from ocop.publishing import queries
from ocop.publishing.models import ReadBack


class ReadAloudFirst(Refused):
    """A helper has to read this version out before it goes to these places. ``task``: what was asked, publish or
    resume."""

    def __init__(self, listing: Listing, channel_ids: Collection[str], task: str) -> None:
        super().__init__("read_aloud_first")
        self.listing_id, self.channel_ids, self.task = listing.id, list(channel_ids), task


def check_read_aloud(
    session: Session, actor: Actor, listing: Listing, channel_ids: Collection[str], *, task: str = "publish"
) -> None:
    """Raises ReadAloudFirst."""
    if queries.must_read_aloud(session, actor, listing, channel_ids):
        raise ReadAloudFirst(listing, channel_ids, task)


def note_read_aloud(
    session: Session, actor: Actor, *, listing_id: str, version: int, words: str, channel_ids: Sequence[str]
) -> ReadBack:
    """The producer heard ``words`` of this version and these places, and said yes. Follow it by the sending, in the
    same transaction.

    Raises NotFound, NotAllowed, Refused(read_aloud_changed) when the product no longer says what was read.
    """
    actor.require("publish")
    listing = listings.get(session, actor, listing_id, for_update=True)
    places = [queries.channel(session, actor, channel_id) for channel_id in dict.fromkeys(channel_ids)]
    if listing.version != version or "\n".join(queries.read_aloud_lines(listing)) != words:
        raise Refused("read_aloud_changed")
    read_back = ReadBack(
        listing_id=listing.id,
        listing_version=version,
        channel_ids=[place.id for place in places],
        words="\n".join([words, *(place.name for place in places)]),
        user_id=actor.user_id,
        delegation_id=actor.delegation_id,
    )
    session.add(read_back)
    audit.record(session, actor, "read_back.agree", read_back)
    session.flush()
    return read_back
