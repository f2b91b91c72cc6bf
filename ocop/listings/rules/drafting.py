"""A draft is what the form sent: name -> values as typed, right or wrong. These change one; nothing here stores.

Keeping what was typed, and not what was understood of it, is what lets a person find everything again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ocop.listings.rules.photos import SHOTS, default_shot

Fields = dict[str, list[str]]

FIELDS = (
    "set_no", "label_group", "name", "short_text", "story", "brand", "standards", "origin", "ingredients", "usage",
    "storage", "warning", "technical", "ethanol", "shelf_life_days", "date_style", "other_trace_code",
)  # fmt: skip
PACK_FIELDS = (
    "label", "net_content", "net_unit", "price_vnd", "wholesale_vnd", "packed_weight_g", "box_length_cm",
    "box_width_cm", "box_height_cm", "stock", "gtin",
)  # fmt: skip
MAX_PACKS = 12
MAX_DRAFT_CHARACTERS = 200_000

_BESIDE = ("version", "copied_from", "channels", "channels_shown", "ack")
_PACK = re.compile(r"variants-(\d{1,2})-(\w+)")


def pack_key(number: int, name: str) -> str:
    """The name of a pack's input: pack_key(0, "price_vnd") -> "variants-0-price_vnd"."""
    return f"variants-{number}-{name}"


def known(sent: Mapping[str, Iterable[str]]) -> Fields:
    """Of what was sent, what belongs to this form."""
    return {name: [str(value) for value in values] for name, values in sent.items() if _belongs(name)}


def _belongs(name: str) -> bool:
    match = _PACK.fullmatch(name)
    if match:
        return int(match.group(1)) < MAX_PACKS and match.group(2) in (*PACK_FIELDS, "id", "price_sure")
    return name in FIELDS or name in _BESIDE or re.fullmatch(r"shot-[0-9a-z]{12}", name) is not None


def is_figure(text: str) -> bool:
    """Whether a text is a whole number as our own pages write one: plain digits, not many."""
    return re.fullmatch(r"[0-9]{1,15}", text) is not None


def too_long(fields: Fields) -> bool:
    return sum(len(value) for values in fields.values() for value in values) > MAX_DRAFT_CHARACTERS


def pack_numbers(fields: Fields) -> list[int]:
    """Which packs the form holds."""
    return sorted({int(match.group(1)) for name in fields if (match := _PACK.fullmatch(name))})


def with_pack(fields: Fields) -> Fields:
    """One more, empty pack, sold by the unit of the one before it."""
    numbers = pack_numbers(fields) or [-1]
    number = numbers[-1] + 1
    if number >= MAX_PACKS:
        return fields
    unit = fields.get(pack_key(numbers[-1], "net_unit"), ["g"])
    return {**fields, pack_key(number, "net_unit"): unit, pack_key(number, "price_vnd"): [""]}


def without_pack(fields: Fields, number: int) -> Fields:
    """Without one pack; those after it move up. The last one left stays."""
    numbers = pack_numbers(fields)
    if number not in numbers or len(numbers) == 1:
        return fields
    kept = {name: values for name, values in fields.items() if not _PACK.fullmatch(name)}
    for place, old in enumerate(n for n in numbers if n != number):
        for name in (*PACK_FIELDS, "id", "price_sure"):
            if pack_key(old, name) in fields:
                kept[pack_key(place, name)] = fields[pack_key(old, name)]
    return kept


def kept_over(before: Fields, sent: Fields) -> Fields:
    """What was sent, and of before the texts it does not speak of: a question that another set of goods is not
    asked keeps its answer. Ticks are not kept, because a tick that is not sent was taken away."""
    return {**{name: before[name] for name in FIELDS if name in before}, **sent}


def given_back(fields: Fields, taken: Fields) -> Fields:
    """Without what still stands as it was taken over: for goods of another group it would be a wrong label."""
    return {name: values for name, values in fields.items() if values != taken.get(name)}


def with_values(fields: Fields, values: Fields) -> Fields:
    """With these values put over the ones that stood there."""
    return {**fields, **values}


def with_shots(fields: Fields, media_ids: Sequence[str]) -> Fields:
    """Remember only what differs from what a photo shows by its place, so that moving a photo moves the rest."""
    kept = {name: values for name, values in fields.items() if not name.startswith("shot-")}
    for place, media_id in enumerate(media_ids):
        chosen = fields.get(f"shot-{media_id}", [""])[0]
        if chosen in SHOTS and chosen != default_shot(place):
            kept[f"shot-{media_id}"] = [chosen]
    return kept


def shot_of(fields: Fields, media_id: str, place: int) -> str:
    chosen = fields.get(f"shot-{media_id}", [""])[0]
    return chosen if chosen in SHOTS else default_shot(place)


def moved(media_ids: Sequence[str], action: str) -> list[str]:
    """The order after "up:ID", "down:ID", "remove:ID" or "order:ID,ID,…". Unknown ids and words change nothing."""
    verb, _, rest = action.partition(":")
    order = list(media_ids)
    if verb == "order":
        wanted = [media_id for media_id in dict.fromkeys(rest.split(",")) if media_id in order]
        return wanted + [media_id for media_id in order if media_id not in wanted]
    if rest not in order:
        return order
    place = order.index(rest)
    order.pop(place)
    if verb == "remove":
        return order
    order.insert({"up": max(0, place - 1), "down": place + 1}.get(verb, place), rest)
    return order
