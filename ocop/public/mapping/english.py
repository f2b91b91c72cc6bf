"""The English of public pages. Vietnamese is the msgid; what has no English yet stays Vietnamese."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path


@cache
def _english() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent.parent / "english.toml").read_text("utf-8"))


def translator(lang: str) -> Callable[[str], str]:
    """gettext for templates: ``_("Lô")``."""
    return (lambda msgid: _english().get(msgid, msgid)) if lang == "en" else str
