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
from ocop.listings import queries as listings
from ocop.listings.mapping import packs
from ocop.listings.models import Listing
from ocop.publishing import queries
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import ONLINE, PAUSABLE, PAUSES, State
from ocop.publishing.services.read_aloud import check_read_aloud, note_read_aloud


def request_publish(
    session: Session, actor: Actor, *, listing: Listing, channel_ids: Sequence[str]
) -> list[Publication]:
    """Queue the listing for each channel, all or none. A post that is already there is brought up to date.

    Raises NotFound for a channel or listing that is not the producer's, Refused(publish_…) when a channel is
    off or still misses something, ReadAloudFirst for a helper who has not read this version out; then nothing is
    queued anywhere.
    """
    if listing.producer_id != actor.require("publish"):
        raise NotFound()
    channels = [queries.channel(session, actor, channel_id) for channel_id in dict.fromkeys(channel_ids)]
    _refuse_unready(session, listing, channels)
    check_read_aloud(session, actor, listing, [channel.id for channel in channels])
    now = utcnow()
    for variant in packs(listing):
        variant.frozen_at = variant.frozen_at or now
    return [_queue(session, actor, listing, channel, now) for channel in channels]


def send_read_aloud(
    session: Session,
    actor: Actor,
    *,
    listing_id: str,
    version: int,
    words: str,
    channel_ids: Sequence[str],
    task: str = "publish",
) -> list[Publication]:
    """The button "Đúng, đăng bán": the producer heard these words and places and said yes, so it goes there. task:
    publish | resume. Raises what note_read_aloud and that task raise; then nothing was noted either."""
    read_back = note_read_aloud(
        session, actor, listing_id=listing_id, version=version, words=words, channel_ids=channel_ids
    )
    if task == "resume":
        return request_resume(session, actor, listing_id=listing_id)
    listing = listings.get(session, actor, listing_id)
    return request_publish(session, actor, listing=listing, channel_ids=read_back.channel_ids)


def send_again(session: Session, actor: Actor, *, publication_id: str) -> Publication:
    """The button "Gửi bản mới": the same as publishing to this one place again."""
    publication = queries.publication(session, actor, publication_id)
    return request_publish(session, actor, listing=publication.listing, channel_ids=[publication.channel_id])[
        0
    ]


def request_withdraw(session: Session, actor: Actor, *, publication_id: str) -> Publication:
    """Take a post down: at once when nothing of ours can be there, by the worker where it has a door, else by the
    person who put it up.

    Raises NotFound, Refused(withdraw_not_online).
    """
    actor.require("publish")
    publication = queries.publication(session, actor, publication_id, for_update=True)
    if publication.state in (State.DRAFT, State.READY, State.WITHDRAWN):
        raise Refused("withdraw_not_online")
    now = utcnow()
    publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    if queries.by_hand(publication.channel) and _is_there(publication):
        publication.clerk_task = "remove"
    else:
        _withdraw(publication, actor, now)
    audit.record(session, actor, "withdraw.publication", publication)
    session.flush()
    return publication


def request_pause(session: Session, actor: Actor, *, listing_id: str, kind: str) -> list[Publication]:
    """ "Tạm hết hàng" (kind sold_out) or "Hết vụ" (season_over): every post of the product that is online, by the
    worker where it has a door, else by the person who put it up. Raises NotFound, Refused(pause_nothing)."""
    if kind not in PAUSES:
        raise ValueError(f"{kind!r} is not one of {PAUSES}")
    posts = [post for post in _posts(session, actor, listing_id) if _can_pause(post)]
    if not posts:
        raise Refused("pause_nothing")
    now = utcnow()
    for publication in posts:
        undone = publication.clerk_task == "resume"  # nobody has done it yet: there it still says sold out
        publication.pause = kind
        _turn(publication, "pause", State.PAUSED, now, undone=undone)
        _record_turn(session, actor, "pause.publication", publication)
    return posts


