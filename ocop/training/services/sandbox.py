"""Laying a class's sandbox: three sample producers, written through the same services as by hand, and whoever is to
help them. Pictures are drawn and decoded before the transaction begins: see draw_pictures."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, HelpingGroup
from ocop.accounts.rules import RIGHTS, Bundle, GroupKind, HelperKind, Role
from ocop.batches import services as batches
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor
from ocop.db.base import today
from ocop.listings import services as listings
from ocop.listings.models import Listing
from ocop.media import services as media
from ocop.media.rules import RENDITIONS, rendition_file
from ocop.producers import services as producers
from ocop.producers.models import Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.training.rules import sandbox
from ocop.training.services.pictures import draw

HELP_DAYS = 365

Pictures = Mapping[str, list[tuple[str, media.TakenIn]]]  # key of the sample -> (shot, picture) in order

_known: dict[Path, dict[str, media.TakenIn]] = {}


def draw_pictures(media_dir: Path) -> Pictures:
    """The pictures of every sample, drawn and re-encoded; in a moment once this process has done it before.
    Needs no database: call it before the session's first write."""
    return {
        sample["key"]: [
            (shot, _taken(media_dir, data)) for shot, data in _drawn(sample["key"]) if shot in sample["shots"]
        ]
        for sample in sandbox()
    }


@cache
def _drawn(key: str) -> tuple[tuple[str, bytes], ...]:
    sample = next(one for one in sandbox() if one["key"] == key)
    listing = sample["listing"]
    lines = [
        f"Thành phần: {listing['ingredients']}",
        f"Khối lượng tịnh: {sample['packs'][0]['label']}",
        f"Bảo quản: {listing['storage']}",
        "NSX, HSD: in trên bao bì. Xuất xứ: Việt Nam.",
    ]
    return tuple(draw(sample["looks"], listing["name"].split(",")[0], sample["name"], lines))


def _taken(media_dir: Path, data: bytes) -> media.TakenIn:
    """Decoded once, and again only where its files are gone."""
    done = _known.setdefault(media_dir, {})
    name = str(hash(data))
    if name not in done or not all(
        (media_dir / rendition_file(done[name].sha256, one.name)).exists() for one in RENDITIONS
    ):
        done[name] = media.take_in(media_dir, io.BytesIO(data))
    return done[name]


def lay(session: Session, *, commune_code: str, pictures: Pictures) -> list[Producer]:
    """The sample producers of a practice commune in their order, its village group, and the help they asked for."""
    team = HelpingGroup(
        kind=GroupKind.DIGITAL_TEAM, name="Tổ công nghệ số thôn Mẫu (tập huấn)", commune_code=commune_code
    )
    session.add(team)
    audit.record(session, SYSTEM, "group.create", team)
    session.flush()
    made = []
    for sample in sandbox():
        producer = _Sample(session, sample, commune_code).write(pictures[sample["key"]])
        for kind, helper, bundle in (
            (HelperKind.OFFICE, commune_code, Bundle.PUBLISH),
            (HelperKind.GROUP, team.id, Bundle.WRITE),
        ):
            _ask_for_help(session, producer, kind, helper, bundle)
        made.append(producer)
    session.flush()
    return made


def _ask_for_help(
    session: Session, producer: Producer, kind: HelperKind, helper_id: str, bundle: Bundle
) -> None:
    given = Delegation(
        producer_id=producer.id,
        helper_kind=kind,
        helper_id=helper_id,
        bundle=bundle,
        valid_from=today(),
        valid_to=today() + dt.timedelta(days=HELP_DAYS),
        given_how="training",
    )
    session.add(given)
    audit.record(session, SYSTEM, "delegation.give", given, producer_id=producer.id)


class _Sample:
    """Writes one sample producer with its product, papers and lot."""

    def __init__(self, session: Session, given: Mapping[str, Any], commune_code: str) -> None:
        self.session, self.given, self.commune_code = session, given, commune_code
        self.actor = SYSTEM

    def write(self, pictures: list[tuple[str, media.TakenIn]]) -> Producer:
        producer = producers.create_producer(
            self.session,
            SYSTEM,
            kind=ProducerKind(self.given["kind"]),
            name=self.given["name"],
            commune_code=self.commune_code,
            hamlet=self.given["hamlet"],
            representative="Người đại diện (mẫu)",
            sample=True,
        )
        self.actor = Actor(None, "lớp tập huấn", producer.id, RIGHTS[Role.PRODUCER_OWNER])
        listing = self._listing(pictures)
        for paper in self.given.get("papers", ()):
            self._paper(paper, listing)
        if "lot" in self.given:
            self._lot(self.given["lot"], listing)
        return producer

    def _listing(self, pictures: list[tuple[str, media.TakenIn]]) -> Listing:
        who = self.actor
        photos = [
            (media.keep(self.session, who, taken, producer_id=who.producer_id, public=True).id, shot)
            for shot, taken in pictures
        ]
        return listings.save_listing(
            self.session, who, fields=self.given["listing"], variants=self.given["packs"], photo_ids=photos
        )

    def _paper(self, given: Mapping[str, Any], listing: Listing) -> None:
        kind = CertificateKind(given["kind"])
        producers.add_certificate(
            self.session,
            self.actor,
            kind=kind,
            number=given["number"],
            issuer=given["issuer"],
            issued_on=today() - dt.timedelta(days=given["issued_days_ago"]),
            expires_on=today() + dt.timedelta(days=given["expires_in_days"]),
            stars=given.get("stars"),
            listing_id=listing.id if kind is CertificateKind.OCOP else None,
        )

    def _lot(self, given: Mapping[str, Any], listing: Listing) -> None:
        made_on = today() - dt.timedelta(days=given["made_days_ago"])
        batch = batches.create_batch(
            self.session,
            self.actor,
            variant_id=listing.variants[0].id,
            lot_number=given["lot_number"],
            made_on=made_on,
            expires_on=made_on + dt.timedelta(days=self.given["listing"]["shelf_life_days"]),
            quantity=given["quantity"],
            unit=given["unit"],
        )
        for line in given["diary"]:
            batches.add_event(
                self.session,
                self.actor,
                batch_id=batch.id,
                step=line["step"],
                happened_on=made_on - dt.timedelta(days=line["days_before"]),
                place=self.given["hamlet"],
                text=line["text"],
            )
