"""Vietnamese text that stays inside its slot: fonts, line heights that clear every mark, and fitting.

Text is composed (NFC) first: a PDF writer places loose combining marks beside their letters.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "BeVietnamPro"
BOLD = "BeVietnamPro-Bold"

# Heights over and under the baseline in ems, measured on Be Vietnam Pro (a test measures them again).
_ASCENT = 1.06
_ASCENT_OF_STACKED_CAPITALS = 1.23  # Ẳ, Ổ: two marks on a capital
_DESCENT = 0.25
_STEP = 0.25  # points between the sizes tried
_ELLIPSIS = "…"
_NARROWING = 0.97  # how finely the width is narrowed to even out the lines
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:g|kg|mg|ml|l|lít|cm|m|%)(?:\W|$))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lettering:
    """Text as fitted: a size in points and its lines from the top, the first ``drop`` points down.

    No lines: nothing fits.
    """

    font: str
    size: float
    lines: tuple[str, ...]
    drop: float = 0.0

    def baselines(self) -> list[float]:
        """How far under the top of the slot each baseline is, in points."""
        up = ascent(" ".join(self.lines))
        pitch = up + _DESCENT
        return [self.drop + (up + pitch * place) * self.size for place in range(len(self.lines))]


def fit(text: str, *, font: str, width: float, height: float, largest: float, smallest: float) -> Lettering:
    """The largest size at which the text, broken at spaces, stays inside ``width`` × ``height`` points.

    When even the smallest is too large it is cut after a whole word and gets an ellipsis.
    """
    words = _words(text)
    size = largest
    while size > smallest - 1e-9:
        lines = _wrapped(words, font, size, width)
        if lines is not None and _height(lines) * size <= height:
            return Lettering(font, size, tuple(_evened(lines, words, font, size, width)))
        size -= _STEP
    return _cut(words, font, smallest, width, height)


def fit_whole(text: str, *, font: str, width: float, height: float, largest: float) -> Lettering:
    """One line with every character, as large as it can be: for numbers, which must never lose a digit.

    The baseline does not depend on the size, so two such texts in slots side by side stand on one line.
    """
    line = tidy(text)
    wide = width_of(line, font, 1.0)
    size = min(largest, height / _height([line]), width / wide if wide else largest)
    drop = ascent(line) * (height / _height([line]) - size)
    return Lettering(font, size, (line,), drop)


def tidy(text: str) -> str:
    """Composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def width_of(text: str, font: str, size: float) -> float:
    """Width in points; loads the fonts when first asked."""
    _register_fonts()
    return pdfmetrics.stringWidth(text, font, size)


def ascent(text: str) -> float:
    """How high this text reaches over its baseline, in ems."""
    return _ASCENT_OF_STACKED_CAPITALS if any(map(_is_stacked_capital, text)) else _ASCENT


def _is_stacked_capital(character: str) -> bool:
    marks = unicodedata.normalize("NFD", character)[1:]
    return character.isupper() and sum(unicodedata.combining(mark) == 230 for mark in marks) > 1


def _words(text: str) -> list[str]:
    """A number and its unit count as one word: "250 g" does not end a line at 250."""
    bound = _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", tidy(text))
    return bound.split(" ") if bound else []


def _height(lines: list[str]) -> float:
    """Of a block of evenly spaced lines at size 1."""
    return (ascent(" ".join(lines)) + _DESCENT) * len(lines)


def _wrapped(words: list[str], font: str, size: float, width: float) -> list[str] | None:
    """Words in as few lines as they need; None when one word alone is too wide."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, font, size) <= width:
            lines[-1] = longer
        elif width_of(word, font, size) <= width:
            lines.append(word)
        else:
            return None
    return lines


def _evened(lines: list[str], words: list[str], font: str, size: float, width: float) -> list[str]:
    """The same number of lines, as equally long as they get: no last line of one short word."""
    narrower = lines
    while narrower and len(narrower) == len(lines):
        lines, width = narrower, width * _NARROWING
        narrower = _wrapped(words, font, size, width)
    return lines


def _cut(words: list[str], font: str, size: float, width: float, height: float) -> Lettering:
    for count in range(len(words) - 1, -1, -1):
        kept = " ".join(words[:count]).rstrip(" ,.;:–-(") + _ELLIPSIS
        lines = _wrapped(kept.split(" "), font, size, width)
        if lines is not None and _height(lines) * size <= height:
            return Lettering(font, size, tuple(lines))
    return Lettering(font, size, ())


@cache
def _register_fonts() -> None:
    folder = Path(__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(REGULAR, folder / "BeVietnamPro-Regular.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, folder / "BeVietnamPro-Bold.ttf"))
