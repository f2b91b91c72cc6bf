"""The breaker of a channel: a marketplace that does not answer is left alone, so that it holds nobody up.

After BREAKER_AFTER calls in a row that did not get through it is closed for a minute, then each probe that fails
doubles that up to an hour (leases.take lets a single probe through); the first answer opens it. A marketplace
that asks for a pause (429) gets it at once.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ocop.publishing.models import Channel
from ocop.publishing.rules import closed_for
from ocop.publishing.work.outcomes import Outcome


def note(session: Session, channel_id: str, outcome: Outcome, now: dt.datetime) -> None:
    """Count what one try came to. Written past the channel's version: no form that an operator has open is spoilt."""
    if outcome.closed is not None:
        _write(session, channel_id, closed_until=now + outcome.closed)
    elif outcome.reached is not None:
        failures, until = session.execute(
            select(Channel.failures, Channel.closed_until).where(Channel.id == channel_id)
        ).one()
        if outcome.reached and (failures or until):
            _write(session, channel_id, failures=0, closed_until=None)
        elif not outcome.reached:
            wait = closed_for(failures + 1)
            _write(session, channel_id, failures=failures + 1, closed_until=now + wait if wait else until)


def _write(session: Session, channel_id: str, **values: object) -> None:
    session.execute(
        update(Channel)
        .where(Channel.id == channel_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
