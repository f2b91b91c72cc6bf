"""Listing -> OA article and back. Pure: no HTTP, no clock.

Every line of text is a block of its own: public programs disagree whether a block is plain text or HTML, and so a
line stays a line either way. What a co-op wrote is escaped for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

from marketplace_adapters.facts import facts
from marketplace_adapters.page.scanner import unescaped
from marketplace_adapters.sharing.text import Said, item_listing, price_lines, said, sku_line
from marketplace_adapters.types import Item, Observed, PhotoPayload

AUTHOR_LIMIT = 50  # Zalo's documentation as read by redai-zalo-sdk 1.32.17
STATES = {"show": "live", "hide": "draft"}


def article(item: Item, photos: tuple[PhotoPayload, ...], author: str, status: str) -> dict[str, Any]:
    """The whole article; Zalo takes no part of one. The first photo is its cover."""
    return {
        "type": "normal",
        "title": item.title,
        "author": author,
        "description": item.listing.short_text or item.title,
        "cover": {"cover_type": "photo", "photo_url": photos[0].url, "status": "show"},
        "body": [
            *({"type": "text", "content": escape(line, quote=False)} for line in _lines(item)),
            *({"type": "image", "url": photo.url} for photo in photos[1:]),
            {"type": "text", "content": sku_line(item.sku)},
        ],
        "status": status,
        "comment": "show",
    }


def again(detail: Mapping[str, Any], status: str) -> dict[str, Any]:
    """An article as Zalo told it, to be sent back with another status."""
    kept = ("id", "title", "author", "description", "cover", "body", "comment")
    return {"type": "normal", **{name: detail[name] for name in kept if name in detail}, "status": status}


def is_public(url: str) -> bool:
    """Whether Zalo can fetch it: https, a host with a dot, no user part, nothing that must be escaped."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    return plain and parts.scheme == "https" and "." in (parts.hostname or "") and "@" not in parts.netloc


def carried(detail: Mapping[str, Any]) -> Said:
    """What the article's text says: price, star, SKU."""
    return said("\n".join(_texts(detail)))


def observed(detail: Mapping[str, Any], url: str | None) -> Observed:
    """What a reader of the article sees."""
    shown = carried(detail)
    cover = detail.get("cover")
    images = sum(1 for block in _blocks(detail) if block.get("type") == "image")
    return Observed(
        name=unescaped(str(detail.get("title", ""))),
        price_vnd=shown.price_vnd,
        photo_count=images + bool(isinstance(cover, dict) and cover.get("photo_url")),
        stars=shown.stars,
        url=url,
        state=STATES.get(str(detail.get("status")), "draft"),
        in_stock=not shown.paused,
        text="\n".join(_texts(detail)),
    )


def _lines(item: Item) -> Iterator[str]:
    listing = item_listing(item)
    yield from filter(None, (line.strip() for line in listing.story.splitlines()))
    yield from price_lines(listing)
    for label, value in facts(listing, item.variant):
        yield f"{label}: {' '.join(value.split())}"
    if listing.page_url:
        yield listing.page_url


def _texts(detail: Mapping[str, Any]) -> Iterator[str]:
    for block in _blocks(detail):
        if block.get("type") == "text":
            yield unescaped(str(block.get("content", "")))


def _blocks(detail: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    body = detail.get("body")
    return [block for block in body if isinstance(block, dict)] if isinstance(body, list) else []
