"""The words of a parcel, beside what may fill a column of its sheet (marketplace_adapters/fields.py)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from marketplace_adapters.fields import SOURCES, Row, category, dotted, introduction, row_title

__all__ = ["SOURCES", "Row", "category", "dotted", "introduction", "row_title", "words"]


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The tables of words.toml."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
