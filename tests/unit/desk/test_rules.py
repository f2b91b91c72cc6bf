"""What of a text may go into a Zalo group or onto an official's screen."""

from __future__ import annotations

import pytest

from ocop.desk.rules import masked, without_numbers_of_persons


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gọi 0912345678 nhé", "Gọi •••678 nhé"),
        ("Gọi 0912 345 678", "Gọi •••678"),
        ("0237.3.851.234", "•••234"),
        ("(+84 912 345 678)", "(•••678)"),
        ("CCCD 038123456789.", "CCCD •••789."),
        ("0912-345-678/0987654321", "•••678/•••321"),
    ],
)
def test_a_number_that_reaches_or_names_a_person_is_hidden(text: str, shown: str) -> None:
    assert without_numbers_of_persons(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "70.000 đồng", "1.250.000 đồng", "21/11/2026", "22/11/2026 09:15", "Lô MT-261120", "8936012345678",
        "09521234000013", "QĐ 26/2026/QĐ-TTg", "250 g, 520 g", "TCCS 01:2025/MẪU", "Số 0123",
    ],
)  # fmt: skip
def test_prices_days_barcodes_and_lots_stay(text: str) -> None:
    assert without_numbers_of_persons(text) == text


@pytest.mark.parametrize(
    ("number", "shown"), [("+84912345678", "•••678"), ("1900", "•••"), ("không có", "không có")]
)
def test_a_telephone_field_keeps_three_digits_at_most(number: str, shown: str) -> None:
    assert masked(number) == shown
