"""Reading feeds back as a stranger would: nothing of the writers is used here, only XML, CSV and the published rules
(support.google.com/merchants/answer/7052112; Meta's catalogue columns)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from marketplace_adapters.feed.items import FeedItem

G = "{http://base.google.com/ns/1.0}"
_MONEY = re.compile(r"([1-9]\d*) VND")
_TEXT_LIMITS = {"title": 150, "description": 5000, "brand": 70, "id": 50, "product_type": 750, "size": 100}
_META_HEADER = (
    "id,title,description,availability,condition,price,sale_price,link,image_link,additional_image_link,brand,gtin,mpn,"
    "product_type,item_group_id,size,shipping_weight"
)


def rss_rows(pieces: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The g: attributes of every item; additional_image_link is a list. Parses piece by piece and keeps nothing."""
    parser = ElementTree.XMLPullParser(["start", "end"])
    channel: list[ElementTree.Element] = []
    for piece in pieces:
        parser.feed(piece)
        yield from _rows_so_far(parser, channel)
    parser.close()
    yield from _rows_so_far(parser, channel)


def _rows_so_far(
    parser: ElementTree.XMLPullParser, channel: list[ElementTree.Element]
) -> Iterator[dict[str, Any]]:
    for event, element in parser.read_events():
        if event == "start":
            channel += [element] if element.tag == "channel" else []
        elif element.tag == "item":
            yield _row(element)
            channel[0].remove(element)


def _row(item: ElementTree.Element) -> dict[str, Any]:
    row: dict[str, Any] = {"additional_image_link": []}
    assert item.findtext("title"), "an RSS item needs a title of its own"
    for child in item:
        if child.tag == f"{G}additional_image_link":
            row["additional_image_link"].append(child.text)
        elif child.tag.startswith(G):
            name = child.tag.removeprefix(G)
            assert name not in row, f"{name} twice"
            row[name] = child.text
    return row


def csv_rows(content: bytes) -> list[dict[str, Any]]:
    assert content.decode("utf-8").partition("\r\n")[0] == _META_HEADER
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
    for row in rows:
        row["additional_image_link"] = [url for url in row["additional_image_link"].split(",") if url]
    return rows


def faults(row: dict[str, Any], *, meta: bool = False) -> list[str]:
    """What a reader of the feed would refuse in one item; empty when it is fit."""
    found = [f"{name} is missing" for name in ("id", "title", "description", "link", "image_link", "price", "brand")
             if not row.get(name)]  # fmt: skip
    found += [f"{name} is too long" for name, most in _TEXT_LIMITS.items() if len(row.get(name) or "") > most]
    stock = ("in stock", "out of stock") if meta else ("in_stock", "out_of_stock")
    if row.get("availability") not in stock:
        found.append(f"availability {row.get('availability')!r}")
    if row.get("condition") != "new":
        found.append("condition")
    for name in ("price", "sale_price"):
        if row.get(name) and not _MONEY.fullmatch(row[name]):
            found.append(f"{name} {row[name]!r}")
    if row.get("sale_price") and _amount(row["sale_price"]) >= _amount(row["price"]):
        found.append("sale_price is not below price")
    for url in (row.get("link"), row.get("image_link"), *row["additional_image_link"]):
        parts = urlsplit(url or "")
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in (url or ""):
            found.append(f"no address: {url!r}")
    if len(row["additional_image_link"]) > 10:
        found.append("too many images")
    named = row.get("gtin") or (row.get("mpn") if meta else row.get("identifier_exists") == "no")
    if not named:
        found.append("neither gtin nor a word that there is none")
    if row.get("gtin") and not re.fullmatch(r"\d{8}|\d{12,14}", row["gtin"]):
        found.append("gtin")
    if row.get("shipping_weight") and not re.fullmatch(r"[1-9]\d* g", row["shipping_weight"]):
        found.append("shipping_weight")
    if row.get("unit_pricing_measure") and not re.fullmatch(
        r"\d+ (g|kg|mg|ml|l|cl)", row["unit_pricing_measure"]
    ):
        found.append("unit_pricing_measure")
    if re.search("[★⭐]|OCOP", row.get("title") or ""):
        found.append("a claim in the title")
    formulas = [
        name for name, value in row.items() if isinstance(value, str) and value and value[0] in "=+-@\t\r"
    ]
    return found + [f"{name} is a formula" for name in formulas]


def read_back(row: dict[str, Any]) -> FeedItem:
    """The item a row speaks of. Meta has no measure and RSS none for a single packing: both read as empty."""
    return FeedItem(
        sku=row["id"],
        title=row["title"],
        description=row["description"],
        link=row["link"],
        image_link=row["image_link"],
        price_vnd=_amount(row["price"]),
        in_stock=row["availability"].replace("_", " ") == "in stock",
        brand=row["brand"],
        more_images=tuple(row["additional_image_link"]),
        sale_vnd=_amount(row["sale_price"]) if row.get("sale_price") else None,
        gtin=row.get("gtin") or "",
        product_type=row.get("product_type") or "",
        group_id=row.get("item_group_id") or "",
        size=row.get("size") or "",
        weight_g=int(row["shipping_weight"].removesuffix(" g")) if row.get("shipping_weight") else None,
        measure=row.get("unit_pricing_measure") or "",
    )


def _amount(money: str) -> int:
    return int(_MONEY.fullmatch(money)[1])
