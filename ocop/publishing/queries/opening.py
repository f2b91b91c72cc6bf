"""What opening a booth needs: the supplier as the producer itself hands it over, and its products as quoted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from marketplace_adapters.handoff.dossier import Supplier
from marketplace_adapters.types import CertificatePayload, ListingPayload
from ocop.db.actor import Actor
from ocop.listings import queries as listings
from ocop.places import queries as places
from ocop.producers import queries as producers
from ocop.producers.mapping import kind_word, public_phone
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import FOR_THE_DOSSIER, OF_A_PRODUCT, CertificateKind, counts, masked_tax_code
from ocop.publishing import mapping
from ocop.publishing.queries.readiness import papers_of
from ocop.web.wording import sentence


def supplier(session: Session, actor: Actor, day: dt.date) -> Supplier:
    """The producer worked for. A firm's tax code is whole, a person's number stays masked. Raises NotFound."""
    producer = producers.current(session, actor)
    valid = [
        paper
        for paper in producers.certificates_of(session, producer.id)
        if counts(paper, day) and paper.kind not in FOR_THE_DOSSIER
    ]
    commune = places.commune(producer.commune_code)
    address = places.full_address(producer.commune_code)
    return Supplier(
        name=producer.name,
        kind=kind_word(producer),
        tax_code=masked_tax_code(producer.tax_code),
        representative=producer.representative,
        phone=public_phone(producer),
        hamlet=producer.hamlet,
        commune=commune.full_name,
        province=places.province(commune.province_code).name,
        address=f"{producer.hamlet}, {address}" if producer.hamlet else address,
        address_old=producer.old_address,
        brand=producer.brand,
        story=producer.story,
        products=tuple(listing.name for listing in listings.mine(session, actor)),
        paper=_registration(valid),
        papers=_papers(producer, valid),
    )


def _registration(valid: list[Certificate]) -> CertificatePayload | None:
    """The paper that says who they are; only a paper of the producer itself can."""
    kinds = (CertificateKind.BUSINESS_REGISTRATION, CertificateKind.FOOD_SAFETY)
    found = [paper for kind in kinds for paper in valid if paper.kind is kind]
    return _paper(found[0]) if found else None


def _papers(producer: Producer, valid: list[Certificate]) -> tuple[CertificatePayload, ...]:
    own_first = sorted(valid, key=lambda paper: paper.kind in OF_A_PRODUCT)
    return tuple(_paper(paper) for paper in own_first)


def _paper(paper: Certificate) -> CertificatePayload:
    kind = sentence(f"certificate_kind_{paper.kind.value}")
    return CertificatePayload(
        kind=f"{kind} {paper.stars} sao" if paper.stars else kind,
        number=masked_tax_code(paper.number),
        issuer=paper.issuer,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
    )


def products_to_quote(
    session: Session, actor: Actor, day: dt.date, chosen: Collection[str] = ()
) -> dict[str, ListingPayload]:
    """Listing id -> the product as anybody may see it on ``day``; all that are on offer, or the chosen ones."""
    return {
        listing.id: mapping.payload(listing, papers_of(session, listing), day=day, media_dir=None)
        for listing in listings.mine(session, actor)
        if not chosen or listing.id in chosen
    }
