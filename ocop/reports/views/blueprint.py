"""The blueprint, and how a page knows whose numbers of which period it shows."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ocop.db.actor import NotFound
from ocop.db.base import today, utcnow
from ocop.reports import queries
from ocop.reports.mapping.filling import Stamp
from ocop.reports.mapping.words import period_words, signed
from ocop.reports.models import Report
from ocop.reports.queries import Scope
from ocop.reports.rules.figures import Figures
from ocop.reports.rules.periods import NoPeriod, Period, month_of, read_period, span
from ocop.web import access
from ocop.web.folding import fold
from ocop.web.forms import read_day
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

bp = Blueprint("reports", __name__)

Answer = str | AnyResponse | tuple[str, int]
PDF = "application/pdf"


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"sentence": sentence, "period_words": period_words, "signed": signed}


def asked_scope() -> Scope:
    return queries.scope_named(access.actor(), request.values.get("noi", ""))


def asked_period() -> Period:
    """?ky=2026-Q4, or ?ky=khac&tu=01/11/2026&den=22/11/2026; without one this month. Raises NoPeriod."""
    key = request.values.get("ky", "")
    if key == "khac":
        return span(_day("tu"), _day("den"))
    return read_period(key) if key else month_of(today())


def _day(name: str) -> dt.date:
    try:
        return read_day(request.values.get(name, "").strip())
    except ValueError:
        raise NoPeriod("period_unreadable") from None


def live() -> Figures:
    """The asked numbers as they are now; an address nobody of ours made finds nothing."""
    try:
        return queries.figures(db(), asked_scope(), asked_period())
    except NoPeriod:
        raise NotFound() from None


def frozen(report_id: str) -> Report:
    return queries.frozen(db(), access.actor(), report_id)


def now() -> Stamp:
    return Stamp(utcnow(), access.actor().name)


def stamp_of(report: Report) -> Stamp:
    return Stamp(report.made_at, report.made_by_name)


def scope_of(figures: Figures) -> str:
    """The key of the scope of these figures, as addresses name it."""
    return f"{'xa' if figures.scope_kind == 'commune' else 'tinh'}-{figures.scope_id}"


def addresses(figures: Figures, report: Report | None) -> dict[str, str]:
    """Where the other faces of these figures are: evidence, places, xlsx, pdf, back."""
    if report is not None:
        made = {"report_id": report.id}
        ends = ("frozen_evidence", "frozen_places", "frozen_book", "frozen_pdf", "frozen_report")
    else:
        made = {"noi": scope_of(figures), "ky": figures.period.key}
        ends = ("evidence", "places", "live_book", "live_pdf", "overview")
    names = ("evidence", "places", "book", "pdf", "back")
    return {name: url_for(f"reports.{end}", **made) for name, end in zip(names, ends, strict=True)}


def joined_to(address: str) -> str:
    """What to put between an address and one more parameter."""
    return f"{address}{'&' if '?' in address else '?'}"


def file_answer(content: bytes, kind: str, figures: Figures, extension: str) -> Response:
    place = re.sub(r"[^a-z0-9]+", "-", fold(figures.scope_name)).strip("-")
    name = f"bao-cao-{place}-{figures.period.key}.{extension}"
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
