"""From rows to what the traceability library understands: facts of a stamp, the face of a stamp."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ocop.batches.models import Batch, StampRoll
from ocop.batches.rules import Span
from ocop.db.base import VIETNAM
from ocop.listings.models import Variant
from traceability.stamps import StampFace
from traceability.verdict import LotFacts, RecallFacts, StampFacts


@dataclass(frozen=True, slots=True)
class Marked:
    """A run of stamps something happened to: when, and for an activation the lot it bound them to."""

    span: Span
    at: dt.datetime
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class RollRecord:
    """All that is kept about a roll's stamps. ranges and voids are in order and do not overlap themselves."""

    id: int
    key_version: str
    producer_id: str
    variant_id: str | None
    for_batch_id: str | None
    practice: bool
    size: int
    ranges: tuple[Marked, ...] = ()
    voids: tuple[Marked, ...] = ()

    def holds(self, version: str, index: int) -> bool:
        """Whether such a stamp was ever printed from this roll."""
        return version == self.key_version and 1 <= index <= self.size

    def batch_of(self, index: int) -> str | None:
        """The lot the stamp is bound to, else the one it was printed for."""
        bound = _at(self.ranges, index)
        return bound.batch_id if bound else self.for_batch_id


def roll_record(roll: StampRoll) -> RollRecord:
    return RollRecord(
        id=roll.id,
        key_version=roll.key_version,
        producer_id=roll.producer_id,
        variant_id=roll.variant_id,
        for_batch_id=roll.for_batch_id,
        practice=roll.practice,
        size=roll.size,
        ranges=tuple(Marked(Span(r.first, r.last), r.activated_at, r.batch_id) for r in roll.ranges),
        voids=tuple(Marked(Span(v.first, v.last), v.voided_at) for v in roll.voids),
    )


def stamp_facts(record: RollRecord, index: int, lot: LotFacts | None) -> StampFacts:
    """The facts of one stamp of a known roll."""
    bound, void = _at(record.ranges, index), _at(record.voids, index)
    return StampFacts(
        practice=record.practice,
        activated_on=_day(bound.at) if bound else None,
        voided_on=_day(void.at) if void else None,
        lot=lot,
    )


def lot_facts(batch: Batch) -> LotFacts:
    listing = batch.variant.listing
    recall = None
    if batch.recalled_at is not None:
        closed = _day(batch.recall_closed_at) if batch.recall_closed_at else None
        recall = RecallFacts("own", batch.recalled_at, batch.recall_reason, closed_on=closed)
    return LotFacts(
        number=batch.lot_number,
        good_until=None if listing.date_style == "none" else batch.expires_on,
        date_style="best_before" if listing.date_style == "best_before" else "use_by",
        hold_since=batch.held_at,
        recall=recall,
    )


def variant_name(variant: Variant) -> str:
    """What the goods are called on a stamp and in lists: name and kind of pack."""
    return f"{variant.listing.name}, {variant.label}" if variant.label else variant.listing.name


def face(
    producer: str, variant: Variant | None, batch: Batch | None, stars: int | None, blank_words: str
) -> StampFace:
    """What is printed on every stamp of a roll. ``stars`` only while the product's own paper is valid."""
    if variant is None:
        return StampFace(product=blank_words, producer=producer)
    if batch is None:
        return StampFace(product=variant_name(variant), producer=producer, stars=stars)
    facts = lot_facts(batch)
    return StampFace(
        product=variant_name(variant),
        producer=producer,
        lot=facts.number,
        good_until=facts.good_until,
        date_style=facts.date_style,
        stars=stars,
    )


def _at(marked: Sequence[Marked], index: int) -> Marked | None:
    place = bisect_right(marked, index, key=lambda one: one.span.first) - 1
    return marked[place] if place >= 0 and index in marked[place].span else None


def _day(instant: dt.datetime) -> dt.date:
    return instant.astimezone(VIETNAM).date()
