"""/bao-cao/<id>: a frozen report, in every form the same numbers, and what changed since."""

from __future__ import annotations

from flask import Response, render_template

from ocop.reports import decoder, queries
from ocop.reports.mapping.default_template import default_template
from ocop.reports.mapping.filling import evidence_sheet, filling
from ocop.reports.mapping.pdf import report_pdf
from ocop.reports.mapping.words import sections
from ocop.reports.models import Report
from ocop.reports.queries import Scope
from ocop.reports.rules.figures import Fact, Figures
from ocop.reports.views.blueprint import PDF, bp, file_answer, frozen, stamp_of
from ocop.reports.views.pages import evidence_page, places_page, shown
from ocop.web import access
from ocop.web.spreadsheets import XLSX
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

_NAMES_SHOWN = 6


@bp.get("/bao-cao/<report_id>")
@access.official
def frozen_report(report_id: str) -> str:
    report = frozen(report_id)
    return shown(queries.figures_of(report), report, problem="", past=[], stamp=stamp_of(report))


@bp.get("/bao-cao/<report_id>/minh-chung")
@access.official
def frozen_evidence(report_id: str) -> str:
    report = frozen(report_id)
    return evidence_page(queries.figures_of(report), report)


@bp.get("/bao-cao/<report_id>/theo-noi")
@access.official
def frozen_places(report_id: str) -> str:
    report = frozen(report_id)
    return places_page(queries.figures_of(report), report)


@bp.get("/bao-cao/<report_id>/bao-cao.xlsx")
@access.official
def frozen_book(report_id: str) -> Response:
    report = frozen(report_id)
    figures = queries.figures_of(report)
    return file_answer(_book(report, figures), XLSX, figures, "xlsx")


def _book(report: Report, figures: Figures) -> bytes:
    """The office's own template if it has one, else ours, with the evidence behind."""
    own = queries.template(db(), Scope(report.scope_kind, report.scope_id))
    headings, lines = evidence_sheet(figures)
    behind = decoder.Sheet(sentence("tab_evidence"), headings, lines)
    content = own.content if own else default_template()
    return decoder.fill(content, filling(figures, stamp_of(report)), [behind])


@bp.get("/bao-cao/<report_id>/bao-cao.pdf")
@access.official
def frozen_pdf(report_id: str) -> Response:
    report = frozen(report_id)
    figures = queries.figures_of(report)
    return file_answer(report_pdf(figures, stamp_of(report), frozen=True), PDF, figures, "pdf")


@bp.get("/bao-cao/<report_id>/so-voi-nay")
@access.official
def since_frozen(report_id: str) -> str:
    report = frozen(report_id)
    then = queries.figures_of(report)
    today = queries.figures(db(), Scope(report.scope_kind, report.scope_id), then.period)
    return render_template(
        "reports/since.html",
        report=report,
        figures=then,
        changes=_changes(then, today),
        sections=sections(then),
    )


def _changes(then: Figures, today: Figures) -> list[dict[str, object]]:
    """Lines whose lists differ: what came, what went, by name."""
    found = []
    for number in today.numbers:
        old, new = then.facts(number.key), today.facts(number.key)
        if old == new:
            continue
        was = then.number(number.key)
        found.append(
            {
                "words": number.words,
                "then": was.now if was else 0,
                "today": number.now,
                "came": _names(new, old),
                "went": _names(old, new),
            }
        )
    return found


def _names(of: list[Fact], without: list[Fact]) -> list[str]:
    left = set(without)
    names = list(dict.fromkeys(fact.name for fact in of if fact not in left))
    more = len(names) - _NAMES_SHOWN
    return names[:_NAMES_SHOWN] + ([f"và {more} dòng khác"] if more > 0 else [])
