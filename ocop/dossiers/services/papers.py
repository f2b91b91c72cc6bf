"""A person puts a paper of the locker to an item of a product's dossier, or takes it away again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.errors import Refused
from ocop.dossiers.models import DossierPaper
from ocop.dossiers.rules import items
from ocop.listings import queries as listings
from ocop.producers import queries as producers


def put_paper(
    session: Session, actor: Actor, *, listing_id: str, item: str, certificate_id: str
) -> DossierPaper:
    """One paper may serve many items. Putting it twice changes nothing.

    Raises NotAllowed, NotFound (a product or paper of somebody else),
    Refused(dossier_no_item | dossier_serves_already).
    """
    producer_id = actor.require("certificate.edit")
    listing = listings.get(session, actor, listing_id)
    paper = producers.certificate(session, actor, certificate_id)
    if paper.producer_id != producer_id or paper.listing_id not in (None, listing.id):
        raise NotFound()
    wanted = next((one for one in items(listing.set_no) if one.code == item), None)
    if wanted is None:
        raise Refused("dossier_no_item")
    if paper.kind in wanted.kinds:
        raise Refused("dossier_serves_already")
    there = session.scalars(
        select(DossierPaper).where(
            DossierPaper.listing_id == listing.id,
            DossierPaper.item == item,
            DossierPaper.certificate_id == paper.id,
        )
    ).one_or_none()
    if there is not None:
        return there
    row = DossierPaper(listing_id=listing.id, item=item, certificate_id=paper.id, added_by=actor.user_id)
    session.add(row)
    audit.record(session, actor, "dossier.put_paper", row)
    session.flush()
    return row


def take_paper(session: Session, actor: Actor, *, link_id: str) -> str:
    """The id of the product it was put to. Raises NotAllowed, NotFound."""
    actor.require("certificate.edit")
    row = session.get(DossierPaper, link_id)
    if row is None:
        raise NotFound()
    listing = listings.get(session, actor, row.listing_id)
    audit.record(
        session,
        actor,
        "dossier.take_paper",
        row,
        old={"item": row.item, "certificate_id": row.certificate_id},
        new={},
    )
    session.delete(row)
    session.flush()
    return listing.id
