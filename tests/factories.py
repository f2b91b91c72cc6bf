"""Small makers of things for tests. They write rows directly where a service would be beside the point."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import io
import itertools
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, Grant, HelpingGroup, User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle, GroupKind, HelperKind, Role, ScopeKind
from ocop.db.actor import Actor
from ocop.db.base import new_id, today
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.media.decoder import decode
from ocop.media.models import Media
from ocop.producers.models import Producer
from ocop.producers.rules import ProducerKind

_numbers = itertools.count(1)


def a_user(session: Session, name: str = "Người mẫu", phone: str | None = None) -> User:
    user = User(name=name, phone=phone or f"+8490{next(_numbers):07}")
    session.add(user)
    session.flush()
    return user


def a_producer(session: Session, **values: Any) -> Producer:
    values = {
        "kind": ProducerKind.COOPERATIVE,
        "name": f"HTX Mẫu số {next(_numbers)}",
        "commune_code": "15286",
        "hamlet": "thôn Mẫu 1",
        **values,
    }
    producer = Producer(**values)
    session.add(producer)
    session.flush()
    return producer


def a_grant(
    session: Session, user: User, role: Role, scope_kind: ScopeKind, scope_id: str = "", **values: Any
) -> Grant:
    values = {"valid_from": today(), "given_how": "account", **values}
    grant = Grant(user_id=user.id, role=role, scope_kind=scope_kind, scope_id=scope_id, **values)
    session.add(grant)
    session.flush()
    return grant


def a_group(session: Session, *members: User, commune_code: str = "15286", **values: Any) -> HelpingGroup:
    """A village group with these members. Flushed."""
    values = {"kind": GroupKind.DIGITAL_TEAM, "name": "Tổ công nghệ số thôn Mẫu 1", **values}
    group = HelpingGroup(commune_code=commune_code, **values)
    session.add(group)
    session.flush()
    for member in members:
        a_grant(session, member, Role.VILLAGE_VOLUNTEER, ScopeKind.GROUP, group.id)
    return group


def a_delegation(
    session: Session,
    producer: Producer,
    helper: HelpingGroup | str = "15286",
    bundle: Bundle = Bundle.PUBLISH,
    **values: Any,
) -> Delegation:
    """A producer asks a commune's office (its code) or a village group for help until tomorrow. Flushed."""
    kind, helper_id = (
        (HelperKind.OFFICE, helper) if isinstance(helper, str) else (HelperKind.GROUP, helper.id)
    )
    values = {"valid_from": today(), "valid_to": today() + dt.timedelta(days=1), **values}
    given = Delegation(
        producer_id=producer.id, helper_kind=kind, helper_id=helper_id, bundle=bundle, **values
    )
    session.add(given)
    session.flush()
    return given


def an_owner(session: Session, **producer_values: Any) -> tuple[User, Producer, Actor]:
    """A person who owns a producer, and the actor who works for it. Committed."""
    user, producer = a_user(session), a_producer(session, **producer_values)
    a_grant(session, user, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, producer.id)
    actor = actor_for(session, user.id, producer.id)
    session.commit()
    return user, producer, actor


def an_officer(session: Session, commune_code: str = "15286") -> tuple[User, Actor]:
    """A commune officer who looks after one commune and acts for nobody yet. Committed."""
    user = a_user(session, "Cán bộ mẫu")
    a_grant(session, user, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, commune_code)
    actor = actor_for(session, user.id)
    session.commit()
    return user, actor


def an_operator(session: Session) -> tuple[User, Actor]:
    user = a_user(session, "Người vận hành mẫu")
    a_grant(session, user, Role.OPERATOR, ScopeKind.INSTALL)
    actor = actor_for(session, user.id)
    session.commit()
    return user, actor


def a_listing(
    session: Session, producer: Producer, *, variant: dict[str, Any] | None = None, **values: Any
) -> Listing:
    """A complete listing of set 9 with one variant. Flushed."""
    values = {
        "set_no": 9,
        "name": "Mắm tép đồng ủ thính gạo rang, hũ thủy tinh",
        "short_text": "Mắm tép riu đồng trũng, muối với thính gạo rang.",
        "story": "Đồng trũng ven sông nhiều rong, con tép riu ở đó nhỏ mà béo.",
        "standards": "TCCS 01:2025/MẪU",
        "ingredients": "Tép riu (65%), muối ăn, thính gạo rang",
        "usage": "Pha với tỏi, ớt, chanh, đường để chấm.",
        "storage": "Nơi khô, mát, tránh nắng.",
        "warning": "Sản phẩm có tép (giáp xác): người dị ứng không dùng.",
        "shelf_life_days": 365,
        **values,
    }
    listing = Listing(producer_id=producer.id, **values)
    listing.producer = producer
    pack = {
        "sku": f"TEST-{new_id().upper()[:8]}",
        "label": "Hũ 250 g",
        "net_content": 250,
        "net_unit": "g",
        "price_vnd": 70_000,
        "packed_weight_g": 520,
        "box_length_cm": 9,
        "box_width_cm": 9,
        "box_height_cm": 11,
        "stock": 180,
        **(variant or {}),
    }
    listing.variants.append(Variant(**pack))
    session.add(listing)
    session.flush()
    return listing


def picture(width: int = 1200, height: int = 900, seed: int = 0, kind: str = "JPEG") -> bytes:
    """The bytes of a drawn picture; another seed gives other bytes."""
    image = Image.new("RGB", (width, height), (240, 228 - seed * 7 % 90, 200))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 4, height // 4, width * 3 // 4, height * 3 // 4), fill=(31, 107 + seed % 60, 74))
    draw.text((20, 20), f"mẫu {seed}", fill=(35, 32, 27))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def an_upload(name: str = "anh.jpg", data: bytes | None = None, **kw: Any) -> io.BytesIO:
    """A file for Form.fill: has a name and is read once."""
    file = io.BytesIO(data if data is not None else picture(**kw))
    file.name = name
    return file


@functools.cache
def _decoded(seed: int) -> tuple[bytes, dict[str, bytes]]:
    """A drawn picture and what the real decoder makes of it, by path; a child process once per seed is enough."""
    data = picture(seed=seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "upload").write_bytes(data)
        decode(folder / "upload", folder, hashlib.sha256(data).hexdigest())
        made = {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/*") if path.is_file()
        }
    return data, made


def a_photo(
    session: Session, producer: Producer, media_dir: Path, *, seed: int = 0, public: bool = True
) -> Media:
    """A stored picture with its renditions on disk, made by the real decoder."""
    data, renditions = _decoded(seed)
    for path, content in renditions.items():
        (media_dir / path).parent.mkdir(parents=True, exist_ok=True)
        (media_dir / path).write_bytes(content)
    media = Media(
        producer_id=producer.id,
        sha256=hashlib.sha256(data).hexdigest(),
        width=1200,
        height=900,
        byte_size=len(data),
        public=public,
    )
    session.add(media)
    session.flush()
    return media


def with_photos(session: Session, listing: Listing, media_dir: Path, count: int = 3) -> Listing:
    """Give a listing photos: front, back with label, making, others."""
    shots = ["front", "back_label", "making"]
    for position in range(count):
        media = a_photo(session, listing.producer, media_dir, seed=position)
        shot = shots[position] if position < len(shots) else "other"
        listing.photos.append(ListingPhoto(media_id=media.id, position=position, shot=shot))
    session.flush()
    return listing
