"""Writes one demo product through the same services as by hand: producer, papers, listing, posts, lots, stamps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from ocop.accounts.rules import RIGHTS, Role
from ocop.batches import services as batches
from ocop.batches.rules import Step
from ocop.config import Config
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor
from ocop.db.base import today, utcnow
from ocop.db.secrets import Secrets
from ocop.listings import services as listings
from ocop.listings.models import Listing
from ocop.media import services as media
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.publishing import queries as channels
from ocop.publishing import services as publishing
from traceability.highwater import HighWater

_KINDS = {
    "Giấy chứng nhận đủ điều kiện an toàn thực phẩm": CertificateKind.FOOD_SAFETY,
    "Bản tự công bố sản phẩm": CertificateKind.SELF_DECLARATION,
    "Phiếu kiểm nghiệm": CertificateKind.LAB_TEST,
    "Giấy chứng nhận VietGAP": CertificateKind.VIETGAP,
}
_PACKING = {"dong_goi", "dan_tem", "phan_loai"}
# A demo lot's channels; what the machine can really do in training: the practice shop and two hand-offs.
PUBLISHED = {
    "mam-tep": ("practice", "practice_form", "nguon_hang", "thanh_hoa", "buudien"),
    "che-lam": ("practice", "thanh_hoa"),
    "che-bup": ("practice", "nguon_hang", "thai_nguyen"),
    "mien-dong": ("practice", "nguon_hang"),
    "mang-kho": ("buudien",),
}


class Village:
    """Writes one demo product: its producer, papers, listing, publications, lots and stamps."""

    def __init__(self, session: Session, config: Config, secrets: Secrets, product: dict[str, Any]) -> None:
        self.session, self.config, self.secrets, self.product = session, config, secrets, product
        self.actor = SYSTEM

    def write(self, pictures: Sequence[tuple[str, media.TakenIn]]) -> str:
        producer = self._producer()
        self.actor = Actor(None, "dữ liệu mẫu", producer.id, RIGHTS[Role.PRODUCER_OWNER])
        listing = self._listing(pictures)
        self._papers(producer, listing)
        self._publish(listing)
        for lot in self.product["lots"]:
            self._lot(listing, lot)
        return producer.id

    def _producer(self) -> Producer:
        given = self.product["producer"]
        producer = Producer(
            kind=ProducerKind(given["kind"]),
            name=given["name"],
            commune_code=given["commune_code"],
            hamlet=given["hamlet"],
            old_address=given["old_address"],
            representative="Người đại diện (mẫu)",
            hotline="số mẫu, không gọi được",
            hotline_consent_at=utcnow(),
            hotline_consent_by="dữ liệu mẫu",
            hotline_consent_text="Dữ liệu trình diễn: số này không gọi được.",
            sample=True,
        )
        self.session.add(producer)
        audit.record(self.session, self.actor, "create.producer", producer)
        return producer

    def _listing(self, pictures: Sequence[tuple[str, media.TakenIn]]) -> Listing:
        given = self.product["listing"]
        photos = [
            (
                media.keep(
                    self.session, self.actor, taken, producer_id=self.actor.producer_id, public=True
                ).id,
                shot,
            )
            for shot, taken in pictures
        ]
        texts = (
            "name",
            "short_text",
            "story",
            "origin",
            "ingredients",
            "usage",
            "storage",
            "warning",
            "standards",
        )
        fields = {key: given.get(key) or "" for key in (*texts, "technical")}
        fields["set_no"] = given["set_no"]
        fields["shelf_life_days"] = given.get("shelf_life_days")
        fields["date_style"] = _date_style(given)
        return listings.save_listing(
            self.session,
            self.actor,
            fields=fields,
            variants=[
                self._variant(v, first=v is self.product["variants"][0]) for v in self.product["variants"]
            ],
            photo_ids=photos,
        )

    def _variant(self, given: dict[str, Any], *, first: bool) -> dict[str, Any]:
        length, width, height = given.get("box_cm") or (None, None, None)
        return {
            "label": given["label"],
            "net_content": given.get("net_content"),
            "net_unit": given.get("net_unit") or "",
            "price_vnd": given["price_vnd"],
            "wholesale_vnd": given.get("wholesale_vnd_private"),
            "packed_weight_g": given.get("packed_weight_g"),
            "box_length_cm": length,
            "box_width_cm": width,
            "box_height_cm": height,
            "stock": given.get("stock"),
            "gtin": self.product.get("gtin_demo") if first else None,
        }

    def _papers(self, producer: Producer, listing: Listing) -> None:
        star = self.product["ocop"]
        if star["number"]:
            self._paper(producer, listing, CertificateKind.OCOP, "UBND tỉnh (mẫu)", star, stars=star["stars"])
        for given in self.product["certificates"]:
            kind = _KINDS.get(given["kind"], CertificateKind.OTHER)
            of_product = given["belongs_to"] == "sản phẩm"
            self._paper(producer, listing if of_product else None, kind, given["issuer"], given)

    def _paper(
        self,
        producer: Producer,
        listing: Listing | None,
        kind: CertificateKind,
        issuer: str,
        given: dict[str, Any],
        stars: int | None = None,
    ) -> None:
        expires = given.get("expires_in_days")
        paper = Certificate(
            producer_id=producer.id,
            listing_id=listing.id if listing else None,
            kind=kind,
            number=given["number"],
            issuer=issuer,
            issued_on=today() - dt.timedelta(days=given["issued_days_ago"]),
            expires_on=None if expires is None else today() + dt.timedelta(days=expires),
            stars=stars,
        )
        self.session.add(paper)
        audit.record(self.session, self.actor, "create.certificate", paper)
        self.session.flush()

    def _publish(self, listing: Listing) -> None:
        wanted = PUBLISHED.get(self.product["id"], ())
        chosen = [c.id for c in channels.channel_choices(self.session, self.actor) if c.marketplace in wanted]
        if chosen:
            publishing.request_publish(self.session, self.actor, listing=listing, channel_ids=chosen)

    def _lot(self, listing: Listing, given: dict[str, Any]) -> None:
        made_on = today() - dt.timedelta(days=given.get("packed_days_ago") or 0)
        if given["state"] == "blank_roll":
            self._roll(given["stamps"])
            return
        sku = [v["sku"] for v in self.product["variants"]].index(given["variant"])
        variant = listing.variants[sku]
        shelf_life = self.product["listing"].get("shelf_life_days")
        batch = batches.create_batch(
            self.session,
            self.actor,
            variant_id=variant.id,
            lot_number=_dated(given["lot_number"], made_on),
            made_on=made_on,
            expires_on=made_on + dt.timedelta(days=shelf_life) if shelf_life else None,
            quantity=given["packs"],
            unit=variant.label.split()[0].lower(),
        )
        for line in self.product["diary"]:
            batches.add_event(
                self.session,
                self.actor,
                batch_id=batch.id,
                step=Step.PACKING if line["step"] in _PACKING else Step.PRODUCTION,
                happened_on=made_on - dt.timedelta(days=line["days_before_packing"]),
                place=self.product["producer"]["hamlet"],
                text=line["text"],
                recorded_by=line["recorded_by"],
            )
        size = min(given["stamps"], given["packs"])
        roll_id = self._roll(size, batch_id=batch.id)
        batches.record_print(self.session, self.actor, roll_id=roll_id, first=1, last=size, layout="tomy-145")
        if given["state"] != "printed_not_activated":
            batches.activate(self.session, self.actor, roll_id=roll_id, first=1, last=size, batch_id=batch.id)
        if given["state"] == "on_hold":
            batches.hold(self.session, self.actor, batch_id=batch.id)

    def _roll(self, size: int, batch_id: str | None = None) -> int:
        roll = batches.issue_roll(
            self.session,
            self.actor,
            key_version=self.secrets.newest_stamp_version,
            mark=HighWater(self.config.mark_file),
            size=size,
            batch_id=batch_id,
            base_url=self.config.base_url,
            practice=True,
        )
        return roll.id


def _date_style(given: dict[str, Any]) -> str:
    if not given.get("shelf_life_days"):
        return "none"
    return "best_before" if given["date_style"] == "best_before" else "use_by"


def _dated(lot_number: str, made_on: dt.date) -> str:
    """The YYMMDD part of a demo lot number, written anew for the day of packing."""
    head, _, tail = lot_number.rpartition("-")
    return f"{head}-{made_on:%y%m%d}" if len(tail) == 6 and tail.isdigit() else lot_number
