"""Plain rules of lots, runs of stamps and spool lines."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocop.batches.rules import (
    Balance,
    ScanLine,
    Span,
    count,
    good_until,
    scan_line,
    stamp_reference,
    suggest_lot_number,
    without,
)

spans = st.tuples(st.integers(1, 60), st.integers(1, 60)).map(lambda ab: Span(min(ab), max(ab)))


@given(spans, st.lists(spans, max_size=6))
def test_what_is_left_of_a_span_is_what_no_other_span_holds(span: Span, taken: list[Span]) -> None:
    left = without(span, taken)

    kept = [i for one in left for i in range(one.first, one.last + 1)]

    assert kept == [i for i in range(span.first, span.last + 1) if not any(i in other for other in taken)]
    assert count(left) == len(kept)


def test_the_lot_number_is_the_initials_and_the_day() -> None:
    day = dt.date(2026, 9, 12)

    number = suggest_lot_number("Mắm tép đồng ủ thính", day, set())

    assert number == "MT-260912"


def test_a_second_lot_of_the_day_gets_the_next_free_number() -> None:
    taken = {"DC-260912", "DC-260912-2"}

    number = suggest_lot_number("Đường cát", dt.date(2026, 9, 12), taken)

    assert number == "DC-260912-3"


@pytest.mark.parametrize("name", ["", "123", "日本"])
def test_a_name_without_latin_letters_still_gets_a_lot_number(name: str) -> None:
    number = suggest_lot_number(name, dt.date(2026, 9, 12), set())

    assert number == "LO-260912"


def test_the_last_good_day_comes_from_the_shelf_life() -> None:
    made = dt.date(2026, 1, 1)

    assert good_until(made, 365) == dt.date(2027, 1, 1)
    assert good_until(made, None) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" 12 ", 12),
        ("0000007", 7),
        ("A7K2-9MXZ-4TB0H", "A7K2-9MXZ-4TB0H"),
        ("https://tem.example.vn/T/A7K29MXZ4TB0H", "A7K29MXZ4TB0H"),
        ("https://tem.example.vn/01/09521234000013/21/A7K29MXZ4TB0H/", "A7K29MXZ4TB0H"),
        ("12345678", "12345678"),
        ("①②", "①②"),
    ],
)
def test_a_stamp_is_named_by_its_place_its_code_or_a_scanned_address(typed: str, meant: int | str) -> None:
    assert stamp_reference(typed) == meant


def test_a_balance_never_goes_below_nothing() -> None:
    over = Balance(quantity=10, active=9, reserved=5)

    assert (over.to_issue, over.to_activate, over.used) == (0, 1, 14)


def test_a_scan_line_reads_back_as_it_was_written() -> None:
    at = dt.datetime(2026, 11, 21, 3, 4, 5, 678000, tzinfo=dt.UTC)
    line = ScanLine("0" * 32, at, 16_777_215, 1_048_575, "f" * 16, "active")

    raw = line.to_bytes()

    assert raw.endswith(b"\n")
    assert scan_line(raw[:-1]) == line


@pytest.mark.parametrize("cut", [0, 5, 33, 50, 62])
def test_a_torn_line_is_no_scan(cut: int) -> None:
    at = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    raw = ScanLine("a" * 32, at, 1, 2, "b" * 16, "active").to_bytes()

    assert scan_line(raw[:cut]) is None
