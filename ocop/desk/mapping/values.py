"""One stored value of an audit entry as words: dates, money, stored words and names instead of ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, DateTime
from sqlalchemy.types import TypeEngine

from ocop.db.base import Base, UtcDateTime
from ocop.desk.rules import NAMED_BY_ID, PHONES, masked, without_numbers_of_persons
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace
from ocop.producers.rules import masked_tax_code
from ocop.web.filters import day, dong, number
from ocop.web.wording import has_sentence, sentence

Names = Mapping[tuple[str, str], str]  # (table, id) -> what it is called

KEPT_BACK = "•"  # what the audit writes for a hash
_SHORT = 120  # letters of a value on one line
_ELSEWHERE = {  # words that pages already have
    "producer.kind": "producer_kind_",
    "certificate.kind": "certificate_kind_",
    "publication.state": "state_",
    "channel.booth": "booth_",
    "trace_event.step": "step_",
}


def field_label(table: str, field: str) -> str:
    """What a field is called in the middle of a sentence."""
    for code in (f"noted_{table}.{field}", f"noted_{field}"):
        if has_sentence(code):
            return sentence(code)
    return sentence("noted_other")


def value_words(table: str, field: str, value: Any, names: Names) -> str:
    """``value`` as it stands in the audit (audit.plain); "" for nothing."""
    if value in (None, "", [], {}):
        return ""
    if value == KEPT_BACK:
        return sentence("value_hidden")
    if isinstance(value, list | dict):
        return number(len(value)) if field == "photos" else sentence("value_count", count=len(value))
    if isinstance(value, bool):
        return sentence("value_yes" if value else "value_no")
    if isinstance(value, int):
        return dong(value) if field.endswith("_vnd") else str(value)
    return _text(table, field, str(value), names)


def _text(table: str, field: str, value: str, names: Names) -> str:
    if word := stored_word(table, field, value):
        return word
    if field in NAMED_BY_ID:
        return names.get((NAMED_BY_ID[field], value)) or _commune(value)
    if field in ("commune_code", "practice_commune"):
        return _commune(value)
    if field in PHONES:
        return masked(value)
    if field == "tax_code" or f"{table}.{field}" == "certificate.number":
        return masked_tax_code(value)
    return _moment(table, field, value) or _cut(without_numbers_of_persons(value))


def stored_word(table: str, field: str, value: str) -> str:
    """The word for one of a few values a column may hold; "" when it holds anything people type."""
    prefix = _ELSEWHERE.get(f"{table}.{field}", "-")
    for code in (f"value_{table}.{field}_{value}", f"value_{field}_{value}", f"{prefix}{value}"):
        if has_sentence(code):
            return sentence(code)
    return ""


def _commune(code: str) -> str:
    try:
        return places.commune(code).full_name
    except UnknownPlace:
        return code


def _moment(table: str, field: str, value: str) -> str:
    kind = _column_type(table, field)
    try:
        if isinstance(kind, Date):
            return day(dt.date.fromisoformat(value))
        if isinstance(kind, UtcDateTime | DateTime):
            return day(dt.datetime.fromisoformat(value))
    except ValueError:
        return ""
    return ""


def _column_type(table: str, field: str) -> TypeEngine[Any] | None:
    found = Base.metadata.tables.get(table)
    return found.c[field].type if found is not None and field in found.c else None


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1].rstrip()}…"
