"""What a person who posts by hand has to do: behind one link, one post or everything that waits in a commune."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace_adapters import registry
from marketplace_adapters.types import Delivery
from ocop.db.actor import Actor, NotFound
from ocop.db.base import VIETNAM, utcnow
from ocop.listings.mapping import packs
from ocop.listings.models import Listing
from ocop.media.models import Media
from ocop.producers.models import Producer
from ocop.publishing.models import Attempt, Channel, ClerkLink, Parcel, Publication
from ocop.publishing.queries.channels import info_of
from ocop.publishing.queries.publications import locked
from ocop.publishing.rules import State
from ocop.web.filters import dong
from ocop.web.wording import sentence


@dataclass(frozen=True)
class Queue:
    """One page of a queue: posts that wait for the clerk, the longest waiting first; how many wait in all; how
    many answers came in today."""

    posts: list[Publication]
    waiting: int
    done_today: int


def by_hand(channel: Channel) -> bool:
    """Whether a person posts there."""
    return registry.adapter_class(info_of(channel).protocol).delivery is Delivery.HANDOFF


def post_behind(
    session: Session, link: ClerkLink, publication_id: str, *, for_update: bool = False
) -> Publication:
    """A post that this link is for. Raises NotFound for any other one."""
    wanted = _reach(link).where(Publication.id == publication_id)
    found = session.scalars(locked(wanted) if for_update else wanted).unique().first()
    if found is None or not by_hand(found.channel):
        raise NotFound()
    return found


def queue(session: Session, link: ClerkLink, *, page: int, size: int) -> Queue:
    """``page`` counts from 1."""
    waits = _reach(link).where(_waits())
    oldest = (Publication.state_since, Publication.id)
    posts = session.scalars(waits.order_by(*oldest).limit(size).offset((page - 1) * size)).unique().all()
    ids = waits.with_only_columns(Publication.id).subquery()
    waiting = session.scalar(select(func.count()).select_from(ids)) or 0
    return Queue(list(posts), waiting, _done_today(session, link))


def task_of(post: Publication) -> str:
    """new | update | pause | resume | remove | link, or "" when there is nothing to do."""
    if post.clerk_task:
        return post.clerk_task
    if post.state is State.HANDED_OFF:
        return "update" if post.url else "new"
    return "link" if post.state is State.POSTED_NO_LINK and not post.url else ""


def task_words(post: Publication) -> str:
    """What is to do, in a few words."""
    code = task_of(post)
    if code == "pause":
        code = "pause_season_over" if post.pause == "season_over" else "pause_sold_out"
    elif code == "update" and post.pause:
        code = "update_paused"
    return sentence(f"clerk_do_{code or 'nothing'}")


def posted_parcel(session: Session, post: Publication) -> Parcel | None:
    """The parcel that was posted from, as far as somebody said so with an address or without. Later ones may have
    been posted too: what differs from this one is too much rather than too little."""
    said = ("posted", "posted_no_link")
    posted = [one.at for one in post.attempts if one.action == "answer" and one.outcome in said]
    if not posted:
        return None
    made = select(Parcel).where(Parcel.publication_id == post.id, Parcel.made_at <= posted[-1])
    return session.scalars(made.order_by(Parcel.made_at.desc(), Parcel.id)).first()


def prices(post: Publication) -> list[tuple[str, str, int | None]]:
    """(packing, price as read, how many there are) of the product as it stands now; nothing while that is a
    helper's word which the producer has not heard."""
    if not post.is_released:
        return []
    return [(one.label or one.sku, dong(one.price_vnd), one.stock) for one in packs(post.listing)]


def links_of(session: Session, post: Publication) -> list[ClerkLink]:
    """The links of one post that still open, newest first; the caller has checked whose post it is."""
    return _usable(session, ClerkLink.publication_id == post.id)


def queue_links(session: Session, actor: Actor) -> list[ClerkLink]:
    """The queue links of an officer's communes that still open, newest first."""
    return _usable(session, ClerkLink.commune_code.in_(actor.communes))


def own_link_of(session: Session, actor: Actor, link_id: str) -> ClerkLink:
    """A link that this actor may show and take back. Raises NotFound."""
    link = session.get(ClerkLink, link_id)
    if link is None:
        raise NotFound()
    post = link.publication
    ours = post is not None and actor.may("publish") and post.listing.producer_id == actor.producer_id
    if not ours and link.commune_code not in actor.communes:
        raise NotFound()
    return link


def hand_off_channels(session: Session) -> list[Channel]:
    """The install's shared booths where a person posts: what a queue may be narrowed to."""
    shared = select(Channel).where(Channel.owner_producer_id.is_(None), Channel.enabled, _is_by_hand())
    return list(session.scalars(shared.order_by(Channel.created_at, Channel.id)))


def pictures(session: Session, media_ids: list[str]) -> dict[str, Media]:
    """Those of the pictures that are still there for everybody, by id."""
    found = session.scalars(select(Media).where(Media.id.in_(media_ids), Media.public))
    return {one.id: one for one in found}


def _reach(link: ClerkLink) -> Select[tuple[Publication]]:
    wanted = (
        select(Publication)
        .join(Publication.listing)
        .join(Publication.channel)
        .options(
            contains_eager(Publication.channel),
            contains_eager(Publication.listing).joinedload(Listing.producer),
            contains_eager(Publication.listing).selectinload(Listing.variants),
        )
    )
    if link.publication_id is not None:
        return wanted.where(Publication.id == link.publication_id)
    wanted = wanted.join(Producer, Producer.id == Listing.producer_id).where(
        Producer.commune_code == link.commune_code, _is_by_hand()
    )
    return wanted.where(Publication.channel_id == link.channel_id) if link.channel_id else wanted


def _is_by_hand() -> ColumnElement[bool]:
    """by_hand as a condition: the door that stands in the marketplace's file, or the one an operator chose."""
    ways = []
    for code, info in registry.channels().items():
        other = [door for door in info.doors if not _hand_off(door)]
        if _hand_off(info.protocol):
            ways.append(and_(Channel.marketplace == code, Channel.protocol.not_in(other)))
        else:
            doors = [door for door in info.doors if _hand_off(door)]
            ways.append(and_(Channel.marketplace == code, Channel.protocol.in_(doors)))
    return or_(*ways)


def _hand_off(protocol: str) -> bool:
    return registry.adapter_class(protocol).delivery is Delivery.HANDOFF


def _waits() -> ColumnElement[bool]:
    """task_of as a condition; what is being made anew comes back in a moment."""
    no_link = and_(Publication.state == State.POSTED_NO_LINK, Publication.url == "")
    task = and_(Publication.clerk_task != "", Publication.state.not_in((State.QUEUED, State.SENT)))
    return or_(task, Publication.state == State.HANDED_OFF, no_link)


def _done_today(session: Session, link: ClerkLink) -> int:
    midnight = dt.datetime.combine(dt.datetime.now(VIETNAM).date(), dt.time(), VIETNAM)
    ours = _reach(link).with_only_columns(Publication.id)
    answered = select(func.count(Attempt.publication_id.distinct())).where(
        Attempt.action == "answer", Attempt.at >= midnight, Attempt.publication_id.in_(ours)
    )
    return session.scalar(answered) or 0


def _usable(session: Session, of: Any) -> list[ClerkLink]:
    wanted = select(ClerkLink).where(of, ClerkLink.revoked_at.is_(None), ClerkLink.expires_at > utcnow())
    newest = (ClerkLink.created_at.desc(), ClerkLink.id)
    return list(session.scalars(wanted.options(joinedload(ClerkLink.publication)).order_by(*newest)))
