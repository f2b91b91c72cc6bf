"""What real shop servers were seen to do wrong, planted in the practice shop on demand.

Fourteen traps, found in Vendure, Medusa and django-oscar. Four need no planting, because the practice shop is like
that anyway: it makes a second product for a repeated call (2) and for a repeated SKU (3), and it asks for no
attribute (11) and checks no GTIN (14). `testing/TRAPS.md` says what becomes of each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from marketplace_adapters.practice.refused import Refused
from marketplace_adapters.practice.store import slugify

NATURAL = {2: "second_listing", 3: "duplicate_sku", 11: "attributes_optional", 14: "any_gtin"}
PLANTED = {
    1: "price_times_100",  # amounts are taken for cents
    4: "sold_out",  # a new product stands as sold out, whatever stock was sent
    5: "letters_apart",  # names are kept decomposed (NFD) and searched for letter by letter
    6: "tones_needed",  # a search without tone marks finds nothing
    7: "address_without_d",  # the product's address drops every đ
    8: "published_bare",  # price, photos and texts are dropped, the product is shown all the same
    9: "photos_dead",  # photos are taken, their addresses answer 404
    10: "photo_error_500",  # a photo it cannot get is an internal error, not a refusal
    12: "photos_kept",  # an update only ever adds photos
    13: "scripts_kept",  # markup is stored and shown as it came
}

Product = dict[str, Any]


def checked(names: Collection[str]) -> frozenset[str]:
    """The names as a set. Raises ValueError for one that is no trap."""
    strange = set(names) - set(PLANTED.values())
    if strange:
        raise ValueError(f"no such trap: {sorted(strange)}")
    return frozenset(names)


def kept(
    traps: Collection[str], sent: Mapping[str, Any], cleaned: Product, before: Mapping[str, Any] | None
) -> Product:
    """What the shop stores in place of the `cleaned` fields of a write."""
    fields = dict(cleaned)
    if "price_times_100" in traps:
        for name in ("regular_price", "sale_price"):
            if str(fields.get(name, "")).isdigit():
                fields[name] = str(int(fields[name]) * 100)
    if "sold_out" in traps and before is None:
        fields |= {"manage_stock": True, "stock_quantity": 0, "stock_status": "outofstock"}
    if "letters_apart" in traps and "name" in fields:
        fields["name"] = unicodedata.normalize("NFD", fields["name"])
    if "published_bare" in traps:
        bare = {
            "regular_price": "",
            "sale_price": "",
            "images": [],
            "description": "",
            "short_description": "",
        }
        fields |= {name: value for name, value in bare.items() if name in fields}
    if "photos_kept" in traps and before is not None and "images" in fields:
        ids = {image["id"] for image in fields["images"]}
        fields["images"] = [*fields["images"], *(one for one in before["images"] if one["id"] not in ids)]
    if "scripts_kept" in traps:
        fields |= {name: sent[name] for name in ("description", "short_description") if name in fields}
    return fields


def photo(
    traps: Collection[str], one: Mapping[str, Any], take: Callable[[Mapping[str, Any]], Product]
) -> Product:
    """The shop's entry for a photo it was sent. Raises Refused."""
    try:
        return take(one)
    except Refused:
        if "photo_error_500" in traps:
            raise Refused(500, "internal_server_error", "There has been a critical error.") from None
        raise


def address(traps: Collection[str]) -> Callable[[str], str]:
    """How the shop makes a product's address out of its name."""
    if "address_without_d" not in traps:
        return slugify
    return lambda name: slugify(name.replace("đ", "").replace("Đ", ""))


def found(
    traps: Collection[str], words: str, ordinary: Iterable[Product], shown: Sequence[Product]
) -> list[Product]:
    """What the shop front's search finds: `ordinary` of an honest shop, else of those `shown`."""
    if not {"letters_apart", "tones_needed"} & set(traps):
        return list(ordinary)
    return [one for one in shown if words.casefold() in one["name"].casefold()]
