"""One scan: what is known about the stamp, from the database or, while it does not answer, from memory."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Load, Session, selectinload

from ocop.batches import queries as batches
from ocop.batches.mapping import RollRecord, stamp_facts
from ocop.batches.models import Batch
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.producers import queries as producers
from ocop.producers.models import Producer
from ocop.public.mapping import goods
from ocop.public.mapping.goods import GoodsPage
from traceability.highwater import HighWater, MarkBroken, MarkMissing
from traceability.serials import StampNumber
from traceability.verdict import StampFacts

log = logging.getLogger("ocop.scans")

DATABASE_REST_SECONDS = 5.0  # after a failure; so that not every scan waits for a lock in vain

Value = TypeVar("Value")


class DatabaseSilent(Exception):
    """The database does not answer and this stamp's roll or lot was not seen before."""


@dataclass(frozen=True)
class Found:
    """What is known about one stamp; goods None when the roll is unknown."""

    facts: StampFacts
    goods: GoodsPage | None


class LastKnown(Generic[Value]):
    """The last values seen, the longest unused dropped first."""

    def __init__(self, most: int = 2_000) -> None:
        self.most = most
        self._values: OrderedDict[object, Value] = OrderedDict()
        self._lock = Lock()

    def keep(self, key: object, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self.most:
                self._values.popitem(last=False)

    def get(self, key: object) -> Value | None:
        with self._lock:
            return self._values.get(key)


class StampDesk:
    """Looks stamps up. Facts of rolls and lots already seen outlive a database that is locked or gone."""

    def __init__(self, engine: Engine, mark: HighWater) -> None:
        self.engine, self.mark = engine, mark
        self.rolls: LastKnown[RollRecord] = LastKnown()
        self.goods: LastKnown[GoodsPage] = LastKnown()
        self._rest_until = 0.0

    def look_up(self, number: StampNumber, *, typed: bool = False) -> Found:
        """Raises DatabaseSilent."""
        if time.monotonic() >= self._rest_until:
            try:
                with open_session(self.engine, read_only=True) as session:
                    return self._fresh(session, number, typed)
            except (DBAPIError, TimeoutError) as error:  # locked, gone, damaged: all the same to a shopper
                log.warning("the database is silent: %s", error)
                self._rest_until = time.monotonic() + DATABASE_REST_SECONDS
        return self._remembered(number, typed)

    def _fresh(self, session: Session, number: StampNumber, typed: bool) -> Found:
        record = batches.roll_record(session, number.roll)
        if record is None and batches.was_practice(session, number.roll):
            return Found(StampFacts(practice=True), None)
        if record is None:
            return Found(self._unknown(typed, under_mark=self._under_mark(number.roll)), None)
        self.rolls.keep(record.id, record)
        if not record.holds(number.version, number.index):
            return Found(self._unknown(typed, under_mark=False), None)
        page = _goods_page(session, record, record.batch_of(number.index))
        self.goods.keep(_goods_key(record, number.index), page)
        return Found(stamp_facts(record, number.index, page.lot), page)

    def _remembered(self, number: StampNumber, typed: bool) -> Found:
        record = self.rolls.get(number.roll)
        if record is None:
            raise DatabaseSilent()
        if not record.holds(number.version, number.index):
            return Found(self._unknown(typed, under_mark=False), None)
        page = self.goods.get(_goods_key(record, number.index))
        if page is None:
            raise DatabaseSilent()
        return Found(stamp_facts(record, number.index, page.lot), page)

    @staticmethod
    def _unknown(typed: bool, *, under_mark: bool) -> StampFacts:
        return StampFacts(typed=typed, roll_known=False, roll_under_mark=under_mark)

    def _under_mark(self, roll: int) -> bool:
        """Whether this roll was issued once. Without its mark an install cannot say so, and does not."""
        try:
            return 1 <= roll <= self.mark.read()
        except (MarkMissing, MarkBroken):
            return False


def _goods_key(record: RollRecord, index: int) -> tuple[str | None, ...]:
    return (record.batch_of(index), record.variant_id, record.producer_id)


def _goods_page(session: Session, record: RollRecord, batch_id: str | None) -> GoodsPage:
    """As much as is known: of the lot, else of the kind of pack, else of the producer."""
    day = today()
    batch = _batch(session, batch_id) if batch_id else None
    variant = batch.variant if batch else _variant(session, record.variant_id) if record.variant_id else None
    producer = variant.listing.producer if variant else session.get_one(Producer, record.producer_id)
    parts = goods.of_producer(producer, day)
    if variant is not None:
        papers = producers.certificates_of(session, producer.id, variant.listing_id)
        parts |= goods.of_variant(variant, papers, goods.packed_on(batch) if batch else None, day)
    if batch is not None:
        parts |= goods.of_batch(batch)
    return GoodsPage(**parts)


def _with_listing(variant: Load) -> tuple[Load, ...]:
    """How the kind of pack is loaded with what the page says about it."""
    listing = variant.joinedload(Variant.listing)
    return (
        listing.joinedload(Listing.producer),
        listing.selectinload(Listing.photos).joinedload(ListingPhoto.media),
    )


def _batch(session: Session, batch_id: str) -> Batch:
    wanted = select(Batch).where(Batch.id == batch_id)
    loaded = _with_listing(Load(Batch).joinedload(Batch.variant))
    return session.scalars(wanted.options(*loaded, selectinload(Batch.events))).one()


def _variant(session: Session, variant_id: str) -> Variant:
    return session.scalars(
        select(Variant).where(Variant.id == variant_id).options(*_with_listing(Load(Variant)))
    ).one()
