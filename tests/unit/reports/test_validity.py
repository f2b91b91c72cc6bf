"""How a paper stands on the last day of a period."""

from __future__ import annotations

import datetime as dt

import pytest

from ocop.reports.rules.validity import validity

DAY = dt.date(2026, 1, 31)


def said(expires_on: dt.date | None, **values: dt.date | None) -> str | None:
    known = {
        "issued_on": dt.date(2023, 1, 1),
        "revoked_on": None,
        "filed_on": None,
        "counts_until": expires_on,
    }
    return validity(DAY, expires_on=expires_on, **{**known, **values})


@pytest.mark.parametrize(
    ("expires_on", "key"),
    [
        (None, "giay_con_han"),
        (dt.date(2027, 2, 1), "giay_con_han"),
        (dt.date(2027, 1, 31), "giay_12"),
        (dt.date(2026, 8, 1), "giay_12"),
        (dt.date(2026, 7, 31), "giay_6"),
        (dt.date(2026, 4, 30), "giay_3"),
        (dt.date(2026, 3, 1), "giay_3"),
        (dt.date(2026, 2, 28), "giay_1"),
        (dt.date(2026, 1, 31), "giay_1"),
        (dt.date(2026, 1, 30), "giay_het_han"),
    ],
)
def test_each_last_day_falls_into_one_step(expires_on: dt.date | None, key: str) -> None:
    assert said(expires_on) == key


def test_a_dossier_filed_in_time_keeps_a_paper_waiting_until_its_longest_day() -> None:
    over = dt.date(2026, 1, 15)
    filed = dt.date(2025, 9, 1)

    waiting = said(over, filed_on=filed, counts_until=dt.date(2026, 7, 14))
    too_long_ago = said(over, filed_on=filed, counts_until=dt.date(2026, 1, 30))
    filed_afterwards = said(over, filed_on=dt.date(2026, 2, 1), counts_until=dt.date(2026, 7, 14))

    assert [waiting, too_long_ago, filed_afterwards] == [
        "giay_cho_danh_gia_lai",
        "giay_het_han",
        "giay_het_han",
    ]


def test_papers_revoked_or_not_yet_issued_stand_nowhere() -> None:
    assert said(dt.date(2028, 1, 1), revoked_on=DAY) is None
    assert said(dt.date(2028, 1, 1), issued_on=dt.date(2026, 2, 1)) is None
