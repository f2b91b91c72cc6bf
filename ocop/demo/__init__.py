"""A demo commune for an empty database: villages and products may be real, people and co-ops are invented.

Everything is written through the same services as by hand, so that the audit trail and the stamps are real. What
is published really goes to the practice marketplace; nothing is declared to be in a state it did not reach.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Grant, User
from ocop.accounts.rules import RIGHTS, Role, ScopeKind, shown_phone
from ocop.accounts.services.passwords import hashed
from ocop.batches import services as batches
from ocop.batches.rules import Step
from ocop.config import Config
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor
from ocop.db.base import today, utcnow
from ocop.db.engine import open_session
from ocop.db.secrets import Secrets
from ocop.demo.pictures import draw
from ocop.listings import services as listings
from ocop.listings.models import Listing
from ocop.media import services as media
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.publishing import queries as channels
from ocop.publishing import services as publishing
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from traceability.highwater import HighWater

PASSWORD = "maudung2026"  # noqa: S105 - printed on the screen; only ever set in a demo database

_PRODUCTS = Path(__file__).with_name("products.json")
_KINDS = {
    "Giấy chứng nhận đủ điều kiện an toàn thực phẩm": CertificateKind.FOOD_SAFETY,
    "Bản tự công bố sản phẩm": CertificateKind.SELF_DECLARATION,
    "Phiếu kiểm nghiệm": CertificateKind.LAB_TEST,
    "Giấy chứng nhận VietGAP": CertificateKind.VIETGAP,
}
_PACKING = {"dong_goi", "dan_tem", "phan_loai"}
# A demo lot's channels; what the machine can really do in training: the practice shop and two hand-offs.
_PUBLISHED = {
    "mam-tep": ("practice", "thanh_hoa", "buudien"),
    "che-lam": ("practice", "thanh_hoa"),
    "che-bup": ("practice", "thai_nguyen"),
    "mien-dong": ("practice",),
    "mang-kho": ("buudien",),
}


@dataclass(frozen=True)
class Person:
    phone: str
    role: str


# Numbers of the abolished 04 area: nobody's.
_PEOPLE = (
    ("+84400000001", "Chủ HTX mẫu", Role.PRODUCER_OWNER, "mam-tep", "chủ HTX Mắm tép Đồng Trũng (mẫu)"),
    ("+84400000002", "Chủ HTX chè mẫu", Role.PRODUCER_OWNER, "che-bup", "chủ HTX Chè Đồi Sương (mẫu)"),
    (
        "+84400000003",
        "Cán bộ xã mẫu",
        Role.COMMUNE_OFFICER,
        "15286",
        "cán bộ xã Hoạt Giang, được HTX mắm tép nhờ làm hộ",
    ),
    ("+84400000004", "Tình nguyện viên mẫu", Role.VILLAGE_VOLUNTEER, "mam-tep", "tổ công nghệ số của thôn"),
    ("+84400000005", "Cán bộ tỉnh mẫu", Role.PROVINCE_OFFICER, "38", "cán bộ tỉnh Thanh Hóa, chỉ xem"),
    ("+84400000009", "Người vận hành mẫu", Role.OPERATOR, "", "người vận hành hệ thống"),
)


def people(engine: Engine) -> list[Person]:
    """The demo sign-ins that exist in this database; empty in a real install."""
    with open_session(engine, read_only=True) as session:
        known = set(
            session.scalars(
                select(User.phone).join(Grant, Grant.user_id == User.id).where(Grant.given_how == "demo")
            )
        )
    return [Person(shown_phone(phone), text) for phone, _n, _r, _s, text in _PEOPLE if phone in known]


def fill(engine: Engine, config: Config, secrets: Secrets) -> None:
    """Write the ten demo products into an empty database."""
    products = json.loads(_PRODUCTS.read_text("utf-8"))["products"]
    password_hash = hashed(PASSWORD)
    with ThreadPoolExecutor(2) as pool:
        pictures = dict(
            zip((p["id"] for p in products), pool.map(lambda p: _pictures(config, p), products), strict=True)
        )
    with open_session(engine) as session:
        _open_booths(session)
        session.commit()
    producers: dict[str, str] = {}
    for product in products:
        with open_session(engine) as session:
            producers[product["id"]] = _Village(session, config, secrets, product).write(
                pictures[product["id"]]
            )
            session.commit()
    with open_session(engine) as session:
        _write_people(session, producers, password_hash)
        session.commit()


def _pictures(config: Config, product: dict[str, Any]) -> list[tuple[str, media.TakenIn]]:
    listing = product["listing"]
    lines = [
        f"Thành phần: {listing.get('ingredients', '')}",
        f"Khối lượng tịnh: {product['variants'][0]['label']}",
        f"Bảo quản: {listing.get('storage', '')}",
        f"Cảnh báo: {listing.get('warning', '')}",
        "NSX, HSD: in trên bao bì. Xuất xứ: Việt Nam.",
    ]
    drawn = draw(product["id"], listing["name"].split(",")[0], product["producer"]["name"], lines)
    if product["id"] not in _PUBLISHED:
        drawn = drawn[:2]
    return [(shot, media.take_in(config.media_dir, io.BytesIO(data))) for shot, data in drawn]


class _Village:
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
        wanted = _PUBLISHED.get(self.product["id"], ())
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


def _open_booths(session: Session) -> None:
    """In the demo the shared booths of province and post office are open, so that parcels can be made."""
    for channel in session.scalars(
        select(Channel).where(Channel.owner_producer_id.is_(None), Channel.enabled)
    ):
        channel.booth = BoothState.OPEN
        audit.record(session, SYSTEM, "open.booth", channel)


def _write_people(session: Session, producers: dict[str, str], password_hash: str) -> None:
    scopes = {Role.COMMUNE_OFFICER: ScopeKind.COMMUNE, Role.PROVINCE_OFFICER: ScopeKind.PROVINCE}
    for phone, name, role, where, _text in _PEOPLE:
        user = User(name=name, phone=phone, password_hash=password_hash)
        session.add(user)
        audit.record(session, SYSTEM, "create.user", user)
        kind = ScopeKind.INSTALL if role is Role.OPERATOR else scopes.get(role, ScopeKind.PRODUCER)
        _grant(session, user, role, kind, producers.get(where, where))
        if role is Role.COMMUNE_OFFICER:
            _grant(session, user, role, ScopeKind.PRODUCER, producers["mam-tep"])


def _grant(session: Session, user: User, role: Role, kind: ScopeKind, scope_id: str) -> None:
    helper = kind is ScopeKind.PRODUCER and role is not Role.PRODUCER_OWNER
    grant = Grant(
        user_id=user.id,
        role=role,
        scope_kind=kind,
        scope_id=scope_id,
        valid_from=today(),
        valid_to=today() + dt.timedelta(days=300) if helper else None,
        given_how="demo",
    )
    session.add(grant)
    audit.record(session, SYSTEM, "give.grant", grant)
