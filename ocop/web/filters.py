"""How numbers, money and dates are written on the page (WORDING: 21/11/2026, 70.000 đồng)."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from ocop.db.base import VIETNAM


def number(value: int) -> str:
    """1250000 -> 1.250.000"""
    return f"{value:,}".replace(",", ".")


def dong(value: int | None) -> str:
    """70000 -> 70.000 đồng"""
    return "" if value is None else f"{number(value)} đồng"


def day(value: dt.date | dt.datetime | None) -> str:
    """A date, or the Vietnamese calendar day of an instant, as 21/11/2026."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(VIETNAM)
    return f"{value.day:02}/{value.month:02}/{value.year}"


def clock(value: dt.datetime | None) -> str:
    """An instant as 9:12, or 9:12, 21/11/2026 when it was not today."""
    if value is None:
        return ""
    local = value.astimezone(VIETNAM)
    text = f"{local.hour}:{local.minute:02}"
    return text if local.date() == dt.datetime.now(VIETNAM).date() else f"{text}, {day(local)}"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(so=number, dong=dong, ngay=day, gio=clock)
