"""GTINs a producer owns: checking them. There is no function here that makes one.

Rules: GS1 General Specifications, section 7.9 (check digit) and 1.2.2 (restricted circulation numbers
shall not be used in open environments nor encoded with any application identifier).
"""

import re

_LENGTHS = (8, 12, 13, 14)
_RESTRICTED_GTIN13 = {"02", "04"} | {str(prefix) for prefix in range(20, 30)}
_RESTRICTED_GTIN8 = {"0", "2"}
_LOT_CHARACTERS = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+""")
_LOT_LENGTH = 20


def check_digit(body: str) -> str:
    """The mod-10 check digit for the digits before it (weights 3, 1, 3 … from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def gtin_problem(text: str) -> str | None:
    """None for a usable GTIN of 8, 12, 13 or 14 digits, else what is wrong with it.

    ``digits``: something other than 0–9; ``length``; ``check_digit``; ``restricted``: a number of a shop's
    own (prefix 02, 04, 20–29, or an 8-digit one beginning 0 or 2), which means nothing outside that shop.
    """
    if not (text.isascii() and text.isdigit()):
        return "digits"
    if len(text) not in _LENGTHS:
        return "length"
    if check_digit(text[:-1]) != text[-1]:
        return "check_digit"
    return "restricted" if _restricted(text.zfill(14)) else None


def _restricted(gtin14_text: str) -> bool:
    if gtin14_text.startswith("000000"):
        return gtin14_text[6] in _RESTRICTED_GTIN8
    return gtin14_text[1:3] in _RESTRICTED_GTIN13


def gtin14(text: str) -> str:
    """The GTIN on 14 digits, as application identifier 01 wants it. ValueError for one with a problem."""
    problem = gtin_problem(text)
    if problem:
        raise ValueError(f"not a usable GTIN: {problem}")
    return text.zfill(14)


def lot_problem(text: str) -> str | None:
    """None for a lot number that fits application identifier 10 (1–20 characters of GS1 set 82), else a code.

    ``empty``, ``too_long``, ``characters``, or ``dots``: only dots, which every web client drops from a path.
    """
    if not text:
        return "empty"
    if len(text) > _LOT_LENGTH:
        return "too_long"
    if not _LOT_CHARACTERS.fullmatch(text):
        return "characters"
    return "dots" if text in (".", "..") else None
