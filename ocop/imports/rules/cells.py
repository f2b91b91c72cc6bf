"""One cell with its heading, cleaned, and what a parser says about it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from ocop.imports.rules.fields import FieldSpec
from ocop.imports.rules.sheets import Problem
from ocop.web.folding import fold, tidy

LONGEST_TEXT = 6_000
_NOTHING = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "–",
        "—",
        "x",
        "/",
        ".",
        "n/a",
        "na",
        "null",
        "none",
        "khong",
        "khong co",
        "ko",
        "k co",
    )
    + ("chua", "chua co", "chua ro", "khong ro", "chua cap", "dang lam", "khong ap dung", "trong")
)
_FORMULA_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)
_MARKED = re.compile(r"'[=+\-@0-9]")
_FLOAT = re.compile(r"[0-9]+\.0+|[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")


@dataclass(frozen=True)
class Cell:
    """text: cleaned, NFC; heading: as written; column: from 0."""

    spec: FieldSpec
    text: str
    heading: str
    column: int

    def problem(self, code: str, severity: str = "error", **params: Any) -> Problem:
        return Problem(code, self.heading, self.column, params, severity)

    @property
    def says_nothing(self) -> bool:
        return says_nothing(self.text)

    @property
    def is_formula_error(self) -> bool:
        return _FORMULA_ERROR.fullmatch(self.text) is not None


@dataclass(frozen=True)
class Told:
    """What a parser makes of a text: values by key, and (code, severity, params) of what it stumbles over."""

    values: dict[str, Any] = field(default_factory=dict)
    complaints: tuple[tuple[str, str, dict[str, Any]], ...] = ()


def wrong(code: str, **params: Any) -> Told:
    return Told({}, ((code, "error", params),))


def doubtful(values: dict[str, Any], code: str, **params: Any) -> Told:
    return Told(values, ((code, "warning", params),))


def cleaned(text: str, *, lines: bool = False) -> str:
    """One way to write a cell: NFC, single spaces; the apostrophe goes that our own sheets put before = + - @, and
    people before figures, so that they stay a text."""
    text = _visible(text[:LONGEST_TEXT].replace("_x000D_", " "))
    tidied = "\n".join(filter(None, map(tidy, text.splitlines()))) if lines else tidy(text)
    return tidied[1:] if _MARKED.match(tidied) else tidied


def _visible(text: str) -> str:
    """Without letters that nobody sees, as the forms take it: a .docx refuses some, others turn a line around."""
    if text.isprintable():
        return text
    return "".join(letter for letter in text if letter.isspace() or unicodedata.category(letter)[0] != "C")


def says_nothing(text: str) -> bool:
    """A cell left open in a person's way: "-", "không có", "chưa"."""
    return len(text) < 20 and fold(text).strip(" .") in _NOTHING


def digits_of(text: str) -> str:
    """A number that Excel wrote as 9.12345678E8 or 912345678.0 as its digits; other texts as they are."""
    if _FLOAT.fullmatch(text) and float(text).is_integer() and float(text) < 1e15:
        return str(int(float(text)))
    return text


def words_in(text: str) -> list[str]:
    """Words of a text as they are compared: folded, nothing but letters and figures."""
    return re.findall(r"[a-z0-9]+", fold(text[:LONGEST_TEXT]))
