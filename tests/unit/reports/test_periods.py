"""Periods, and the one just before of equal length."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocop.reports.rules.periods import (
    NoPeriod,
    Period,
    last_months,
    month_of,
    read_period,
    span,
    usual_periods,
)

DAY = dt.date


@pytest.mark.parametrize(
    ("key", "first", "last", "before"),
    [
        ("2026-Q4", DAY(2026, 10, 1), DAY(2026, 12, 31), "2026-Q3"),
        ("2026-Q1", DAY(2026, 1, 1), DAY(2026, 3, 31), "2025-Q4"),
        ("2026", DAY(2026, 1, 1), DAY(2026, 12, 31), "2025"),
        ("2026-H1", DAY(2026, 1, 1), DAY(2026, 6, 30), "2025-H2"),
        ("2026-01", DAY(2026, 1, 1), DAY(2026, 1, 31), "2025-12"),
        ("2028-03", DAY(2028, 3, 1), DAY(2028, 3, 31), "2028-02"),
        ("2028-02", DAY(2028, 2, 1), DAY(2028, 2, 29), "2028-01"),
    ],
)
def test_offices_periods_have_the_one_before_them(key: str, first: DAY, last: DAY, before: str) -> None:
    period = read_period(key)

    assert (period.first, period.last, period.previous().key) == (first, last, before)


def test_nine_whole_months_are_compared_with_the_nine_before() -> None:
    period = span(DAY(2026, 1, 1), DAY(2026, 9, 30))

    assert period.previous() == Period(DAY(2025, 4, 1), DAY(2025, 12, 31))


def test_odd_days_are_compared_with_as_many_days_before() -> None:
    period = span(DAY(2028, 3, 2), DAY(2028, 3, 31))

    assert period.previous() == Period(DAY(2028, 2, 1), DAY(2028, 3, 1))  # thirty days, through 29 February


def test_a_leap_years_february_is_a_whole_month_only_with_its_29th() -> None:
    assert span(DAY(2028, 2, 1), DAY(2028, 2, 29)).key == "2028-02"
    assert span(DAY(2028, 2, 1), DAY(2028, 2, 28)).key == "2028-02-01_2028-02-28"


@given(st.dates(DAY(2001, 1, 1), DAY(2150, 1, 1)), st.integers(0, 3_000))
def test_a_period_and_the_one_before_touch_and_are_equally_long(first: dt.date, length: int) -> None:
    period = span(first, first + dt.timedelta(days=length))

    before = period.previous()

    assert before.last + dt.timedelta(days=1) == period.first
    assert before.whole_months >= period.whole_months
    if not period.whole_months:
        assert before.last - before.first == period.last - period.first


@given(st.dates(DAY(2001, 1, 1), DAY(2150, 1, 1)), st.integers(0, 3_000))
def test_an_address_names_a_period_so_that_it_is_found_again(first: dt.date, length: int) -> None:
    period = span(first, first + dt.timedelta(days=length))

    assert read_period(period.key) == period


@pytest.mark.parametrize(
    "key", ["", "2026-Q5", "2026-13", "2026-00", "26", "2026-1", "x", "2026-02-30_2026-03-01", "0000"]
)
def test_what_is_no_period_is_not_guessed(key: str) -> None:
    with pytest.raises(NoPeriod) as wrong:
        read_period(key)

    assert wrong.value.code == "period_unreadable"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (DAY(2026, 2, 1), DAY(2026, 1, 31), "period_backwards"),
        (DAY(2010, 1, 1), DAY(2026, 1, 31), "period_too_long"),
        (DAY(1999, 1, 1), DAY(2001, 1, 31), "period_unreadable"),
    ],
)
def test_a_period_has_its_days_in_order_and_an_end(first: DAY, last: DAY, code: str) -> None:
    with pytest.raises(NoPeriod) as wrong:
        span(first, last)

    assert wrong.value.code == code


def test_the_usual_periods_begin_with_the_present_ones() -> None:
    keys = [period.key for period in usual_periods(DAY(2026, 11, 22))]

    assert keys[:2] == ["2026-11", "2026-10"]
    assert keys[6:] == ["2026-Q4", "2026-Q3", "2026-Q2", "2026-Q1", "2026-H2", "2026-H1", "2026", "2025"]


def test_the_last_months_go_back_over_the_new_year() -> None:
    assert last_months(DAY(2026, 2, 28), 3) == [DAY(2026, 2, 1), DAY(2026, 1, 1), DAY(2025, 12, 1)]
    assert month_of(DAY(2026, 2, 28)).key == "2026-02"
