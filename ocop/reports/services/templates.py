"""The office's own workbook: taken into use, and laid aside."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import utcnow
from ocop.reports import queries
from ocop.reports.models import ReportTemplate


def keep_template(
    session: Session, actor: Actor, *, scope_key: str, file_name: str, content: bytes
) -> ReportTemplate:
    """Use this workbook for the scope's reports from now on; decoder.look has found nothing wrong with it.
    Raises NotFound for a scope that is not the actor's."""
    scope = queries.scope_named(actor, scope_key)
    kept = ReportTemplate(
        scope_kind=scope.kind,
        scope_id=scope.id,
        file_name=file_name[:200],
        content=content,
        made_by=actor.user_id,
    )
    session.add(kept)
    audit.record(session, actor, "report_template.keep", kept)
    session.flush()
    return kept


def remove_template(session: Session, actor: Actor, *, scope_key: str) -> None:
    """Back to our own template; every workbook of the scope is laid aside, none deleted. Raises NotFound."""
    scope = queries.scope_named(actor, scope_key)
    if queries.template(session, scope) is None:
        raise NotFound()
    while (used := queries.template(session, scope)) is not None:
        used.removed_at = utcnow()
        audit.record(session, actor, "report_template.remove", used)
        session.flush()
