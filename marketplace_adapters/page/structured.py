"""What a page says to machines about its product: JSON-LD and microdata, brought into one shape."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from marketplace_adapters import spelling
from marketplace_adapters.page.markup import Markup, Scope
from marketplace_adapters.page.scanner import unescaped

_MOST_NODES = 20_000
_ON_SALE = frozenset(
    ("instock", "limitedavailability", "onlineonly", "instoreonly", "preorder", "presale", "backorder")
)
_SOLD_OUT = frozenset(("outofstock", "soldout", "discontinued", "oos"))
_OLD_PRICE_TYPES = ("listprice", "strikethroughprice", "msrp", "srp")
_PLAIN = re.compile(r"(\d{1,12})(?:[.,]0{1,2})?")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:[.,]0{1,2})?")
_CURRENCY = re.compile(r"(?:₫|đồng|đ|vnđ|vnd)", re.I)


@dataclass(frozen=True)
class Product:
    """As Observed: None where nothing is said. `photos` None unless the page gives a list of them."""

    name: str
    price_vnd: int | None
    in_stock: bool | None
    photos: tuple[str, ...] | None
    gtin: str | None
    text: str


def product(page: Markup, url: str) -> Product | None:
    """The product this page is about: the one with the page's own name or address, or the only one."""
    found = [*_nodes(page.json_ld), *(_spoken(scope) for scope in page.scopes)]
    found = [one for one in found if _is_product(one) and _text(one.get("name"))]
    headings = [spelling.folded(words.text) for words in page.words if words.place == "h1"]
    titles = [
        *headings,
        spelling.folded(unescaped(page.meta("og:title"))),
        spelling.folded(unescaped(page.title)),
    ]
    chosen = next((one for one in found if _named(one, titles)), None)
    chosen = chosen or next((one for one in found if _addressed(one, url, page.canonical)), None)
    if chosen is None:
        names = {spelling.folded(_text(one["name"])) for one in found}
        chosen = found[0] if len(names) == 1 else None
    return None if chosen is None else _product(chosen)


def dong(value: Any, currency: Any = "VND") -> int | None:
    """Whole đồng from what a page states: 70000, "70000.00", "70.000", "70.000 ₫". None for other money or nonsense."""
    if str(currency or "VND").strip().casefold() not in ("vnd", "vnđ", "₫", "đ"):
        return None
    text = _CURRENCY.sub("", str(value)).replace("\xa0", " ").strip()
    if plain := _PLAIN.fullmatch(text):
        return int(plain[1])
    if _GROUPED.fullmatch(text) and len(text) < 20:
        return int(re.sub(r"\D", "", re.sub(r"[.,]0{1,2}$", "", text)))
    return None


def availability(value: Any) -> bool | None:
    """True on sale, False sold out; None for words we do not know."""
    word = re.sub(r"[^a-z]", "", str(value).rpartition("/")[2].casefold())
    return True if word in _ON_SALE else False if word in _SOLD_OUT else None


def _nodes(found: Any) -> Iterator[dict[str, Any]]:
    """Every object that may be the page's product; lists of other products are not entered."""
    todo, seen = deque([found]), 0
    while todo and seen < _MOST_NODES:
        seen += 1
        one = todo.popleft()
        if isinstance(one, list):
            todo += one[:_MOST_NODES]
        elif isinstance(one, dict):
            yield one
            todo += [one[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in one]


def _spoken(scope: Scope, depth: int = 0) -> dict[str, Any]:
    """A microdata item in the shape of JSON-LD."""
    spoken: dict[str, Any] = {"@type": scope.type}
    for name, values in scope.props.items():
        plain = [_spoken(one, depth + 1) if isinstance(one, Scope) else one for one in values if depth < 8]
        spoken[name] = plain if name in ("image", "offers") else plain[0] if plain else ""
    return spoken


def _is_product(node: dict[str, Any]) -> bool:
    kinds = _listed(node.get("@type"))
    return any(
        re.split(r"[/:#]", str(kind))[-1] in ("Product", "ProductGroup", "IndividualProduct")
        for kind in kinds
    )


def _named(node: dict[str, Any], titles: list[str]) -> bool:
    name = spelling.folded(_text(node["name"]))
    return any(name and title.startswith(name) for title in titles)


def _addressed(node: dict[str, Any], url: str, canonical: str) -> bool:
    paths = {_path(one) for one in (url, canonical)} - {""}
    return any(_path(str(node.get(key) or "")) in paths for key in ("url", "@id"))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def _product(node: dict[str, Any]) -> Product:
    offers = list(_offers(node))
    stocks = {availability(offer.get("availability")) for offer in offers} - {None}
    return Product(
        name=_text(node["name"]),
        price_vnd=min((price for offer in offers if (price := _price(offer)) is not None), default=None),
        in_stock=(True in stocks) if stocks else None,
        photos=_photos(node),
        gtin=_gtin(node) or next((gtin for offer in offers if (gtin := _gtin(offer))), None),
        text=_text(node.get("description")),
    )


def _offers(node: dict[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    """Offers of the product, of its packings, and those gathered in an AggregateOffer."""
    for offer in _listed(node.get("offers"))[:500]:
        if isinstance(offer, dict):
            yield offer
            if depth < 3:
                yield from _offers(offer, depth + 1)
    for packing in _listed(node.get("hasVariant"))[:500]:
        if isinstance(packing, dict) and depth < 3:
            yield from _offers(packing, depth + 1)


def _price(offer: dict[str, Any]) -> int | None:
    currency = offer.get("priceCurrency")
    for key in ("price", "lowPrice"):
        if (price := dong(offer.get(key), currency)) is not None:
            return price
    stated = [
        dong(one.get("price"), one.get("priceCurrency", currency))
        for one in _listed(offer.get("priceSpecification"))
        if isinstance(one, dict) and not str(one.get("priceType", "")).casefold().endswith(_OLD_PRICE_TYPES)
    ]
    return min((price for price in stated if price is not None), default=None)


def _photos(node: dict[str, Any]) -> tuple[str, ...] | None:
    """Only a list counts: one address alone is often just the first of many photos."""
    images = node.get("image")
    if not isinstance(images, list):
        return None
    sources = [one.get("url") or one.get("contentUrl") if isinstance(one, dict) else one for one in images]
    return tuple(source for source in sources[:200] if isinstance(source, str))


def _gtin(node: dict[str, Any]) -> str | None:
    found = (str(node.get(key) or "").strip() for key in ("gtin13", "gtin14", "gtin8", "gtin12", "gtin"))
    return next((gtin for gtin in found if re.fullmatch(r"[0-9]{8,14}", gtin)), None)


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return unescaped(value).strip()[:20_000] if isinstance(value, str) else ""


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
