"""How Vietnamese text is brought into one form before it is stored or searched.

The same `fold` must be used for what is stored as a search key and for what a person types.
"""

import re
import unicodedata

# Look-alikes that phones and old converters put in the place of the Vietnamese letter or the plain mark.
_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
# Decomposed text: glide, vowel, tone, and nothing of the same word after it.
_TONE_ON_LAST_VOWEL = re.compile(
    r"(?i)(?<!q)(o(?=[ae])|u(?=y))([aey])([\u0300\u0301\u0303\u0309\u0323])(?![\w\u0300-\u036f])"
)
_MOST_MARKS_ON_A_LETTER = 4
_LAST_REMEMBERED_LETTER = 0x2100


class _Folded(dict):
    """Letter -> its folded form, worked out once per letter.

    Letter by letter, because normalising a whole text takes time that grows with the square of a run of
    marks: 100 kB of them would hold a worker for seconds.
    """

    def __missing__(self, code: int) -> str:
        letters = unicodedata.normalize("NFD", chr(code).translate(_LOOK_ALIKES).lower()).replace("đ", "d")
        folded = "".join(letter for letter in letters if unicodedata.category(letter) not in ("Mn", "Cf"))
        if code < _LAST_REMEMBERED_LETTER:
            self[code] = folded
        return folded


_FOLDED = _Folded()


def tidy(text: str) -> str:
    """One way to write a text: NFC, single spaces, Vietnamese Đ, straight apostrophe. Marks and case stay."""
    composed = text if text.isascii() else unicodedata.normalize("NFC", without_piled_marks(text))
    return " ".join(composed.translate(_LOOK_ALIKES).split())


def fold(text: str) -> str:
    """Search key: lower case, no tone or vowel marks, đ as d, straight apostrophe, single spaces.

    "Hoá", "Hóa" and "HOÁ" (composed or not) all become "hoa". Invisible format characters are dropped.
    """
    return " ".join(text.translate(_FOLDED).split())


def without_piled_marks(text: str) -> str:
    """Drop marks beyond what any Vietnamese letter carries: see `_Folded` for the reason."""
    kept, pile = [], 0
    for letter in text:
        pile = pile + 1 if unicodedata.combining(letter) else 0
        if pile <= _MOST_MARKS_ON_A_LETTER:
            kept.append(letter)
    return "".join(kept)


def one_style(text: str) -> str:
    """The tone mark on the first vowel of a closing oa, oe, uy: "Hoá" -> "Hóa", "Thuỷ" -> "Thủy" (not "Quý").

    The result is NFC. This is the style of the official list of communes and of every page.
    """
    decomposed = unicodedata.normalize("NFD", without_piled_marks(text))
    return unicodedata.normalize("NFC", _TONE_ON_LAST_VOWEL.sub(r"\1\3\2", decomposed))
