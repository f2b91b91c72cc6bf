"""Finding listings and drafts, only those of the producer the actor works for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ocop.db.actor import Actor, NotFound
from ocop.db.audit import AuditEntry
from ocop.listings.models import Draft, Listing, ListingPhoto, Variant
from ocop.media.models import Media


def get(session: Session, actor: Actor, listing_id: str, *, for_update: bool = False) -> Listing:
    """The listing, archived or not. Raises NotFound."""
    listing = session.get(Listing, listing_id, with_for_update=for_update or None)
    if listing is None or actor.producer_id is None or listing.producer_id != actor.producer_id:
        raise NotFound()
    return listing


def mine(session: Session, actor: Actor, *, archived: bool = False) -> list[Listing]:
    """The producer's listings, newest first, with packs and photos."""
    query = (
        select(Listing)
        .where(
            Listing.producer_id == actor.producer_id,
            Listing.archived_at.is_not(None) if archived else Listing.archived_at.is_(None),
        )
        .options(
            selectinload(Listing.variants), selectinload(Listing.photos).selectinload(ListingPhoto.media)
        )
        .order_by(Listing.created_at.desc(), Listing.id)
    )
    return list(session.scalars(query))


def last_of_set(session: Session, actor: Actor, set_no: int | None = None) -> Listing | None:
    """The producer's listing saved last, of one set or of any: what a new one takes its defaults from."""
    query = select(Listing).where(Listing.producer_id == actor.producer_id, Listing.archived_at.is_(None))
    if set_no is not None:
        query = query.where(Listing.set_no == set_no)
    return session.scalars(query.order_by(Listing.updated_at.desc(), Listing.id).limit(1)).first()


def draft(session: Session, actor: Actor, listing_key: str = "") -> Draft | None:
    """What this person typed for this producer and has not saved. listing_key "" is the new product's."""
    return session.scalars(
        select(Draft).where(
            Draft.user_id == actor.user_id,
            Draft.producer_id == actor.producer_id,
            Draft.listing_key == listing_key,
        )
    ).first()


def photos(session: Session, actor: Actor, media_ids: Sequence[str]) -> list[Media]:
    """The producer's pictures in the order asked for; foreign and unknown ids are left out."""
    found = session.scalars(
        select(Media).where(Media.id.in_(media_ids), Media.producer_id == actor.producer_id, Media.public)
    )
    by_id = {media.id: media for media in found}
    return [by_id[media_id] for media_id in media_ids if media_id in by_id]


def gtin_elsewhere(session: Session, actor: Actor, gtin: str, listing_id: str | None) -> Listing | None:
    """Another listing of the producer that carries this GTIN on a pack still sold."""
    return session.scalars(
        select(Listing)
        .join(Listing.variants)
        .where(
            Listing.producer_id == actor.producer_id,
            Listing.id != (listing_id or ""),
            Variant.gtin == gtin,
            Variant.removed_at.is_(None),
        )
        .limit(1)
    ).first()


def last_edit(session: Session, listing: Listing) -> AuditEntry | None:
    """Who saved the listing last, and when."""
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity == Listing.__tablename__, AuditEntry.entity_id == listing.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
