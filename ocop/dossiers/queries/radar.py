"""The radar: papers that end, gravest first, each with its dates and what is to be done."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from ocop.db.actor import Actor
from ocop.producers import queries as producers
from ocop.producers.mapping import todo_words
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import (
    CertificateKind,
    Standing,
    ToDo,
    is_replaced,
    last_day,
    standing,
    to_do,
    window,
)

# The buckets of the radar, what cannot wait first.
BUCKETS = (
    Standing.EXPIRED,
    Standing.REVOKED,
    Standing.MONTHS_1,
    Standing.WINDOW,
    Standing.MONTHS_3,
    Standing.MONTHS_6,
    Standing.WAITING,
    Standing.MONTHS_12,
)


@dataclass(frozen=True)
class RadarRow:
    """One paper that wants somebody.

    product: "" for a paper of the whole producer. ends_on: the day printed on it. counts_until: the last day it
    counts, later than ends_on while a dossier filed in time waits. opens, closes: the days between which a star's
    dossier is handed in (None for other papers). days_left: to counts_until; negative once it is over.
    todo_words: what is to be done, in Vietnamese with its days.
    """

    certificate: Certificate
    producer: Producer
    product: str
    bucket: Standing
    todo: ToDo
    ends_on: dt.date | None
    counts_until: dt.date | None
    opens: dt.date | None
    closes: dt.date | None
    days_left: int
    todo_words: str

    @property
    def urgency(self) -> tuple[int, dt.date]:
        """Smaller comes first."""
        return BUCKETS.index(self.bucket), self.counts_until or dt.date.min


def radar(session: Session, who: Actor | Collection[str], day: dt.date) -> list[RadarRow]:
    """Papers that have ended, end within a year or wait for a result, gravest first.

    ``who``: an official (their communes and provinces), or ids of producers. A paper that a newer one replaced, one
    of a closed producer or of a product put away is left out.
    """
    found = producers.papers_with_an_end(session, _where(who))
    by_producer: dict[str, list[Certificate]] = defaultdict(list)
    for paper, _, _ in found:
        by_producer[paper.producer_id].append(paper)
    rows = (
        row_of(paper, producer, product, day)
        for paper, producer, product in found
        if not is_replaced(paper, by_producer[paper.producer_id])
    )
    return sorted((row for row in rows if row is not None), key=lambda row: row.urgency)


def _where(who: Actor | Collection[str]) -> ColumnElement[bool]:
    return producers.reach(who) if isinstance(who, Actor) else Producer.id.in_(who)


def row_of(paper: Certificate, producer: Producer, product: str, day: dt.date) -> RadarRow | None:
    """None while nobody need think of this paper."""
    bucket = standing(paper, day)
    if bucket not in BUCKETS:
        return None
    ends, counts = paper.expires_on, last_day(paper)
    if bucket is Standing.REVOKED:
        counts = paper.revoked_on - dt.timedelta(days=1)  # type: ignore[operator] - revoked, so it has a day
    star = paper.kind is CertificateKind.OCOP and ends is not None
    opens, closes = window(ends) if star else (None, None)  # type: ignore[arg-type]
    left = (counts - day).days if counts else 0
    return RadarRow(
        paper,
        producer,
        product,
        bucket,
        to_do(paper, day),
        ends,
        counts,
        opens,
        closes,
        left,
        todo_words(paper, day),
    )


def counted(rows: Iterable[RadarRow]) -> dict[Standing, int]:
    """How many rows each bucket has, in the order of urgency; empty ones left out."""
    found = list(rows)
    counts = {bucket: sum(row.bucket is bucket for row in found) for bucket in BUCKETS}
    return {bucket: number for bucket, number in counts.items() if number}
