"""Whether two names mean the same producer, product or paper. Nothing here knows what is stored."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ocop.imports.rules.cells import words_in
from ocop.web.folding import fold, one_style, tidy

# Short and long ways to write what a producer is, both in use on one and the same sheet.
_SHORT_FOR = {
    ("hop", "tac", "xa"): ("htx",),
    ("to", "hop", "tac"): ("tht",),
    ("ho", "kinh", "doanh"): ("hkd",),
    ("ho", "san", "xuat"): ("hkd",),
    ("ho", "gia", "dinh"): ("hkd",),
    ("ho", "kd"): ("hkd",),
    ("ho", "sx"): ("hkd",),
    ("co", "so", "san", "xuat"): ("cssx",),
    ("cong", "ty"): ("cty",),
    ("trach", "nhiem", "huu", "han"): ("tnhh",),
    ("co", "phan"): ("cp",),
    ("ctcp",): ("cty", "cp"),
    ("doanh", "nghiep", "tu", "nhan"): ("dntn",),
    ("mot", "thanh", "vien"): ("mtv",),
    ("1", "thanh", "vien"): ("mtv",),
    ("nong", "nghiep"): ("nn",),
    ("dich", "vu"): ("dv",),
    ("dvnn",): ("dv", "nn"),
    ("thuong", "mai"): ("tm",),
    ("tmdv",): ("tm", "dv"),
    ("san", "xuat"): ("sx",),
    ("sxkd",): ("sx", "kd"),
    ("kinh", "doanh"): ("kd",),
}
_LONGEST = max(map(len, _SHORT_FOR))
_LONGEST_NAME = 300


@lru_cache(maxsize=20_000)
def producer_key(name: str) -> str:
    """How a producer is looked up: "Hợp tác xã Mắm tép Hà Yên" and "HTX mắm tép  hà yên" have one key."""
    words, short, at = words_in(name[:_LONGEST_NAME]), list[str](), 0
    while at < len(words):
        sizes = range(min(_LONGEST, len(words) - at), 0, -1)
        size = next((size for size in sizes if tuple(words[at : at + size]) in _SHORT_FOR), 0)
        short += _SHORT_FOR[tuple(words[at : at + size])] if size else words[at : at + 1]
        at += size or 1
    return "".join(short)


def product_key(name: str) -> str:
    """How a product of one producer is looked up."""
    return _squeezed(name)


def number_key(number: str) -> str:
    """Numbers of papers, however the dashes and strokes between their parts are written."""
    return _squeezed(number)


def same_producer(one: str, other: str) -> bool:
    """Whether two names, both from one commune, mean one producer. A name without marks may have any marks."""
    return producer_key(one) == producer_key(other) and _marks_agree(one, other)


def same_product(one: str, other: str) -> bool:
    """Whether two names, both of one producer, mean one product."""
    return product_key(one) == product_key(other) and _marks_agree(one, other)


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text[:_LONGEST_NAME]))


def _marks_agree(one: str, other: str) -> bool:
    """False only where both write a word with marks, and different ones: "Mạ" is not "Má"."""
    left, right = _marks(one), _marks(other)
    both = left.keys() & right.keys()
    return all(left[word] == right[word] or not left[word] or not right[word] for word in both)


def _marks(name: str) -> dict[str, str]:
    """Folded word -> its marks, "" for a word without."""
    found = {}
    for word in one_style(tidy(name[:_LONGEST_NAME])).lower().split():
        letters = unicodedata.normalize("NFD", word)
        found[fold(word)] = "".join(one for one in letters if unicodedata.combining(one) or one == "đ")
    return found
