"""What anybody may see of a product: whether it has a public page and a line in the feeds (its producer ticked that
place), and where else it is on sale.

What people see there is read anew each time, so a post that waits for its next version stays; one that is to be
taken down is gone at once, and one that a helper has changed until its producer has heard it.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace_adapters import registry
from marketplace_adapters.types import Delivery
from ocop.db.base import today
from ocop.listings.models import Listing
from ocop.listings.rules import ad_is_barred
from ocop.places.rules import is_practice
from ocop.publishing.models import Channel, Publication
from ocop.publishing.queries.channels import info_of
from ocop.publishing.queries.read_aloud import unheard
from ocop.publishing.queries.readiness import food_safety_lapsed
from ocop.publishing.rules import State, own_link

_SHOWN = (State.LIVE, State.PAUSED, State.DRIFTED, State.NEEDS_UPDATE)
_ON_SALE = (State.LIVE, State.DRIFTED, State.NEEDS_UPDATE)
_ON_ITS_WAY = (State.QUEUED, State.SENT, State.FAILED)


@cache
def feed_marketplaces() -> tuple[str, ...]:
    """The channel files of places that fetch from us."""
    return tuple(
        code
        for code, info in registry.channels().items()
        if registry.adapter_class(info.protocol).delivery is Delivery.FEED
    )


def shown_on_feed() -> ColumnElement[bool]:
    """Of a Publication joined with its Channel: whether a feed shows it now. What a helper changed and nobody read
    out to the producer is shown nowhere (Publication.is_released)."""
    standing = or_(
        Publication.state.in_(_SHOWN),
        and_(Publication.state.in_(_ON_ITS_WAY), Publication.wanted == "update"),
    )
    its = aliased(Listing)  # whether or not the caller joined it
    unread = exists().where(its.id == Publication.listing_id, unheard(its))
    return and_(on_feed_channel(), standing, Publication.wanted.not_in(("withdraw", "suspend")), ~unread)


def on_feed_channel() -> ColumnElement[bool]:
    """Of a Channel: whether it is a place that fetches from us, and switched on."""
    return and_(Channel.marketplace.in_(feed_marketplaces()), Channel.enabled)


def out_of_stock() -> ColumnElement[bool]:
    """Of a Publication: sold out or out of season just now."""
    return or_(Publication.state == State.PAUSED, Publication.pause != "")


def has_public_page(session: Session, listing: Listing) -> bool:
    """Whether anybody may open the page of this product. The caller knows whose it is."""
    if listing.archived_at is not None or ad_is_barred(listing.set_no, listing.ethanol):
        return False
    if is_practice(listing.producer.commune_code):
        return False
    if food_safety_lapsed(session, listing, today()):
        return False  # at midnight, before any worker has had its turn
    posts = select(Publication.id).join(Publication.channel).where(Publication.listing_id == listing.id)
    return session.scalar(posts.where(shown_on_feed()).limit(1)) is not None


def is_paused(session: Session, listing: Listing) -> bool:
    """Whether the public page says "tạm hết hàng": wherever a feed shows it, it is paused; or its producer closed."""
    posts = select(out_of_stock()).select_from(Publication).join(Publication.channel)
    said = session.scalars(posts.where(Publication.listing_id == listing.id, shown_on_feed())).all()
    return listing.producer.closed_on is not None or (bool(said) and all(said))


def places_on_sale(session: Session, listing_id: str) -> list[tuple[str, str]]:
    """(name, link) of every other place where it is on sale for real money; the caller knows whose it is."""
    posts = session.scalars(
        select(Publication)
        .join(Publication.channel)
        .where(
            Publication.listing_id == listing_id,
            Publication.state.in_(_ON_SALE),
            Publication.wanted.not_in(("withdraw", "suspend")),
            Publication.url != "",
            Channel.marketplace.not_in(feed_marketplaces()),
        )
        .options(joinedload(Publication.channel))
        .order_by(Publication.confirmed_at, Publication.id)
    )
    return [(post.channel.name, post.url) for post in posts if _leads_to_a_shop(post)]


def _leads_to_a_shop(post: Publication) -> bool:
    if post.channel.marketplace not in registry.channels():
        return False
    info = info_of(post.channel)
    return not info.training and own_link(post.url, info.hosts)
