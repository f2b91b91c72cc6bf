"""Rules of producers and their papers."""

from __future__ import annotations

import datetime as dt

import pytest

from ocop.producers import rules
from ocop.producers.mapping import address_lines, public_phone, shown_tax_code
from ocop.producers.models import Producer
from ocop.producers.rules import CertificateKind, ProducerKind

DAY = dt.date(2026, 11, 21)


def _tax_code(first_nine: str) -> str:
    total = sum(w * int(d) for w, d in zip((31, 29, 23, 19, 17, 13, 7, 5, 3), first_nine, strict=True))
    return first_nine + str(10 - total % 11)


@pytest.mark.parametrize(
    "text", ["", _tax_code("010010907"), _tax_code("010010907") + "-001", "038012345678"]
)
def test_tax_codes_of_firms_branches_and_persons_are_taken(text):
    assert rules.tax_code_problem(text) is None


def test_one_wrong_digit_in_a_firms_tax_code_is_noticed():
    right = _tax_code("010010907")
    wrong = right[:4] + str((int(right[4]) + 1) % 10) + right[5:]

    assert rules.tax_code_problem(wrong) == "check_digit"


@pytest.mark.parametrize("text", ["123", "abcdefghij", "01234567890", "1234567890-12"])
def test_other_shapes_are_no_tax_code(text):
    assert rules.tax_code_problem(text) == "shape"


def test_thirteen_digits_in_one_piece_get_their_dash():
    assert rules.normal_tax_code("0100 109 106 001") == "0100109106-001"


def test_only_the_last_three_digits_of_a_persons_number_are_shown():
    producer = Producer(tax_code="038012345678")

    shown = shown_tax_code(producer)

    assert shown == "•••••••••678"


@pytest.mark.parametrize(
    ("issued_on", "expires_on"),
    [
        (dt.date(2024, 7, 31), dt.date(2027, 7, 30)),
        (dt.date(2024, 2, 29), dt.date(2027, 2, 27)),
        (dt.date(2026, 1, 1), dt.date(2028, 12, 31)),
    ],
)
def test_a_star_lasts_thirty_six_months(issued_on, expires_on):
    assert rules.ocop_expiry(issued_on) == expires_on


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"has_product": False}, "listing_id"),
        ({"number": ""}, "number"),
        ({"issued_on": None}, "issued_on"),
        ({"stars": None}, "stars"),
        ({"stars": 2}, "stars"),
        ({"stars": 6}, "stars"),
        ({"expires_on": dt.date(2023, 1, 1)}, "expires_on"),
    ],
)
def test_a_star_needs_its_product_number_day_and_three_to_five_stars(facts, field):
    right = {
        "kind": CertificateKind.OCOP,
        "number": "715/QĐ-MẪU",
        "issued_on": dt.date(2024, 1, 1),
        "expires_on": None,
        "stars": 3,
        "has_product": True,
    }

    problem = rules.certificate_problem(**{**right, **facts})

    assert rules.certificate_problem(**right) is None
    assert problem is not None
    assert problem[1] == field


def test_the_old_address_stands_beside_the_new_until_july_2027():
    producer = Producer(
        kind=ProducerKind.HOUSEHOLD,
        commune_code="15286",
        hamlet="thôn Trung",
        old_address="xã Cũ, huyện Cũ",
    )

    new, note = address_lines(producer, dt.date(2027, 7, 1))
    _, later = address_lines(producer, dt.date(2027, 7, 2))

    assert new.startswith("thôn Trung, ")
    assert note == "bao bì in trước 01/07/2025 có thể ghi: xã Cũ, huyện Cũ"
    assert later == ""


def test_a_hotline_is_public_only_with_a_recorded_consent():
    silent = Producer(hotline="0912345678")
    agreed = Producer(hotline="0912345678", hotline_consent_at=dt.datetime.now(dt.UTC))
    short = Producer(hotline="1900 1234", hotline_consent_at=dt.datetime.now(dt.UTC))

    assert public_phone(silent) == ""
    assert public_phone(agreed) == "0912 345 678"
    assert public_phone(short) == "1900 1234"
