"""What a stranger's browser would be told about a product page: JSON-LD `Product` first, OpenGraph after."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from marketplace_adapters.errors import UnexpectedResponse
from marketplace_adapters.types import Observed

_STARS = re.compile(r"OCOP\D{0,12}([1-5])\s*sao", re.IGNORECASE)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.meta: list[tuple[str, str]] = []
        self.scripts: list[str] = []
        self.text: list[str] = []
        self.title = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or ""
            self.meta.append((name, attributes.get("content") or ""))
        elif tag in ("script", "style", "title"):
            self._inside = "json-ld" if attributes.get("type") == "application/ld+json" else tag
            if self._inside == "json-ld":
                self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "json-ld":
            self.scripts[-1] += data
        elif self._inside == "title":
            self.title += data
        elif not self._inside:
            self.text.append(data)


def observe(html: str, url: str) -> Observed:
    """Read a page. Raises UnexpectedResponse `no_product` when it shows no product at all."""
    reader = _Reader()
    reader.feed(html)
    product = next(_products(reader.scripts), {})
    opengraph = dict(reversed(reader.meta))
    name = str(product.get("name") or opengraph.get("og:title") or "").strip()
    if not name:
        raise UnexpectedResponse("no_product", url=url[:200])
    stars = _STARS.search(" ".join(reader.text))
    return Observed(
        name=name,
        price_vnd=_price(product, opengraph),
        photo_count=_photo_count(product, reader.meta),
        stars=int(stars[1]) if stars else None,
        url=url,
        state="live",
    )


def _products(scripts: list[str]) -> Iterator[dict[str, Any]]:
    for script in scripts:
        try:
            found = json.loads(script)
        except ValueError:
            continue
        for one in _flat(found):
            if one.get("@type") == "Product":
                yield one


def _flat(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, list):
        for one in found:
            yield from _flat(one)
    elif isinstance(found, dict):
        yield found
        yield from _flat(found.get("@graph", []))


def _price(product: dict[str, Any], opengraph: dict[str, str]) -> int | None:
    offers = product.get("offers")
    offer = offers[0] if isinstance(offers, list) and offers else offers
    stated = offer.get("price", offer.get("lowPrice")) if isinstance(offer, dict) else None
    text = str(stated if stated is not None else opengraph.get("product:price:amount", ""))
    plain = re.fullmatch(r"(\d{1,12})(?:\.0{1,2})?", text.strip())
    return int(plain[1]) if plain else None


def _photo_count(product: dict[str, Any], meta: list[tuple[str, str]]) -> int | None:
    images = product.get("image")
    if isinstance(images, list):
        return len(images)
    if images:
        return 1
    return sum(name == "og:image" for name, _ in meta) or None
