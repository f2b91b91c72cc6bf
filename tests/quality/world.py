"""One producer with one of everything: what the access matrix puts into the paths."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy.orm import Session

from marketplace_adapters.handoff.fields import words
from ocop.accounts import services as accounts
from ocop.accounts.rules import RIGHTS, Role, ScopeKind
from ocop.batches import services as batches
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import SYSTEM, Actor
from ocop.db.base import today, utcnow
from ocop.media.models import Media
from ocop.media.rules import rendition_file
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind
from ocop.publishing import services as publishing
from ocop.publishing.models import Channel, CheckedLink, ClerkLink, LinkCheck, Parcel, Publication
from ocop.publishing.rules import BoothState, State, parcel_path
from tests.factories import a_grant, a_listing, a_producer, a_user
from traceability.highwater import HighWater
from traceability.serials import StampKey, encode


@dataclass(frozen=True)
class World:
    producer_id: str
    ids: dict[str, str]


def build(session: Session, config: Config) -> World:
    """A producer, its listing, lot, roll, print, papers, posts and pictures. Committed."""
    producer = a_producer(session)
    owner = Actor(None, "thế giới mẫu", producer.id, RIGHTS[Role.PRODUCER_OWNER])
    listing = a_listing(session, producer)
    batch = batches.create_batch(
        session, owner, variant_id=listing.variants[0].id, lot_number="MT-1", made_on=today(),
        expires_on=today() + dt.timedelta(days=200), quantity=50, unit="hũ",
    )  # fmt: skip
    keys = secrets.load(config.secrets_dir)
    roll = batches.issue_roll(
        session, owner, key_version="A", mark=HighWater(config.mark_file), size=50, batch_id=batch.id,
        base_url="https://tem.example", practice=True,
    )  # fmt: skip
    sheet = batches.record_print(session, owner, roll_id=roll.id, first=1, last=10, layout="a4-3x8")
    channels = publishing.seed_channels(session, config)
    shared = next(c for c in channels if c.marketplace == "thanh_hoa")
    own = Channel(
        marketplace="woocommerce", owner_producer_id=producer.id, name="Cửa hàng", booth=BoothState.OPEN
    )
    post = Publication(listing=listing, channel=shared, state=State.HANDED_OFF)
    feed = next(c for c in channels if c.marketplace == "nguon_hang")
    session.add(Publication(listing=listing, channel=feed, state=State.LIVE))
    paper = Certificate(producer_id=producer.id, kind=CertificateKind.FOOD_SAFETY, number="MẪU-1")
    public, private = (_picture(producer.id, public=flag) for flag in (True, False))
    check, commune_check = _lists_of_links(producer)
    link = ClerkLink(publication=post, expires_at=utcnow() + dt.timedelta(days=30))
    queue_link = ClerkLink(commune_code=producer.commune_code, expires_at=utcnow() + dt.timedelta(days=30))
    session.add_all([own, post, paper, public, private, check, commune_check, link, queue_link])
    session.flush()
    session.add(Parcel(publication_id=post.id, listing_version=1, file_name="hồ-sơ.zip", sha256="c" * 64))
    parcel = parcel_path(config.var, "c" * 64)
    parcel.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(parcel, "w") as file:
        file.writestr("huong-dan.html", "<p>mẫu</p>")
        file.writestr(f"{words()['names']['photos']}/01-mat-truoc.jpg", b"\xff\xd8\xff")
    for picture in (public, private):
        file = config.media_dir / rendition_file(picture.sha256, "thumb")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"RIFF")
    person = a_user(session, "Người có mã")
    accounts.issue_first_code(session, _operator(), user_id=person.id, secret=keys.session)
    member, newcomer = a_user(session, "Người cùng dùng"), a_user(session, "Người mới")
    member_grant = a_grant(session, member, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, producer.id)
    recovery = accounts.start_recovery(session, _operator(), user_id=member.id, secret=keys.session)
    session.flush()
    code = accounts.latest_code(session, person.id)
    session.commit()
    stamp = encode(StampKey("A", keys.stamp["A"]), roll.id, 1)
    return World(
        producer.id,
        {
            "listing": listing.id,
            "batch": batch.id,
            "roll": str(roll.id),
            "own_channel": own.id,
            "shared_channel": shared.id,
            "publication": post.id,
            "certificate": paper.id,
            "producer": producer.id,
            "public_media": public.id,
            "private_media": private.id,
            "code_paper": code.id,
            "stamp": stamp,
            "print": sheet.id,
            "member": member.id,
            "member_grant": member_grant.id,
            "newcomer": newcomer.id,
            "recovery": recovery.id,
            "link_check": check.id,
            "commune_check": commune_check.id,
            "clerk_link": link.id,
            "queue_link": queue_link.id,
            "clerk_token": publishing.address_of(link.id, keys.session),
            "clerk_key": publishing.page_key(
                link.id, secret=keys.session, agent=f"Werkzeug/{version('werkzeug')}"
            ),
            "clerk_file_key": publishing.file_key(link.id, secret=keys.session),
        },
    )


def _lists_of_links(producer: Producer) -> tuple[LinkCheck, LinkCheck]:
    """One of the producer, one of its commune."""
    mine = LinkCheck(producer_id=producer.id, file_name="mẫu")
    commune = LinkCheck(commune_code=producer.commune_code, file_name="mẫu")
    for check in (mine, commune):
        check.links.append(CheckedLink(row=1, url="https://vi-du.example/1", result="no_place"))
    return mine, commune


def _operator() -> Actor:
    return Actor(SYSTEM.user_id, SYSTEM.name, operator=True)


def _picture(producer_id: str, *, public: bool) -> Media:
    sha256 = ("a" if public else "b") * 64
    return Media(producer_id=producer_id, sha256=sha256, width=10, height=10, byte_size=10, public=public)
