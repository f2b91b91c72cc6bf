"""Producers and papers, in the actor's scope."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Select, column, func, or_, select, table
from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.db.actor import Actor, NotFound
from ocop.places import queries as places
from ocop.places import rules as place_rules
from ocop.producers.models import Certificate, Producer, ProducerPlace
from ocop.producers.rules import CertificateKind, counts
from ocop.web.folding import fold

# Products are a feature above this one; a paper needs only their id and name.
_listing = table("listing", column("id"), column("producer_id"), column("name"), column("archived_at"))


def current(session: Session, actor: Actor) -> Producer:
    """The producer the actor works for. Raises NotFound, NotAllowed."""
    return _get(session, select(Producer).where(Producer.id == actor.require("producer.view")))


def in_training(session: Session, producer_id: str | None) -> bool:
    """Whether this is a producer of a training class, of which nothing may leave the house."""
    code = session.scalar(select(Producer.commune_code).where(Producer.id == producer_id))
    return code is not None and place_rules.is_practice(code)


def for_edit(session: Session, producer_id: str) -> Producer:
    """Locked until the transaction ends, so that two who save at once meet here and not later."""
    locked = select(Producer).where(Producer.id == producer_id).with_for_update()
    return _get(session, locked.execution_options(populate_existing=True))


def _get(session: Session, wanted: Select[tuple[Producer]]) -> Producer:
    producer = session.scalars(wanted).one_or_none()
    if producer is None:
        raise NotFound()
    return producer


def visible(session: Session, actor: Actor, text: str = "") -> list[Producer]:
    """What an official sees: the producers of their communes and provinces, an operator all; by name.

    ``text`` narrows it to names, representatives, hamlets or communes with these words, tone marks aside.
    """
    rows = session.scalars(select(Producer).where(reach(actor)).order_by(Producer.name, Producer.id))
    wanted = fold(text)
    return [producer for producer in rows if wanted in _search_text(producer)]


def in_reach(session: Session, actor: Actor, producer_id: str) -> Producer:
    """One producer an official may look at, without acting for it. Raises NotFound."""
    return _get(session, select(Producer).where(Producer.id == producer_id, reach(actor)))


def in_own_commune(session: Session, actor: Actor, producer_id: str) -> Producer:
    """One producer of a commune the actor is an officer of (a province officer only looks). Raises NotFound."""
    return _get(
        session, select(Producer).where(Producer.id == producer_id, Producer.commune_code.in_(actor.communes))
    )


def reach(actor: Actor) -> ColumnElement[bool]:
    """Of a Producer: whether an official looks after its commune or province; an operator sees all."""
    if actor.operator:
        return Producer.id.is_not(None)
    codes = set(actor.communes)
    for province in actor.provinces:
        codes.update(commune.code for commune in places.communes_of(province))
    return Producer.commune_code.in_(codes)


def _search_text(producer: Producer) -> str:
    place = places.commune(producer.commune_code).full_name
    return fold(
        f"{producer.name} | {producer.representative} | {producer.hamlet} | {place} | {producer.brand}"
    )


def places_before(session: Session, producer_id: str) -> list[ProducerPlace]:
    """Where a producer was before, the latest first."""
    wanted = select(ProducerPlace).where(ProducerPlace.producer_id == producer_id)
    return list(session.scalars(wanted.order_by(ProducerPlace.changed_at.desc(), ProducerPlace.id)))


def communes_in_use(session: Session) -> dict[str, int]:
    """Codes of communes that producers are in -> how many, for the operator who merges two."""
    counted = select(Producer.commune_code, func.count()).group_by(Producer.commune_code)
    return {code: count for code, count in session.execute(counted.order_by(Producer.commune_code))}


def to_sign_for_help(session: Session, actor: Actor, producer_id: str) -> Producer:
    """One producer whose signature the actor may take: of an own commune, or one that asked an own village group
    before. Raises NotFound."""
    producer = session.get(Producer, producer_id)
    if producer is None or not (
        producer.commune_code in actor.communes or accounts.was_asked(session, actor.groups, producer_id)
    ):
        raise NotFound()
    return producer


def named(session: Session, producer_ids: list[str]) -> list[Producer]:
    """Producers by id, for people who hold a grant on each; by name."""
    return list(
        session.scalars(select(Producer).where(Producer.id.in_(producer_ids)).order_by(Producer.name))
    )


def certificates_of(session: Session, producer_id: str, listing_id: str | None = None) -> list[Certificate]:
    """All papers of a producer; with ``listing_id`` those of that product and those of the producer itself."""
    wanted = select(Certificate).where(Certificate.producer_id == producer_id)
    if listing_id is not None:
        wanted = wanted.where(or_(Certificate.listing_id == listing_id, Certificate.listing_id.is_(None)))
    return list(session.scalars(wanted.order_by(Certificate.kind, Certificate.created_at, Certificate.id)))


def certificate(session: Session, actor: Actor, certificate_id: str) -> Certificate:
    """A paper of the producer worked for. Raises NotFound."""
    row = session.get(Certificate, certificate_id)
    if row is None or row.producer_id != actor.require("producer.view"):
        raise NotFound()
    return row


def certificate_in_own_commune(session: Session, actor: Actor, certificate_id: str) -> Certificate:
    """A paper a commune officer may look at as an official. Raises NotFound."""
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound()
    in_own_commune(session, actor, row.producer_id)
    return row


def star_of(session: Session, listing_id: str, day: dt.date) -> Certificate | None:
    """The OCOP certificate of this very product that counts on a day; the newest if there are two."""
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.listing_id == listing_id, Certificate.kind == CertificateKind.OCOP)
        .order_by(Certificate.issued_on.desc(), Certificate.created_at.desc())
    )
    return next((row for row in rows if row.stars and counts(row, day)), None)


def valid_kinds(
    session: Session, producer_id: str, listing_id: str | None, day: dt.date
) -> set[CertificateKind]:
    """Kinds of paper that count on a day for this product, its own and the producer's."""
    rows = certificates_of(session, producer_id, listing_id or "")
    return {row.kind for row in rows if counts(row, day)}


def papers_with_an_end(
    session: Session, where: ColumnElement[bool]
) -> list[tuple[Certificate, Producer, str]]:
    """(paper, producer, name of its product or "") of every paper that has a last day or was revoked, of producers
    still at work and products not put away. ``where`` speaks of a Producer."""
    rows = session.execute(
        select(Certificate, Producer, _listing.c.name)
        .join(Producer, Certificate.producer_id == Producer.id)
        .outerjoin(_listing, Certificate.listing_id == _listing.c.id)
        .where(
            where,
            or_(Certificate.expires_on.is_not(None), Certificate.revoked_on.is_not(None)),
            Producer.closed_on.is_(None),
            _listing.c.archived_at.is_(None),
        )
        .order_by(Certificate.expires_on, Producer.name, Certificate.id)
    )
    return [(paper, producer, product or "") for paper, producer, product in rows]


def product_names(session: Session, producer_id: str) -> dict[str, str]:
    """id -> name of a producer's products, archived ones left out; by name."""
    wanted = select(_listing.c.id, _listing.c.name).where(
        _listing.c.producer_id == producer_id, _listing.c.archived_at.is_(None)
    )
    return {row.id: row.name for row in session.execute(wanted.order_by(_listing.c.name))}


def has_product(session: Session, producer_id: str, listing_id: str) -> bool:
    wanted = select(_listing.c.id).where(_listing.c.id == listing_id, _listing.c.producer_id == producer_id)
    return session.execute(wanted).first() is not None
