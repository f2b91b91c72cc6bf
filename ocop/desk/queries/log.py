"""The audit trail searched: by who, for whom, what kind of act and when; the newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Grant, User
from ocop.accounts.rules import ScopeKind
from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.base import VIETNAM
from ocop.desk.rules import TOPICS
from ocop.producers import queries as producers
from ocop.producers.models import Producer
from ocop.web.folding import fold

PER_PAGE = 25
MOST_IN_A_FILE = 5_000
_MOST_NAMES = 500  # people or producers a typed name may stand for
# Coming and going is between a person and the operator; the other two happen at every turn.
_COMING_AND_GOING = ("sign_in.start", "sign_in.end", "sign_in.lock")
_IN_PASSING = ("producer.choose", "media.keep", *_COMING_AND_GOING)


@dataclass(frozen=True)
class Search:
    """What was asked for; empty parts ask for nothing. first and last day both count, in Việt Nam."""

    person: str = ""
    producer: str = ""
    topic: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


def found(session: Session, actor: Actor, search: Search) -> Select[tuple[AuditEntry]]:
    """Entries in reach of an official; an operator also sees those that concern no producer."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc())
    if not actor.operator:
        ours = select(Producer.id).where(producers.reach(actor))
        wanted = wanted.where(AuditEntry.producer_id.in_(ours), AuditEntry.action.not_in(_COMING_AND_GOING))
    if search.person:
        wanted = wanted.where(_by(session, search.person))
    if search.producer:
        wanted = wanted.where(AuditEntry.producer_id.in_(_producers(session, actor, search.producer)))
    if search.topic:
        wanted = wanted.where(AuditEntry.entity.in_(TOPICS.get(search.topic, frozenset())))
    return wanted.where(*_between(search.first, search.last))


def page(
    session: Session, actor: Actor, search: Search, number: int, size: int = PER_PAGE
) -> tuple[list[AuditEntry], bool]:
    """One page, and whether there is another: the trail is never counted, it may be long."""
    wanted = found(session, actor, search).limit(size + 1).offset((number - 1) * size)
    rows = list(session.scalars(wanted))
    return rows[:size], len(rows) > size


def _by(session: Session, name: str) -> ColumnElement[bool]:
    """People whose name holds these words, tone marks aside; those without an account by the name they left."""
    words = fold(name)
    people = [id_ for id_, own in session.execute(select(User.id, User.name)) if words in fold(own)]
    nobodys = and_(AuditEntry.user_id.is_(None), AuditEntry.user_name.icontains(name, autoescape=True))
    return or_(AuditEntry.user_id.in_(people[:_MOST_NAMES]), nobodys)


def _producers(session: Session, actor: Actor, name: str) -> list[str]:
    words = fold(name)
    rows = session.execute(select(Producer.id, Producer.name).where(producers.reach(actor)))
    return [id_ for id_, own in rows if words in fold(own) or id_ == name][:_MOST_NAMES]


def _between(first: dt.date | None, last: dt.date | None) -> list[ColumnElement[bool]]:
    found = []
    if first is not None:
        found.append(AuditEntry.at >= _midnight(first))
    if last is not None:
        found.append(AuditEntry.at < _midnight(last + dt.timedelta(days=1)))
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def done_for(
    producer_id: str, first: dt.date | None = None, last: dt.date | None = None
) -> Select[tuple[AuditEntry]]:
    """What anybody but a producer's own people did with its things, the newest first: acts on its behalf, papers an
    officer looked at, consents somebody wrote down for it."""
    own = select(Grant.user_id).where(Grant.scope_kind == ScopeKind.PRODUCER, Grant.scope_id == producer_id)
    others = or_(AuditEntry.on_behalf, and_(AuditEntry.user_id.is_not(None), AuditEntry.user_id.not_in(own)))
    return (
        select(AuditEntry)
        .where(
            AuditEntry.producer_id == producer_id,
            others,
            AuditEntry.action.not_in(_IN_PASSING),
            *_between(first, last),
        )
        .order_by(AuditEntry.id.desc())
    )
