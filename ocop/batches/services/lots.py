"""Making a lot, putting it right, stopping its sale and calling it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.batches import queries
from ocop.batches.models import Batch
from ocop.batches.rules import good_until
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused
from ocop.listings.rules import product_set
from traceability.gs1 import lot_problem


def create_batch(
    session: Session,
    actor: Actor,
    *,
    variant_id: str,
    lot_number: str,
    made_on: dt.date,
    expires_on: dt.date | None,
    quantity: int,
    unit: str = "gói",
    note: str = "",
) -> Batch:
    """A lot of one kind of pack. Raises Refused(not_stampable | lot_number_… | made_in_future | expiry_…)."""
    producer_id = actor.require("batch.edit")
    variant = queries.variant(session, actor, variant_id)
    batch = drafted(
        producer_id,
        variant.id,
        set_no=variant.listing.set_no,
        shelf_life_days=variant.listing.shelf_life_days,
        lot_number=lot_number,
        made_on=made_on,
        expires_on=expires_on,
        quantity=quantity,
        unit=unit,
        note=note,
    )
    _check_free(session, actor, lot_number)
    session.add(batch)
    audit.record(session, actor, "create.batch", batch)
    session.flush()
    return batch


def drafted(
    producer_id: str,
    variant_id: str,
    *,
    set_no: int,
    shelf_life_days: int | None,
    lot_number: str,
    made_on: dt.date,
    expires_on: dt.date | None,
    **fields: Any,
) -> Batch:
    """A lot in no session yet, its facts checked; that its number is free is not. set_no, shelf_life_days: of its
    product. Raises what create_batch refuses."""
    if not product_set(set_no).stampable:
        raise Refused("not_stampable", field="variant_id")
    _check_number(lot_number)
    _check_days(made_on, expires_on, shelf_life_days)
    return Batch(
        producer_id=producer_id,
        variant_id=variant_id,
        lot_number=lot_number,
        made_on=made_on,
        expires_on=expires_on,
        **fields,
    )


def drafted_entry(actor: Actor, batch: Batch) -> AuditEntry:
    """What the audit says of a drafted lot with an id."""
    return audit.entry(actor, "create.batch", batch, batch.id, new=audit.changes(batch)[1])


def edit_batch(
    session: Session,
    actor: Actor,
    *,
    batch_id: str,
    version: int | None,
    lot_number: str,
    made_on: dt.date,
    expires_on: dt.date | None,
    quantity: int,
    unit: str,
    note: str = "",
) -> Batch:
    """Number and dates stay as they are once they are printed on a stamp; packs never fewer than stamps.

    A helper prints stamps for the packs there are and no more; so whoever helps may not make them more once the lot
    has stamps. Raises EditConflict, Refused(lot_is_printed | fewer_packs_than_stamps | more_packs_on_behalf | …).
    """
    actor.require("batch.edit")
    batch = queries.batch(session, actor, batch_id, lock=True)
    batch.expect_version(version)
    on_paper = (batch.lot_number, batch.made_on, batch.expires_on)
    if (lot_number, made_on, expires_on) != on_paper:
        if queries.has_stamps(session, batch.id):
            raise Refused("lot_is_printed")
        if lot_number != batch.lot_number:
            _check_number(lot_number)
            _check_free(session, actor, lot_number)
        _check_days(made_on, expires_on, batch.variant.listing.shelf_life_days)
    used = max(queries.balance(session, batch, practice=practice).used for practice in (True, False))
    if quantity < used:
        raise Refused("fewer_packs_than_stamps", field="quantity", stamps=used)
    if actor.on_behalf and quantity > batch.quantity and queries.has_stamps(session, batch.id):
        raise Refused("more_packs_on_behalf", field="quantity", quantity=batch.quantity, unit=batch.unit)
    batch.lot_number, batch.made_on, batch.expires_on = lot_number, made_on, expires_on
    batch.quantity, batch.unit, batch.note = quantity, unit, note
    audit.record(session, actor, "edit.batch", batch)
    session.flush()
    return batch


def _check_number(lot_number: str) -> None:
    problem = lot_problem(lot_number)
    if problem:
        raise Refused(f"lot_number_{problem}", field="lot_number")


def _check_free(session: Session, actor: Actor, lot_number: str) -> None:
    same = select(Batch.id).where(Batch.producer_id == actor.producer_id, Batch.lot_number == lot_number)
    if session.scalars(same).first():
        raise Refused("lot_number_taken", field="lot_number", lot=lot_number)


def _check_days(made_on: dt.date, expires_on: dt.date | None, shelf_life_days: int | None) -> None:
    """An end date longer than the product's own shelf life is a slip that would call bad goods good."""
    if made_on > today():
        raise Refused("made_in_future", field="made_on")
    if expires_on is None:
        return
    if expires_on < made_on:
        raise Refused("expiry_before_made", field="expires_on")
    longest = good_until(made_on, shelf_life_days)
    if longest is not None and expires_on > longest:
        raise Refused("expiry_too_late", field="expires_on", day=f"{longest:%d/%m/%Y}")


def hold(session: Session, actor: Actor, *, batch_id: str) -> Batch:
    """Tạm ngừng bán lô: anybody who keeps the diary may stop a sale; starting again needs more."""
    actor.require("batch.edit")
    batch = queries.batch(session, actor, batch_id, lock=True)
    if batch.held_at is None:
        batch.held_at = utcnow()
        audit.record(session, actor, "hold.batch", batch)
        session.flush()
    return batch


def unhold(session: Session, actor: Actor, *, batch_id: str) -> Batch:
    actor.require("stamps.activate")
    batch = queries.batch(session, actor, batch_id, lock=True)
    if batch.held_at is not None:
        batch.held_at = None
        audit.record(session, actor, "unhold.batch", batch)
        session.flush()
    return batch


def recall(session: Session, actor: Actor, *, batch_id: str, reason: str) -> Batch:
    """Thu hồi lô: said on every scan from now on. Raises Refused(already_recalled)."""
    actor.require("stamps.activate")
    batch = queries.batch(session, actor, batch_id, lock=True)
    if batch.recalled_at is not None:
        raise Refused("already_recalled")
    batch.recalled_at, batch.recall_reason = utcnow(), reason
    audit.record(session, actor, "recall.batch", batch)
    session.flush()
    return batch


def close_recall(session: Session, actor: Actor, *, batch_id: str) -> Batch:
    """The recall is done; the page goes on saying that what is left should not be used."""
    actor.require("stamps.activate")
    batch = queries.batch(session, actor, batch_id, lock=True)
    if batch.recalled_at is None or batch.recall_closed_at is not None:
        raise Refused("no_open_recall")
    batch.recall_closed_at = utcnow()
    audit.record(session, actor, "close_recall.batch", batch)
    session.flush()
    return batch
