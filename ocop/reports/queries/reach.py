"""What a count reaches over: producers of some communes, on the days of one period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_

from ocop.db.base import VIETNAM
from ocop.producers.models import Producer
from ocop.reports.rules.figures import Fact
from ocop.reports.rules.periods import Period


@dataclass(frozen=True)
class Reach:
    """since and until: the period's beginning and end as instants, the end excluded. day: the last day, or the day
    of counting while the period is not over."""

    communes: dict[str, str]
    period: Period
    day: dt.date

    @property
    def since(self) -> dt.datetime:
        return _midnight(self.period.first)

    @property
    def until(self) -> dt.datetime:
        return _midnight(self.day + dt.timedelta(days=1))

    def here(self) -> ColumnElement[bool]:
        """Producers of these communes that were there and open on the last day."""
        return and_(
            Producer.commune_code.in_(self.communes),
            Producer.created_at < self.until,
            or_(Producer.closed_on.is_(None), Producer.closed_on > self.day),
        )

    def anyone(self) -> ColumnElement[bool]:
        """Producers of these communes, also those that closed since: what they did in the period was done."""
        return Producer.commune_code.in_(self.communes)


def about(producer: Producer, name: str, **values: object) -> Fact:
    """A fact that belongs to a producer."""
    return Fact(
        name=name,
        producer=producer.name,
        commune=producer.commune_code,
        former=producer.former_commune,
        **values,  # type: ignore[arg-type]
    )


def iso(value: dt.date | dt.datetime | None) -> str:
    """The business day as an ISO date, "" for none."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(VIETNAM).date()
    return value.isoformat() if value else ""


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), VIETNAM)
