"""What was done in a producer's name, for the producer itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.accounts.models import Delegation
from ocop.db.actor import Actor
from ocop.db.base import VIETNAM
from ocop.desk.mapping.acts import plain_line
from ocop.desk.queries import log
from ocop.desk.queries.names import helper_names, names_of

PER_PAGE = 30
MOST_ON_A_SLIP = 120


@dataclass(frozen=True)
class Done:
    """One line: who, of which office or group ("" for an official in nobody's name), did what at what time."""

    at: dt.datetime
    who: str
    helper: str
    words: str
    times: int = 1  # how often in a row


@dataclass(frozen=True)
class OfADay:
    day: dt.date
    lines: list[Done]


def page(session: Session, actor: Actor, number: int) -> tuple[list[OfADay], bool]:
    """One page of what was done for the producer worked for, and whether there is another."""
    wanted = log.done_for(actor.require("producer.view"))
    rows = list(session.scalars(wanted.limit(PER_PAGE + 1).offset((number - 1) * PER_PAGE)))
    return _by_day(session, rows[:PER_PAGE]), len(rows) > PER_PAGE


def of_month(session: Session, actor: Actor, first: dt.date) -> tuple[list[OfADay], int]:
    """What was done in a month (its first day), the oldest first, and how much of it did not fit on the slip."""
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    rows = list(session.scalars(log.done_for(actor.require("producer.view"), first, last)))[::-1]
    return _by_day(session, rows[:MOST_ON_A_SLIP]), len(rows[MOST_ON_A_SLIP:])


def _by_day(session: Session, rows: list) -> list[OfADay]:  # type: ignore[type-arg]
    names = names_of(session, rows)
    lines = [
        Done(
            row.at.astimezone(VIETNAM),
            row.user_name,
            names.get(("delegation", row.delegation_id or ""), "") if row.on_behalf else "",
            plain_line(row, names),
        )
        for row in rows
    ]
    return [
        OfADay(day, _folded(list(of_day))) for day, of_day in groupby(lines, key=lambda one: one.at.date())
    ]


def _folded(lines: list[Done]) -> list[Done]:
    """The same thing done several times in a row is one line."""
    told: list[Done] = []
    for line in lines:
        last = told[-1] if told else None
        if last and (last.who, last.helper, last.words) == (line.who, line.helper, line.words):
            told[-1] = Done(last.at, last.who, last.helper, last.words, last.times + 1)
        else:
            told.append(line)
    return told


def asked(session: Session, actor: Actor) -> list[tuple[Delegation, str]]:
    """Whom the producer asks for help today, with the helper's name."""
    rows = accounts.delegations_of(session, actor.require("producer.view"))
    names = helper_names(session, rows)
    return [(row, names[row.id]) for row in rows]
