"""A product's dossier: which papers of the locker serve which item, what the program itself can show, what lacks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocop.batches.models import Batch, StampRange, StampRoll
from ocop.db.actor import Actor, NotFound
from ocop.dossiers.mapping import Dossier, Evidence, ItemRow, Point, paper_words
from ocop.dossiers.models import DossierPaper
from ocop.dossiers.rules import Item, commune_points, items
from ocop.listings import queries as listings
from ocop.listings.mapping import packs, story_of
from ocop.listings.models import Listing, Variant
from ocop.producers import queries as producers
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import counts, is_replaced
from ocop.publishing.queries import public_side as publishing
from ocop.web.wording import sentence


def listing_in_reach(session: Session, actor: Actor, listing_id: str) -> Listing:
    """A product an official may look at, without acting for its producer. Raises NotFound."""
    found = session.scalars(
        select(Listing).join(Listing.producer).where(Listing.id == listing_id, producers.reach(actor))
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def listings_in_reach(session: Session, producer: Producer) -> list[Listing]:
    """A producer's products on offer, by name; the caller has looked whose they are."""
    wanted = select(Listing).where(Listing.producer_id == producer.id, Listing.archived_at.is_(None))
    return list(session.scalars(wanted.order_by(Listing.name, Listing.id)))


def own_listing(session: Session, actor: Actor, listing_id: str) -> Listing:
    """A product of the producer worked for. Raises NotFound."""
    return listings.get(session, actor, listing_id)


def dossier(session: Session, listing: Listing, day: dt.date, *, base_url: str) -> Dossier:
    """``base_url``: the install's own address, for the links that are evidence."""
    papers = [
        one
        for one in producers.certificates_of(session, listing.producer_id, listing.id)
        if one.revoked_on is None or day < one.revoked_on
    ]
    current = [one for one in papers if not is_replaced(one, papers)]
    links = _links(session, listing)
    rows = [(item, list(_papers_for(item, current, links))) for item in items(listing.set_no)]
    numbers: dict[str, int] = {}
    for _, found in rows:
        for paper, _ in found:
            numbers.setdefault(paper.id, len(numbers) + 1)
    by_id = {one.id: one for one in current}
    return Dossier(
        listing,
        tuple(
            ItemRow(
                item,
                (
                    *(_evidence(paper, numbers[paper.id], link, day) for paper, link in found),
                    *proofs(session, listing, item.proof, base_url),
                ),
            )
            for item, found in rows
        ),
        {number: by_id[paper_id] for paper_id, number in numbers.items()},
        tuple(current),
        tuple(
            Point(
                point,
                tuple(paper_words(one) for one in current if one.kind in point.kinds and counts(one, day)),
            )
            for point in commune_points()
        ),
    )


def _links(session: Session, listing: Listing) -> dict[tuple[str, str], str]:
    """(item, certificate id) -> id of the row by which somebody put the paper to the item."""
    rows = session.scalars(select(DossierPaper).where(DossierPaper.listing_id == listing.id))
    return {(row.item, row.certificate_id): row.id for row in rows}


def _papers_for(
    item: Item, papers: Sequence[Certificate], links: dict[tuple[str, str], str]
) -> Iterator[tuple[Certificate, str]]:
    for paper in papers:
        if paper.kind in item.kinds:
            yield paper, ""
        elif link := links.get((item.code, paper.id)):
            yield paper, link


def _evidence(paper: Certificate, number: int, link: str, day: dt.date) -> Evidence:
    valid = counts(paper, day)
    words = paper_words(paper)
    return Evidence(words if valid else sentence("dossier_lapsed", paper=words), number, valid, link)


def proofs(session: Session, listing: Listing, kind: str, base_url: str) -> list[Evidence]:
    """What the program itself shows for a product: shop links, pages, its story, its codes."""
    if kind == "booths":
        return [
            Evidence(sentence("proof_booth", place=name), url=url)
            for name, url in publishing.places_on_sale(session, listing.id)
        ]
    if kind == "pages":
        return _pages(session, listing, base_url)
    if kind == "story":
        return [Evidence(sentence("proof_story"))] if story_of(listing) else []
    return _codes(session, listing) if kind == "codes" else []


def _pages(session: Session, listing: Listing, base_url: str) -> list[Evidence]:
    if not publishing.has_public_page(session, listing):
        return []
    return [Evidence(sentence("proof_page"), url=f"{base_url}/hang/{listing.id}" if base_url else "")]


def _codes(session: Session, listing: Listing) -> list[Evidence]:
    found = [Evidence(sentence("proof_gtin", gtin=one.gtin)) for one in packs(listing) if one.gtin]
    if stamped := stamps_on_goods(session, listing.id):
        found.append(Evidence(sentence("proof_stamps", count=stamped)))
    if listing.other_trace_code:
        found.append(Evidence(sentence("proof_other_code", code=listing.other_trace_code)))
    return found


def stamps_on_goods(session: Session, listing_id: str) -> int:
    """How many real stamps were activated for lots of a product."""

    return (
        session.scalar(
            select(func.sum(StampRange.last - StampRange.first + 1))
            .join(StampRange.roll)
            .join(Batch, StampRange.batch_id == Batch.id)
            .join(Variant, Batch.variant_id == Variant.id)
            .where(Variant.listing_id == listing_id, ~StampRoll.practice)
        )
        or 0
    )
