"""A commune with work in it, for tests of the desk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from ocop.accounts.models import OneTimeCode, User
from ocop.accounts.rules import Role, ScopeKind
from ocop.batches.models import Batch
from ocop.db.base import today, utcnow
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.listings.models import Draft, Listing
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import State
from tests.factories import a_grant, a_listing, a_user

HERE, ELSEWHERE = "15286", "15271"  # xã Hoạt Giang and another of the same province


def ago(**span: float) -> dt.datetime:
    return utcnow() - dt.timedelta(**span)


def a_place(session: Session, name: str = "Sàn Thanh Hóa", marketplace: str = "thanh_hoa") -> Channel:
    channel = Channel(marketplace=marketplace, name=name)
    session.add(channel)
    session.flush()
    return channel


def a_post(session: Session, listing: Listing, place: Channel, state: State, **values: Any) -> Publication:
    post = Publication(listing_id=listing.id, channel_id=place.id, state=state, **values)
    session.add(post)
    session.flush()
    return post


def a_lot(session: Session, listing: Listing, number: str, **values: Any) -> Batch:
    lot = Batch(
        producer_id=listing.producer_id,
        variant_id=listing.variants[0].id,
        lot_number=number,
        made_on=today(),
        quantity=10,
        **values,
    )
    session.add(lot)
    session.flush()
    return lot


def a_paper(session: Session, producer: Producer, days_left: int) -> Certificate:
    paper = Certificate(
        producer_id=producer.id,
        kind=CertificateKind.FOOD_SAFETY,
        number="MẪU-1",
        issued_on=today() - dt.timedelta(days=900),
        expires_on=today() + dt.timedelta(days=days_left),
    )
    session.add(paper)
    session.flush()
    return paper


def a_draft(session: Session, producer: Producer, user: User, name: str) -> Draft:
    draft = Draft(user_id=user.id, producer_id=producer.id, data={"fields": {"name": [name]}})
    session.add(draft)
    session.flush()
    return draft


def a_lost_password(session: Session, producer: Producer, name: str = "Bà mẫu") -> User:
    person = a_user(session, name)
    a_grant(session, person, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, producer.id)
    session.add(
        OneTimeCode(
            user_id=person.id,
            kind="recovery",
            code_hash=person.id * 3,
            expires_at=utcnow() + dt.timedelta(days=1),
            issued_by="ai-khac",
        )
    )
    session.flush()
    return person


def a_sheet(session: Session, commune: str = HERE, state: ImportState = ImportState.CHECKED) -> DataImport:
    sheet = DataImport(commune_code=commune, file_name="co-so-xa.xlsx", content=b"x", state=state)
    session.add(sheet)
    session.flush()
    return sheet


def one_of_everything(session: Session, producer: Producer, place: Channel) -> dict[str, Any]:
    """Every kind of work once, for one producer. Flushed."""
    listing = a_listing(session, producer)
    second = a_listing(session, producer, name="Bánh gai")
    third = a_listing(session, producer, name="Chè búp")
    return {
        "recall": a_lot(session, listing, "MT-1", recalled_at=ago(days=2)),
        "hold": a_lot(session, listing, "MT-2", held_at=ago(days=1)),
        "refused": a_post(session, listing, place, State.REJECTED),
        "parcel": a_post(session, second, place, State.HANDED_OFF, handed_at=ago(days=4)),
        "parcel_ready": a_post(session, third, place, State.HANDED_OFF),
        "paper": a_paper(session, producer, 20),
        "draft": a_draft(session, producer, a_user(session, "Tình nguyện viên mẫu"), "Nem chua"),
        "lost": a_lost_password(session, producer),
        "listing": listing,
    }
