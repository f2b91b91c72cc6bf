"""Packs: units, prices that look like a typing slip, and the name a pack gets when nobody gave one."""

from __future__ import annotations

LOWEST_PLAUSIBLE_PRICE_VND = 1_000

# What people write on packs. Liquids by ml and l, the rest by g and kg, pieces by their own word.
NET_UNITS = ("g", "kg", "ml", "l", "chiếc", "cái", "quả", "gói", "hộp", "bộ", "cây", "con", "m")


def price_is_strange(price_vnd: int | None) -> bool:
    """A price below 1.000 đồng is nearly always a price with its zeros left off."""
    return price_vnd is not None and 0 < price_vnd < LOWEST_PLAUSIBLE_PRICE_VND


def probable_price(price_vnd: int) -> int:
    """What was probably meant: 85 -> 85000."""
    return price_vnd * 1_000


def pack_label(net_content: int | None, net_unit: str) -> str:
    """A name for a pack nobody named: "Gói 250 g"; "" for one without content."""
    return f"Gói {net_content} {net_unit}" if net_content else ""
