"""One product that anybody may see, because its producer put it up for it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from ocop.db.actor import NotFound
from ocop.listings.models import Listing
from ocop.producers import queries as producers
from ocop.public.mapping.product import ProductPage, product_page
from ocop.publishing.mapping import payload
from ocop.publishing.queries.public_side import has_public_page, is_paused, places_on_sale


def product(session: Session, listing_id: str, *, base_url: str, day: dt.date) -> ProductPage:
    """Raises NotFound for a product that is in no feed now, like for one that never was."""
    listing = session.get(Listing, listing_id)
    if listing is None or not has_public_page(session, listing):
        raise NotFound()
    papers = producers.certificates_of(session, listing.producer_id, listing.id)
    seen = payload(
        listing, papers, day=day, media_dir=None, base_url=base_url, paused=is_paused(session, listing)
    )
    return product_page(listing, seen, papers, places_on_sale(session, listing_id), day)
