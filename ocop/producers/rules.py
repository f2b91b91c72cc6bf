"""What a producer and a paper are, without database or web."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum


class ProducerKind(StrEnum):
    COOPERATIVE = "cooperative"
    COOPERATIVE_GROUP = "cooperative_group"
    HOUSEHOLD = "household"
    ENTERPRISE = "enterprise"


class CertificateKind(StrEnum):
    OCOP = "ocop"
    FOOD_SAFETY = "food_safety"
    SELF_DECLARATION = "self_declaration"
    LAB_TEST = "lab_test"
    VIETGAP = "vietgap"
    ORGANIC = "organic"
    PLACE_NAME_PERMIT = "place_name_permit"
    TRADEMARK = "trademark"
    BUSINESS_REGISTRATION = "business_registration"
    QUALITY_SYSTEM = "quality_system"
    OTHER = "other"


# Papers that speak of one product; the others speak of the producer.
OF_A_PRODUCT = frozenset({CertificateKind.OCOP, CertificateKind.SELF_DECLARATION, CertificateKind.LAB_TEST})

OLD_ADDRESS_SHOWN_UNTIL = dt.date(2027, 7, 1)  # NĐ 37/2026: labels printed before the 2025 merger


def valid_on(
    day: dt.date, issued_on: dt.date | None, expires_on: dt.date | None, revoked_on: dt.date | None
) -> bool:
    """Whether a paper counts on a day. Its last day counts; a paper without an end date does not lapse."""
    if issued_on is not None and day < issued_on:
        return False
    if revoked_on is not None and day >= revoked_on:
        return False
    return expires_on is None or day <= expires_on


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


SOON = dt.timedelta(days=180)  # QĐ 26/2026 Điều 6: a star is re-assessed from 180 days before its last day

OCOP_MONTHS = 36  # QĐ 26/2026 Điều 5: a certificate runs 36 months from its issue


class Standing(StrEnum):
    """How a paper stands on a day."""

    NOT_YET = "not_yet"
    VALID = "valid"
    ENDLESS = "endless"
    SOON = "soon"
    EXPIRED = "expired"
    REVOKED = "revoked"


def standing(
    day: dt.date, issued_on: dt.date | None, expires_on: dt.date | None, revoked_on: dt.date | None
) -> Standing:
    if revoked_on is not None and day >= revoked_on:
        return Standing.REVOKED
    if issued_on is not None and day < issued_on:
        return Standing.NOT_YET
    if expires_on is None:
        return Standing.ENDLESS
    if day > expires_on:
        return Standing.EXPIRED
    return Standing.SOON if expires_on - day <= SOON else Standing.VALID


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day so many months on; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def ocop_expiry(issued_on: dt.date) -> dt.date:
    """The last day of an OCOP certificate that does not name one: the day before 36 months are over."""
    return months_later(issued_on, OCOP_MONTHS) - dt.timedelta(days=1)


def certificate_problem(
    kind: CertificateKind,
    number: str,
    issued_on: dt.date | None,
    expires_on: dt.date | None,
    stars: int | None,
    has_product: bool,
) -> tuple[str, str] | None:
    """(code, field) of what is wrong with a paper's facts, or None.

    A star needs its product, decision number and day, and is 3, 4 or 5: one and two stars get no certificate.
    """
    if kind in OF_A_PRODUCT and not has_product:
        return "certificate_needs_product", "listing_id"
    if kind is CertificateKind.OCOP:
        if not number:
            return "certificate_needs_number", "number"
        if issued_on is None:
            return "certificate_needs_day", "issued_on"
        if stars not in (3, 4, 5):
            return "certificate_needs_stars", "stars"
    if issued_on is not None and expires_on is not None and expires_on < issued_on:
        return "certificate_ends_early", "expires_on"
    return None


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
