"""/bao-cao: numbers as they are now, the lists behind them, and freezing them."""

from __future__ import annotations

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.reports import queries, services
from ocop.reports.forms import FreezeForm
from ocop.reports.mapping.pdf import report_pdf
from ocop.reports.mapping.plain_book import plain_book
from ocop.reports.mapping.words import by_place, fact_cells, number_words, sections
from ocop.reports.models import Report
from ocop.reports.rules.figures import Figures
from ocop.reports.rules.periods import NoPeriod, month_of, read_period, usual_periods
from ocop.reports.views.blueprint import (
    PDF,
    Answer,
    addresses,
    asked_period,
    asked_scope,
    bp,
    file_answer,
    joined_to,
    live,
    now,
    scope_of,
)
from ocop.web import access
from ocop.web.spreadsheets import XLSX
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

ROWS_ON_A_PAGE = 40
_PLACE_KEYS = (
    "san_pham_tong",
    "san_pham_co_sao",
    "san_pham_len_san",
    "giay_het_han",
    "tem_kich_hoat",
    "co_so_tong",
)


@bp.get("/bao-cao")
@access.official
def overview() -> Answer:
    scope, problem = asked_scope(), ""
    try:
        period = asked_period()
    except NoPeriod as wrong:
        period, problem = month_of(today()), sentence(wrong.code)
    figures = queries.figures(db(), scope, period)
    page = shown(figures, None, problem=problem, past=queries.frozen_reports(db(), scope))
    return (page, 422) if problem else page


def shown(figures: Figures, report: Report | None, **more: object) -> str:
    """The page of a report, frozen or not."""
    return render_template(
        "reports/report.html",
        figures=figures,
        report=report,
        sections=sections(figures),
        to=addresses(figures, report),
        evidence=joined_to(addresses(figures, report)["evidence"]),
        scope_key=scope_of(figures),
        choices=queries.scopes(access.actor()),
        periods=usual_periods(today()),
        freeze=FreezeForm(noi=scope_of(figures), ky=figures.period.key),
        begun=figures.period.first <= today(),
        **more,
    )


@bp.get("/bao-cao/minh-chung")
@access.official
def evidence() -> str:
    return evidence_page(live(), None)


def evidence_page(figures: Figures, report: Report | None) -> str:
    """The list one number was counted from."""
    number = figures.number(request.args.get("so", ""))
    if number is None:
        raise NotFound()
    facts = figures.facts(number.key)
    page, pages = _asked_page(len(facts))
    part = facts[(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE]
    return render_template(
        "reports/evidence.html",
        figures=figures,
        report=report,
        number=number,
        rows=[fact_cells(figures, fact) for fact in part],
        count=len(facts),
        page=page,
        pages=pages,
        to=addresses(figures, report),
        here=f"{joined_to(addresses(figures, report)['evidence'])}so={number.key}",
    )


@bp.get("/bao-cao/theo-noi")
@access.official
def places() -> str:
    return places_page(live(), None)


def places_page(figures: Figures, report: Report | None) -> str:
    """Main numbers by commune, or by commune before 01/07/2025."""
    former = request.args.get("cach") == "xa-cu" or (figures.scope_kind == "commune")
    rows = by_place(figures, former, _PLACE_KEYS)
    page, pages = _asked_page(len(rows))
    return render_template(
        "reports/places.html",
        figures=figures,
        report=report,
        former=former,
        headings=number_words(figures, _PLACE_KEYS),
        rows=rows[(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE],
        page=page,
        pages=pages,
        to=addresses(figures, report),
        here=f"{joined_to(addresses(figures, report)['places'])}cach={'xa-cu' if former else 'xa'}",
        other=f"{joined_to(addresses(figures, report)['places'])}cach={'xa' if former else 'xa-cu'}",
    )


def _asked_page(rows: int) -> tuple[int, int]:
    pages = max(1, -(-rows // ROWS_ON_A_PAGE))
    return min(max(1, request.args.get("trang", 1, int)), pages), pages


@bp.get("/bao-cao/so-lieu.xlsx")
@access.official
def live_book() -> Response:
    figures = live()
    return file_answer(plain_book(figures, now()), XLSX, figures, "xlsx")


@bp.get("/bao-cao/so-lieu.pdf")
@access.official
def live_pdf() -> Response:
    figures = live()
    return file_answer(report_pdf(figures, now(), frozen=False), PDF, figures, "pdf")


@bp.post("/bao-cao/chot")
@access.official
def freeze() -> Answer:
    form = FreezeForm.from_request()
    try:
        period = read_period(form.ky.data or "")
        report = services.freeze_report(db(), access.actor(), scope_key=form.noi.data or "", period=period)
    except NoPeriod:
        raise NotFound() from None
    except Refused as refusal:
        figures = queries.figures(db(), asked_scope(), period)
        return shown(figures, None, problem=sentence(refusal.code), past=[]), 422
    return to_frozen(report)


def to_frozen(report: Report) -> AnyResponse:
    return done("reports.frozen_report", "report_frozen", report_id=report.id)
