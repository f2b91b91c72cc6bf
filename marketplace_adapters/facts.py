"""The facts a shopper may read about a listing, in reading order, with the labels of facts.toml.

Only what the payload says appears: an empty field gives no line, and a star only while the payload has one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from marketplace_adapters.types import ListingPayload, VariantPayload


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Labels and patterns by fact name."""
    return tomllib.loads(Path(__file__).with_name("facts.toml").read_text(encoding="utf-8"))


def day(value: date) -> str:
    """21/11/2026."""
    return value.strftime("%d/%m/%Y")


def facts(listing: ListingPayload, variant: VariantPayload | None = None) -> tuple[tuple[str, str], ...]:
    """(label, value) pairs. With a variant its net content is among them."""
    said = [(label, value) for label, value in _own_facts(listing, variant) if value]
    taken = {label.casefold() for label, _ in said}
    extra = [
        (label, value) for label, value in listing.label_items if value and label.casefold() not in taken
    ]
    return (*said, *extra)


def _own_facts(listing: ListingPayload, variant: VariantPayload | None) -> Iterator[tuple[str, str]]:
    yield from _claim(listing)
    yield words()["origin"]["label"], listing.origin
    yield words()["brand"]["label"], listing.brand
    if variant is not None and not listing.service:
        yield words()["net_content"]["label"], variant.content_text
    for name in ("ingredients", "usage", "storage"):
        yield words()[name]["label"], getattr(listing, name)
    if listing.shelf_life_days and listing.date_style in ("use_by", "best_before"):
        yield _filled(listing.date_style, days=listing.shelf_life_days)
    for name in ("warning", "standards"):
        yield words()[name]["label"], getattr(listing, name)
    papers = [
        _filled("certificate", kind=paper.kind, number=paper.number)[1] for paper in listing.certificates
    ]
    yield words()["certificate"]["label"], "; ".join(papers)
    yield words()["trace_code"]["label"], listing.trace_code
    yield from _seller(listing)


def _claim(listing: ListingPayload) -> Iterator[tuple[str, str]]:
    if not listing.stars:
        return
    yield _filled("stars", stars=listing.stars)
    if listing.ocop_decision and listing.ocop_expires_on and listing.ocop_filed_on:
        yield _filled(
            "ocop_waiting",
            decision=listing.ocop_decision,
            until=day(listing.ocop_expires_on),
            filed=day(listing.ocop_filed_on),
            receipt=listing.ocop_receipt,
        )
    elif listing.ocop_decision and listing.ocop_expires_on:
        yield _filled("ocop_decision", decision=listing.ocop_decision, until=day(listing.ocop_expires_on))
    elif listing.ocop_decision:
        yield _filled("ocop_decision_only", decision=listing.ocop_decision)


def _seller(listing: ListingPayload) -> Iterator[tuple[str, str]]:
    seller = listing.producer
    values = {
        "producer": seller.name, "address": seller.address_new, "address_old": seller.address_old, "phone": seller.phone
    }  # fmt: skip
    for name, value in values.items():
        yield words()[name]["label"], value


def _filled(name: str, **values: object) -> tuple[str, str]:
    word = words()[name]
    return word["label"], word["value"].format(**values)
