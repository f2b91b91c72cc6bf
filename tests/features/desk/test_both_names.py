"""Every act on somebody's behalf is written down with both names: the person's, the producer's, and the consent."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts import services as accounts
from ocop.accounts.models import Delegation, User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle
from ocop.batches import services as batches
from ocop.batches.rules import Step
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.listings import services as listings
from ocop.listings.models import Listing
from ocop.media import services as media
from ocop.producers import services as producers
from ocop.producers.models import Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.publishing import queries
from ocop.publishing import services as publishing
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState, State
from tests.factories import a_delegation, a_listing, a_producer, an_officer, an_upload
from tests.features.desk.commune import a_place, a_post
from traceability.highwater import HighWater

OCOP = Path(__file__).parents[3] / "ocop"


@dataclass
class Helped:
    officer: User
    producer: Producer
    given: Delegation
    actor: Actor
    listing: Listing


@pytest.fixture
def helped(session: Session) -> Helped:
    officer, _ = an_officer(session)
    producer = a_producer(session)
    listing = a_listing(session, producer)
    given = a_delegation(session, producer, bundle=Bundle.PUBLISH)
    session.commit()
    return Helped(officer, producer, given, actor_for(session, officer.id, producer.id), listing)


def _entries(engine: Engine) -> list[AuditEntry]:
    with Session(engine) as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def _write_products(session: Session, helped: Helped, config: Config) -> None:
    taken = media.take_in(config.media_dir, an_upload())
    picture = media.keep(session, helped.actor, taken, producer_id=helped.producer.id, public=True)
    pack = {"label": "Túi", "net_content": 500, "net_unit": "g", "price_vnd": 90_000}
    made = listings.save_listing(
        session, helped.actor, fields={"name": "Chè búp", "set_no": 11}, variants=[pack],
        photo_ids=[(picture.id, "front")],
    )  # fmt: skip
    kept = [
        {**pack, "id": made.variants[0].id, "price_vnd": 95_000},
        {**pack, "label": "Hộp", "net_content": 900},
    ]
    listings.save_listing(
        session, helped.actor, listing_id=made.id, version=made.version, fields={"name": "Chè"}, variants=kept
    )
    listings.save_listing(
        session, helped.actor, listing_id=made.id, version=made.version, fields={}, variants=kept[:1]
    )
    listings.archive(session, helped.actor, listing_id=made.id, version=made.version)
    listings.restore(session, helped.actor, listing_id=made.id)


def _write_lots(session: Session, helped: Helped, config: Config) -> None:
    key = secrets.load(config.secrets_dir).newest_stamp_version
    lot = batches.create_batch(
        session, helped.actor, variant_id=helped.listing.variants[0].id, lot_number="MT-1", made_on=today(),
        expires_on=today() + dt.timedelta(days=90), quantity=20, unit="hũ",
    )  # fmt: skip
    batches.add_event(
        session, helped.actor, batch_id=lot.id, step=Step.PACKING, happened_on=today(), place="nhà",
        text="Đóng hũ", recorded_by="mẫu",
    )  # fmt: skip
    roll = batches.issue_roll(
        session, helped.actor, key_version=key, mark=HighWater(config.mark_file), size=10, batch_id=lot.id,
        base_url="https://tem.example", practice=True,
    )  # fmt: skip
    batches.record_print(session, helped.actor, roll_id=roll.id, first=1, last=10, layout="a4-3x8")
    batches.activate(session, helped.actor, roll_id=roll.id, first=1, last=5, batch_id=lot.id)
    batches.void(session, helped.actor, roll_id=roll.id, first=6, last=7, reason="Rách")
    batches.hold(session, helped.actor, batch_id=lot.id)
    batches.unhold(session, helped.actor, batch_id=lot.id)
    batches.recall(session, helped.actor, batch_id=lot.id, reason="Nắp phồng")
    batches.close_recall(session, helped.actor, batch_id=lot.id)


def _write_papers(session: Session, helped: Helped, config: Config) -> None:
    paper = producers.add_certificate(
        session, helped.actor, kind=CertificateKind.FOOD_SAFETY, number="MẪU-1", issued_on=today(),
        expires_on=today() + dt.timedelta(days=90),
    )  # fmt: skip
    producers.edit_certificate(
        session, helped.actor, certificate_id=paper.id, version=paper.version,
        kind=CertificateKind.FOOD_SAFETY, number="MẪU-2", issued_on=today(), expires_on=None,
    )  # fmt: skip
    producers.edit_producer(
        session,
        helped.actor,
        version=helped.producer.version,
        kind=ProducerKind.COOPERATIVE,
        name="HTX tên mới",
    )


def _write_posts(session: Session, helped: Helped, config: Config) -> None:
    place = Channel(marketplace="buudien", name="buudien.vn", booth=BoothState.OPEN)
    session.add(place)
    session.flush()
    post = a_post(session, helped.listing, place, State.LIVE, url="https://buudien.vn/mau")
    publishing.request_pause(session, helped.actor, listing_id=helped.listing.id, kind="sold_out")
    words = "\n".join(queries.read_aloud_lines(helped.listing))
    publishing.send_read_aloud(
        session, helped.actor, listing_id=helped.listing.id, version=helped.listing.version, words=words,
        channel_ids=[place.id], task="resume",
    )  # fmt: skip
    publishing.request_withdraw(session, helped.actor, publication_id=post.id)
    other = a_post(session, helped.listing, a_place(session), State.HANDED_OFF)
    publishing.record_answer(
        session, helped.actor, publication_id=other.id, answer="returned", reason="Thiếu ảnh", url=""
    )


@pytest.mark.parametrize(
    ("write", "acts"),
    [(_write_products, 10), (_write_lots, 10), (_write_papers, 3), (_write_posts, 5)],
)
def test_whatever_a_helper_does_carries_person_producer_and_consent(
    session: Session, engine: Engine, config: Config, helped: Helped, write, acts: int
) -> None:
    write(session, helped, config)
    session.commit()

    entries = _entries(engine)

    told = {(e.user_id, e.user_name, e.producer_id, e.on_behalf, e.delegation_id) for e in entries}
    assert told == {(helped.officer.id, "Cán bộ mẫu", helped.producer.id, True, helped.given.id)}
    assert len(entries) >= acts, [e.action for e in entries]


def test_starting_and_ending_to_help_are_written_down_too(
    session: Session, engine: Engine, config: Config, helped: Helped
) -> None:
    key = secrets.load(config.secrets_dir).session
    token = accounts.start_sign_in(session, user_id=helped.officer.id, secret=key)
    idle = actor_for(session, helped.officer.id)

    accounts.choose_producer(session, idle, token=token, producer_id=helped.producer.id, secret=key)
    accounts.choose_producer(session, helped.actor, token=token, producer_id=None, secret=key)
    session.commit()

    chosen = [e for e in _entries(engine) if e.action == "producer.choose"]
    assert [(e.user_id, e.producer_id) for e in chosen] == [(helped.officer.id, helped.producer.id)] * 2


def test_an_official_act_names_no_consent(session: Session, engine: Engine, helped: Helped) -> None:
    paper = producers.add_certificate(
        session,
        helped.actor,
        kind=CertificateKind.FOOD_SAFETY,
        number="MẪU-1",
        issued_on=today(),
        expires_on=None,
    )
    producers.mark_original_seen(session, helped.actor, certificate_id=paper.id)
    session.commit()

    seen = _entries(engine)[-1]

    assert seen.action == "certificate.original_seen"
    assert (seen.user_id, seen.producer_id) == (helped.officer.id, helped.producer.id)
    assert (seen.on_behalf, seen.delegation_id) == (False, None)


def _made_in(name: str) -> set[str]:
    """Files in which the class of that name is called."""
    return {
        str(file.relative_to(OCOP))
        for file in OCOP.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name
    }


def test_entries_are_made_in_one_place_and_people_who_act_in_one() -> None:
    # No other actor has a person behind it: the machine, demo and class data, a clerk's link, somebody at the door.
    without_a_person = {
        "db/actor.py", "demo/village.py", "training/services/sandbox.py", "publishing/services/clerk_links.py",
        "accounts/services/codes.py",
    }  # fmt: skip

    assert _made_in("AuditEntry") == {"db/audit.py"}
    assert _made_in("Actor") - without_a_person == {"accounts/queries/acting.py"}
