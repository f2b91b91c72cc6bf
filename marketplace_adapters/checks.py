"""What a channel still misses in a listing: pure, offline, from the limits in its TOML file.

`CHECKS` is the one table of every rule code. A check gets the listing and the channel's limit and yields
the parameters of each breach; the table says which field to open, how grave it is and how much work it is.

A limit that nobody could verify gives one `unverified` problem whatever the listing says: the rule's own
code when the listing breaks our best guess, else `limit_unverified`. It never blocks and is never green.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from marketplace_adapters.types import ChannelInfo, ListingPayload, Problem, VariantPayload

SKU = re.compile(r"[A-Z0-9-]{1,40}")
LOWEST_PLAUSIBLE_PRICE_VND = 1000
_SEVERITY_ORDER = {"blocking": 0, "unverified": 2, "advice": 1}

Breaches = Iterator[dict[str, Any]]


@dataclass(frozen=True)
class Check:
    """`always`: applies to every channel, TOML or not. `goods_only`: a service (set 26) is not asked."""

    code: str
    field: str
    breaches: Callable[[ListingPayload, Any, ChannelInfo], Breaches]
    severity: str = "blocking"
    effort: int = 1
    always: bool = False
    goods_only: bool = False


def _missing(attribute: str) -> Callable[[ListingPayload, Any, ChannelInfo], Breaches]:
    def breaches(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
        if not str(getattr(listing, attribute) or "").strip():
            yield {}

    return breaches


def _longer(attribute: str) -> Callable[[ListingPayload, Any, ChannelInfo], Breaches]:
    def breaches(listing: ListingPayload, limit: int, channel: ChannelInfo) -> Breaches:
        length = len(getattr(listing, attribute))
        if limit is not None and length > limit:
            yield {"max": limit, "now": length}

    return breaches


def _each_variant(
    broken: Callable[[VariantPayload], bool], shown: str = ""
) -> Callable[[ListingPayload, Any, ChannelInfo], Breaches]:
    def breaches(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
        for variant in listing.variants:
            if broken(variant):
                yield {"sku": variant.sku, **({"now": getattr(variant, shown)} if shown else {})}

    return breaches


def _name_too_short(listing: ListingPayload, limit: int, channel: ChannelInfo) -> Breaches:
    if limit is not None and 0 < len(listing.name.strip()) < limit:
        yield {"min": limit, "now": len(listing.name.strip())}


def _sku_repeated(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
    for sku, times in Counter(variant.sku for variant in listing.variants).items():
        if times > 1:
            yield {"sku": sku, "times": times}


def _photos_too_few(listing: ListingPayload, limit: int, channel: ChannelInfo) -> Breaches:
    if limit is not None and len(listing.photos) < limit:
        yield {"min": limit, "now": len(listing.photos)}


def _photos_too_many(listing: ListingPayload, limit: int, channel: ChannelInfo) -> Breaches:
    if limit is not None and len(listing.photos) > limit:
        yield {"max": limit, "now": len(listing.photos)}


def _photo_too_small(listing: ListingPayload, limit: int, channel: ChannelInfo) -> Breaches:
    for position, photo in enumerate(listing.photos, 1):
        if limit is not None and min(photo.width, photo.height) < limit:
            yield {
                "photo": photo.key,
                "position": position,
                "min": limit,
                "now": min(photo.width, photo.height),
            }


def _photo_too_heavy(listing: ListingPayload, limit: int, channel: ChannelInfo) -> Breaches:
    for position, photo in enumerate(listing.photos, 1):
        if limit is not None and photo.byte_size > limit:
            yield {"photo": photo.key, "position": position, "max": limit, "now": photo.byte_size}


def _no_back_label(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
    if listing.photos and not any(photo.role == "back_label" for photo in listing.photos):
        yield {}


def _no_category(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
    if listing.set_no not in channel.categories and not listing.category:
        yield {"set_no": listing.set_no}


def _no_phone(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
    if not listing.producer.phone:
        yield {}


def _no_address(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
    seller = listing.producer
    missing = [name for name in ("address_new", "commune", "province") if not getattr(seller, name)]
    if missing:
        yield {"missing": tuple(missing)}


def _fields_missing(listing: ListingPayload, limit: tuple[str, ...], channel: ChannelInfo) -> Breaches:
    for name in limit or ():
        if not getattr(listing, name):
            yield {"field": name}


def _no_text(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
    if not (listing.short_text.strip() or listing.story.strip()):
        yield {}


def _is_gtin(text: str) -> bool:
    """8, 12, 13 or 14 digits with the right last one: weights 3, 1, 3 … from the right.

    Source: GS1 General Specifications, section 7.9. Marketplaces take anything here, and a wrong
    number then stands under our product's name for good.
    """
    if not (text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14)):
        return False
    body = (int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(text[:-1])))
    return (sum(body) + int(text[-1])) % 10 == 0


def _ad_barred(listing: ListingPayload, limit: Any, channel: ChannelInfo) -> Breaches:
    if listing.no_ads:
        yield {}


_unpriced = _each_variant(lambda variant: variant.price_vnd <= 0, "price_vnd")
_suspicious = _each_variant(lambda variant: 0 < variant.price_vnd < LOWEST_PLAUSIBLE_PRICE_VND, "price_vnd")
_bad_gtin = _each_variant(lambda variant: bool(variant.gtin) and not _is_gtin(variant.gtin or ""), "gtin")
_bad_sale = _each_variant(
    lambda variant: variant.sale_vnd is not None and not 0 < variant.sale_vnd < variant.price_vnd, "sale_vnd"
)

CHECKS: tuple[Check, ...] = (
    # What no marketplace can do without. The reasons are in our own rules, so they hold on every channel.
    Check("name_missing", "name", _missing("name"), always=True),
    Check("variants_missing", "variants", _missing("variants"), always=True, effort=2),
    Check("sku_invalid", "sku", _each_variant(lambda v: not SKU.fullmatch(v.sku)), always=True),
    Check("sku_repeated", "sku", _sku_repeated, always=True),
    Check("price_missing", "price_vnd", _unpriced, always=True),
    Check("price_suspicious", "price_vnd", _suspicious, "advice", always=True),
    Check("sale_not_below_price", "sale_vnd", _bad_sale, always=True),
    Check("text_missing", "short_text", _no_text, always=True, effort=2),
    Check("gtin_invalid", "gtin", _bad_gtin, always=True),
    # What a channel's TOML asks for.
    Check("name_too_short", "name", _name_too_short, effort=2),
    Check("name_too_long", "name", _longer("name"), effort=2),
    Check("short_text_missing", "short_text", _missing("short_text"), "advice", effort=2),
    Check("short_text_too_long", "short_text", _longer("short_text"), effort=2),
    Check("story_missing", "story", _missing("story"), "advice", effort=4),
    Check("story_too_long", "story", _longer("story"), effort=3),
    Check("net_content_missing", "net_content", _each_variant(lambda v: not v.net_content), goods_only=True),
    Check(
        "weight_missing", "packed_weight_g", _each_variant(lambda v: not v.packed_weight_g), goods_only=True
    ),
    Check("box_missing", "box_cm", _each_variant(lambda v: not v.box_cm), effort=2, goods_only=True),
    Check("stock_missing", "stock", _each_variant(lambda v: v.stock is None), goods_only=True),
    Check("category_missing", "set_no", _no_category, effort=2),
    Check("field_missing", "", _fields_missing, effort=2),
    Check("photos_too_few", "photos", _photos_too_few, effort=3),
    Check("photos_too_many", "photos", _photos_too_many, "advice", effort=1),
    Check("photo_too_small", "photos", _photo_too_small, effort=3),
    Check("photo_too_heavy", "photos", _photo_too_heavy, effort=2),
    Check("back_label_photo_missing", "photos", _no_back_label, effort=3, goods_only=True),
    Check("producer_phone_missing", "producer.phone", _no_phone, effort=2),
    Check("producer_address_missing", "producer.address_new", _no_address, effort=2),
    Check("ad_barred", "ethanol", _ad_barred, effort=5),
)
BY_CODE = {check.code: check for check in CHECKS}


def check(listing: ListingPayload, channel: ChannelInfo) -> tuple[Problem, ...]:
    """Every problem of the listing on this channel, easiest first within its severity."""
    found = [problem for rule in CHECKS for problem in _apply(rule, listing, channel)]
    return tuple(sorted(found, key=easiest_first))


def easiest_first(problem: Problem) -> tuple[int, int]:
    """Sort key: what blocks before advice before the unverified, little work before much."""
    return _SEVERITY_ORDER[problem.severity], problem.effort


def _apply(rule: Check, listing: ListingPayload, channel: ChannelInfo) -> Iterator[Problem]:
    asked = channel.rules.get(rule.code)
    if (rule.goods_only and listing.service) or (asked is None and not rule.always):
        return
    limit = asked.limit if asked else None
    breaches = tuple(rule.breaches(listing, limit, channel))
    if asked and not asked.verified:
        params = dict(breaches[0]) if breaches else {"rule": rule.code}
        code = rule.code if breaches else "limit_unverified"
        yield Problem(code, params, rule.field, "unverified", rule.effort)
        return
    severity = (asked.severity if asked else None) or rule.severity
    for params in breaches:
        yield Problem(rule.code, params, params.get("field", rule.field), severity, rule.effort)
