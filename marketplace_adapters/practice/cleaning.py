"""What the practice shop makes of the fields it is sent: WooCommerce's checks, and its silent changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marketplace_adapters.practice import backroom
from marketplace_adapters.practice.refused import Refused

STATUSES = ("draft", "pending", "private", "publish", "future", "auto-draft", "trash")
DEFAULTS: dict[str, Any] = {
    "name": "Product", "type": "simple", "status": "publish", "sku": "", "regular_price": "", "sale_price": "",
    "description": "", "short_description": "", "weight": "", "global_unique_id": "", "virtual": False,
    "manage_stock": False, "stock_quantity": None, "stock_status": "instock", "attributes": [], "images": [],
    "categories": [], "meta_data": [], "dimensions": {"length": "", "width": "", "height": ""},
}  # fmt: skip
_LISTS = ("images", "categories", "attributes", "meta_data")


def cleaned(fields: Mapping[str, Any], before: Mapping[str, Any] | None, *, strict: bool) -> dict[str, Any]:
    """Only known fields. `strict` False skips the types, as the batch call does. Raises Refused."""
    kept = {name: value for name, value in fields.items() if name in DEFAULTS}
    for name, value in kept.items():
        if strict and not _fits(name, value):
            raise Refused(
                400,
                "rest_invalid_param",
                f"Invalid parameter(s): {name}",
                params={name: f"{name} is not of the right type."},
            )
    for name in ("regular_price", "sale_price"):
        if name in kept:
            kept[name] = str(kept[name])
    if "categories" in kept:
        kept["categories"] = [backroom.category(one) for one in kept["categories"]]
    for name in ("description", "short_description"):
        if name in kept:
            kept[name] = _harmless(kept[name])
    _drop_idle_sale(kept, before or {})
    _follow_stock(kept, before or DEFAULTS)
    return kept


def _drop_idle_sale(kept: dict[str, Any], before: Mapping[str, Any]) -> None:
    regular = kept.get("regular_price", before.get("regular_price", ""))
    sale = kept.get("sale_price", before.get("sale_price", ""))
    if sale and _amount(sale) >= _amount(regular):
        kept["sale_price"] = ""


def _follow_stock(kept: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Counted goods are in stock while there are some; nothing is counted that is not managed."""
    after = {**before, **kept}
    if not after["manage_stock"]:
        kept["stock_quantity"] = None
    elif "stock_quantity" in kept or "manage_stock" in kept:
        kept["stock_status"] = "instock" if after["stock_quantity"] else "outofstock"


def _fits(name: str, value: Any) -> bool:
    """Whether a field has the type, and a status the value, that the original takes."""
    if name == "status":
        return value in STATUSES
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    if name == "stock_quantity":
        return value is None or (isinstance(value, int) and abs(value) < 2**31)
    return type(value) is type(DEFAULTS[name])


def _harmless(html: str) -> str:
    """What the shop front may print as it stands: a few bare tags; everything else is dropped, its text stays."""
    return re.sub(r"<(?!/?(?:p|br|strong|em|ul|ol|li)>)[^>]*>?", "", html)


def _amount(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
