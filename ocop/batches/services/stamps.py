"""Taking numbers for stamps, saying that they are on the goods, cancelling them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from ocop.batches import queries
from ocop.batches.models import Batch, StampRange, StampRoll, StampVoid
from ocop.batches.rules import MOST_PER_ROLL, Span, count, stamp_reference, without
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.errors import Refused
from ocop.listings.models import Variant
from ocop.listings.rules import product_set
from ocop.producers import queries as producers
from traceability import qr
from traceability.digital_link import stamp_uri
from traceability.gs1 import gtin14
from traceability.highwater import HighWater, MarkBroken, MarkMissing
from traceability.serials import CODE_LENGTH, ROLL_LIMIT, MistypedCode, StampKey, decode


def issue_roll(
    session: Session,
    actor: Actor,
    *,
    key_version: str,
    mark: HighWater,
    size: int,
    variant_id: str | None = None,
    batch_id: str | None = None,
    base_url: str,
    practice: bool,
    note: str = "",
) -> StampRoll:
    """A new roll for a lot, for a kind of pack, or blank (neither). Its number is on disk before its row. In a
    training class it is a practice roll whatever ``practice`` says. A helper takes numbers for a lot only, and so
    never more than it has packs.

    Raises Refused(stamps_need_lot | size_… | more_than_lot | not_stampable | host_too_long | mark_… | rolls_used_up).
    """
    producer_id = actor.require("stamps.issue")
    if not 1 <= size <= MOST_PER_ROLL:
        raise Refused("size_out_of_range", field="size", most=MOST_PER_ROLL)
    if actor.on_behalf and batch_id is None:
        raise Refused("stamps_need_lot", field="target")
    practice = practice or producers.in_training(session, producer_id)
    batch = queries.batch(session, actor, batch_id, lock=True) if batch_id else None
    if batch is not None:
        _check_issue(session, batch, size, practice)
    variant = batch.variant if batch else queries.variant(session, actor, variant_id) if variant_id else None
    gtin = _gtin(variant)
    _check_fits(base_url, gtin)
    roll = StampRoll(
        id=_next_number(session, mark),
        key_version=key_version,
        producer_id=producer_id,
        variant_id=variant.id if variant else None,
        for_batch_id=batch.id if batch else None,
        gtin=gtin,
        base_url=base_url,
        practice=practice,
        size=size,
        note=note,
        issued_by=actor.user_id,
    )
    session.add(roll)
    audit.record(session, actor, "issue.stamp_roll", roll)
    session.flush()
    return roll


def _check_issue(session: Session, batch: Batch, size: int, practice: bool) -> None:
    left = queries.balance(session, batch, practice=practice).to_issue
    if size > left:
        code = "more_than_lot" if left else "lot_fully_stamped"
        raise Refused(code, field="size", left=left, asked=size, unit=batch.unit)


def _gtin(variant: Variant | None) -> str | None:
    if variant is None:
        return None
    if not product_set(variant.listing.set_no).stampable:
        raise Refused("not_stampable", field="target")
    return gtin14(variant.gtin) if variant.gtin else None


def _check_fits(base_url: str, gtin: str | None) -> None:
    """Before a number is taken: can a phone read a symbol with this host at all?"""
    try:
        qr.version_of(stamp_uri(base_url, "0" * CODE_LENGTH, gtin))
    except qr.TooLarge:
        raise Refused("host_too_long") from None


def _next_number(session: Session, mark: HighWater) -> int:
    """The next roll number. The mark is on disk when this returns, the row is not yet committed: a crash in
    between loses a number, never gives one twice."""
    try:
        known = queries.last_roll_id(session)  # before the mark: another roll may be committed in between
        if mark.read() < known:
            raise Refused("mark_behind")
        number = mark.advance()
    except MarkMissing:
        raise Refused("mark_missing") from None
    except MarkBroken:
        raise Refused("mark_broken") from None
    if number >= ROLL_LIMIT:
        raise Refused("rolls_used_up")
    return number


def find_stamps(
    session: Session,
    actor: Actor,
    *,
    keys: Mapping[str, StampKey],
    first: str,
    last: str,
    roll_id: int | None = None,
) -> tuple[int, Span]:
    """The roll and the run that two typed or scanned stamps mark: codes, or places within ``roll_id``.

    An empty ``last`` means one stamp. Raises Refused(stamp_… ), which names the field to look at.
    """
    start_roll, start = _one_stamp(session, actor, keys, first, roll_id, "first")
    end_roll, end = (
        _one_stamp(session, actor, keys, last, start_roll, "last") if last else (start_roll, start)
    )
    if start_roll != end_roll:
        raise Refused("stamps_of_two_rolls", field="last")
    return start_roll, Span(min(start, end), max(start, end))


def _one_stamp(
    session: Session,
    actor: Actor,
    keys: Mapping[str, StampKey],
    text: str,
    roll_id: int | None,
    field: str,
) -> tuple[int, int]:
    reference = stamp_reference(text)
    if isinstance(reference, int):
        if roll_id is None:
            raise Refused("stamp_place_without_roll", field=field)
        return roll_id, reference
    try:
        number = decode(keys, reference)
    except MistypedCode:
        raise Refused("stamp_code_wrong", field=field) from None
    if roll_id is not None and number.roll != roll_id:
        raise Refused("stamps_of_two_rolls", field=field)
    found = session.get(StampRoll, number.roll)
    if found is None or found.producer_id != actor.producer_id or found.key_version != number.version:
        raise Refused("stamp_not_ours", field=field)
    return number.roll, number.index


def activate(
    session: Session, actor: Actor, *, roll_id: int, first: int, last: int, batch_id: str
) -> StampRange:
    """Bind stamps first … last to a lot: they are on the goods now. Never more than the lot has packs.

    Roll and lot are locked before anything is counted, so any number of phones at once add up right.
    Raises Refused(outside_roll | range_taken | roll_of_other_… | more_active_than_lot | lot_recalled).
    """
    actor.require("stamps.activate")
    roll = queries.roll(session, actor, roll_id, lock=True)
    batch = queries.batch(session, actor, batch_id, lock=True)
    span = _span(roll, first, last)
    _check_goods(roll, batch)
    for taken in roll.ranges:
        if span.shared(Span(taken.first, taken.last)):
            raise Refused("range_taken", first=taken.first, last=taken.last, lot=taken.batch.lot_number)
    new = count(without(span, _voided(roll)))
    if not new:
        raise Refused("all_void", field="first")
    left = queries.balance(session, batch, practice=roll.practice).to_activate
    if new > left:
        raise Refused("more_active_than_lot", field="last", left=left, asked=new, unit=batch.unit)
    activated = StampRange(
        roll_id=roll.id, first=first, last=last, batch_id=batch.id, activated_by=actor.user_id
    )
    session.add(activated)
    audit.record(session, actor, "activate.stamps", activated)
    session.flush()
    return activated


def _check_goods(roll: StampRoll, batch: Batch) -> None:
    """What is printed on the stamp must be true of the lot it goes on."""
    if batch.recalled_at is not None:
        raise Refused("lot_recalled", field="batch_id", lot=batch.lot_number)
    if roll.for_batch_id is not None and roll.for_batch_id != batch.id:
        raise Refused("roll_of_other_lot", field="batch_id")
    if roll.variant_id is not None and roll.variant_id != batch.variant_id:
        raise Refused("roll_of_other_goods", field="batch_id")


def void(
    session: Session, actor: Actor, *, roll_id: int, first: int, last: int, reason: str
) -> list[StampVoid]:
    """Cancel stamps first … last for good; those cancelled before stay as they were. Raises Refused."""
    actor.require("stamps.activate")
    roll = queries.roll(session, actor, roll_id, lock=True)
    left = without(_span(roll, first, last), _voided(roll))
    if not left:
        raise Refused("void_already", field="first")
    voids = [
        StampVoid(roll_id=roll.id, first=span.first, last=span.last, reason=reason, voided_by=actor.user_id)
        for span in left
    ]
    for one in voids:
        session.add(one)
        audit.record(session, actor, "void.stamps", one)
    session.flush()
    return voids


def _span(roll: StampRoll, first: int, last: int) -> Span:
    if not 1 <= first <= last <= roll.size:
        raise Refused("outside_roll", field="last", size=roll.size)
    return Span(first, last)


def _voided(roll: StampRoll) -> list[Span]:
    return [Span(one.first, one.last) for one in roll.voids]