def request_resume(session: Session, actor: Actor, *, listing_id: str) -> list[Publication]:
    """ "Bán lại": the opposite, for every post that is paused. Raises NotFound, Refused(resume_nothing),
    ReadAloudFirst: to sell again is to say again what the product is."""
    posts = [post for post in _posts(session, actor, listing_id) if post.pause]
    if not posts:
        raise Refused("resume_nothing")
    listing, now = posts[0].listing, utcnow()
    check_read_aloud(session, actor, listing, [post.channel_id for post in posts], task="resume")
    for publication in posts:
        publication.asked_version = listing.version
        undone = publication.clerk_task == "pause"
        if undone or publication.clerk_task == "update" or not queries.by_hand(publication.channel):
            publication.pause = ""  # by hand it is over when that person says so
        _turn(publication, "resume", State.LIVE, now, undone=undone)
        _record_turn(session, actor, "resume.publication", publication)
    return posts


def _can_pause(publication: Publication) -> bool:
    """Online, or on its way there once more."""
    again = (
        publication.state in (State.QUEUED, State.SENT, State.FAILED) and publication.sent_version is not None
    )
    return publication.state in PAUSABLE or (again and not queries.by_hand(publication.channel))


def _posts(session: Session, actor: Actor, listing_id: str) -> list[Publication]:
    """The posts of one of the actor's products, locked for this transaction."""
    actor.require("publish")
    listings.get(session, actor, listing_id)
    found = queries.publications_of(session, actor, listing_id)
    return [queries.publication(session, actor, post.id, for_update=True) for post in found]


def _turn(
    publication: Publication, wanted: str, shown_at_once: State, now: dt.datetime, *, undone: bool
) -> None:
    """Let whoever reaches the post pause or resume it. undone: the person there has not done the opposite yet."""
    delivery = registry.adapter_class(queries.info_of(publication.channel).protocol).delivery
    if delivery is Delivery.HANDOFF:
        if publication.clerk_task not in ("remove", "update"):  # who changes the post does this as well
            publication.clerk_task = "" if undone else wanted
    elif delivery is Delivery.FEED:
        publication.move_to(shown_at_once)  # the feed is ours: it says so from the next line on
    elif publication.wanted not in ("publish", "update", "withdraw", "suspend"):
        publication.ask(wanted, now)  # else what is under way carries it out as well


def _record_turn(session: Session, actor: Actor, action: str, publication: Publication) -> None:
    publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    audit.record(session, actor, action, publication)
    session.flush()


def _withdraw(publication: Publication, actor: Actor, now: dt.datetime) -> None:
    publication.reason_params = {"by": actor.name, "on": today().isoformat()}
    publication.reason_code = "withdrawn"
    publication.pause = ""
    delivery = registry.adapter_class(queries.info_of(publication.channel).protocol).delivery
    never_left = publication.sent_at is None and not publication.adopted
    if delivery is Delivery.API and not never_left:
        publication.ask("withdraw", now)
        return
    publication.clerk_task = ""
    publication.rest()
    publication.queued_at = now  # a worker that is at it right now learns that it was called off
    publication.move_to(State.WITHDRAWN)


def _is_there(publication: Publication) -> bool:
    """Whether a person has put it up, as far as we know; a new version under way changes nothing about that."""
    return publication.state in ONLINE or bool(publication.clerk_task)


def _refuse_unready(session: Session, listing: Listing, channels: Sequence[Channel]) -> None:
    if not channels:
        raise Refused("publish_no_channel", field="channels")
    if listing.archived_at is not None:
        raise Refused("publish_archived")
    if queries.food_safety_lapsed(session, listing, today()):
        raise Refused("publish_food_safety")
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
    if queries.by_hand(channel):
        _ask_by_hand(publication)
    if publication.state is State.WITHDRAWN:
        publication.pause = ""
    publication.asked_version = listing.version
    publication.ask("update" if there and publication.state is not State.WITHDRAWN else "publish", now)
    publication.move_to(State.QUEUED)
    publication.reason_code, publication.reason_params = "", {}
    publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    audit.record(session, actor, "publish.publication", publication)
    session.flush()
    return publication


def _ask_by_hand(publication: Publication) -> None:
    """A new parcel is new work for whoever posts: a change of what is online, else a first posting."""
    publication.clerk_task = "update" if _is_there(publication) else ""
    publication.handed_at = None
