"""The diary of a lot: lines are added, never changed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from ocop.batches import queries
from ocop.batches.models import TraceEvent
from ocop.batches.rules import Step
from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today
from ocop.db.errors import Refused


def add_event(
    session: Session,
    actor: Actor,
    *,
    batch_id: str,
    step: str,
    happened_on: dt.date,
    place: str = "",
    text: str = "",
    recorded_by: str = "",
    media_id: str | None = None,
    corrects_id: str | None = None,
) -> TraceEvent:
    """One thing done to a lot; with ``corrects_id`` it takes the place of a line that stays to be seen.

    Raises Refused(event_in_future | event_corrected_already), NotFound for a line of another lot.
    """
    actor.require("batch.edit")
    batch = queries.batch(session, actor, batch_id)
    if happened_on > today():
        raise Refused("event_in_future", field="happened_on")
    if corrects_id is not None:
        if corrects_id not in {event.id for event in batch.events}:
            raise NotFound()
        if corrects_id in {event.corrects_id for event in batch.events}:
            raise Refused("event_corrected_already")
    event = TraceEvent(
        batch_id=batch.id,
        step=Step(step).value,
        happened_on=happened_on,
        place=place,
        text=text,
        recorded_by=recorded_by or actor.name,
        media_id=media_id,
        corrects_id=corrects_id,
    )
    session.add(event)
    audit.record(session, actor, "add.trace_event", event)
    session.flush()
    return event
