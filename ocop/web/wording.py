"""Every sentence a person reads that is not part of a template: data in wording/*.toml, one file a feature."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("wording")


@cache
def _sentences() -> dict[str, str]:
    sentences: dict[str, str] = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        for code, text in tomllib.loads(file.read_text("utf-8")).items():
            if code in sentences:
                raise ValueError(f"{file.name}: the sentence {code!r} is already written elsewhere")
            sentences[code] = text
    return sentences


def sentence(code: str, /, **params: Any) -> str:
    """The Vietnamese sentence for a code, its {placeholders} filled. KeyError names a code nobody wrote."""
    return _sentences()[code].format(**params)


def has_sentence(code: str) -> bool:
    return code in _sentences()
