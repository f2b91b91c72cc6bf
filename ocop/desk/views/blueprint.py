"""The blueprint, and what several pages of the desk ask of a request."""

from __future__ import annotations

from flask import Blueprint, request

bp = Blueprint("desk", __name__)


def page_number() -> int:
    """?trang=, from 1 on; anything else is the first."""
    return min(max(1, request.args.get("trang", 1, int) or 1), 10_000)
