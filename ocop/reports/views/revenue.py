"""/doanh-thu: what a producer says it took in; /xa/doanh-thu: the same for many who asked for help."""

from __future__ import annotations

import datetime as dt

from flask import render_template, request

from ocop.accounts import queries as accounts
from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.base import today
from ocop.producers import queries as producers
from ocop.producers.models import Producer
from ocop.reports import queries, services
from ocop.reports.forms import amounts_form
from ocop.reports.rules.periods import last_months
from ocop.reports.views.blueprint import Answer, bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

_PER_PAGE = 25


@bp.route("/doanh-thu", methods=["GET", "POST"])
@access.producer("listing.edit")
def revenue() -> Answer:
    who, months = access.actor(), last_months(today(), services.MONTHS)
    producer_id = who.require("listing.edit")
    stated = {
        _field(month): row.amount_vnd
        for (_, month), row in queries.stated(db(), [producer_id], months).items()
    }
    form = amounts_form({_field(month): _words(month) for month in months}, stated)
    if form.sent_and_valid():
        services.state_revenue(db(), who, amounts={month: form[_field(month)].data for month in months})
        return done("reports.revenue", "revenue_stated")
    page = render_template("reports/revenue.html", form=form, producer=producers.current(db(), who))
    return (page, 422) if form.errors else page


@bp.route("/xa/doanh-thu", methods=["GET", "POST"])
@access.official
def revenues() -> Answer:
    """One month for everybody whom the officer helps, twenty-five at a time."""
    month = _asked_month()
    helped, page_no, pages = _helped()
    stated = {
        f"co-so-{id}": row.amount_vnd
        for (id, _), row in queries.stated(db(), [one.id for one in helped], [month]).items()
    }
    form = amounts_form({f"co-so-{one.id}": one.name for one in helped}, stated)
    if form.sent_and_valid():
        amounts = {one.id: form[f"co-so-{one.id}"].data for one in helped}
        services.state_revenues(db(), access.actor(), month=month, amounts=amounts)
        return done("reports.revenues", "revenue_stated", thang=f"{month:%Y-%m}", trang=page_no)
    page = render_template(
        "reports/revenues.html",
        form=form,
        month=month,
        months=[(f"{one:%Y-%m}", _words(one)) for one in last_months(today(), services.MONTHS)],
        page=page_no,
        pages=pages,
    )
    return (page, 422) if form.errors else page


def _helped() -> tuple[list[Producer], int, int]:
    """Producers of the officer's communes that asked for help: (this page of them, its number, how many pages)."""
    who = access.actor()
    asked = [id for id, own in accounts.workplaces(db(), who.user_id or "").items() if not own]
    found = queries.producers_named(db(), asked, who.communes)
    pages = max(1, -(-len(found) // _PER_PAGE))
    page = min(max(1, request.args.get("trang", 1, int)), pages)
    return found[(page - 1) * _PER_PAGE : page * _PER_PAGE], page, pages


def _asked_month() -> dt.date:
    months = last_months(today(), services.MONTHS)
    wanted = request.args.get("thang", "")
    found = next((month for month in months if not wanted or f"{month:%Y-%m}" == wanted), None)
    if found is None:
        raise NotFound()
    return found


def _field(month: dt.date) -> str:
    return f"thang-{month:%Y-%m}"


def _words(month: dt.date) -> str:
    return sentence("fact_month", month=f"{month:%m/%Y}")
