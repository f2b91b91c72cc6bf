"""The products of a feed, page by page: each page in a short session of its own, so that a slow reader of the feed
keeps no transaction open."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.feed.items import FeedItem, feed_items
from ocop.db.actor import NotFound
from ocop.db.base import Base
from ocop.db.engine import open_session
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.listings.rules import ad_is_barred
from ocop.media.models import Media
from ocop.places import queries as places
from ocop.places.rules import PRACTICE_COMMUNES, UnknownPlace, is_practice
from ocop.producers.models import Certificate, Producer
from ocop.publishing.mapping import lacks_food_safety, payload
from ocop.publishing.models import Channel, Publication
from ocop.publishing.queries.public_side import (
    feed_marketplaces,
    on_feed_channel,
    out_of_stock,
    shown_on_feed,
)

PAGE = 500


@dataclass(frozen=True)
class Scope:
    """Whose goods: kind is commune, producer or all; place is how the feed names them, "" for all."""

    kind: str
    id: str = ""
    place: str = ""

    @property
    def where(self) -> ColumnElement[bool]:
        """Of a Producer; never one of a training class."""
        real = Producer.commune_code.not_in(PRACTICE_COMMUNES)
        if self.kind == "commune":
            return and_(real, Producer.commune_code == self.id)
        return and_(real, Producer.id == self.id) if self.kind == "producer" else real


WHOLE = Scope("all")


def of_commune(code: str) -> Scope:
    """Raises NotFound."""
    if is_practice(code):
        raise NotFound()
    try:
        return Scope("commune", code, places.full_address(code))
    except UnknownPlace:
        raise NotFound() from None


def of_producer(session: Session, producer_id: str) -> Scope:
    """Raises NotFound also for a producer who never asked to be in a feed: its name is nobody's business."""
    asked = (
        select(Producer.name)
        .join(Listing, Listing.producer_id == Producer.id)
        .join(Publication, Publication.listing_id == Listing.id)
        .join(Publication.channel)
        .where(Scope("producer", producer_id).where, on_feed_channel())
        .limit(1)
    )
    name = session.scalar(asked)
    if name is None:
        raise NotFound()
    return Scope("producer", producer_id, name)


@dataclass(frozen=True)
class Standing:
    """What a feed rests on, in figures: any change of the data changes one of them."""

    figures: tuple[Any, ...]
    changed_at: dt.datetime | None


def standing(session: Session, scope: Scope) -> Standing:
    """Counts and sums of versions, without loading a product. A version only grows; a row that leaves or comes
    changes a count or the latest date."""
    posts = session.execute(
        _of_scope(
            select(
                func.count(), func.sum(Publication.version), func.max(Publication.state_since),
                func.sum(Listing.version), func.max(Listing.updated_at), func.sum(Producer.version),
            ),
            scope,
        )
    ).one()  # fmt: skip
    packs = session.execute(
        _of_scope(select(func.count(), func.sum(Variant.version)), scope).join(
            Variant, Variant.listing_id == Listing.id
        )
    ).one()
    papers = session.execute(
        select(func.count(), func.sum(Certificate.version), func.max(Certificate.created_at))
        .join(Producer, Certificate.producer_id == Producer.id)
        .where(scope.where)
    ).one()
    dates = [value for value in (*posts, *papers) if isinstance(value, dt.datetime)]
    return Standing((*posts, *packs, *papers), max(dates, default=None))


def items(
    engine: Engine, scope: Scope, *, base_url: str, day: dt.date, page: int = PAGE
) -> Iterator[FeedItem]:
    """Every packing on sale, in order of product id. Between two pages no session is open."""
    channel = registry.channels()[feed_marketplaces()[0]]
    after = ""
    while True:
        with open_session(engine, read_only=True) as session:
            found = _page(session, scope, after, page)
            seen = [
                payload(one, papers, day=day, media_dir=None, base_url=base_url, paused=paused)
                for one, papers, paused in found
                if not ad_is_barred(one.set_no, one.ethanol)
                and not lacks_food_safety(one.set_no, papers, day)
            ]
        for listing in seen:
            yield from feed_items(listing, channel)
        if not found:
            return
        after = found[-1][0].id


def _of_scope(wanted: Select[Any], scope: Scope) -> Select[Any]:
    return (
        wanted.select_from(Listing)
        .join(Publication, Publication.listing_id == Listing.id)
        .join(Channel, Publication.channel_id == Channel.id)
        .join(Producer, Listing.producer_id == Producer.id)
        .where(scope.where, shown_on_feed(), Listing.archived_at.is_(None))
    )


def _page(
    session: Session, scope: Scope, after: str, size: int
) -> list[tuple[Listing, list[Certificate], bool]]:
    """(product, its papers and its producer's, whether it is sold out) of the next so many products."""
    rows = session.execute(
        # by the post's own column: its index is walked in this order, so no page sorts what comes after it
        _of_scope(select(Publication.listing_id, out_of_stock()), scope)
        .where(Publication.listing_id > after)
        .order_by(Publication.listing_id)
        .limit(size)
    )
    paused = {listing_id: out for listing_id, out in rows}
    listings = _with_parts(session, list(paused))
    papers = _papers(session, listings)
    return [
        (one, papers[one.id] + papers[one.producer_id], paused[one.id] or one.producer.closed_on is not None)
        for one in listings
    ]


def _with_parts(session: Session, ids: list[str]) -> list[Listing]:
    """Products with producer, packings and photos, as plain rows that read like the models: 100,000 of them as
    models take three times as long, and nobody edits them here."""
    listings = _read(session, Listing, Listing.id.in_(ids))
    producers = {
        one.id: one
        for one in _read(session, Producer, Producer.id.in_({one.producer_id for one in listings}))
    }
    photos = _read(session, ListingPhoto, ListingPhoto.listing_id.in_(ids), ListingPhoto.position)
    media = {one.id: one for one in _read(session, Media, Media.id.in_({one.media_id for one in photos}))}
    by_id = {one.id: one for one in listings}
    for listing in listings:
        listing.producer, listing.variants, listing.photos = producers[listing.producer_id], [], []
    for variant in _read(session, Variant, Variant.listing_id.in_(ids), Variant.position):
        by_id[variant.listing_id].variants.append(variant)
    for photo in photos:
        photo.media = media[photo.media_id]
        by_id[photo.listing_id].photos.append(photo)
    return listings


def _read(session: Session, kind: type[Base], where: ColumnElement[bool], order: Any = None) -> list[Any]:
    """Rows of a model's table with its columns as attributes."""
    table = kind.__table__
    wanted = select(table).where(where).order_by(table.c.id if order is None else order, table.c.id)
    return [SimpleNamespace(**row) for row in session.execute(wanted).mappings()]


def _papers(session: Session, listings: Sequence[Listing]) -> dict[str, list[Certificate]]:
    """By product, and by producer for those that are the whole producer's."""
    ids = [one.id for one in listings]
    own = and_(
        Certificate.listing_id.is_(None), Certificate.producer_id.in_({one.producer_id for one in listings})
    )
    by_owner: dict[str, list[Certificate]] = defaultdict(list)
    for paper in _read(session, Certificate, or_(Certificate.listing_id.in_(ids), own)):
        by_owner[paper.listing_id or paper.producer_id].append(paper)
    return by_owner
