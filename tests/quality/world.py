"""One producer with one of everything: what the access matrix puts into the paths."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy.orm import Session

from marketplace_adapters.handoff.fields import words
from ocop.accounts import queries as accounts_queries
from ocop.accounts import services as accounts
from ocop.accounts.models import User
from ocop.accounts.rules import RIGHTS, Bundle, HelperKind, Role, ScopeKind
from ocop.batches import services as batches
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import SYSTEM, Actor
from ocop.db.base import today, utcnow
from ocop.dossiers.models import DossierPaper
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.listings.models import Draft, Listing
from ocop.media.models import Media
from ocop.media.rules import rendition_file
from ocop.portability.models import Transfer
from ocop.portability.rules import PARTS
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind
from ocop.publishing import services as publishing
from ocop.publishing.models import Channel, CheckedLink, ClerkLink, LinkCheck, Parcel, Publication
from ocop.publishing.queries import shared_channels
from ocop.publishing.rules import BoothState, State, parcel_path
from ocop.reports import services as reports
from ocop.reports.mapping.default_template import default_template
from ocop.reports.rules.periods import month_of
from ocop.training.models import TrainingClass
from tests.factories import a_delegation, a_grant, a_group, a_listing, a_producer, a_user
from traceability.highwater import HighWater
from traceability.serials import StampKey, encode


@dataclass(frozen=True)
class World:
    producer_id: str
    ids: dict[str, str]


def build(session: Session, config: Config, *, commune_code: str = "15286") -> World:
    """A producer, its listing, lot, roll, print, papers, posts and pictures. Committed."""
    producer = a_producer(session, commune_code=commune_code)
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
    publishing.seed_channels(session, config)
    channels = shared_channels(session)  # made by a world before this one, if there was one
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
    help_ids = _help(session, producer, owner, keys.session)
    dossier_ids = _dossier(session, producer, listing, paper)
    elsewhere_ids = _elsewhere(session, producer)
    draft_ids = _a_draft(session, producer, member)
    recovery = accounts.start_recovery(session, _operator(), user_id=member.id, secret=keys.session)
    session.flush()
    code = accounts.latest_code(session, person.id)
    import_ids = _an_import(session, producer)
    report_ids = _a_report(session, producer)
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
            **help_ids,
            **import_ids,
            **report_ids,
            **dossier_ids,
            **elsewhere_ids,
            **draft_ids,
        },
    )


def _help(session: Session, producer: Producer, owner: Actor, secret: bytes) -> dict[str, str]:
    """A village group with one member, that the producer asked for help and has a second code for."""
    person = a_user(session, "Người trong tổ")
    group = a_group(session, person, name="Tổ mẫu của thế giới")
    given = a_delegation(session, producer, group, Bundle.WRITE)
    offer = accounts.offer_help(
        session, owner, helper_kind=HelperKind.GROUP, helper_id=group.id, bundle=Bundle.WRITE,
        valid_to=today(), secret=secret,
    )  # fmt: skip
    (grant,) = accounts_queries.members_of(session, group.id)
    return {
        "group": group.id,
        "group_person": person.id,
        "group_member": grant.id,
        "delegation": given.id,
        "offer": offer.id,
    }


def _elsewhere(session: Session, producer: Producer) -> dict[str, str]:
    """A class that the producer's commune holds, and the producer as it would come from another install."""
    held = TrainingClass(
        name="Lớp mẫu",
        commune_code=producer.commune_code,
        practice_commune="T0020",
        held_on=today(),
        people=1,
    )
    came = Transfer(
        file_name="co-so.zip", sha256="d" * 64, producer_id=producer.id, history=gzip.compress(b"[]"),
        facts={
            "name": "HTX", "commune_code": producer.commune_code, "install": "MAU", "pictures": 0, "posts": 0,
            "counts": {part.table: 0 for part in PARTS},
        },
    )  # fmt: skip
    session.add_all([held, came])
    session.flush()
    return {"class": held.id, "transfer": came.id}


def _dossier(session: Session, producer: Producer, listing: Listing, paper: Certificate) -> dict[str, str]:
    """A star whose next dossier may be handed in now, and a paper put to an item of the dossier."""
    star = Certificate(
        producer_id=producer.id, listing_id=listing.id, kind=CertificateKind.OCOP, number="MẪU-OCOP", stars=3,
        issued_on=today() - dt.timedelta(days=900), expires_on=today() + dt.timedelta(days=150),
    )  # fmt: skip
    session.add(star)
    link = DossierPaper(listing_id=listing.id, item="labour", certificate_id=paper.id)
    session.add(link)
    session.flush()
    return {"star": star.id, "dossier_link": link.id}


def _a_draft(session: Session, producer: Producer, member: User) -> dict[str, str]:
    """What the producer's other person has begun and not saved."""
    draft = Draft(user_id=member.id, producer_id=producer.id, data={"fields": {"name": ["Nháp mẫu"]}})
    session.add(draft)
    session.flush()
    return {"others_draft": draft.id}


def _an_import(session: Session, producer: Producer) -> dict[str, str]:
    """One of the producer's commune, whose rows were taken over."""
    data = DataImport(
        commune_code=producer.commune_code, file_name="mẫu.xlsx", content=b"", mapping={"sheets": []},
        counts={"good": 1, "bad": 0, "known": 0}, state=ImportState.APPLIED,
    )  # fmt: skip
    session.add(data)
    session.flush()
    return {"import": data.id}


def _a_report(session: Session, producer: Producer) -> dict[str, str]:
    """A frozen report of the producer's commune, and that commune's own template."""
    clerk = Actor(None, "thế giới mẫu", communes=frozenset({producer.commune_code}))
    scope = f"xa-{producer.commune_code}"
    report = reports.freeze_report(session, clerk, scope_key=scope, period=month_of(today()))
    reports.keep_template(session, clerk, scope_key=scope, file_name="mẫu.xlsx", content=default_template())
    return {"report": report.id}


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
