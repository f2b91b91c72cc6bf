"""Doanh thu: one figure per producer and month, stated by the producer or by whoever helps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today, utcnow
from ocop.reports import queries
from ocop.reports.models import Revenue
from ocop.reports.rules.periods import last_months

MONTHS = 12


def state_revenue(session: Session, actor: Actor, *, amounts: Mapping[dt.date, int | None]) -> int:
    """What the actor's producer says of some of the last twelve months (first day -> đồng, None: nothing said).
    Returns how many figures changed. Frozen reports keep theirs. Raises NotFound, NotAllowed."""
    producer_id = actor.require("listing.edit")  # whoever may write for the producer, helpers too
    if not set(amounts) <= set(last_months(today(), MONTHS)):
        raise NotFound()
    stated = queries.stated(session, [producer_id], list(amounts))
    changed = 0
    for month, amount in amounts.items():
        changed += _state(session, actor, producer_id, month, stated.get((producer_id, month)), amount)
    session.flush()
    return changed


def state_revenues(
    session: Session, actor: Actor, *, month: dt.date, amounts: Mapping[str, int | None]
) -> int:
    """One month for many producers (id -> đồng): each needs a delegation to the officer's office or group, under
    which it is written down. None leaves a figure alone. Raises NotFound for a producer that asked for no help."""
    changed = 0
    for producer_id, amount in amounts.items():
        helper = accounts.actor_for(session, actor.user_id or "", producer_id)
        if not helper.on_behalf:
            raise NotFound()
        if amount is not None:
            changed += state_revenue(session, helper, amounts={month: amount})
    return changed


def _state(
    session: Session, actor: Actor, producer_id: str, month: dt.date, row: Revenue | None, amount: int | None
) -> bool:
    if (row.amount_vnd if row else None) == amount:
        return False
    if row is None:
        assert amount is not None
        row = Revenue(producer_id=producer_id, month=month, amount_vnd=amount, stated_by=actor.user_id)
        session.add(row)
        audit.record(session, actor, "revenue.state", row)
    elif amount is None:
        audit.record(
            session, actor, "revenue.take_back", row, old={"amount_vnd": row.amount_vnd, "month": f"{month}"}
        )
        session.delete(row)
    else:
        row.amount_vnd, row.stated_by, row.stated_at = amount, actor.user_id, utcnow()
        audit.record(session, actor, "revenue.state", row)
    return True
