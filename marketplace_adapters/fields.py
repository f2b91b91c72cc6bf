"""What may fill a box of somebody's form or a column of a sheet. A channel's TOML names one of `SOURCES` for each.

Every value is text. There is no source for a wholesale price or an unmasked tax code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from marketplace_adapters.facts import facts
from marketplace_adapters.types import ChannelInfo, ListingPayload, VariantPayload


@cache
def words() -> Mapping[str, str]:
    """The words of fields.toml: what stands where a listing has no number or text of its own."""
    return tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Row:
    """One variant of one listing on its way to one channel."""

    listing: ListingPayload
    variant: VariantPayload
    channel: ChannelInfo
    photo_names: tuple[str, ...]


def category(listing: ListingPayload, channel: ChannelInfo) -> str:
    """The channel's own name for this product set, else our name of it."""
    return channel.categories.get(listing.set_no or 0) or listing.category


def introduction(listing: ListingPayload) -> str:
    """Short text, story and facts as plain paragraphs, ready to paste into one big box."""
    lines = "\n".join(f"{label}: {value}" for label, value in facts(listing))
    return "\n\n".join(part for part in (listing.short_text, listing.story, lines) if part)


def row_title(row: Row) -> str:
    """The listing's name, with the packing's name where there are several."""
    several = len(row.listing.variants) > 1 and row.variant.label
    return f"{row.listing.name} – {row.variant.label}" if several else row.listing.name


def dotted(amount: int) -> str:
    """70.000: for people to read. Sheets carry bare digits."""
    return f"{amount:,}".replace(",", ".")


def _number(value: int | None) -> str:
    return "" if value is None else str(int(value))


def _sale_kind(row: Row) -> str:
    return words()["enquire" if row.listing.service else "retail"]


def _stock(row: Row) -> str:
    return words()["ask_seller"] if row.variant.stock is None else str(row.variant.stock)


def _stars(row: Row) -> str:
    return words()["stars"].format(stars=row.listing.stars) if row.listing.stars else ""


def _packing(row: Row) -> str:
    label, content = row.variant.label, row.variant.content_text
    return label if content in label else " · ".join(text for text in (label, content) if text)


def _box(row: Row) -> str:
    return " × ".join(map(str, row.variant.box_cm)) if row.variant.box_cm else ""


def _of_listing(name: str) -> Callable[[Row], str]:
    return lambda row: str(getattr(row.listing, name) or "")


def _of_seller(name: str) -> Callable[[Row], str]:
    return lambda row: str(getattr(row.listing.producer, name) or "")


SOURCES: Mapping[str, Callable[[Row], Any]] = {
    "title": row_title,
    "sku": lambda row: row.variant.sku,
    "sale_kind": _sale_kind,
    "category": lambda row: category(row.listing, row.channel),
    "introduction": lambda row: introduction(row.listing),
    "short_text": _of_listing("short_text"),
    "story": _of_listing("story"),
    "gtin": lambda row: row.variant.gtin or "",
    "trace_code": _of_listing("trace_code"),
    "stars_text": _stars,
    "packing": _packing,
    "unit": lambda row: row.variant.net_unit,
    "price": lambda row: _number(row.variant.price_vnd),
    "sale_price": lambda row: _number(row.variant.sale_vnd),
    "stock": _stock,
    "weight": lambda row: "" if row.listing.service else _number(row.variant.packed_weight_g),
    "box": _box,
    "brand": _of_listing("brand"),
    "origin": _of_listing("origin"),
    "ingredients": _of_listing("ingredients"),
    "usage": _of_listing("usage"),
    "storage": _of_listing("storage"),
    "warning": _of_listing("warning"),
    "shelf_life": lambda row: _number(row.listing.shelf_life_days),
    "standards": _of_listing("standards"),
    "producer_name": _of_seller("name"),
    "representative": _of_seller("representative"),
    "phone": _of_seller("phone"),
    "address": _of_seller("address_new"),
    "address_old": _of_seller("address_old"),
    "commune": _of_seller("commune"),
    "province": _of_seller("province"),
    "tax_code_masked": _of_seller("tax_code_masked"),
    "photo_names": lambda row: ", ".join(row.photo_names),
}
