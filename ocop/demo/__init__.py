"""A demo commune for an empty database: villages and products may be real, people and co-ops are invented.

Everything is written through the same services as by hand, so that the audit trail and the stamps are real. What
is published really goes to the practice marketplace; nothing is declared to be in a state it did not reach.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, Grant, HelpingGroup, User
from ocop.accounts.rules import SCOPES, Bundle, GroupKind, HelperKind, Role, shown_phone
from ocop.accounts.services.passwords import hashed
from ocop.config import Config
from ocop.db import audit
from ocop.db.actor import SYSTEM
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.db.secrets import Secrets
from ocop.demo.village import PUBLISHED, Village
from ocop.media import services as media
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from ocop.training.services.pictures import draw

PASSWORD = "maudung2026"  # noqa: S105 - printed on the screen; only ever set in a demo database

_PRODUCTS = Path(__file__).with_name("products.json")


@dataclass(frozen=True)
class Person:
    phone: str
    role: str


_COMMUNE = "15286"  # xã Hoạt Giang
_HELPER = Role.VILLAGE_VOLUNTEER

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
    (
        "+84400000004",
        "Tình nguyện viên mẫu",
        Role.VILLAGE_VOLUNTEER,
        "",
        "tổ công nghệ số cộng đồng, được HTX mắm tép nhờ soạn giúp",
    ),
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
            producers[product["id"]] = Village(session, config, secrets, product).write(
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
    if product["id"] not in PUBLISHED:
        drawn = drawn[:2]
    return [(shot, media.take_in(config.media_dir, io.BytesIO(data))) for shot, data in drawn]


def _open_booths(session: Session) -> None:
    """In the demo the shared booths of province and post office are open, so that parcels can be made."""
    for channel in session.scalars(
        select(Channel).where(Channel.owner_producer_id.is_(None), Channel.enabled)
    ):
        channel.booth = BoothState.OPEN
        audit.record(session, SYSTEM, "open.booth", channel)


def _write_people(session: Session, producers: dict[str, str], password_hash: str) -> None:
    team = HelpingGroup(
        kind=GroupKind.DIGITAL_TEAM, name="Tổ công nghệ số cộng đồng (mẫu)", commune_code=_COMMUNE
    )
    session.add(team)
    audit.record(session, SYSTEM, "group.create", team)
    for phone, name, role, where, _text in _PEOPLE:
        user = User(name=name, phone=phone, password_hash=password_hash)
        session.add(user)
        audit.record(session, SYSTEM, "create.user", user)
        _grant(session, user, role, producers.get(where, where) or (team.id if role is _HELPER else ""))
    for kind, helper, bundle in (
        (HelperKind.OFFICE, _COMMUNE, Bundle.PUBLISH),
        (HelperKind.GROUP, team.id, Bundle.WRITE),
    ):
        _delegate(session, producers["mam-tep"], kind, helper, bundle)


def _grant(session: Session, user: User, role: Role, scope_id: str) -> None:
    grant = Grant(
        user_id=user.id,
        role=role,
        scope_kind=SCOPES[role],
        scope_id=scope_id,
        valid_from=today(),
        given_how="demo",
    )
    session.add(grant)
    audit.record(session, SYSTEM, "give.grant", grant)


def _delegate(session: Session, producer_id: str, kind: HelperKind, helper_id: str, bundle: Bundle) -> None:
    given = Delegation(
        producer_id=producer_id,
        helper_kind=kind,
        helper_id=helper_id,
        bundle=bundle,
        valid_from=today(),
        valid_to=today() + dt.timedelta(days=300),
        given_how="demo",
    )
    session.add(given)
    audit.record(session, SYSTEM, "delegation.give", given, producer_id=producer_id)
