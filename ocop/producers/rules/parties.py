"""Who a producer is: its kind, its tax code, the number one may call."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum


class ProducerKind(StrEnum):
    COOPERATIVE = "cooperative"
    COOPERATIVE_GROUP = "cooperative_group"
    HOUSEHOLD = "household"
    ENTERPRISE = "enterprise"


OLD_ADDRESS_SHOWN_UNTIL = dt.date(2027, 7, 1)  # NĐ 37/2026: labels printed before the 2025 merger


def tax_code_problem(text: str) -> str | None:
    """A code for what is wrong, or None. 10 digits, 10-3 digits, or 12 (a household's personal number).

    The tenth digit checks the first nine (weights 31 29 23 19 17 13 7 5 3, mod 11). The rule of the 12-digit
    form could not be verified, so only its length is looked at.
    """
    if not text or re.fullmatch(r"\d{12}", text):
        return None
    match = re.fullmatch(r"(\d{10})(?:-(\d{3}))?", text)
    if match is None:
        return "shape"
    digits = [int(d) for d in match.group(1)]
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    total = sum(w * d for w, d in zip(weights, digits[:9], strict=True))
    return None if (10 - total % 11) == digits[9] else "check_digit"


def masked_tax_code(text: str) -> str:
    """A 12-digit code is a person's number, in groups or not: only its last three digits are ever shown or exported."""
    digits = re.sub(r"[\s.\-]", "", text)
    return "•" * 9 + digits[-3:] if is_personal(digits) else text


def normal_tax_code(text: str) -> str:
    """Spaces and dots dropped; thirteen digits in one piece get their dash."""
    digits = re.sub(r"[\s.]", "", text)
    return f"{digits[:10]}-{digits[10:]}" if re.fullmatch(r"\d{13}", digits) else digits


def is_personal(tax_code: str) -> bool:
    """Twelve digits: the number of a person, not of a firm."""
    return re.fullmatch(r"\d{12}", tax_code) is not None


def public_number_problem(text: str) -> str | None:
    """A hotline may be any number one can dial, 1900 ones too: 4 to 15 digits."""
    digits = re.sub(r"[\s().+\-]", "", text)
    return None if not text or re.fullmatch(r"\d{4,15}", digits) else "field_phone"
