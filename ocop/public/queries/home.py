"""Việc hôm nay: what waits for the people of one producer, gravest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from ocop.accounts import queries as accounts
from ocop.batches import queries as batches
from ocop.batches.rules import count
from ocop.db.actor import Actor
from ocop.db.base import VIETNAM, utcnow
from ocop.dossiers import queries as dossiers
from ocop.dossiers.queries import RadarRow
from ocop.listings.models import Draft, Listing
from ocop.producers import queries as producers
from ocop.producers.mapping import certificate_name
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import Standing
from ocop.publishing import queries as publishing
from ocop.publishing.models import Publication
from ocop.publishing.rules import ONLINE, State
from ocop.web.filters import clock
from ocop.web.filters import day as written

MOST_TASKS = 8
ANSWER_DAYS = 3  # a hand-off nobody has answered for so long


@dataclass(frozen=True)
class Task:
    """One thing to do. code names its sentence and its button; href where it is done."""

    code: str
    kind: str
    title: str
    href: str
    drawing: str = "list"
    picture: str | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Day:
    producer: str
    date: dt.date
    tasks: list[Task]
    more: int
    listings: int
    lots: int
    papers: int
    unseen: int  # notices nobody has marked as seen


def day(session: Session, actor: Actor, *, date: dt.date, practice: bool) -> Day:
    """The front page of the producer the actor works for."""
    producer = producers.current(session, actor)
    papers = [_paper(row) for row in dossiers.radar(session, [producer.id], date)]
    tasks = [
        *_publications(session, actor),
        *_unread(session, actor),
        *_stopped_lots(session, actor),
        *_stamps_to_stop(session, producer.id, date),
        *(task for task in papers if task.kind != "info"),
        *_lots(session, actor, date, practice),
        *_rolls(session, actor, practice),
        *(task for task in papers if task.kind == "info"),
        *_drafts(session, actor),
    ]
    return Day(
        producer=producer.name,
        date=date,
        tasks=tasks[:MOST_TASKS],
        more=len(tasks[MOST_TASKS:]),
        listings=_count(
            session, Listing.id, Listing.producer_id == producer.id, Listing.archived_at.is_(None)
        ),
        lots=len(batches.batches(session, actor)),
        papers=_count(session, Certificate.id, Certificate.producer_id == producer.id),
        unseen=accounts.unseen_notices(session, actor),
    )


def _count(session: Session, column: Any, *where: Any) -> int:
    return session.scalar(select(func.count(column)).where(*where)) or 0


_WAITING_POSTS = {
    State.REJECTED: ("stop", "x-circle"),
    State.FAILED: ("wait", "refresh"),
    State.DRIFTED: ("wait", "alert-triangle"),
    State.NEEDS_UPDATE: ("wait", "refresh"),
    State.HANDED_OFF: ("wait", "send"),
}


def _publications(session: Session, actor: Actor) -> Iterator[Task]:
    found = session.scalars(
        select(Publication)
        .join(Publication.listing)
        .where(
            Listing.producer_id == actor.producer_id,
            Listing.archived_at.is_(None),
            Publication.state.in_(list(_WAITING_POSTS)),
            Publication.clerk_task == "",  # else it waits for whoever posts by hand
        )
        .options(joinedload(Publication.listing), joinedload(Publication.channel))
    )
    for one in sorted(found, key=lambda p: list(_WAITING_POSTS).index(p.state)):
        days = (utcnow() - (one.handed_at or one.sent_at or one.queued_at or one.created_at)).days
        code = one.state.value
        if one.state is State.HANDED_OFF and one.handed_at is None:
            code = "parcel_ready"
        elif one.state is State.HANDED_OFF and days < ANSWER_DAYS:
            continue
        kind, drawing = _WAITING_POSTS[one.state]
        params = {"place": one.channel.name, "days": days}
        yield Task(code, kind, one.listing.name, _where(one, code), drawing, params=params)


def _where(post: Publication, code: str) -> str:
    """A refusal is put right on the product, a parcel is handed over on its own page; else the post says what to do."""
    if code == "parcel_ready":
        return f"/ho-so/{post.id}"
    return f"/san-pham/{post.listing_id}" if code == "rejected" else f"/bai-dang/{post.id}"


def _unread(session: Session, actor: Actor) -> Iterator[Task]:
    """What a helper changed after it was put up, and nobody read out or sent: hidden until then."""
    standing = exists().where(
        Publication.listing_id == Listing.id, Publication.state.in_(ONLINE), publishing.unheard()
    )
    mine = select(Listing).where(
        Listing.producer_id == actor.producer_id, Listing.archived_at.is_(None), standing
    )
    found = session.scalars(mine.order_by(Listing.name, Listing.id))
    for listing in found:
        yield Task("unread", "wait", listing.name, f"/san-pham/{listing.id}", "eye")


_PAPER_KINDS = {Standing.EXPIRED: "stop", Standing.REVOKED: "stop"} | dict.fromkeys(
    (Standing.WAITING, Standing.MONTHS_12), "info"
)


def _paper(row: RadarRow) -> Task:
    """A paper that ends or has ended, with what is to be done about it."""
    kind, href = _PAPER_KINDS.get(row.bucket, "wait"), f"/giay-to/{row.certificate.id}"
    params = {"day": written(row.counts_until), "days": row.days_left, "todo": row.todo_words}
    code = "paper_ended" if kind == "stop" else "paper"
    title = certificate_name(row.certificate)
    return Task(code, kind, title, href, "certificate", params=params)


def _stamps_to_stop(session: Session, producer_id: str, date: dt.date) -> Iterator[Task]:
    """Printed stars that hold no more: one task for all of them."""
    found = batches.stamps_to_stop(session, Producer.id == producer_id, date)
    if found:
        params = {"count": sum(one.left for one in found)}
        yield Task(
            "stamps_to_stop", "stop", found[0].product, "/tem-ngung-dung", "alert-triangle", params=params
        )


def _stopped_lots(session: Session, actor: Actor) -> Iterator[Task]:
    """Lots that somebody has to decide about: shoppers who scan them are told not to use them."""
    for lot in batches.batches(session, actor):
        title, href = f"Lô {lot.lot_number}", f"/lo/{lot.id}"
        if lot.recalled_at is not None and lot.recall_closed_at is None:
            yield Task("recalled", "stop", title, href, "alert-triangle")
        elif lot.recalled_at is None and lot.held_at is not None:
            yield Task("held", "wait", title, href, "pause")


def _lots(session: Session, actor: Actor, date: dt.date, practice: bool) -> Iterator[Task]:
    lots = [
        lot
        for lot in batches.batches(session, actor)
        if lot.recalled_at is None
        and lot.held_at is None
        and (lot.expires_on is None or lot.expires_on >= date)
    ]
    balances = batches.balances(session, lots, practice=practice)
    for lot in lots:
        left = balances[lot.id].to_issue
        if left:
            params = {"left": left, "unit": lot.unit}
            href = f"/tem/lay-so?lo={lot.id}"
            yield Task("stamps_missing", "info", f"Lô {lot.lot_number}", href, "qrcode", params=params)


def _rolls(session: Session, actor: Actor, practice: bool) -> Iterator[Task]:
    for roll in batches.rolls(session, actor):
        waiting = count(batches.waiting(roll))
        if roll.copies and waiting and roll.practice == practice:
            href = f"/tem/kich-hoat?cuon={roll.id}"
            yield Task(
                "not_activated", "info", f"Đợt tem {roll.id}", href, "check", params={"count": waiting}
            )


def _drafts(session: Session, actor: Actor) -> Iterator[Task]:
    mine = select(Draft).where(Draft.user_id == actor.user_id, Draft.producer_id == actor.producer_id)
    for draft in session.scalars(mine.order_by(Draft.saved_at.desc())):
        typed = draft.data.get("fields", {}).get("name", [""])
        title = (typed[0] if typed else "") or "Sản phẩm mới"
        href = f"/san-pham/{draft.listing_key}" if draft.listing_key else "/san-pham/moi"
        at = clock(draft.saved_at.astimezone(VIETNAM))
        yield Task("draft", "info", title, href, "pencil", params={"at": at})
