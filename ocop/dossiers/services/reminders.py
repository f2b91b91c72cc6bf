"""The reminder letter went out: noted, and told to the producer in the program too."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sqlalchemy.orm import Session

from ocop.accounts import services as accounts
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.errors import Refused
from ocop.dossiers import queries
from ocop.dossiers.mapping import Letter
from ocop.producers import queries as producers


def send_reminder(session: Session, actor: Actor, *, producer_id: str, day: dt.date) -> Letter:
    """An officer of its commune has handed the letter over. Raises NotFound, Refused(reminder_nothing_ends)."""
    producer = producers.in_own_commune(session, actor, producer_id)
    letter = queries.reminder(session, producer, day)
    if letter is None:
        raise Refused("reminder_nothing_ends")
    accounts.notify(
        session,
        code="paper_reminder",
        producer_id=producer.id,
        params={"papers": "; ".join(line.paper for line in letter.lines)[:300]},
        href="/giay-to",
    )
    audit.record(
        session,
        dataclasses.replace(actor, producer_id=None, on_behalf=False, delegation_id=None),
        queries.REMINDED,
        producer,
        old={},
        new={"papers": [line.certificate_id for line in letter.lines]},
        producer_id=producer.id,
    )
    session.flush()
    return letter
