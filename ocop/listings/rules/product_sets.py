"""The 26 product sets and the label groups, read from product_sets.toml (its head names the sources)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "product_sets.toml"

# What every set of goods is asked besides its own label items, and what a service is asked.
_ALWAYS = frozenset(
    {"name", "short_text", "story", "standards", "brand", "origin", "warning", "other_trace_code"}
)
_GOODS = frozenset({"net_content", "packed_weight_g", "box", "stock", "gtin"})
_FOR_A_SERVICE = frozenset(
    {"name", "short_text", "story", "standards", "brand", "origin", "usage", "warning"}
)
# Sets without a label row still have something to say about care; nothing of it is compulsory.
_WITHOUT_LABEL = frozenset({"usage", "storage"})


@dataclass(frozen=True)
class LabelItem:
    """item: the decree's words. field: where a listing answers it; "" when every lot answers it anew.
    phrase: words that must stand there as they are."""

    item: str
    field: str = ""
    required: bool = True
    phrase: str = ""


@dataclass(frozen=True)
class LabelGroup:
    """A row (tt) of Phụ lục I, NĐ 37/2026/NĐ-CP. verified False: nobody looked up what it asks for."""

    name: str
    tt: int
    items: tuple[LabelItem, ...]
    verified: bool = True

    @property
    def fields(self) -> frozenset[str]:
        """Fields of a listing that this label speaks of."""
        return frozenset(item.field for item in self.items if item.field)

    @property
    def required_fields(self) -> frozenset[str]:
        return frozenset(item.field for item in self.items if item.field and item.required)


@dataclass(frozen=True)
class ProductSet:
    """One of the 26. label_group is "" where the producer chooses (label_choices) or no row was found."""

    no: int
    name: str
    group_code: str
    group_name: str
    annex1_name: str
    annex1_group: str
    agencies: tuple[str, ...]
    examples: str
    label_group: str = ""
    label_choices: tuple[str, ...] = ()
    service: bool = False
    unpacked_too: bool = False

    @property
    def stampable(self) -> bool:
        """Stamps go on packs; a service has none."""
        return not self.service

    @property
    def questions(self) -> frozenset[str]:
        """Fields the listing screen asks about goods of this set, whichever label group is chosen."""
        if self.service:
            return _FOR_A_SERVICE
        groups = [label_groups()[name] for name in (self.label_group, *self.label_choices) if name]
        asked = frozenset().union(*(group.fields for group in groups))
        return _ALWAYS | _GOODS | (asked or _WITHOUT_LABEL)

    @property
    def is_food(self) -> bool:
        """Whether words of healing are barred: food, drink and everything sold as either."""
        return self.group_code in ("I", "II") or self.no in (18, 20)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def label_groups() -> dict[str, LabelGroup]:
    """Every label group by its name. The items every label carries (Điều 42.1) come first in each."""
    common = tuple(LabelItem(**item) for item in _data()["common_items"])
    return {
        row["name"]: LabelGroup(
            row["name"],
            row["tt"],
            common + tuple(LabelItem(**item) for item in row["items"]),
            row.get("verified", True),
        )
        for row in _data()["label_groups"]
    }


@cache
def _by_number() -> dict[int, ProductSet]:
    sets = {}
    for group in _data()["groups"]:
        for row in group["sets"]:
            values = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
            sets[row["no"]] = ProductSet(group_code=group["code"], group_name=group["name"], **values)
    return sets


def product_sets() -> tuple[ProductSet, ...]:
    """All 26, in their order."""
    return tuple(_by_number()[no] for no in sorted(_by_number()))


def product_set(no: int) -> ProductSet:
    """KeyError for a number outside 1..26."""
    return _by_number()[no]


def label_group_of(set_no: int, chosen: str = "") -> LabelGroup | None:
    """The label group that holds: the set's own, or the one chosen where the set lets the producer choose.

    None while the choice is open, and for sets no row was found for (23–26).
    """
    its_set = product_set(set_no)
    if its_set.label_group:
        return label_groups()[its_set.label_group]
    return label_groups()[chosen] if chosen in its_set.label_choices else None
