"""The public page of a product: what a shopper reads, and the same for machines (schema.org, OpenGraph)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace_adapters.facts import facts, words
from marketplace_adapters.feed.items import without_stars
from marketplace_adapters.types import ListingPayload, VariantPayload
from ocop.listings.models import Listing
from ocop.media.models import Media
from ocop.media.rules import BY_NAME
from ocop.producers.models import Certificate
from ocop.public.mapping.goods import GoodsPage, PaperLine, of_producer, of_variant

# Each of these has a place of its own on the page.
_ELSEWHERE = (
    "stars",
    "ocop_decision",
    "ocop_decision_only",
    "certificate",
    "producer",
    "address",
    "address_old",
)
_ALCOHOL = frozenset({14, 15})


@dataclass(frozen=True)
class Photo:
    """A photo in three sizes; width and height of the small one, in px."""

    small: str
    page: str
    thumb: str
    large: str
    width: int
    height: int


@dataclass(frozen=True)
class Pack:
    """One packing as the page lists it; price None while nobody has said one."""

    words: str
    price_vnd: int | None
    in_stock: bool


@dataclass(frozen=True)
class ProductPage:
    """url: the page's own full address. places: (name, address) of marketplaces that sell it now."""

    name: str
    short_text: str
    story: tuple[str, ...]
    photos: tuple[Photo, ...]
    packs: tuple[Pack, ...]
    facts: tuple[tuple[str, str], ...]
    goods: GoodsPage
    places: Sequence[tuple[str, str]]
    url: str
    producer_id: str
    for_adults: bool
    data: dict[str, Any]

    @property
    def in_stock(self) -> bool:
        return any(pack.in_stock for pack in self.packs)

    @property
    def lowest_price(self) -> int | None:
        return min((pack.price_vnd for pack in self.packs if pack.price_vnd), default=None)

    @property
    def many_prices(self) -> bool:
        return len({pack.price_vnd for pack in self.packs if pack.price_vnd}) > 1

    @property
    def stars(self) -> list[PaperLine]:
        return [paper for paper in self.goods.papers if paper.star]

    @property
    def papers(self) -> list[PaperLine]:
        return [paper for paper in self.goods.papers if not paper.star]


def product_page(
    listing: Listing,
    seen: ListingPayload,
    papers: Sequence[Certificate],
    places: Sequence[tuple[str, str]],
    day: dt.date,
) -> ProductPage:
    """``seen``: the listing as a marketplace may see it today."""
    parts = of_producer(listing.producer, day)
    if listing.variants:
        parts |= of_variant(listing.variants[0], papers, None, day)
    photos = tuple(_photo(photo.media) for photo in _front_first(listing))
    packs = tuple(_pack(variant, seen) for variant in seen.variants)
    return ProductPage(
        name=without_stars(seen.name) or seen.name,
        short_text=without_stars(seen.short_text),
        story=tuple(
            part for part in (line.strip() for line in without_stars(seen.story).split("\n")) if part
        ),
        photos=photos,
        packs=packs,
        facts=_facts(seen),
        goods=GoodsPage(**parts),  # type: ignore[arg-type]
        places=places,
        url=seen.page_url,
        producer_id=listing.producer_id,
        for_adults=listing.set_no in _ALCOHOL,
        data=_schema(seen, [seen.page_url.removesuffix(_path(listing)) + photo.large for photo in photos]),
    )


def _path(listing: Listing) -> str:
    return f"/hang/{listing.id}"


def _front_first(listing: Listing) -> list[Any]:
    return sorted(listing.photos, key=lambda photo: (photo.shot != "front", photo.position))


def _photo(media: Media) -> Photo:
    scale = min(1.0, BY_NAME["small"].side / max(media.width, media.height))
    small, page, thumb, large = (
        f"/anh/{media.id}-{name}.{BY_NAME[name].extension}" for name in ("small", "page", "thumb", "large")
    )
    return Photo(small, page, thumb, large, round(media.width * scale), round(media.height * scale))


def _pack(variant: VariantPayload, seen: ListingPayload) -> Pack:
    label, content = variant.label, "" if seen.service else variant.content_text
    said = label if content in label else " · ".join(text for text in (label, content) if text)
    return Pack(said, variant.price_vnd or None, _in_stock(variant, seen))


def _in_stock(variant: VariantPayload, seen: ListingPayload) -> bool:
    return not seen.paused and variant.stock != 0


def _facts(seen: ListingPayload) -> tuple[tuple[str, str], ...]:
    elsewhere = {words()[name]["label"] for name in (*_ELSEWHERE, "phone")}
    return tuple((label, value) for label, value in facts(seen) if label not in elsewhere)


def _schema(seen: ListingPayload, images: list[str]) -> dict[str, Any]:
    """https://schema.org/Product. A star is no rating there, so it is not said as one."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": without_stars(seen.name) or seen.name,
        "description": without_stars(seen.short_text),
        "image": images,
        "url": seen.page_url,
        "category": seen.category,
        "brand": {"@type": "Brand", "name": seen.brand or seen.producer.name},
        "offers": [_offer(variant, seen) for variant in seen.variants if variant.price_vnd > 0],
    }
    if len(seen.variants) == 1:
        data["sku"] = seen.variants[0].sku
        data["gtin"] = seen.variants[0].gtin
    return {name: value for name, value in data.items() if value}


def _offer(variant: VariantPayload, seen: ListingPayload) -> dict[str, Any]:
    offer = {
        "@type": "Offer",
        "name": variant.label,
        "sku": variant.sku,
        "gtin": variant.gtin,
        "price": str(variant.price_vnd),
        "priceCurrency": "VND",
        "availability": f"https://schema.org/{'InStock' if _in_stock(variant, seen) else 'OutOfStock'}",
        "itemCondition": "" if seen.service else "https://schema.org/NewCondition",
        "url": seen.page_url,
        "seller": {"@type": "Organization", "name": seen.producer.name},
    }
    return {name: value for name, value in offer.items() if value}
