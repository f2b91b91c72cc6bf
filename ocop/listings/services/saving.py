"""Writing listings. Whatever is refused is refused before anything changes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ocop.db import audit, install
from ocop.db.actor import Actor, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.base import new_id, utcnow
from ocop.db.errors import Refused
from ocop.listings import queries
from ocop.listings.mapping import packs
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.listings.rules import MAX_PHOTOS, SHOTS, pack_label, product_set, product_sets
from ocop.listings.rules.drafting import FIELDS, PACK_FIELDS
from traceability.gs1 import gtin_problem

_SKU_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none to confuse on paper
_FROZEN = ("net_content", "net_unit", "gtin")
_ONLY_GOODS = (
    "net_content",
    "packed_weight_g",
    "box_length_cm",
    "box_width_cm",
    "box_height_cm",
    "stock",
    "gtin",
)
_SETS = frozenset(its_set.no for its_set in product_sets())


def save_listing(
    session: Session,
    actor: Actor,
    *,
    listing_id: str | None = None,
    version: int | None = None,
    fields: Mapping[str, Any],
    variants: Sequence[Mapping[str, Any]],
    photo_ids: Sequence[tuple[str, str]] | None = None,
) -> Listing:
    """Store a new listing, or a new version of one.

    fields: any of rules.drafting.FIELDS, and word_acks; those left out stay as they are. variants: all packs
    still sold, in order; one with "id" is an old one, one without is new; old ones left out are taken off sale.
    photo_ids: (media id, shot) in order, None to leave the photos alone.
    Raises NotFound, EditConflict, Refused(set_unknown | name_missing | pack_missing | price_missing |
    gtin_<problem> | gtin_twice | gtin_used | pack_frozen | photos_too_many).
    """
    producer_id = actor.require("listing.edit")
    listing = queries.get(session, actor, listing_id, for_update=True) if listing_id else None
    if listing is not None:
        listing.expect_version(version)
    _check_fields(fields, new=listing is None)
    _check_packs(session, actor, listing, variants)
    check_photos(session, actor, photo_ids or ())
    with session.no_autoflush:
        if listing is None:
            listing = _new(session, actor, producer_id, fields)
        else:
            _edit(session, actor, listing, fields)
        _write_packs(session, actor, listing, variants)
        if photo_ids is not None:
            _write_photos(session, actor, listing, photo_ids)
    session.flush()
    return listing


def drafted(
    producer_id: str,
    *,
    listing_id: str,
    prefix: str,
    fields: Mapping[str, Any],
    variants: Sequence[Mapping[str, Any]],
    photo_ids: Sequence[tuple[str, str]] = (),
    on_behalf: bool = False,
) -> Listing:
    """A new listing with its packs and photos, in no session yet, its facts checked; that no other listing has
    its barcodes is not. Every pack comes with an "id" of its own; its price may come later, before it is published.
    prefix: the install's. Raises what else save_listing refuses."""
    _check_fields(fields, new=True)
    _check_pack_values(variants, priced=False)
    listing = Listing(id=listing_id, producer_id=producer_id, written_on_behalf=on_behalf, **fields)
    service = product_set(listing.set_no).service
    for position, values in enumerate(variants):
        pack = Variant(id=values["id"], listing_id=listing_id, sku=_random_sku(prefix))
        _fill_pack(pack, position, values, service)
        listing.variants.append(pack)
    for position, (media_id, shot) in enumerate(photo_ids[:MAX_PHOTOS]):
        photo = ListingPhoto(
            id=new_id(), listing_id=listing_id, media_id=media_id, position=position, shot=shot
        )
        listing.photos.append(photo)
    return listing


def drafted_entries(actor: Actor, listing: Listing) -> list[AuditEntry]:
    """What the audit says of a drafted listing, its packs and its photos."""
    made = [("listing.create", listing), *(("variant.create", pack) for pack in listing.variants)]
    news = [(action, thing, {}, audit.changes(thing)[1]) for action, thing in made]
    if listing.photos:
        after = [[photo.media_id, photo.shot] for photo in listing.photos]
        news.append(("listing.photos", listing, {"photos": []}, {"photos": after}))
    return [
        audit.entry(actor, action, thing, thing.id, old=old, new=new, producer_id=listing.producer_id)
        for action, thing, old, new in news
    ]


def archive(session: Session, actor: Actor, *, listing_id: str, version: int | None = None) -> Listing:
    """Put a listing away; it is never deleted, because stamps in the shops still speak of it."""
    actor.require("listing.edit")
    listing = queries.get(session, actor, listing_id, for_update=True)
    listing.expect_version(version)
    listing.archived_at = utcnow()
    audit.record(session, actor, "listing.archive", listing)
    session.flush()
    return listing


def restore(session: Session, actor: Actor, *, listing_id: str) -> Listing:
    """Take a listing out of the archive."""
    actor.require("listing.edit")
    listing = queries.get(session, actor, listing_id, for_update=True)
    listing.archived_at = None
    audit.record(session, actor, "listing.restore", listing)
    session.flush()
    return listing


def _check_fields(fields: Mapping[str, Any], *, new: bool) -> None:
    unknown = set(fields) - {*FIELDS, "word_acks"}
    if unknown:
        raise TypeError(f"a listing has no {sorted(unknown)}")
    if (new or "set_no" in fields) and fields.get("set_no") not in _SETS:
        raise Refused("set_unknown", field="set_no")
    if (new or "name" in fields) and not str(fields.get("name") or "").strip():
        raise Refused("name_missing", field="name")


