"""What stands in a commune before an import: whatever a new row could double or touch."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, Grant, User
from ocop.accounts.queries import delegations_in_force
from ocop.accounts.rules import HelperKind, ScopeKind
from ocop.batches.models import Batch
from ocop.db import install
from ocop.imports.models import ImportPhoto
from ocop.listings.models import Listing, Variant
from ocop.media.models import Media
from ocop.producers.models import Certificate, Producer


@dataclass(frozen=True)
class PackThere:
    id: str
    label: str
    net_content: int | None
    net_unit: str
    gtin: str | None


@dataclass(frozen=True)
class ListingThere:
    id: str
    name: str
    set_no: int
    shelf_life_days: int | None
    packs: tuple[PackThere, ...] = ()


@dataclass(frozen=True)
class PaperThere:
    listing_id: str | None
    kind: str
    number: str


@dataclass(frozen=True)
class ProducerThere:
    """own_people: somebody of its own can sign in; helped: it lets the commune's office help today."""

    id: str
    name: str
    tax_code: str
    own_people: bool
    helped: bool
    listings: tuple[ListingThere, ...] = ()
    papers: tuple[PaperThere, ...] = ()
    lots: frozenset[str] = frozenset()
    pictures: tuple[tuple[str, str], ...] = ()  # (sha256, media id), of those the import brings too


@dataclass(frozen=True)
class Surroundings:
    """Equal ones let the same rows in. prefix: of the install's SKUs."""

    commune_code: str
    prefix: str
    producers: tuple[ProducerThere, ...]


def surroundings(session: Session, commune_code: str, import_id: str, day: dt.date) -> Surroundings:
    """Everything of a commune's producers that an import looks at; closed ones count too."""
    of_commune = select(Producer.id).where(Producer.commune_code == commune_code)
    own, helped = _with_people(session, of_commune), _helped(session, commune_code, day)
    listings, papers = _listings(session, of_commune), _papers(session, of_commune)
    lots = _grouped(
        session.execute(select(Batch.producer_id, Batch.lot_number).where(Batch.producer_id.in_(of_commune)))
    )
    pictures = _pictures(session, of_commune, import_id)
    found = session.execute(
        select(Producer.id, Producer.name, Producer.tax_code)
        .where(Producer.commune_code == commune_code)
        .order_by(Producer.id)
    )
    return Surroundings(
        commune_code,
        install.get(session).prefix,
        tuple(
            ProducerThere(
                id, name, tax_code, id in own, id in helped, tuple(listings[id]), tuple(papers[id]),
                frozenset(lots[id]), tuple(pictures[id]),
            )
            for id, name, tax_code in found
        ),
    )  # fmt: skip


def out_of_hand(
    session: Session, commune_code: str, producer_ids: Select[tuple[str]], day: dt.date
) -> list[str]:
    """Names of those producers that the commune's office may not touch any more: they are elsewhere now, or have
    people of their own and do not let the office help."""
    own, helped = _with_people(session, producer_ids), _helped(session, commune_code, day)
    found = session.execute(
        select(Producer.id, Producer.name, Producer.commune_code)
        .where(Producer.id.in_(producer_ids))
        .order_by(Producer.name, Producer.id)
    )
    return [name for id, name, code in found if code != commune_code or (id in own and id not in helped)]


def _with_people(session: Session, of_commune: Select[tuple[str]]) -> set[str]:
    found = (
        select(Grant.scope_id)
        .join(User, Grant.user_id == User.id)
        .where(
            Grant.scope_kind == ScopeKind.PRODUCER,
            Grant.scope_id.in_(of_commune),
            Grant.revoked_at.is_(None),
            User.disabled_at.is_(None),
            User.password_hash.is_not(None),
        )
    )
    return set(session.scalars(found))


def _helped(session: Session, commune_code: str, day: dt.date) -> set[str]:
    asked = delegations_in_force(day).where(
        Delegation.helper_kind == HelperKind.OFFICE, Delegation.helper_id == commune_code
    )
    return {given.producer_id for given in session.scalars(asked)}


def _listings(session: Session, of_commune: Select[tuple[str]]) -> dict[str, list[ListingThere]]:
    packs = _grouped(
        (listing_id, PackThere(*rest))
        for listing_id, *rest in session.execute(
            select(
                Variant.listing_id,
                Variant.id,
                Variant.label,
                Variant.net_content,
                Variant.net_unit,
                Variant.gtin,
            )
            .join(Listing, Variant.listing_id == Listing.id)
            .where(Listing.producer_id.in_(of_commune), Variant.removed_at.is_(None))
            .order_by(Variant.position, Variant.id)
        )
    )
    found = session.execute(
        select(Listing.producer_id, Listing.id, Listing.name, Listing.set_no, Listing.shelf_life_days)
        .where(Listing.producer_id.in_(of_commune))
        .order_by(Listing.id)
    )
    return _grouped((producer, ListingThere(id, *rest, tuple(packs[id]))) for producer, id, *rest in found)


def _papers(session: Session, of_commune: Select[tuple[str]]) -> dict[str, list[PaperThere]]:
    found = session.execute(
        select(Certificate.producer_id, Certificate.listing_id, Certificate.kind, Certificate.number)
        .where(Certificate.producer_id.in_(of_commune))
        .order_by(Certificate.id)
    )
    return _grouped(
        (producer, PaperThere(listing, kind.value, number)) for producer, listing, kind, number in found
    )


def _pictures(
    session: Session, of_commune: Select[tuple[str]], import_id: str
) -> dict[str, list[tuple[str, str]]]:
    brought = select(ImportPhoto.sha256).where(ImportPhoto.import_id == import_id, ImportPhoto.sha256 != "")
    found = session.execute(
        select(Media.producer_id, Media.sha256, Media.id)
        .where(Media.producer_id.in_(of_commune), Media.public, Media.sha256.in_(brought))
        .order_by(Media.id)
    )
    return _grouped((producer, (sha256, id)) for producer, sha256, id in found)


def _grouped(pairs: Iterable[Any]) -> dict[str, list[Any]]:
    """Lists of values by key, from pairs of both."""
    found: dict[str, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
