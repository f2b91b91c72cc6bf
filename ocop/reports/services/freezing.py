"""Chốt số liệu: a report is stored with its evidence and never changed again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.reports import queries
from ocop.reports.mapping.words import report_title
from ocop.reports.models import Report
from ocop.reports.rules.figures import evidence_to_json, numbers_to_json
from ocop.reports.rules.periods import Period


def freeze_report(session: Session, actor: Actor, *, scope_key: str, period: Period) -> Report:
    """The numbers of a period as they are now. Raises NotFound for a scope that is not the actor's,
    Refused(period_not_begun)."""
    scope = queries.scope_named(actor, scope_key)
    if period.first > today():
        raise Refused("period_not_begun")
    figures = queries.figures(session, scope, period)
    report = Report(
        scope_kind=scope.kind,
        scope_id=scope.id,
        first=period.first,
        last=period.last,
        title=report_title(period),
        numbers=numbers_to_json(figures),
        evidence=evidence_to_json(figures),
        made_by=actor.user_id,
        made_by_name=actor.name,
    )
    session.add(report)
    # The report keeps its numbers itself; a copy in the audit would only double them.
    audit.record(
        session,
        actor,
        "report.freeze",
        report,
        new={"scope": scope.key, "period": period.key, "title": report.title},
    )
    session.flush()
    return report
