"""The number of a person in a cell. It is stored where it belongs and shown or handed out nowhere else."""

from __future__ import annotations

import re

from ocop.imports.rules.cells import digits_of
from ocop.producers.rules import is_personal, masked_tax_code

MASK = "•"
_TAX_CODE = "producer.tax_code"
# Twelve digits in these are a barcode, or a telephone with its country.
_OF_OTHER_KINDS = frozenset(("listing.gtin", "producer.hotline", "producer.zalo"))
_INSIDE = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


def without_personal_number(text: str, target: str = "") -> str:
    """A cell as it may be shown. target: what its column is, "" where nobody knows."""
    if target in _OF_OTHER_KINDS:
        return text
    digits = re.sub(r"[\s.\-]", "", digits_of(text.strip(" '")))
    if target == _TAX_CODE and re.fullmatch(r"[0-9]{11}", digits):
        digits = f"0{digits}"  # Excel ate the zero
    if is_personal(digits):
        return masked_tax_code(digits)
    return _INSIDE.sub(lambda found: masked_tax_code(found[0]), text)
