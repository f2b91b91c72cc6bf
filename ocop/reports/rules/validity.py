"""How a paper stands on the last day of a period, in the steps an office asks about."""

from __future__ import annotations

import datetime as dt

from ocop.producers.rules import months_later

SOON_STEPS = (1, 3, 6, 12)  # months


def validity(
    day: dt.date,
    *,
    issued_on: dt.date | None,
    expires_on: dt.date | None,
    counts_until: dt.date | None,
    revoked_on: dt.date | None,
    filed_on: dt.date | None,
) -> str | None:
    """giay_con_han (over a year left, or endless) | giay_12 … giay_1 (at most so many months left, more than the
    next step) | giay_cho_danh_gia_lai (printed day over, a dossier filed in time keeps it) | giay_het_han. None:
    not yet issued, or revoked."""
    if revoked_on is not None and day >= revoked_on:
        return None
    if issued_on is not None and day < issued_on:
        return None
    if expires_on is None:
        return "giay_con_han"
    if day > expires_on:
        waits = filed_on is not None and filed_on <= day and counts_until is not None and day <= counts_until
        return "giay_cho_danh_gia_lai" if waits else "giay_het_han"
    for months in SOON_STEPS:
        if expires_on <= months_later(day, months):
            return f"giay_{months}"
    return "giay_con_han"
