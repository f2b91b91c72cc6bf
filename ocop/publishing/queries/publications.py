"""Publications of the producer the actor works for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from ocop.db.actor import Actor, NotFound
from ocop.listings.models import Listing, ListingPhoto
from ocop.publishing.models import Attempt, Channel, Parcel, Publication
from ocop.publishing.queries.channels import channel_choices
from ocop.publishing.queries.states import attempt_sentence
from ocop.publishing.rules import TO_DO, State
from ocop.web.filters import clock
from ocop.web.wording import sentence


@dataclass(frozen=True)
class BoardEntry:
    """One product and its posts, in the order the places were made."""

    listing: Listing
    publications: list[Publication]


def publication(
    session: Session, actor: Actor, publication_id: str, *, for_update: bool = False
) -> Publication:
    """Raises NotFound for one of another producer, like for one that does not exist. for_update: as it stands
    now, with the worker kept off the row until the transaction ends."""
    wanted = (
        select(Publication)
        .join(Publication.listing)
        .where(Publication.id == publication_id, Listing.producer_id == actor.producer_id)
        .options(joinedload(Publication.listing), joinedload(Publication.channel))
    )
    found = session.scalars(locked(wanted) if for_update else wanted).first()
    if found is None or actor.producer_id is None:
        raise NotFound()
    return found


def post_of(session: Session, listing: Listing, channel: Channel) -> Publication | None:
    """The post of a listing on a channel, locked for this transaction; both are known to be the actor's."""
    wanted = select(Publication).where(
        Publication.listing_id == listing.id, Publication.channel_id == channel.id
    )
    return session.scalars(locked(wanted)).first()


def locked(wanted: Select[tuple[Publication]]) -> Select[tuple[Publication]]:
    return wanted.with_for_update(of=Publication).execution_options(populate_existing=True)


def publications_of(session: Session, actor: Actor, listing_id: str) -> list[Publication]:
    """The posts of one product, in the order they were asked for."""
    return list(
        session.scalars(
            select(Publication)
            .join(Publication.listing)
            .where(Publication.listing_id == listing_id, Listing.producer_id == actor.producer_id)
            .options(joinedload(Publication.channel))
            .order_by(Publication.created_at, Publication.id)
        )
    )


def board(
    session: Session, actor: Actor, *, page: int, size: int, to_do: bool = False
) -> tuple[list[BoardEntry], bool]:
    """(products with posts, newest activity first; whether there are more pages). ``page`` counts from 1.
    to_do: only products of which somebody here has to do something."""
    newest = func.max(Publication.created_at)
    wanted = (
        select(Publication.listing_id)
        .join(Publication.listing)
        .where(Listing.producer_id == actor.producer_id)
        .group_by(Publication.listing_id)
        .order_by(newest.desc(), Publication.listing_id)
        .limit(size + 1)
        .offset((page - 1) * size)
    )
    if to_do:
        wanted = wanted.where(_to_do())
    ids = list(session.scalars(wanted))
    found = session.scalars(
        select(Publication)
        .where(Publication.listing_id.in_(ids[:size]))
        .options(
            joinedload(Publication.channel),
            joinedload(Publication.listing).selectinload(Listing.photos).joinedload(ListingPhoto.media),
        )
        .order_by(Publication.created_at, Publication.id)
    ).all()
    entries = [
        BoardEntry(rows[0].listing, rows)
        for listing_id in ids[:size]
        if (rows := [one for one in found if one.listing_id == listing_id])
    ]
    return entries, len(ids) > size


def count_to_do(session: Session, actor: Actor) -> int:
    """Posts of the producer that wait for somebody here."""
    mine = select(func.count()).select_from(Publication).join(Publication.listing)
    return session.scalar(mine.where(Listing.producer_id == actor.producer_id, _to_do())) or 0


def closed_channels(session: Session, actor: Actor, now: dt.datetime) -> list[Channel]:
    """Marketplaces with posts of the producer that are left alone for a while because they do not answer."""
    mine = (
        select(Publication.channel_id)
        .join(Publication.listing)
        .where(Listing.producer_id == actor.producer_id)
    )
    closed = select(Channel).where(Channel.closed_until > now, Channel.id.in_(mine))
    return list(session.scalars(closed.order_by(Channel.created_at, Channel.id)))


def _to_do() -> ColumnElement[bool]:
    """Somebody at the desk can bring it on: not the worker, not whoever posts by hand."""
    stopped = and_(Publication.state == State.FAILED, Publication.wanted == "none")
    no_link = and_(Publication.state == State.POSTED_NO_LINK, Publication.url == "")
    parcel = and_(Publication.state == State.HANDED_OFF, Publication.handed_at.is_(None))
    stands = and_(Publication.state.in_(TO_DO), Publication.clerk_task == "")
    return or_(stopped, no_link, parcel, stands)


def places_without_post(session: Session, actor: Actor, listing_id: str) -> list[tuple[str, str]]:
    """(channel id, name) of the booths where a post that is there already may be taken up."""
    open_to = (State.DRAFT, State.READY, State.REJECTED, State.WITHDRAWN)
    taken = {
        one.channel_id for one in publications_of(session, actor, listing_id) if one.state not in open_to
    }
    return [(one.id, one.name) for one in channel_choices(session, actor) if one.id not in taken]


def attempts_of(session: Session, post: Publication, most: int = 50) -> list[tuple[str, str, str]]:
    """(time, what was done, what it came to) of every try, the newest first; the caller has checked whose it is."""
    newest = Attempt.at.desc(), Attempt.id
    found = session.scalars(
        select(Attempt).where(Attempt.publication_id == post.id).order_by(*newest).limit(most)
    )
    place = post.channel.name
    return [(clock(one.at), sentence(f"action_{one.action}"), attempt_sentence(one, place)) for one in found]


def latest_parcel(session: Session, publication_id: str) -> Parcel | None:
    """The parcel made last for a post; the caller has checked whose post it is."""
    return session.scalars(
        select(Parcel)
        .where(Parcel.publication_id == publication_id)
        .order_by(Parcel.made_at.desc(), Parcel.id)
    ).first()
