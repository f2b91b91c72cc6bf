"""A person's number is shown nowhere but where it is stored."""

from __future__ import annotations

import pytest

from ocop.imports.rules import personal
from ocop.imports.rules.cells import Told, doubtful
from ocop.imports.rules.parsers import PARSERS


@pytest.mark.parametrize(
    ("target", "text", "shown"),
    [
        ("producer.tax_code", "038012345678", "•••••••••678"),
        ("producer.tax_code", "'038 012 345 678", "•••••••••678"),
        ("producer.tax_code", "38012345678", "•••••••••678"),
        ("producer.tax_code", "38012345678.0", "•••••••••678"),
        ("producer.tax_code", "2800000001", "2800000001"),
        ("certificate.number", "038012345678", "•••••••••678"),
        ("", "CCCD 038012345678, Hà Trung", "CCCD •••••••••678, Hà Trung"),
        ("listing.gtin", "036000291452", "036000291452"),
        ("producer.hotline", "842373851234", "842373851234"),
        ("listing.name", "Mắm tép đồng", "Mắm tép đồng"),
    ],
)
def test_twelve_digits_are_hidden_unless_they_are_something_else(target: str, text: str, shown: str) -> None:
    assert personal.without_personal_number(text, target) == shown


def test_a_hidden_number_that_comes_back_is_left_out_and_it_is_said() -> None:
    found: Told = PARSERS["tax_code"]("•••••••••678", "Mã số thuế", "tax_code")

    assert found == doubtful({}, "tax_code_masked")
