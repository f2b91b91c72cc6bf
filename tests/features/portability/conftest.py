"""A producer with something of everything, and a second install to take it to."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.rules import RIGHTS, Role
from ocop.batches import services as batches
from ocop.batches.models import TraceEvent
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.base import Base, new_id, today, utcnow
from ocop.db.engine import open_session
from ocop.portability import services
from ocop.producers import services as producers
from ocop.producers.models import Producer, ProducerPlace
from ocop.producers.rules import CertificateKind
from ocop.publishing import services as publishing
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from tests import databases
from tests.factories import a_delegation, a_listing, a_photo, a_producer, a_user, an_operator, with_photos
from traceability.highwater import HighWater


@dataclass
class Install:
    """One install: its settings, its database, and what its operator and a producer's owner do."""

    config: Config
    engine: Engine

    def __post_init__(self) -> None:
        with open_session(self.engine) as session:
            publishing.seed_channels(session, self.config)
            self.operator = an_operator(session)[1]
            session.commit()

    def export(self, producer_id: str) -> bytes:
        return b"".join(services.export(self.engine, self.config.media_dir, producer_id=producer_id))

    def take_in(self, data: bytes, name: str = "co-so.zip") -> str:
        """Send and take over; the id of the producer made."""
        transfer_id = self.receive(data, name)
        contents, pictures = services.read_pictures(
            self.config.var, self.config.media_dir, transfer_id=transfer_id
        )
        with open_session(self.engine) as session:
            producer = services.apply(
                session,
                self.operator,
                transfer_id=transfer_id,
                var=self.config.var,
                contents=contents,
                pictures=pictures,
            )
            session.commit()
            return producer.id

    def receive(self, data: bytes, name: str = "co-so.zip") -> str:
        transfer_id, sha256, contents = services.store(self.config.var, io.BytesIO(data), most=10**9)
        with open_session(self.engine) as session:
            services.receive(
                session,
                self.operator,
                transfer_id=transfer_id,
                sha256=sha256,
                file_name=name,
                contents=contents,
            )
            session.commit()
        return transfer_id


@pytest.fixture
def here(config: Config, engine: Engine) -> Install:
    return Install(config, engine)


@pytest.fixture
def elsewhere(config: Config, tmp_path: Path, _template: str) -> Iterator[Install]:
    other = replace(
        config, var=tmp_path / "other", database_url=f"sqlite:///{tmp_path / 'other' / 'ocop.db'}"
    )
    other.var.mkdir()
    secrets.make_missing(other.secrets_dir)
    with databases.a_copy(_template, other.database_url) as engine:
        yield Install(other, engine)


@dataclass
class Full:
    """A producer with something of everything."""

    producer: Producer
    user: User
    actor: Actor


@pytest.fixture
def full(session: Session, config: Config, here: Install) -> Full:
    user, producer = (
        a_user(session, "Chủ mẫu"),
        a_producer(session, tax_code="0102030405", story="Chuyện làng."),
    )
    actor = Actor(user.id, user.name, producer.id, RIGHTS[Role.PRODUCER_OWNER])
    listing = with_photos(session, a_listing(session, producer), config.media_dir, 3)
    paper = a_photo(session, producer, config.media_dir, seed=7, public=False)
    session.add(ProducerPlace(producer_id=producer.id, commune_code="14869", commune_name="Xã Hồi Xuân",
                              until=today(), why="moved"))  # fmt: skip
    star = producers.add_certificate(
        session, actor, kind=CertificateKind.OCOP, number="MẪU-01", issued_on=today() - dt.timedelta(days=90),
        expires_on=None, stars=4, listing_id=listing.id, media_id=paper.id,
    )  # fmt: skip
    _lot(session, actor, config, listing.variants[0].id)
    _extras(session, producer.id, listing.id, star.id)
    a_delegation(session, producer)
    _posts(session, listing.id)
    session.commit()
    return Full(producer, user, actor)


def _lot(session: Session, actor: Actor, config: Config, variant_id: str) -> None:
    batch = batches.create_batch(
        session, actor, variant_id=variant_id, lot_number="MT-1", made_on=today(), expires_on=None, quantity=50,
        unit="hũ",
    )  # fmt: skip
    said = {"batch_id": batch.id, "happened_on": today(), "place": "thôn Mẫu 1"}
    first: TraceEvent = batches.add_event(session, actor, step="production", text="=1+1 ủ mắm", **said)
    session.refresh(batch)
    batches.add_event(session, actor, step="production", text="Ủ mắm 80 ngày", corrects_id=first.id, **said)
    roll = batches.issue_roll(
        session, actor, key_version="A", mark=HighWater(config.mark_file), size=20, batch_id=batch.id,
        base_url="https://tem.example", practice=True,
    )  # fmt: skip
    batches.record_print(session, actor, roll_id=roll.id, first=1, last=20, layout="a4-3x8")
    batches.activate(session, actor, roll_id=roll.id, first=1, last=10, batch_id=batch.id)


def _extras(session: Session, producer_id: str, listing_id: str, certificate_id: str) -> None:
    """Rows of features that stand beside this one."""
    tables = Base.metadata.tables
    session.execute(
        tables["revenue"].insert().values(
            id=new_id(), producer_id=producer_id, month=today().replace(day=1), amount_vnd=12_000_000,
            stated_at=utcnow(),
        )
    )  # fmt: skip
    session.execute(
        tables["dossier_paper"].insert().values(
            id=new_id(), listing_id=listing_id, item="phan-b", certificate_id=certificate_id, added_at=utcnow()
        )
    )  # fmt: skip


def _posts(session: Session, listing_id: str) -> None:
    from sqlalchemy import select

    from ocop.publishing.models import Channel

    for marketplace, url in (
        ("thanh_hoa", "https://www.nongsanantoanthanhhoa.vn/mam-tep-1.html"),
        ("buudien", ""),
    ):
        channel = session.scalars(select(Channel).where(Channel.marketplace == marketplace)).one()
        session.add(
            Publication(
                listing_id=listing_id, channel_id=channel.id, state=State.LIVE, url=url, sent_version=1
            )
        )
