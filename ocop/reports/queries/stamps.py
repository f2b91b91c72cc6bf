"""Stamps: numbers taken, activated, scanned in the period. Practice stamps are told apart."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ocop.batches.models import Batch, Scan, StampRange, StampRoll
from ocop.listings.models import Listing, Variant
from ocop.producers.models import Producer
from ocop.reports.queries.reach import Reach, about, iso
from ocop.reports.rules.figures import Lists
from ocop.web.wording import sentence


def stamps(session: Session, reach: Reach) -> Lists:
    found: Lists = defaultdict(list)
    for roll, producer, product in session.execute(_issued(reach)):
        key = "tem_mau" if roll.practice else "tem_cap"
        found[key].append(
            about(
                producer,
                product or sentence("fact_blank_roll"),
                day=iso(roll.issued_at),
                note=sentence("fact_roll", roll=roll.id),
                amount=roll.size,
            )
        )
    for part, lot, producer, product in session.execute(_activated(reach)):
        found["tem_kich_hoat"].append(
            about(
                producer,
                product,
                day=iso(part.activated_at),
                note=sentence("fact_lot", lot=lot, roll=part.roll_id),
                amount=part.last - part.first + 1,
            )
        )
    for roll, producer, product, scans, stamps_seen in session.execute(_scanned(reach)):
        name = product or sentence("fact_blank_roll")
        note = sentence("fact_roll", roll=roll)
        found["luot_quet"].append(about(producer, name, note=note, amount=scans))
        found["tem_duoc_quet"].append(about(producer, name, note=note, amount=stamps_seen))
    return dict(found)


def _issued(reach: Reach) -> Select[Any]:
    return (
        select(StampRoll, Producer, Listing.name)
        .join(Producer, StampRoll.producer_id == Producer.id)
        .outerjoin(Variant, StampRoll.variant_id == Variant.id)
        .outerjoin(Listing, Variant.listing_id == Listing.id)
        .where(reach.anyone(), StampRoll.issued_at >= reach.since, StampRoll.issued_at < reach.until)
        .order_by(StampRoll.id)
    )


def _activated(reach: Reach) -> Select[Any]:
    return (
        select(StampRange, Batch.lot_number, Producer, Listing.name)
        .join(StampRoll, StampRange.roll_id == StampRoll.id)
        .join(Producer, StampRoll.producer_id == Producer.id)
        .join(Batch, StampRange.batch_id == Batch.id)
        .join(Variant, Batch.variant_id == Variant.id)
        .join(Listing, Variant.listing_id == Listing.id)
        .where(
            reach.anyone(),
            StampRoll.practice.is_(False),
            StampRange.activated_at >= reach.since,
            StampRange.activated_at < reach.until,
        )
        .order_by(StampRange.roll_id, StampRange.first)
    )


def _scanned(reach: Reach) -> Select[Any]:
    """Scans by roll: (roll id, its producer, its product, scans, different stamps)."""
    counted = (
        select(Scan.roll_id, func.count().label("scans"), func.count(Scan.index.distinct()).label("stamps"))
        .where(Scan.at >= reach.since, Scan.at < reach.until)
        .group_by(Scan.roll_id)
        .subquery()
    )
    return (
        select(StampRoll.id, Producer, Listing.name, counted.c.scans, counted.c.stamps)
        .join(counted, counted.c.roll_id == StampRoll.id)
        .join(Producer, StampRoll.producer_id == Producer.id)
        .outerjoin(Variant, StampRoll.variant_id == Variant.id)
        .outerjoin(Listing, Variant.listing_id == Listing.id)
        .where(reach.anyone(), StampRoll.practice.is_(False))
        .order_by(StampRoll.id)
    )
