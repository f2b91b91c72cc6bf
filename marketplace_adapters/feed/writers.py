"""Feed items -> bytes, piece by piece: no more than a few dozen items are in memory at a time.

RSS 2.0 with Google's namespace says `in_stock`, Meta's CSV says `in stock`: each reader refuses the other's.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from marketplace_adapters.feed.items import FeedItem, cut, one_line

NAMESPACE = "http://base.google.com/ns/1.0"
META_COLUMNS = (
    "id", "title", "description", "availability", "condition", "price", "sale_price", "link", "image_link",
    "additional_image_link", "brand", "gtin", "mpn", "product_type", "item_group_id", "size", "shipping_weight",
)  # fmt: skip
_PIECE = 32_768  # characters: few enough to start at once, enough not to send thousands of small packets


@dataclass(frozen=True)
class FeedHead:
    """What a feed says of itself: whose goods, and where people find them."""

    title: str
    link: str
    description: str


def rss(head: FeedHead, items: Iterable[FeedItem]) -> Iterator[bytes]:
    """An RSS 2.0 document. Holds no clock: the same items give the same bytes."""
    return _pieces(_rss(head, items))


def meta_csv(items: Iterable[FeedItem]) -> Iterator[bytes]:
    """A CSV as a Meta catalogue fetches it: UTF-8 without a mark in front, RFC 4180."""
    return _pieces(_csv(items))


def _rss(head: FeedHead, items: Iterable[FeedItem]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="{NAMESPACE}">\n<channel>\n'
    for name, text in vars(head).items():
        yield _tag(name, cut(one_line(text), 500))
    yield "\n<language>vi</language>\n"
    for item in items:
        yield f"<item>{''.join(_tag(name, text) for name, text in _rss_fields(item) if text)}</item>\n"
    yield "</channel>\n</rss>\n"


def _rss_fields(item: FeedItem) -> Iterator[tuple[str, str]]:
    # RSS itself wants a title; Google reads its own.
    yield from (("title", item.title), ("link", item.link), ("g:id", item.sku), ("g:title", item.title))
    yield from (("g:description", item.description), ("g:link", item.link), ("g:image_link", item.image_link))
    yield from (("g:additional_image_link", url) for url in item.more_images)
    yield "g:availability", "in_stock" if item.in_stock else "out_of_stock"
    yield "g:condition", "new"
    yield "g:price", _money(item.price_vnd)
    yield "g:sale_price", _money(item.sale_vnd)
    yield "g:brand", item.brand
    yield ("g:gtin", item.gtin) if item.gtin else ("g:identifier_exists", "no")
    yield "g:product_type", item.product_type
    yield "g:item_group_id", item.group_id
    yield "g:size", item.size
    yield "g:shipping_weight", _weight(item)
    yield "g:unit_pricing_measure", item.measure


def _csv(items: Iterable[FeedItem]) -> Iterator[str]:
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(META_COLUMNS)
    for item in items:
        writer.writerow(_csv_row(item))
        yield page.getvalue()
        page.seek(0)
        page.truncate()
    yield page.getvalue()


def _csv_row(item: FeedItem) -> tuple[str, ...]:
    return (
        item.sku, item.title, item.description, "in stock" if item.in_stock else "out of stock", "new",
        _money(item.price_vnd), _money(item.sale_vnd), item.link, item.image_link, ",".join(item.more_images),
        item.brand, item.gtin, "" if item.gtin else item.sku, item.product_type, item.group_id, item.size,
        _weight(item),
    )  # fmt: skip


def _money(amount: int | None) -> str:
    """Bare digits and the currency: a dot would make 65.000 sixty-five."""
    return "" if amount is None else f"{amount} VND"


def _weight(item: FeedItem) -> str:
    return f"{item.weight_g} g" if item.weight_g else ""


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text, quote=False)}</{name}>"


def _pieces(parts: Iterable[str]) -> Iterator[bytes]:
    waiting, size = [], 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _PIECE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting).encode()
