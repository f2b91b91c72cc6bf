"""A listing seen as plain values: for the label rules, for copying into a new one, for filling the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ocop.db.base import new_id
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.listings.rules import LabelGap, label_gaps, product_set
from ocop.listings.rules.drafting import FIELDS, PACK_FIELDS, Fields, pack_key
from ocop.media.models import Media
from ocop.producers.models import Producer

# What a new product takes over from an older one of the same producer. Never name, price, net content, stock,
# barcode or photos: those are what makes it another product.
INHERITED = (
    "set_no", "label_group", "brand", "standards", "origin", "ingredients", "usage", "storage", "warning",
    "technical", "ethanol", "shelf_life_days", "date_style",
)  # fmt: skip
INHERITED_IN_PACK = ("net_unit", "packed_weight_g", "box_length_cm", "box_width_cm", "box_height_cm")
# What of it is true of that kind of goods only: nobody eats a scarf with garlic.
OF_ITS_KIND = tuple(name for name in INHERITED if name not in ("set_no", "brand", "origin"))
# "Chép từ sản phẩm cũ" is asked for by name, so it takes the words as well.
COPIED = ("short_text", "story", *INHERITED)


def packs(listing: Listing) -> list[Variant]:
    """The kinds of pack that are still sold, in order."""
    return [variant for variant in listing.variants if variant.removed_at is None]


def label_values(listing: Listing) -> dict[str, Any]:
    """The values `rules.label_gaps` reads. net_content is None when any pack lacks it."""
    values = {name: getattr(listing, name) for name in FIELDS}
    contents = [pack.net_content for pack in packs(listing)]
    values["net_content"] = min(contents) if contents and all(contents) else None  # type: ignore[type-var]
    return values


def label_gaps_of(listing: Listing) -> list[LabelGap]:
    """Compulsory label items this listing does not answer yet, easiest first."""
    return label_gaps(label_values(listing))


def claim_text(listing: Listing) -> str:
    """The words a buyer reads as praise: name, short text, story. Instructions and warnings are left out."""
    return "\n".join((listing.name, listing.short_text, listing.story))


def story_of(listing: Listing) -> str:
    """The product's own story, or the producer's where nobody wrote one."""
    return listing.story or listing.producer.story


def is_service(listing: Listing) -> bool:
    return product_set(listing.set_no).service


def typed(listing: Listing) -> Fields:
    """The whole listing as the form would send it."""
    fields = {name: [as_typed(getattr(listing, name))] for name in FIELDS}
    fields["version"] = [str(listing.version)]
    fields["ack"] = [str(ack) for ack in listing.word_acks]
    for number, pack in enumerate(packs(listing)):
        fields[pack_key(number, "id")] = [pack.id]
        for name in PACK_FIELDS:
            fields[pack_key(number, name)] = [as_typed(getattr(pack, name))]
    for photo in listing.photos:
        fields[f"shot-{photo.media_id}"] = [photo.shot]
    return fields


def inherited(listing: Listing, names: Sequence[str] = INHERITED) -> Fields:
    """What a new product takes over from ``listing``, as the form would send it."""
    fields = {name: [as_typed(getattr(listing, name))] for name in names}
    fields["copied_from"] = [listing.id]
    for pack in packs(listing)[:1]:
        for name in INHERITED_IN_PACK:
            fields[pack_key(0, name)] = [as_typed(getattr(pack, name))]
    return fields


def as_typed(value: Any) -> str:
    """70000 -> "70000", None -> "": what stands in an input."""
    return "" if value is None else str(value)


def imagined(
    producer: Producer,
    listing_id: str | None,
    values: Mapping[str, Any],
    pack_values: Sequence[Mapping[str, Any]],
    photos: Sequence[tuple[Media, str]],
) -> Listing:
    """The listing this form would become, for readiness before anything is saved. It is in no session, and
    what was not typed yet is empty."""
    listing = Listing(id=listing_id or new_id(), producer_id=producer.id, version=0)
    listing.producer = producer
    for name in FIELDS:
        setattr(listing, name, values.get(name) if name == "shelf_life_days" else values.get(name) or "")
    listing.set_no = values.get("set_no") or 0
    listing.word_acks = list(values.get("word_acks", ()))
    for position, pack in enumerate(pack_values):
        known = {name: pack.get(name) for name in PACK_FIELDS}
        variant = Variant(id=new_id(), sku=f"NEW-{position}", position=position, **known)
        variant.label, variant.net_unit = variant.label or "", variant.net_unit or "g"
        listing.variants.append(variant)
    for position, (media, shot) in enumerate(photos):
        photo = ListingPhoto(id=new_id(), media_id=media.id, position=position, shot=shot)
        photo.media = media
        listing.photos.append(photo)
    return listing
