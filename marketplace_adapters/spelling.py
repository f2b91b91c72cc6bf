"""Vietnamese text as it is compared: what is the same to a reader is the same here.

`nfc.py` is about what leaves; this is about what comes back, in whatever way other software writes it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

_LONGEST_PIECE = 400
_LETTERS = str.maketrans({"Ð": "Đ", "ð": "đ"})  # what some fonts and converters put for the Vietnamese letter
# What shop software puts for what a keyboard types: curly quotes, long dashes, signs nobody sees.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad"),
        "×": "x",
    }
)


def plain(text: str) -> str:
    """Composed letters, straight quotes, short dashes, single spaces. Marks and case stay."""
    parts = (_normal("NFKC", word).translate(_SIGNS) for word in text.translate(_LETTERS).split())
    return " ".join(" ".join(parts).split())


def folded(text: str) -> str:
    """`plain` in small letters without marks; đ is d."""
    letters = " ".join(_normal("NFD", word) for word in plain(text).casefold().split()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Words in small letters, marks kept."""
    return re.findall(r"\w+", plain(text).casefold())


def spelled(word: str) -> tuple[str, str]:
    """Equal for two ways to place the same tone mark: hoà and hòa."""
    return folded(word), "".join(sorted(_normal("NFD", plain(word).casefold())))


def composed(text: str) -> str:
    """The usual way to store letters (NFC); spaces and line breaks stay."""
    return _normal("NFC", text)


def is_composed(text: str) -> bool:
    """Whether the letters are stored the usual way, in which a search looks for them."""
    return composed(text) == text


def _normal(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """In pieces, because normalising takes time that grows with the square of a run of marks."""
    pieces = re.findall(rf"\s+|\S{{1,{_LONGEST_PIECE}}}", text)
    return "".join(unicodedata.normalize(form, piece) for piece in pieces)
