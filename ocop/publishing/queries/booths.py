"""How booths stand: since when, what went wrong there last, and keys that are about to end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.base import VIETNAM
from ocop.listings.models import Listing
from ocop.publishing.models import Attempt, Channel, Publication
from ocop.publishing.queries.channels import info_of
from ocop.publishing.queries.states import attempt_sentence

# Zalo's refresh token is good for three months and is renewed with every use (CHANNELS.md §4).
KEY_LASTS = dt.timedelta(days=90)
KEY_WARNING = dt.timedelta(days=14)


def booth_since(session: Session, channels: Sequence[Channel]) -> dict[str, dt.datetime]:
    """Channel id -> when its booth came to the state it is in, as far as somebody noted it."""
    by_id = {channel.id: channel for channel in channels}
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.entity == "channel", AuditEntry.entity_id.in_(by_id), AuditEntry.user_id.is_not(None)
        )
        .order_by(AuditEntry.id)
    )
    return {row.entity_id: row.at for row in rows if row.new.get("booth") == by_id[row.entity_id].booth.value}


def last_trouble(session: Session, actor: Actor, channel: Channel) -> str:
    """What the latest failed call there came to, as a sentence; "" while calls get through."""
    if not channel.failures:
        return ""
    tries = (
        select(Attempt)
        .join(Publication)
        .where(Publication.channel_id == channel.id)
        .order_by(Attempt.at.desc())
        .limit(1)
    )
    if not actor.operator:
        tries = tries.join(Listing).where(Listing.producer_id == actor.producer_id)
    attempt = session.scalars(tries).first()
    return attempt_sentence(attempt, channel.name) if attempt else ""


def key_ends_on(channel: Channel, now: dt.datetime) -> dt.date | None:
    """The day a Zalo key ends unless somebody posts before, when that is near; None otherwise."""
    if info_of(channel).protocol != "zalo_oa" or channel.settings_encrypted is None:
        return None
    renewed = channel.token_renewed_at or channel.connected_at
    if renewed is None or now < renewed + KEY_LASTS - KEY_WARNING:
        return None
    return (renewed + KEY_LASTS).astimezone(VIETNAM).date()


def sets_in_use(session: Session, producer_id: str | None) -> list[int]:
    """Numbers of the product sets that the producer, or with None anybody, has goods of; most used first."""
    wanted = select(Listing.set_no).where(Listing.archived_at.is_(None))
    if producer_id is not None:
        wanted = wanted.where(Listing.producer_id == producer_id)
    found = list(session.scalars(wanted))
    return sorted(set(found), key=lambda set_no: (-found.count(set_no), set_no))
