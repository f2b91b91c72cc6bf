"""The text under a shared picture: for a Zalo group, a Facebook page, a commune's portal, and for our own posts.

Plain text without links of ours but the given one, one thing a line. Only what the payload says appears. What
was written here can be read back from anywhere it was pasted: `said` finds price, star and SKU line again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from marketplace_adapters.facts import words as fact_words
from marketplace_adapters.types import Item, ListingPayload, VariantPayload


@dataclass(frozen=True)
class Said:
    """What a text of ours says; None and empty where it says nothing. `price_vnd`: what is paid today."""

    price_vnd: int | None
    stars: int | None
    sku: str
    paused: bool


@cache
def words() -> Mapping[str, Any]:
    """Patterns by name."""
    return tomllib.loads(Path(__file__).with_name("text.toml").read_text(encoding="utf-8"))


def share_text(listing: ListingPayload, *, url: str = "", sku: str = "") -> str:
    """Name, short text, prices, star, who and where, `url`; with `sku` a last line by which a post is found."""
    seller = listing.producer
    star = fact_words()["stars"]
    about = [
        *price_lines(listing),
        f"{star['label']}: {star['value'].format(stars=listing.stars)}" if listing.stars else "",
        _fact("producer", seller.name),
        _fact("phone", seller.phone),
        _line("place", place=", ".join(filter(None, (seller.commune, seller.province)))),
    ]
    blocks = [
        listing.name,
        listing.short_text,
        "\n".join(filter(None, about)),
        "\n".join(filter(None, (url, sku_line(sku)))),
    ]
    return "\n\n".join(block.strip() for block in blocks if block.strip())


def item_text(item: Item, *, url: str = "") -> str:
    """`share_text` of one post: its own packs, its own title, its SKU."""
    return share_text(item_listing(item), url=url, sku=item.sku)


def item_listing(item: Item) -> ListingPayload:
    """The listing as this one post speaks of it."""
    return replace(item.listing, name=item.title, variants=item.variants)


def price_lines(listing: ListingPayload) -> Iterator[str]:
    """ "Giá: 70.000 đồng"; one line a pack where there are several; "Tạm hết hàng" on top while paused."""
    if listing.paused:
        yield words()["paused"]
    for variant in listing.variants:
        if variant.price_vnd <= 0:
            continue
        name, label = ("pack", variant.label) if variant.label else ("price", "")
        yield words()[name].format(label=label, price=_price(variant))


def sku_line(sku: str) -> str:
    """The line a post of ours is recognised by."""
    return _line("sku", sku=sku)


def dong(amount: int) -> str:
    """70000 -> "70.000 đồng"."""
    return words()["dong"].format(amount=f"{amount:,}".replace(",", "."))


def said(text: str) -> Said:
    """Read a text of ours back. Lines of other people's making are passed over."""
    lines = [line.strip() for line in text.splitlines()]
    star = fact_words()["stars"]
    stars = _last(lines, f"{star['label']}: {star['value']}", stars=r"([1-5])")
    sku = _last(lines, words()["sku"], sku=r"([A-Z0-9-]{1,40})")
    return Said(_price_said(lines), int(stars) if stars else None, sku, words()["paused"] in lines)


def _price(variant: VariantPayload) -> str:
    if variant.sale_vnd is None:
        return dong(variant.price_vnd)
    return words()["sale"].format(sale=dong(variant.sale_vnd), price=dong(variant.price_vnd))


def _price_said(lines: list[str]) -> int | None:
    amount = re.escape(words()["dong"]).replace(r"\{amount\}", r"(\d{1,3}(?:\.\d{3})*)")
    start = words()["price"].partition(":")[0]
    for line in reversed(lines):
        if line.startswith(start) and (found := re.search(f": {amount}", line)):
            return int(found[1].replace(".", ""))
    return None


def _last(lines: list[str], pattern: str, **groups: str) -> str:
    """What stands in the last line made by `pattern`: ours come after what the co-op wrote."""
    whole = re.escape(pattern)
    for name, group in groups.items():
        whole = whole.replace(re.escape("{" + name + "}"), group)
    return next((found[1] for line in reversed(lines) if (found := re.fullmatch(whole, line))), "")


def _fact(name: str, value: str) -> str:
    return f"{fact_words()[name]['label']}: {value}" if value else ""


def _line(name: str, **values: str) -> str:
    return words()[name].format(**values) if all(values.values()) else ""
