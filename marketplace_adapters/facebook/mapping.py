"""Listing -> post text and catalog item, and back. Pure: no HTTP, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace_adapters.facts import facts
from marketplace_adapters.sharing.text import item_text, said
from marketplace_adapters.types import Item, Observed

DESCRIPTION_LIMIT = 5000
_BRAND_LIMIT = 100
POST_FIELDS = (
    "id,message,created_time,permalink_url,is_published,attachments{media_type,target,subattachments}"
)


def message(item: Item) -> str:
    """The text of the post; its last line is the SKU."""
    return item_text(item, url=item.listing.page_url)


def photo_ids(post: Mapping[str, Any]) -> list[str]:
    """Ids of the photos a post shows: one is an attachment of its own, several are its subattachments."""
    ids: list[str] = []
    for attachment in _entries(post.get("attachments")):
        for shown in _entries(attachment.get("subattachments")) or [attachment]:
            target = shown.get("target")
            if isinstance(target, dict) and target.get("id"):
                ids.append(str(target["id"]))
    return ids


def photos_differ(item_photos: list[str | None], shown: list[str]) -> bool:
    """Whether the listing has other photos than the post. `item_photos`: their ids there, None where we know none;
    when we know none at all, only the number can tell."""
    if len(item_photos) != len(shown):
        return True
    known = [one for one in item_photos if one is not None]
    return bool(known) and set(item_photos) != set(shown)


def observed(post: Mapping[str, Any], state: str) -> Observed:
    """What a reader of the post sees; its first line is the name."""
    text = str(post.get("message", ""))
    shown = said(text)
    return Observed(
        name=text.partition("\n")[0].strip(),
        price_vnd=shown.price_vnd,
        photo_count=len(photo_ids(post)),
        stars=shown.stars,
        url=post.get("permalink_url") or None,
        state=state,
        in_stock=not shown.paused,
        text=text,
    )


def catalog_item(item: Item) -> dict[str, Any]:
    """The whole item; sent by `allow_upsert`, so it is made or brought up to date."""
    listing, variant = item.listing, item.variant
    fields: dict[str, Any] = {
        "id": item.sku,
        "title": item.title,
        "description": description(item),
        # What is paid today. A sale_price of its own would have to be taken back when the sale ends.
        "price": f"{int(variant.sale_vnd or variant.price_vnd)} VND",
        "link": listing.page_url,
        "image_link": listing.photos[0].url,
        "additional_image_link": [photo.url for photo in listing.photos[1:]],
        "condition": "new",
        "visibility": "published",
        **({"gtin": variant.gtin} if variant.gtin else {"mpn": item.sku}),
        **stock(0 if listing.paused else variant.stock),
    }
    brands = (name for name in (listing.brand, listing.producer.name) if 0 < len(name) <= _BRAND_LIMIT)
    if brand := next(brands, ""):
        fields["brand"] = brand
    return fields


def description(item: Item) -> str:
    """Plain text: short text, story, facts."""
    lines = [f"{label}: {value}" for label, value in facts(item.listing, item.variant)]
    blocks = (item.listing.short_text, item.listing.story, "\n".join(lines))
    return "\n\n".join(block.strip() for block in blocks if block.strip())


def stock(pieces: int | None) -> dict[str, Any]:
    """None: not counted, still for sale. That null clears an earlier figure nobody has seen confirmed."""
    return {"availability": "out of stock" if pieces == 0 else "in stock", "inventory": pieces}


def _entries(edge: Any) -> list[Mapping[str, Any]]:
    data = edge.get("data") if isinstance(edge, dict) else None
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
