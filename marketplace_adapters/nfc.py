"""One way to write each Vietnamese letter.

A phone may give "ế" as one character or as "e" with two marks behind it (NFD). They look alike, but a shop
that stored the second is not found by a search for the first. So everything leaves as single characters (NFC).
"""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from marketplace_adapters import spelling

_Value = TypeVar("_Value")


def composed(value: _Value) -> _Value:
    """The value with every text in it in NFC; looks into tuples and payload dataclasses."""
    if isinstance(value, str):
        return spelling.composed(value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(composed(one) for one in value)  # type: ignore[return-value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    before = {field.name: getattr(value, field.name) for field in fields(value)}
    after = {
        name: composed(one)
        for name, one in before.items()
        if isinstance(one, str | tuple) or is_dataclass(one)
    }
    changed = {name: one for name, one in after.items() if one != before[name]}
    return replace(value, **changed) if changed else value


def toneless(text: str) -> str:
    """Vietnamese as it is typed in a hurry: no tone marks, đ is d; the case stays."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(mark for mark in apart if not unicodedata.combining(mark)))
