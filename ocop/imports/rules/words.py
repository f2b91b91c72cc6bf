"""Recognising kinds and sets by the words people use for them: data in words.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from ocop.imports.rules.cells import words_in

_FILE = Path(__file__).parent.parent / "words.toml"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def new_prefix(old: str) -> str | None:
    """What the first digits of a mobile became in 2018: "0166" -> "036"; None for those that stayed."""
    found: str | None = _data()["mobile_prefixes"].get(old)
    return found


@cache
def table(name: str) -> dict[tuple[str, ...], str]:
    """Words in a row -> what they stand for."""
    return {tuple(words.split()): key for key, said in _data()[name].items() for words in said}


def found_in(text: str, name: str, *, only: frozenset[str] | None = None) -> str | None:
    """What a text speaks of: the longest words in a row that the table knows; of equals those that come first."""
    words, known = words_in(text)[:40], table(name)
    longest = max(map(len, known))
    for size in range(longest, 0, -1):
        for start in range(len(words) - size + 1):
            key = known.get(tuple(words[start : start + size]))
            if key is not None and (only is None or key in only):
                return key
    return None


def begins_with(text: str, name: str) -> str | None:
    """The same, for words a text begins with."""
    words, known = words_in(text)[:8], table(name)
    for size in range(len(words), 0, -1):
        if (key := known.get(tuple(words[:size]))) is not None:
            return key
    return None
