"""Numbers of a period, live or frozen, in the reach of an official."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.db.base import today
from ocop.reports.queries.counting import MONEY, count, lines
from ocop.reports.queries.scopes import Scope, scope_named, scopes
from ocop.reports.queries.stored import (
    figures_of,
    frozen,
    frozen_for,
    frozen_reports,
    producers_named,
    stated,
    template,
)
from ocop.reports.rules.figures import Figures
from ocop.reports.rules.periods import Period

__all__ = [
    "MONEY",
    "Scope",
    "figures",
    "figures_of",
    "frozen",
    "frozen_for",
    "frozen_reports",
    "lines",
    "producers_named",
    "scope_named",
    "scopes",
    "stated",
    "template",
]


def figures(session: Session, scope: Scope, period: Period) -> Figures:
    """Counted now, against the period before: what was frozen for it, or else counted now too."""
    earlier = frozen_for(session, scope, period.previous())
    return count(session, scope, period, today(), earlier=figures_of(earlier) if earlier else None)
