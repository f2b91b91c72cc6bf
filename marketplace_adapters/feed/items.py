"""Listing -> the lines of a feed. Pure; every text in here is fit for XML and for a spreadsheet.

Limits: support.google.com/merchants/answer/7052112 (id, title, brand, description) and the item data of
facebook-for-woocommerce 3.7.6; the stricter of the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from marketplace_adapters.facts import facts, words
from marketplace_adapters.types import ChannelInfo, ListingPayload, VariantPayload

LONGEST_TITLE = 150
LONGEST_DESCRIPTION = 5000
LONGEST_BRAND = 70
LONGEST_TYPE = 750
LONGEST_SIZE = 100
MOST_MORE_IMAGES = 10
_MEASURED = frozenset({"g", "kg", "mg", "ml", "l", "cl"})  # units a price per unit can be worked out from

# What XML 1.0 allows, less the characters Unicode calls none.
_NOT_LEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
# A cell that begins with one of these is a formula to a spreadsheet; the wide ones in East Asian versions.
_FORMULA_SIGNS = "=+-@\t\n ＝＋－＠"
_STAR_SIGNS = re.compile("[★☆⭐✩✪✫✬✭✮✯🌟]\ufe0f?")
_STAR_WORDS = re.compile(
    r"\(?\s*(?:\b(?:đạt|chuẩn|hạng)\s+)?(?:\bOCOP\s*[1-5]\s*sao\b|\b[1-5]\s*sao\s*OCOP\b)\s*\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FeedItem:
    """One SKU in a feed. Money whole đồng, weight grams; empty texts and None are left out of the feed.

    group_id: the same for all packings of one product, empty where there is one only. measure: "250 g".
    """

    sku: str
    title: str
    description: str
    link: str
    image_link: str
    price_vnd: int
    in_stock: bool
    brand: str
    more_images: tuple[str, ...] = ()
    sale_vnd: int | None = None
    gtin: str = ""
    product_type: str = ""
    group_id: str = ""
    size: str = ""
    weight_g: int | None = None
    measure: str = ""


def feed_items(listing: ListingPayload, channel: ChannelInfo) -> Iterator[FeedItem]:
    """One item a packing. What no reader of a feed takes (no name, price, photo or page) is left out."""
    photos = [photo.url for photo in listing.photos if photo.url]
    name = one_line(without_stars(listing.name))
    if not photos or not listing.page_url or not name:
        return
    several = len(listing.variants) > 1
    group_id = min(variant.sku for variant in listing.variants) if several else ""
    short, story = plain(without_stars(listing.short_text)), plain(without_stars(listing.story))
    brand = cut(one_line(listing.brand) or one_line(listing.producer.name), LONGEST_BRAND)
    product_type = _product_type(listing, channel)
    for variant in listing.variants:
        if variant.price_vnd <= 0:
            continue
        size = cut(one_line(variant.label), LONGEST_SIZE) if several else ""
        yield FeedItem(
            sku=variant.sku,
            title=_title(name, size),
            description=_description(short, story, _facts(listing, variant)),
            link=listing.page_url,
            image_link=photos[0],
            more_images=tuple(photos[1 : 1 + MOST_MORE_IMAGES]),
            price_vnd=variant.price_vnd,
            sale_vnd=_sale(variant),
            in_stock=not listing.paused and variant.stock != 0,
            brand=brand,
            gtin=variant.gtin or "",
            product_type=product_type,
            group_id=group_id,
            size=size,
            weight_g=None if listing.service else variant.packed_weight_g,
            measure=_measure(listing, variant),
        )


def plain(text: str) -> str:
    """Composed Unicode that XML may carry and that no spreadsheet takes for a formula; line breaks are \\n."""
    if not text.replace("\n", "").isprintable():  # nearly every text is: the search is for the others
        text = _NOT_LEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).lstrip(_FORMULA_SIGNS).rstrip()


def one_line(text: str) -> str:
    """`plain` without line breaks."""
    return " ".join(plain(text).split()).lstrip(
        _FORMULA_SIGNS
    )  # an unusual space may have stood before a sign


def without_stars(text: str) -> str:
    """A star typed into a name or a story stays there when its decision has lapsed, so feeds take none from there."""
    if "sao" not in text.casefold() and not _STAR_SIGNS.search(text):
        return text
    bare = _STAR_SIGNS.sub("", _STAR_WORDS.sub(" ", unicodedata.normalize("NFC", text)))
    return text if bare == text else re.sub(r"[ \t]+(?=[ \t,.;\n]|$)|[ \t]*[-–,;]\s*$", "", bare).strip()


def cut(text: str, longest: int) -> str:
    """At most so many characters, ended after a whole word where there is one."""
    if len(text) <= longest:
        return text
    head = text[: longest + 1]
    return (head[: max(head.rfind(" "), head.rfind("\n"))] if " " in head else text[:longest]).rstrip()


def _title(name: str, size: str) -> str:
    end = f" – {size}" if size else ""
    return cut(name, LONGEST_TITLE - len(end)) + end


def _facts(listing: ListingPayload, variant: VariantPayload) -> str:
    """Who to call is left out: that stands on the page behind the link."""
    calls = words()["phone"]["label"]
    known = "\n".join(f"{label}: {value}" for label, value in facts(listing, variant) if label != calls)
    return cut(plain(known), LONGEST_DESCRIPTION)


def _description(short: str, story: str, known: str) -> str:
    """Short text, story, facts; a long story gives way to the facts."""
    left = LONGEST_DESCRIPTION - len(short) - len(known) - 4
    parts = (short, cut(story, max(left, 0)), known)
    return cut("\n\n".join(part for part in parts if part), LONGEST_DESCRIPTION)


def _sale(variant: VariantPayload) -> int | None:
    lower = variant.sale_vnd is not None and 0 < variant.sale_vnd < variant.price_vnd
    return variant.sale_vnd if lower else None


def _product_type(listing: ListingPayload, channel: ChannelInfo) -> str:
    """Group > set, as one path: readers split it at the sign."""
    path = [channel.categories.get(listing.set_no or 0, ""), listing.category]
    return cut(" > ".join(dict.fromkeys(one_line(part) for part in path if part)), LONGEST_TYPE)


def _measure(listing: ListingPayload, variant: VariantPayload) -> str:
    unit = variant.net_unit.lower()
    sensible = not listing.service and variant.net_content and unit in _MEASURED
    return f"{variant.net_content} {unit}" if sensible else ""
