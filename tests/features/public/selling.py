"""A producer who put products up for everybody to see: the rows, without a worker in between."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db.base import today, utcnow
from ocop.listings.models import Listing
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import BoothState, State
from tests.factories import a_listing, a_producer, with_photos


def channel_of(session: Session, marketplace: str = "nguon_hang", **values: Any) -> Channel:
    """The install's booth there, made at first use."""
    found = session.scalars(select(Channel).where(Channel.marketplace == marketplace)).first()
    if found is None:
        found = Channel(marketplace=marketplace, name=marketplace, booth=BoothState.OPEN, **values)
        session.add(found)
        session.flush()
    return found


def put_up(session: Session, listing: Listing, marketplace: str = "nguon_hang", **values: Any) -> Publication:
    """A post that stands there since a minute. Committed."""
    values = {"state": State.LIVE, "sent_version": listing.version, "confirmed_at": utcnow(), **values}
    post = Publication(listing=listing, channel=channel_of(session, marketplace), **values)
    session.add(post)
    session.commit()
    return post


def a_sold_listing(session: Session, config: Config, **values: Any) -> Listing:
    """A complete listing with two photos of a producer of its own, shown to everybody."""
    producer = values.pop("producer", None) or a_producer(session)
    listing = with_photos(session, a_listing(session, producer, **values), config.media_dir, 2)
    put_up(session, listing)
    return listing


def a_star(session: Session, listing: Listing, **values: Any) -> Certificate:
    values = {
        "kind": CertificateKind.OCOP,
        "number": "MẪU-01/QĐ-UBND",
        "issued_on": today() - dt.timedelta(days=100),
        "expires_on": today() + dt.timedelta(days=100),
        "stars": 4,
        **values,
    }
    paper = Certificate(producer_id=listing.producer_id, listing_id=listing.id, **values)
    session.add(paper)
    session.commit()
    return paper