def _check_packs(
    session: Session, actor: Actor, listing: Listing | None, variants: Sequence[Mapping[str, Any]]
) -> None:
    known = {pack.id: pack for pack in packs(listing)} if listing else {}
    for values in variants:
        if values.get("id") and values["id"] not in known:
            raise NotFound()
        _check_frozen(known.get(values.get("id") or ""), values)
    for gtin in _check_pack_values(variants):
        other = queries.gtin_elsewhere(session, actor, gtin, listing.id if listing else None)
        if other is not None:
            raise Refused("gtin_used", field="variants", gtin=gtin, name=other.name)


def _check_pack_values(variants: Sequence[Mapping[str, Any]], *, priced: bool = True) -> list[str]:
    """What is wrong with packs whoever sells them; returns their barcodes."""
    if not variants:
        raise Refused("pack_missing", field="variants")
    if priced and any(not (values.get("price_vnd") or 0) > 0 for values in variants):
        raise Refused("price_missing", field="variants")
    gtins = [values["gtin"] for values in variants if values.get("gtin")]
    for gtin in gtins:
        problem = gtin_problem(gtin)
        if problem:
            raise Refused(f"gtin_{problem}", field="variants")
        if gtins.count(gtin) > 1:
            raise Refused("gtin_twice", field="variants", gtin=gtin)
    return gtins


def _check_frozen(pack: Variant | None, values: Mapping[str, Any]) -> None:
    if pack is None or pack.frozen_at is None:
        return
    for name in _FROZEN:
        if name in values and (values[name] or None) != (getattr(pack, name) or None):
            raise Refused("pack_frozen", field="variants", pack=pack.label or pack.sku)


def check_photos(session: Session, actor: Actor, photo_ids: Sequence[tuple[str, str]]) -> None:
    if len(photo_ids) > MAX_PHOTOS:
        raise Refused("photos_too_many", field="photos", max=MAX_PHOTOS)
    ids = [media_id for media_id, _ in photo_ids]
    if len(queries.photos(session, actor, ids)) != len(set(ids)) or len(ids) != len(set(ids)):
        raise NotFound()
    if any(shot not in SHOTS for _, shot in photo_ids):
        raise ValueError(f"a photo shows one of {SHOTS}")


def _new(session: Session, actor: Actor, producer_id: str, fields: Mapping[str, Any]) -> Listing:
    listing = Listing(producer_id=producer_id, written_on_behalf=actor.on_behalf, **fields)
    session.add(listing)
    audit.record(session, actor, "listing.create", listing)
    return listing


def _edit(session: Session, actor: Actor, listing: Listing, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(listing, name, value)
    listing.written_on_behalf = actor.on_behalf
    audit.record(session, actor, "listing.edit", listing)
    listing.updated_at = utcnow()  # so that the version moves even when only a pack or a photo changed


def _write_packs(
    session: Session, actor: Actor, listing: Listing, variants: Sequence[Mapping[str, Any]]
) -> None:
    known = {pack.id: pack for pack in packs(listing)}
    service = product_set(listing.set_no).service
    new: list[Variant] = []
    for position, values in enumerate(variants):
        pack = known.pop(values.get("id") or "", None)
        if pack is None:
            pack = Variant(sku=new_sku(session))
            new.append(pack)
        _fill_pack(pack, position, values, service)
        if pack not in new:
            _record_pack(session, actor, pack)
    for gone in known.values():
        gone.removed_at = utcnow()
        audit.record(session, actor, "variant.remove", gone)
    for pack in new:  # last: storing a new row also stores the changes recorded above
        listing.variants.append(pack)
        audit.record(session, actor, "variant.create", pack)


def _fill_pack(pack: Variant, position: int, values: Mapping[str, Any], service: bool) -> None:
    for name in PACK_FIELDS:
        if name in values:
            setattr(pack, name, values[name])
    if service:
        for name in _ONLY_GOODS:
            setattr(pack, name, None)
    pack.gtin = pack.gtin or None
    pack.position = position
    pack.label = pack.label or ("" if service else pack_label(pack.net_content, pack.net_unit or "g"))


def _record_pack(session: Session, actor: Actor, pack: Variant) -> None:
    old, new = audit.changes(pack)
    if old or new:
        audit.record(session, actor, "variant.edit", pack, old=old, new=new)


def new_sku(session: Session) -> str:
    """Ours, for ever: the install's prefix keeps two installs apart in one shop. 40 random bits."""
    return _random_sku(install.get(session).prefix)


def _random_sku(prefix: str) -> str:
    return f"{prefix}-{''.join(secrets.choice(_SKU_LETTERS) for _ in range(8))}"


def _write_photos(
    session: Session, actor: Actor, listing: Listing, photo_ids: Sequence[tuple[str, str]]
) -> None:
    before = [[photo.media_id, photo.shot] for photo in listing.photos]
    after = [[media_id, shot] for media_id, shot in photo_ids]
    if before == after:
        return
    rows = {photo.media_id: photo for photo in listing.photos}
    ordered = [rows.get(media_id) or ListingPhoto(media_id=media_id) for media_id, _ in photo_ids]
    for position, (photo, (_, shot)) in enumerate(zip(ordered, photo_ids, strict=True)):
        photo.position, photo.shot = position, shot
    listing.photos = ordered
    audit.record(session, actor, "listing.photos", listing, old={"photos": before}, new={"photos": after})
