"""Listing -> WooCommerce product and back. Pure: no HTTP, no clock.

Traps of WooCommerce 11.0.1 that live here: every amount is a string made by `str(int)`, because "65.000" is
stored as 65 đồng and a number is refused; a sale price not below the price is silently dropped; `status`
defaults to *publish*; weight and size are in the shop's own units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

from marketplace_adapters.facts import facts, words
from marketplace_adapters.page.scanner import unescaped
from marketplace_adapters.types import Item, Notice, Observed, VariantPayload

STATES = {
    "publish": "live", "pending": "in_review", "future": "in_review",
    "draft": "draft", "private": "draft", "auto-draft": "draft",
}  # fmt: skip
GRAMS_PER_UNIT = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
CM_PER_UNIT = {
    "m": Decimal(100),
    "cm": Decimal(1),
    "mm": Decimal("0.1"),
    "in": Decimal("2.54"),
    "yd": Decimal("91.44"),
}


_LINE_END = re.compile(r"<br\s*/?>|</(?:p|li|h\d|div|tr)>", re.I)
# A script is left standing: whoever reads the text must see that one is there.
_TAG = re.compile(r"<!--.*?-->|<style\b.*?</style>|<(?!/?script\b)[^>]*>", re.I | re.S)


@dataclass(frozen=True)
class ShopUnits:
    """What the shop measures in; an empty text where it would not tell us, and then nothing is sent."""

    weight: str = ""
    size: str = ""


def product(item: Item, units: ShopUnits, category_id: int | None, image_ids: list[int]) -> dict[str, Any]:
    """Wording, price and photos: everything an update sends. Status and stock are decided elsewhere."""
    variant = item.variant
    fields: dict[str, Any] = {
        "name": item.title,
        "sku": item.sku,
        "regular_price": str(int(variant.price_vnd)),
        "sale_price": "" if variant.sale_vnd is None else str(int(variant.sale_vnd)),
        "short_description": _paragraphs(item.listing.short_text),
        "description": _paragraphs(item.listing.story),
        "attributes": [
            {"name": label, "options": [_option(value)], "visible": True}
            for label, value in facts(item.listing, variant)
        ],
        "global_unique_id": variant.gtin or "",
        "virtual": item.listing.service,
        "images": [{"id": media_id, "alt": item.title} for media_id in image_ids],
    }
    if category_id is not None:
        fields["categories"] = [{"id": category_id}]
    return {**fields, **_measures(item.listing.service, variant, units)}


def opening(item: Item, found: Mapping[str, Any] | None, status: str) -> dict[str, Any]:
    """What a product that goes up needs besides its wording: its status, and the stock it starts with.

    One that is up keeps both, for the shop has sold some since; only a paused one is sold out at once.
    """
    pieces = 0 if item.listing.paused else item.variant.stock
    if found is None:
        return {"type": "simple", "status": status, **stock(pieces)}
    if found.get("status") not in ("publish", status):
        return {"status": status, **stock(pieces)}
    return stock(0) if item.listing.paused else {}


def stock(pieces: int | None) -> dict[str, Any]:
    """None: not counted, still for sale. The word is for shops that have counting switched off."""
    if pieces is None:
        return {"manage_stock": False, "stock_status": "instock"}
    return {
        "manage_stock": True,
        "stock_quantity": pieces,
        "stock_status": "instock" if pieces else "outofstock",
    }


def in_unit(amount: int, per_unit: Decimal) -> str:
    """An amount of grams or centimetres in the shop's unit, without exponent or trailing zeros."""
    text = f"{(Decimal(amount) / per_unit):.4f}"
    return text.rstrip("0").rstrip(".")


