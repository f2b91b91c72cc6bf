"""Lots and stamps, in the scope of the producer the actor works for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ocop.batches import mapping
from ocop.batches.mapping import RollRecord
from ocop.batches.models import Batch, DiscardedRoll, StampPrint, StampRange, StampRoll, StampVoid
from ocop.batches.rules import Balance, Span, count, without
from ocop.db import install
from ocop.db.actor import Actor, NotFound
from ocop.listings.models import Listing, Variant
from ocop.producers import queries as producers
from ocop.producers.models import Certificate, Producer
from traceability.layouts import layouts
from traceability.serials import ROLL_LIMIT
from traceability.stamps import StampFace

_GOODS = joinedload(Batch.variant).joinedload(Variant.listing)


@dataclass(frozen=True, slots=True)
class StampMode:
    """What stamps are printed with now: practice until an operator has confirmed a host of the install."""

    base_url: str
    practice: bool


def stamp_mode(session: Session, fallback_url: str, producer_id: str | None) -> StampMode:
    """For one producer: those of a training class print practice stamps for ever."""
    row = install.get(session)
    if row.stamp_base_url_confirmed_at is None or producers.in_training(session, producer_id):
        return StampMode(fallback_url, practice=True)
    return StampMode(row.stamp_base_url, practice=False)


# Lots


def batch(session: Session, actor: Actor, batch_id: str, *, lock: bool = False) -> Batch:
    """One lot; with ``lock`` nobody else counts its stamps until this transaction ends. Raises NotFound."""
    statement = select(Batch).where(Batch.id == batch_id, Batch.producer_id == actor.producer_id)
    statement = _locked(statement) if lock else statement.options(_GOODS, selectinload(Batch.events))
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def _locked(statement: Select) -> Select:
    """Locked and read anew: what this session saw before the lock may be stale."""
    return statement.with_for_update().execution_options(populate_existing=True)


def batches(session: Session, actor: Actor) -> list[Batch]:
    """All lots, the youngest first."""
    statement = select(Batch).where(Batch.producer_id == actor.producer_id).options(_GOODS)
    return list(session.scalars(statement.order_by(Batch.made_on.desc(), Batch.created_at.desc())))


def lot_numbers(session: Session, actor: Actor) -> set[str]:
    return set(session.scalars(select(Batch.lot_number).where(Batch.producer_id == actor.producer_id)))


def balance(session: Session, lot: Batch, *, practice: bool) -> Balance:
    return balances(session, [lot], practice=practice)[lot.id]


def balances(session: Session, lots: Collection[Batch], *, practice: bool) -> dict[str, Balance]:
    """Packs against stamps per lot. Practice stamps never use up a lot's real ones, nor the other way round."""
    ids = [lot.id for lot in lots]
    kind = StampRoll.practice == practice
    bound = session.execute(
        select(StampRange.roll_id, StampRange.first, StampRange.last, StampRange.batch_id)
        .join(StampRange.roll)
        .where(kind, StampRange.batch_id.in_(ids))
    ).all()
    printed = session.execute(
        select(StampRoll.id, StampRoll.size, StampRoll.for_batch_id).where(
            kind, StampRoll.for_batch_id.in_(ids)
        )
    ).all()
    gone = _voids(session, {row[0] for row in bound} | {row[0] for row in printed})
    active: dict[str, int] = defaultdict(int)
    taken = defaultdict(list, {roll: list(spans) for roll, spans in gone.items()})
    for roll, first, last, batch_id in bound:
        active[batch_id] += count(without(Span(first, last), gone.get(roll, [])))
        taken[roll].append(Span(first, last))
    reserved: dict[str, int] = defaultdict(int)
    for roll, size, batch_id in printed:
        reserved[batch_id] += count(without(Span(1, size), taken[roll]))
    return {lot.id: Balance(lot.quantity, active[lot.id], reserved[lot.id]) for lot in lots}


def _voids(session: Session, roll_ids: Collection[int]) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = defaultdict(list)
    rows = select(StampVoid.roll_id, StampVoid.first, StampVoid.last).where(StampVoid.roll_id.in_(roll_ids))
    for roll, first, last in session.execute(rows):
        spans[roll].append(Span(first, last))
    return spans


def has_stamps(session: Session, batch_id: str) -> bool:
    """Whether anything was printed for the lot or bound to it: its number and dates are then on paper."""
    for column in (StampRange.batch_id, StampRoll.for_batch_id):
        if session.scalars(select(column).where(column == batch_id).limit(1)).first():
            return True
    return False


def variants(session: Session, actor: Actor) -> list[Variant]:
    """Kinds of pack a lot can be made of: goods that are still sold, in the order of their names."""
    statement = (
        select(Variant)
        .join(Variant.listing)
        .where(
            Listing.producer_id == actor.producer_id,
            Listing.archived_at.is_(None),
            Variant.removed_at.is_(None),
        )
        .options(joinedload(Variant.listing))
        .order_by(Listing.name, Variant.position)
    )
    return list(session.scalars(statement))


def variant(session: Session, actor: Actor, variant_id: str) -> Variant:
    """Raises NotFound."""
    for one in variants(session, actor):
        if one.id == variant_id:
            return one
    raise NotFound()


# Stamps


def roll(session: Session, actor: Actor, roll_id: int, *, lock: bool = False) -> StampRoll:
    """One roll of the producer's. Raises NotFound."""
    if not 0 < roll_id < ROLL_LIMIT:
        raise NotFound()  # a database refuses to look for a number it cannot hold
    statement = select(StampRoll).where(StampRoll.id == roll_id, StampRoll.producer_id == actor.producer_id)
    found = session.scalars(_locked(statement) if lock else statement).one_or_none()
    if found is None:
        raise NotFound()
    if lock:
        session.expire(found, ["ranges", "voids", "prints"])
    return found


