"""The two files that open a booth: the supplier dossier and the price quotation, both from what we hold already.

The dossier follows the marketplace's own registration form (`booth_columns` of its channel file), box by box in
its order; a marketplace whose form nobody has seen gets a general set, and the file says that it is unverified.
Boxes that only a person may fill (a password, an identity card) stay empty and say so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from marketplace_adapters.types import (
    CertificatePayload,
    ChannelInfo,
    FormColumn,
    ListingPayload,
    VariantPayload,
)

_PERSONAL_NUMBER = re.compile(r"(?<!\d)\d{12}(?!\d)")
_MASK = "•"


@cache
def words() -> Mapping[str, Any]:
    """The tables of dossier.toml."""
    return tomllib.loads(Path(__file__).with_name("dossier.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Supplier:
    """Who opens a booth, as its own people may hand it over. No identity card number has a place here: a
    household's tax code or paper number of twelve digits comes masked.

    `kind` in words. `paper`: the one that says who they are (registration). `papers`: all that are valid today.
    """

    name: str
    kind: str = ""
    tax_code: str = ""
    representative: str = ""
    phone: str = ""
    hamlet: str = ""
    commune: str = ""
    province: str = ""
    address: str = ""
    address_old: str = ""
    brand: str = ""
    story: str = ""
    products: tuple[str, ...] = ()
    paper: CertificatePayload | None = None
    papers: tuple[CertificatePayload, ...] = ()

    def __post_init__(self) -> None:
        numbers = [self.tax_code, *(one.number for one in (*self.papers, self.paper) if one is not None)]
        if any(_PERSONAL_NUMBER.search(number) for number in numbers):
            raise ValueError("a supplier holds an unmasked 12-digit personal number")


def day_text(day: date | None) -> str:
    """21/11/2026, or nothing."""
    return f"{day:%d/%m/%Y}" if day else ""


def _of_paper(name: str) -> Callable[[Supplier], str]:
    def text(supplier: Supplier) -> str:
        value = getattr(supplier.paper, name, None)
        return day_text(value) if isinstance(value, date) else str(value or "")

    return text


def _of_supplier(name: str) -> Callable[[Supplier], str]:
    return lambda supplier: str(getattr(supplier, name) or "")


_PLAIN = ("name", "kind", "tax_code", "representative", "phone", "hamlet", "commune", "province", "address",
          "address_old", "brand", "story")  # fmt: skip
SOURCES: Mapping[str, Callable[[Supplier], str]] = {
    **{name: _of_supplier(name) for name in _PLAIN},
    "products": lambda supplier: ", ".join(supplier.products),
    "paper_kind": _of_paper("kind"),
    "paper_number": _of_paper("number"),
    "paper_issuer": _of_paper("issuer"),
    "paper_issued_on": _of_paper("issued_on"),
}


def known_source(source: str) -> bool:
    """Whether a channel file may name this source for a box of its registration form."""
    return source in SOURCES or source in words()["by_hand"]


@dataclass(frozen=True)
class Line:
    """One box of the registration form. `by_hand`: only a person fills it, on the marketplace's own page."""

    label: str
    source: str
    value: str
    note: str
    required: bool
    by_hand: bool

    @property
    def missing(self) -> bool:
        return self.required and not self.value and not self.by_hand


def form_of(channel: ChannelInfo) -> tuple[tuple[FormColumn, ...], bool]:
    """(the boxes in their order, whether they are the marketplace's own and not the general set)."""
    if channel.booth_columns:
        return channel.booth_columns, True
    return tuple(FormColumn(**box) for box in words()["general"]), False


def lines(supplier: Supplier, channel: ChannelInfo) -> tuple[Line, ...]:
    """Every box with what belongs into it."""
    return tuple(_line(supplier, column) for column in form_of(channel)[0])


def _line(supplier: Supplier, column: FormColumn) -> Line:
    by_hand = words()["by_hand"].get(column.source)
    value = "" if by_hand else SOURCES[column.source](supplier)
    said = words()["dossier"]
    notes = [
        said["required"] if column.required else "",
        by_hand or "",
        said["missing"] if column.required and not value and not by_hand else "",
        words()["notes"]["personal"] if _MASK in value else "",
    ]
    note = ". ".join(text.rstrip(".") for text in notes if text)
    return Line(column.label, column.source, value, note, column.required, by_hand is not None)


def quotation_gaps(listing: ListingPayload) -> tuple[str, ...]:
    """Codes of what a buyer would ask for and the listing does not say: price, content, shelf_life, weight."""
    packs = listing.variants
    gaps = [] if packs and all(pack.price_vnd for pack in packs) else ["price"]
    if listing.service:
        return tuple(gaps)
    if not all(pack.net_content for pack in packs):
        gaps.append("content")
    if listing.shelf_life_days is None and listing.date_style != "none":
        gaps.append("shelf_life")
    if not all(pack.packed_weight_g for pack in packs):
        gaps.append("weight")
    return tuple(gaps)


@dataclass(frozen=True)
class QuotedPack:
    """One line of a quotation. What the column tells is text or a whole number; None stays an empty cell."""

    listing: ListingPayload
    variant: VariantPayload
    line: int

    def cells(self) -> dict[str, str | int | None]:
        listing, pack = self.listing, self.variant
        service = listing.service
        return {
            "line": self.line,
            "sku": pack.sku,
            "name": listing.name,
            "pack": pack.label,
            "content": pack.content_text,
            "price": pack.price_vnd or None,
            "sale": pack.sale_vnd,
            "shelf_life": None if service else listing.shelf_life_days,
            "weight": None if service else pack.packed_weight_g,
            "stars": words()["quotation"]["stars"].format(stars=listing.stars) if listing.stars else "",
            "gtin": pack.gtin or "",
            "tax": "",
        }


def quoted(listings: Sequence[ListingPayload]) -> tuple[QuotedPack, ...]:
    """Every kind of pack of these products, numbered."""
    packs = [(listing, variant) for listing in listings for variant in listing.variants]
    return tuple(QuotedPack(listing, variant, at) for at, (listing, variant) in enumerate(packs, 1))
