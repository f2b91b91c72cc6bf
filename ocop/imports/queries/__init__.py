"""Imports and their rows, in the reach of an officer of their commune."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from ocop.accounts.queries import delegations_in_force
from ocop.accounts.rules import HelperKind
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today
from ocop.imports.models import DataImport, ImportedThing, ImportPhoto, ImportRow
from ocop.listings.models import Listing
from ocop.producers.models import Producer

ROWS_ON_A_PAGE = 100
THINGS_ON_A_PAGE = 20


def mine(session: Session, actor: Actor, most: int = 20) -> list[DataImport]:
    """Imports of the actor's communes, the newest first."""
    wanted = select(DataImport).where(DataImport.commune_code.in_(actor.communes))
    return list(session.scalars(wanted.order_by(DataImport.made_at.desc(), DataImport.id).limit(most)))


def get(session: Session, actor: Actor, import_id: str, *, lock: bool = False) -> DataImport:
    """One import of an own commune. Raises NotFound."""
    wanted = select(DataImport).where(DataImport.id == import_id, DataImport.commune_code.in_(actor.communes))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def content_of(session: Session, import_id: str) -> bytes:
    """The file as it was sent; empty once it was thrown away."""
    wanted = select(DataImport).where(DataImport.id == import_id).options(undefer(DataImport.content))
    return session.scalars(wanted).one().content


def rows(
    session: Session, import_id: str, verdict: str, page: int, size: int = ROWS_ON_A_PAGE
) -> list[ImportRow]:
    """Rows of one verdict in the order of the file; pages count from 1."""
    wanted = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.verdict == verdict)
    return list(session.scalars(wanted.order_by(ImportRow.position).offset((page - 1) * size).limit(size)))


def bad_rows(session: Session, import_id: str) -> Sequence[ImportRow]:
    """All of them: for the file to download."""
    wanted = select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.verdict == "bad")
    return session.scalars(wanted.order_by(ImportRow.position)).all()


def photo_counts(session: Session, import_id: str) -> dict[str, int]:
    """all, unused (nobody asked for them), refused (no pictures), taken."""
    wanted = select(
        func.count(),
        func.count().filter(ImportPhoto.row_id.is_(None)),
        func.count().filter(ImportPhoto.problem != "", ImportPhoto.row_id.is_not(None)),
        func.count().filter(ImportPhoto.sha256 != ""),
    ).where(ImportPhoto.import_id == import_id)
    every, unused, refused, taken = session.execute(wanted).one()
    return {"all": every, "unused": unused, "refused": refused, "taken": taken}


def odd_photos(session: Session, import_id: str, most: int = 30) -> list[ImportPhoto]:
    """Pictures that go nowhere: unused, or none that can be opened."""
    wanted = select(ImportPhoto).where(
        ImportPhoto.import_id == import_id, (ImportPhoto.row_id.is_(None)) | (ImportPhoto.problem != "")
    )
    return list(session.scalars(wanted.order_by(ImportPhoto.position).limit(most)))


def producers_made(session: Session, import_id: str, page: int) -> list[Producer]:
    """Producers an import made or gave products to, in the order of the sheet; pages count from 1."""
    made = (
        select(Producer, func.min(ImportedThing.position).label("first"))
        .join(Listing, Listing.producer_id == Producer.id, isouter=True)
        .join(
            ImportedThing,
            (ImportedThing.import_id == import_id)
            & (
                ((ImportedThing.thing == "producer") & (ImportedThing.thing_id == Producer.id))
                | ((ImportedThing.thing == "listing") & (ImportedThing.thing_id == Listing.id))
            ),
        )
        .group_by(Producer.id)
        .order_by("first")
        .offset((page - 1) * THINGS_ON_A_PAGE)
        .limit(THINGS_ON_A_PAGE)
    )
    return [producer for producer, _first in session.execute(made)]


def listings_made(session: Session, import_id: str, producer_ids: Sequence[str]) -> dict[str, list[Listing]]:
    """Products the import made for these producers, by producer."""
    made = (
        select(Listing)
        .join(ImportedThing, (ImportedThing.thing == "listing") & (ImportedThing.thing_id == Listing.id))
        .where(ImportedThing.import_id == import_id, Listing.producer_id.in_(producer_ids))
        .order_by(ImportedThing.position)
    )
    found: dict[str, list[Listing]] = {producer_id: [] for producer_id in producer_ids}
    for listing in session.scalars(made):
        found[listing.producer_id].append(listing)
    return found


def helped(session: Session, commune_code: str, producer_ids: Sequence[str]) -> set[str]:
    """Those of the producers that let the commune's office help today."""
    asked = delegations_in_force(today())
    return {
        given.producer_id
        for given in session.scalars(asked)
        if given.helper_kind is HelperKind.OFFICE
        and given.helper_id == commune_code
        and given.producer_id in set(producer_ids)
    }
