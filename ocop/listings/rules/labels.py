"""What the label of a product must carry and its listing does not say yet (NĐ 37/2026/NĐ-CP, Điều 41–42, Phụ lục I).

Điều 41.5: who sells online shows the whole label but for what changes with every lot, so what the label lacks
the marketplace lacks too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocop.listings.rules.product_sets import LabelGroup, LabelItem, label_group_of, product_set

# 1: type a number or pick one; 2: a line; 3: a few lines.
_EFFORT = {
    "net_content": 1,
    "shelf_life_days": 1,
    "ethanol": 1,
    "origin": 1,
    "name": 1,
    "warning": 3,
    "technical": 3,
}


@dataclass(frozen=True)
class LabelGap:
    """code: label_<field> names the sentence. severity as in readiness: blocking | advice | unverified."""

    code: str
    field: str
    item: str = ""
    severity: str = "blocking"
    effort: int = 2
    phrase: str = ""

    @property
    def params(self) -> dict[str, str]:
        """What the sentence of ``code`` takes."""
        return {"phrase": self.phrase} if self.code == "label_phrase" else {}


def label_gaps(values: Mapping[str, Any]) -> list[LabelGap]:
    """Compulsory label items without an answer, easiest first.

    values: set_no, label_group, the listing's text fields, shelf_life_days, date_style, and net_content (None
    when any pack lacks it). A set without a label row, and a service, have no label gaps.
    """
    its_set = product_set(values["set_no"])
    if its_set.service:
        return []
    group = label_group_of(its_set.no, values.get("label_group") or "")
    if group is None:
        choice = LabelGap("label_group_choice", "label_group", effort=1)
        return [choice] if its_set.label_choices else []
    severity = "advice" if its_set.unpacked_too else "blocking"
    gaps = sorted(_open_items(group, values, severity), key=lambda gap: gap.effort)
    if not group.verified:
        gaps.append(LabelGap("label_group_unverified", "label_group", severity="unverified", effort=5))
    return gaps


def _open_items(group: LabelGroup, values: Mapping[str, Any], severity: str) -> list[LabelGap]:
    gaps: dict[str, LabelGap] = {}
    for item in group.items:
        if not item.field or not item.required or _answered(item, values):
            continue
        code = "label_phrase" if item.phrase and _said(values.get(item.field)) else f"label_{item.field}"
        gap = LabelGap(code, item.field, item.item, severity, _EFFORT.get(item.field, 2), item.phrase)
        gaps.setdefault(f"{code}{gap.phrase if code == 'label_phrase' else ''}", gap)
    return list(gaps.values())


def _answered(item: LabelItem, values: Mapping[str, Any]) -> bool:
    value = values.get(item.field)
    if item.field == "shelf_life_days" and values.get("date_style") == "none":
        return False  # "no date" is no answer where the decree asks for one
    if item.phrase:
        return _plain(item.phrase) in _plain(str(value or ""))
    return _said(value)


def _said(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).lower().split())
