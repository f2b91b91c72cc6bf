"""Frozen reports, offices' templates and stated revenue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts.rules import ScopeKind
from ocop.db.actor import Actor, NotFound
from ocop.places import queries as places
from ocop.producers.models import Producer
from ocop.reports.models import Report, ReportTemplate, Revenue
from ocop.reports.queries.scopes import Scope, scopes
from ocop.reports.rules.figures import Figures, from_json
from ocop.reports.rules.periods import Period


def frozen_reports(session: Session, scope: Scope, most: int = 20) -> list[Report]:
    """Of one scope, the newest first."""
    wanted = select(Report).where(Report.scope_kind == scope.kind, Report.scope_id == scope.id)
    return list(session.scalars(wanted.order_by(Report.made_at.desc(), Report.id).limit(most)))


def frozen(session: Session, actor: Actor, report_id: str) -> Report:
    """A report of the actor's commune or province, or of a commune of that province. Raises NotFound."""
    report = session.get(Report, report_id)
    if report is None or not _may_read(actor, report):
        raise NotFound()
    return report


def _may_read(actor: Actor, report: Report) -> bool:
    if Scope(report.scope_kind, report.scope_id) in scopes(actor):
        return True
    if report.scope_kind is not ScopeKind.COMMUNE or not actor.provinces:
        return False
    return places.commune(report.scope_id).province_code in actor.provinces


def figures_of(report: Report) -> Figures:
    """What it said when it was frozen."""
    scope = (report.scope_kind.value, report.scope_id)
    return from_json(scope, Period(report.first, report.last), report.numbers, report.evidence)


def frozen_for(session: Session, scope: Scope, period: Period) -> Report | None:
    """The newest frozen report of exactly this period that was made when it was over."""
    wanted = select(Report).where(
        Report.scope_kind == scope.kind,
        Report.scope_id == scope.id,
        Report.first == period.first,
        Report.last == period.last,
    )
    newest = session.scalars(wanted.order_by(Report.made_at.desc(), Report.id))
    return next((one for one in newest if one.numbers["counted_on"] == period.last.isoformat()), None)


def template(session: Session, scope: Scope) -> ReportTemplate | None:
    """The office's own workbook in use; None: ours."""
    wanted = select(ReportTemplate).where(
        ReportTemplate.scope_kind == scope.kind,
        ReportTemplate.scope_id == scope.id,
        ReportTemplate.removed_at.is_(None),
    )
    return session.scalars(wanted.order_by(ReportTemplate.made_at.desc(), ReportTemplate.id)).first()


def stated(
    session: Session, producer_ids: Collection[str], months: Collection[dt.date]
) -> dict[tuple[str, dt.date], Revenue]:
    """What was stated, by producer and month. Whoever calls this has the right to these producers."""
    wanted = select(Revenue).where(Revenue.producer_id.in_(producer_ids), Revenue.month.in_(months))
    return {(row.producer_id, row.month): row for row in session.scalars(wanted)}


def producers_named(session: Session, ids: Collection[str], communes: Collection[str]) -> list[Producer]:
    """Of these producers those that are open and in these communes, by name."""
    wanted = select(Producer).where(
        Producer.id.in_(ids), Producer.commune_code.in_(communes), Producer.closed_on.is_(None)
    )
    return list(session.scalars(wanted.order_by(Producer.name, Producer.id)))