def echo_notices(sent: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[Notice]:
    """Where the shop stored something else than we said, although it answered "done"."""
    for field in ("name", "regular_price", "sale_price", "global_unique_id"):
        said, stored = str(sent.get(field, "")), unescaped(str(got.get(field, "")))
        if field in sent and field in got and said != stored and not _same_amount(field, said, stored):
            yield Notice("echo_differs", {"field": field, "sent": said, "got": stored[:200]})
    paid = str(sent.get("sale_price") or sent.get("regular_price") or "")
    if paid and got.get("price") and whole_dong(got["price"]) != int(paid) and got.get("sale_price"):
        # a sale that somebody planned by date, or one that has not begun
        yield Notice("echo_differs", {"field": "price", "sent": paid, "got": str(got["price"])[:200]})
    categories = [one.get("id") for one in got.get("categories") or [] if isinstance(one, dict)]
    if "categories" in sent and [one["id"] for one in sent["categories"]] != categories:
        yield Notice("echo_differs", {"field": "categories", "got": str(categories)[:200]})
    if "images" in sent and len(sent["images"]) != len(got.get("images") or []):
        counts = {"sent": len(sent["images"]), "got": len(got.get("images") or [])}
        yield Notice("echo_differs", {"field": "images", **counts})


def observed(remote: Mapping[str, Any]) -> Observed:
    """What the shop shows of a product; the star is read from the attribute shoppers see."""
    paid = remote.get("price") or remote.get("sale_price") or remote.get("regular_price")
    said = [str(remote.get(part) or "") for part in ("short_description", "description")]
    return Observed(
        name=unescaped(str(remote.get("name", ""))),
        price_vnd=whole_dong(paid) if paid else 0,
        photo_count=len(remote.get("images") or []),
        stars=_stars(remote.get("attributes") or []),
        url=remote.get("permalink") or None,
        state=STATES.get(str(remote.get("status")), "draft"),
        in_stock=remote["stock_status"] != "outofstock" if remote.get("stock_status") else None,
        text="\n".join(filter(None, map(_plain_text, said))),
        gtin=str(remote.get("global_unique_id") or "") or None,
    )


def whole_dong(text: Any) -> int | None:
    """ "70000" or "70000.00" as int; None where there is no whole number of đồng."""
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        return None
    return int(amount) if amount.is_finite() and amount == amount.to_integral_value() else None


def _measures(service: bool, variant: VariantPayload, units: ShopUnits) -> dict[str, Any]:
    if service:
        return {}
    measures: dict[str, Any] = {}
    if variant.packed_weight_g and units.weight in GRAMS_PER_UNIT:
        measures["weight"] = in_unit(variant.packed_weight_g, GRAMS_PER_UNIT[units.weight])
    if variant.box_cm and units.size in CM_PER_UNIT:
        sides = [in_unit(side, CM_PER_UNIT[units.size]) for side in variant.box_cm]
        measures["dimensions"] = dict(zip(("length", "width", "height"), sides, strict=True))
    return measures


def _option(text: str) -> str:
    """One attribute value: the shop joins values by "|", so ours must not hold one; line breaks become spaces."""
    return " ".join(text.replace("|", "/").split())


def _paragraphs(text: str) -> str:
    """Plain text as HTML: everything escaped, a blank line makes a paragraph, a line break stays one."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if block.strip()]
    return "\n".join("<p>" + escape(block, quote=False).replace("\n", "<br>") + "</p>" for block in blocks)


def _plain_text(html: str) -> str:
    """A description without its tags, scripts excepted; a paragraph or line break is a line."""
    lines = unescaped(_TAG.sub("", _LINE_END.sub("\n", html))).splitlines()
    return "\n".join(line for line in (" ".join(one.split()) for one in lines) if line)


def _same_amount(field: str, said: str, stored: str) -> bool:
    """ "70000" and "70000.00" are one price."""
    return field.endswith("_price") and bool(said) and whole_dong(stored) == int(said)


def _stars(attributes: list[Mapping[str, Any]]) -> int | None:
    """0: surely none is shown; None: something is, but no number."""
    for attribute in attributes:
        if attribute.get("name") == words()["stars"]["label"]:
            found = re.match(r"\s*([1-5])\b", str((attribute.get("options") or [""])[0]))
            return int(found[1]) if found else None
    return 0
