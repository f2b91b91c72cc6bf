"""Asking for a post to be put up, brought up to date or taken down: rows in one transaction, no network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import Delivery
from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused
from ocop.listings.mapping import packs
from ocop.listings.models import Listing
from ocop.publishing import queries
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import ONLINE, State


def request_publish(
    session: Session, actor: Actor, *, listing: Listing, channel_ids: Sequence[str]
) -> list[Publication]:
    """Queue the listing for each channel, all or none. A post that is already there is brought up to date.

    Raises NotFound for a channel or listing that is not the producer's, Refused(publish_…) when a channel is
    off or still misses something; then nothing is queued anywhere.
    """
    if listing.producer_id != actor.require("publish"):
        raise NotFound()
    channels = [queries.channel(session, actor, channel_id) for channel_id in dict.fromkeys(channel_ids)]
    _refuse_unready(session, listing, channels)
    now = utcnow()
    for variant in packs(listing):
        variant.frozen_at = variant.frozen_at or now
    return [_queue(session, actor, listing, channel, now) for channel in channels]


def send_again(session: Session, actor: Actor, *, publication_id: str) -> Publication:
    """The button "Gửi bản mới": the same as publishing to this one place again."""
    publication = queries.publication(session, actor, publication_id)
    return request_publish(session, actor, listing=publication.listing, channel_ids=[publication.channel_id])[
        0
    ]


def request_withdraw(session: Session, actor: Actor, *, publication_id: str) -> Publication:
    """Take a post down: at once when nothing of ours can be there, else by the worker.

    Raises NotFound, Refused(withdraw_not_online), and Refused(withdraw_by_hand) for a post that a person put up:
    that person takes it down and says so (answers.record_answer).
    """
    actor.require("publish")
    publication = queries.publication(session, actor, publication_id, for_update=True)
    if publication.state in (State.DRAFT, State.READY, State.WITHDRAWN):
        raise Refused("withdraw_not_online")
    if _by_hand(publication) and publication.state in ONLINE:
        raise Refused("withdraw_by_hand")
    now = utcnow()
    publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    publication.reason_params = {"by": actor.name, "on": today().isoformat()}
    publication.reason_code = "withdrawn"
    if _nothing_there(publication):
        publication.rest()
        publication.queued_at = now  # a worker that is at it right now learns that it was called off
        publication.move_to(State.WITHDRAWN)
    else:
        publication.ask("withdraw", now)
    audit.record(session, actor, "withdraw.publication", publication)
    session.flush()
    return publication


def _nothing_there(publication: Publication) -> bool:
    """A parcel that nobody has used yet, or a post that never left."""
    return _by_hand(publication) or (publication.sent_at is None and not publication.adopted)


def _by_hand(publication: Publication) -> bool:
    protocol = queries.info_of(publication.channel).protocol
    return registry.adapter_class(protocol).delivery is Delivery.HANDOFF


def _refuse_unready(session: Session, listing: Listing, channels: Sequence[Channel]) -> None:
    if not channels:
        raise Refused("publish_no_channel", field="channels")
    if listing.archived_at is not None:
        raise Refused("publish_archived")
    gaps = queries.readiness(session, listing, channels, today())
    for channel in channels:
        if not channel.enabled:
            raise Refused("publish_channel_off", field="channels", place=channel.name)
        blocking = [gap for gap in gaps[channel.id] if gap.severity == "blocking"]
        if blocking:
            raise Refused("publish_blocked", field="channels", place=channel.name, gap=blocking[0].sentence)


def _queue(
    session: Session, actor: Actor, listing: Listing, channel: Channel, now: dt.datetime
) -> Publication:
    publication = queries.post_of(session, listing, channel)
    if publication is None:
        publication = Publication(listing=listing, channel=channel, state=State.DRAFT)
        session.add(publication)
        session.flush()
    there = publication.state in ONLINE or publication.sent_version is not None
    publication.ask("update" if there and publication.state is not State.WITHDRAWN else "publish", now)
    publication.move_to(State.QUEUED)
    publication.reason_code, publication.reason_params = "", {}
    publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    audit.record(session, actor, "publish.publication", publication)
    session.flush()
    return publication
