"""Finding listings and drafts, only those of the producer the actor works for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ocop.accounts.models import User
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


@dataclass(frozen=True)
class OpenDraft:
    """What somebody has begun and not saved. name: of the product, as typed where it is new, or "". listing_key: ""
    for a new product. who: the person's name."""

    id: str
    producer_id: str
    listing_key: str
    name: str
    user_id: str
    who: str
    saved_at: dt.datetime


def open_drafts(session: Session, producer_ids: Collection[str]) -> list[OpenDraft]:
    """All drafts of these producers that hold anything, the newest first. The caller knows whose they are."""
    rows = session.execute(
        select(Draft, User.name, Listing.name)
        .join(User, User.id == Draft.user_id)
        .outerjoin(Listing, Listing.id == Draft.listing_key)
        .where(Draft.producer_id.in_(producer_ids))
        .order_by(Draft.saved_at.desc(), Draft.id)
    )
    return [
        OpenDraft(
            id=draft.id,
            producer_id=draft.producer_id,
            listing_key=draft.listing_key,
            name=listing_name or typed_name(draft),
            user_id=draft.user_id,
            who=who,
            saved_at=draft.saved_at,
        )
        for draft, who, listing_name in rows
        if draft.data.get("fields") or (draft.media_ids and not draft.listing_key)
    ]


def typed_name(draft: Draft) -> str:
    """The product's name as typed so far."""
    return " ".join(draft.data.get("fields", {}).get("name", [""])[0].split())[:200]


def others_drafts(session: Session, actor: Actor, listing_key: str | None = None) -> list[OpenDraft]:
    """What others have begun for the actor's producer; listing_key: of one product only, "" for new ones."""
    if actor.producer_id is None or not actor.may("listing.edit"):
        return []
    return [
        one
        for one in open_drafts(session, [actor.producer_id])
        if one.user_id != actor.user_id and listing_key in (None, one.listing_key)
    ]


def draft_of_producer(session: Session, actor: Actor, draft_id: str, *, for_update: bool = False) -> Draft:
    """Anybody's draft for the actor's producer. Raises NotFound."""
    found = session.get(Draft, draft_id, with_for_update=for_update or None)
    if found is None or found.producer_id != actor.require("listing.edit"):
        raise NotFound()
    return found


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
