"""Sheets of stamps: noting a print, and drawing it with no transaction open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO

from sqlalchemy.orm import Session

from ocop.batches import queries
from ocop.batches.models import StampPrint, StampRoll
from ocop.batches.queries import SheetOrder
from ocop.batches.rules import MOST_PER_FILE, Span, without
from ocop.batches.services import host
from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused
from traceability.digital_link import stamp_uri
from traceability.layouts import layouts
from traceability.serials import StampKey, codes_for_range
from traceability.stamps import write_sheet


def record_print(
    session: Session,
    actor: Actor,
    *,
    roll_id: int,
    first: int,
    last: int,
    layout: str,
    start_at: int = 1,
    reason: str = "",
) -> StampPrint:
    """Note that stamps first … last are printed. A stamp printed before needs a reason and shows its copy number.

    The first real print locks the stamp host; any print freezes the kind of pack.
    Raises Refused(outside_roll | too_many_per_file | start_at_… | all_void | reprint_needs_reason).
    """
    actor.require("stamps.issue")
    roll = queries.roll(session, actor, roll_id, lock=True)
    _check_print(roll, first, last, layout, start_at)
    span = Span(first, last)
    earlier = [p.copy_number for p in roll.prints if span.shared(Span(p.first, p.last))]
    if earlier and not reason:
        raise Refused("reprint_needs_reason", field="reason")
    _settle(session, actor, roll)
    printed = StampPrint(
        roll_id=roll.id,
        first=first,
        last=last,
        layout=layout,
        start_at=start_at,
        copy_number=1 + max(earlier, default=0),
        reason=reason,
        printed_by=actor.user_id,
        claims=[star.id] if (star := queries.star_for_face(session, roll, today())) else [],
    )
    session.add(printed)
    roll.copies = max(roll.copies, printed.copy_number)
    audit.record(session, actor, "print.stamps", printed)
    session.flush()
    return printed


def _check_print(roll: StampRoll, first: int, last: int, layout: str, start_at: int) -> None:
    if not 1 <= first <= last <= roll.size:
        raise Refused("outside_roll", field="last", size=roll.size)
    if last - first >= MOST_PER_FILE:
        raise Refused("too_many_per_file", field="last", most=MOST_PER_FILE, last=first + MOST_PER_FILE - 1)
    if layout not in layouts():
        raise Refused("field_choice", field="layout")
    if not 1 <= start_at <= layouts()[layout].per_page:
        raise Refused("start_at_outside", field="start_at", most=layouts()[layout].per_page)
    if not without(Span(first, last), [Span(v.first, v.last) for v in roll.voids]):
        raise Refused("all_void", field="first")


def _settle(session: Session, actor: Actor, roll: StampRoll) -> None:
    """What a print makes final: the host on paper, and what the pack is."""
    if not roll.practice:
        locked = host.lock_host(session, actor)
        if roll.copies == 0:
            roll.base_url = locked
    if roll.variant is not None and roll.variant.frozen_at is None:
        roll.variant.frozen_at = utcnow()
        audit.record(session, actor, "freeze.variant", roll.variant)


def draw_sheet(order: SheetOrder, keys: Mapping[str, StampKey]) -> bytes:
    """The PDF of a print. Slow (a symbol for each stamp): call it with no transaction open.

    Raises NotFound when the order's stamps have all been cancelled or its key is not here.
    """
    if not order.spans or order.key_version not in keys:
        raise NotFound()
    out = BytesIO()
    write_sheet(
        out,
        order.face,
        _stamps(order, keys[order.key_version]),
        layouts()[order.layout],
        practice=order.practice,
        start_at=order.start_at,
        copy_number=order.copy_number,
        roll=order.roll_id,
    )
    return out.getvalue()


def _stamps(order: SheetOrder, key: StampKey) -> Iterator[tuple[str, str]]:
    for span in order.spans:
        for code in codes_for_range(key, order.roll_id, span.first, span.last):
            yield code, stamp_uri(order.base_url, code, order.gtin)
