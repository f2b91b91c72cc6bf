"""/da-lam-ho: what others did in a producer's name, with the way to end it, and a slip to print each month."""

from __future__ import annotations

import datetime as dt
import re

from flask import render_template, request

from ocop.db.base import today
from ocop.desk.queries import helped as queries
from ocop.desk.views.blueprint import bp, page_number
from ocop.producers import queries as producers
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/da-lam-ho")
@access.producer("producer.view")
def helped() -> str:
    page = page_number()
    days, more = queries.page(db(), access.actor(), page)
    return render_template(
        "desk/helped.html",
        producer=producers.current(db(), access.actor()),
        asked=queries.asked(db(), access.actor()),
        may_end=access.actor().may("grant.give"),
        days=days,
        page=page,
        more=more,
        month=f"{today():%Y-%m}",
    )


@bp.get("/da-lam-ho/phieu")
@access.producer("producer.view")
def slip() -> str:
    first = _month(request.args.get("thang", ""))
    days, left = queries.of_month(db(), access.actor(), first)
    return render_template(
        "desk/slip.html",
        producer=producers.current(db(), access.actor()),
        first=first,
        before=first - dt.timedelta(days=1),
        days=days,
        left=left,
    )


def _month(text: str) -> dt.date:
    """?thang=2026-11 as its first day; anything else is this month."""
    if re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text):
        return dt.date(int(text[:4]), int(text[5:]), 1)
    return today().replace(day=1)