def rolls(session: Session, actor: Actor) -> list[StampRoll]:
    """All rolls, the newest first, with their ranges and voids."""
    statement = (
        select(StampRoll)
        .where(StampRoll.producer_id == actor.producer_id)
        .options(
            joinedload(StampRoll.variant).joinedload(Variant.listing),
            selectinload(StampRoll.ranges).joinedload(StampRange.batch),
            selectinload(StampRoll.voids),
        )
        .order_by(StampRoll.id.desc())
    )
    return list(session.scalars(statement))


def waiting(one: StampRoll) -> list[Span]:
    """Stamps of a roll that are neither activated nor cancelled."""
    taken = [Span(r.first, r.last) for r in one.ranges] + [Span(v.first, v.last) for v in one.voids]
    return without(Span(1, one.size), taken)


def unprinted(one: StampRoll) -> list[Span]:
    return without(Span(1, one.size), [Span(p.first, p.last) for p in one.prints])


def last_roll_id(session: Session) -> int:
    """The highest roll number in this database, 0 when there is none."""
    return session.scalar(select(func.max(StampRoll.id))) or 0


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """All that drawing one file of stamps needs, without a database: spans leave cancelled stamps out."""

    roll_id: int
    key_version: str
    base_url: str
    gtin: str | None
    practice: bool
    spans: Sequence[Span]
    face: StampFace
    layout: str
    start_at: int
    copy_number: int


def sheet_order(
    session: Session, actor: Actor, roll_id: int, print_id: str, *, blank_words: str, today: dt.date
) -> SheetOrder:
    """What a print that was asked for looks like. Raises NotFound."""
    one = roll(session, actor, roll_id)
    printed = session.get(StampPrint, print_id)
    if printed is None or printed.roll_id != one.id:
        raise NotFound()
    star = star_for_face(session, one, today)
    if star is not None and star.id not in printed.claims:
        star = None  # what a sheet says was settled when it was asked for
    lot = batch(session, actor, one.for_batch_id) if one.for_batch_id else None
    owner = session.get_one(Producer, one.producer_id)
    return SheetOrder(
        roll_id=one.id,
        key_version=one.key_version,
        base_url=one.base_url,
        gtin=one.gtin,
        practice=one.practice,
        spans=without(Span(printed.first, printed.last), [Span(v.first, v.last) for v in one.voids]),
        face=mapping.face(owner.name, one.variant, lot, star.stars if star else None, blank_words),
        layout=printed.layout,
        start_at=printed.start_at,
        copy_number=printed.copy_number,
    )


def star_for_face(session: Session, one: StampRoll, day: dt.date) -> Certificate | None:
    """The paper by which stamps of this roll may carry stars on a day; none on a blank roll."""
    return producers.star_of(session, one.variant.listing_id, day) if one.variant else None


@dataclass(frozen=True, slots=True)
class StampsToStop:
    """A print whose stars hold no more. left: its stamps not yet on goods, as far as anybody said. sheets: pages."""

    printed: StampPrint
    producer: str
    product: str
    paper: Certificate
    left: int
    sheets: int


def stamps_to_stop(session: Session, where: ColumnElement[bool], day: dt.date) -> list[StampsToStop]:
    """Stamps in somebody's drawer that carry stars their product no longer has. ``where`` speaks of a Producer.
    Practice stamps are never on goods, and a new paper with the same stars makes the printed ones right again."""
    prints = session.execute(
        select(StampPrint, Producer.name)
        .join(StampPrint.roll)
        .join(Producer, StampRoll.producer_id == Producer.id)
        .where(where, ~StampRoll.practice, cast(StampPrint.claims, String) != "[]")
        .options(joinedload(StampPrint.roll).joinedload(StampRoll.variant).joinedload(Variant.listing))
        .order_by(StampPrint.roll_id, StampPrint.first, StampPrint.printed_at)
    )
    found = (_to_stop(session, printed, name, day) for printed, name in prints)
    return [one for one in found if one is not None]


def _to_stop(session: Session, printed: StampPrint, producer: str, day: dt.date) -> StampsToStop | None:
    roll, paper = printed.roll, session.get(Certificate, printed.claims[0])
    if paper is None or roll.variant is None:
        return None
    star = producers.star_of(session, roll.variant.listing_id, day)
    used = [Span(r.first, r.last) for r in (*roll.ranges, *roll.voids)]
    left = count(without(Span(printed.first, printed.last), used))
    if not left or (star is not None and star.stars == paper.stars):
        return None
    places = printed.start_at - 1 + printed.last - printed.first + 1
    sheets = -(-places // layouts()[printed.layout].per_page)
    return StampsToStop(printed, producer, mapping.variant_name(roll.variant), paper, left, sheets)


def was_practice(session: Session, roll_id: int) -> bool:
    """Whether this was a practice roll that is thrown away with its training class."""
    return session.get(DiscardedRoll, roll_id) is not None


def roll_record(session: Session, roll_id: int) -> RollRecord | None:
    """For the scan page, of any producer: what is kept about a roll, or None when there is no such row."""
    found = session.scalars(
        select(StampRoll)
        .where(StampRoll.id == roll_id)
        .options(selectinload(StampRoll.ranges), selectinload(StampRoll.voids))
    ).one_or_none()
    return mapping.roll_record(found) if found else None
