"""v8.2.2, v8.4.1: whoever works for A meets nothing of B: not by following links, not by B's ids in paths, fields
or drafts."""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts import services as accounts
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle, HelperKind, ScopeKind
from ocop.batches import services as batches
from ocop.config import Config
from ocop.db.base import Base, today, utcnow
from ocop.db.engine import open_session
from ocop.imports.models import DataImport
from ocop.listings import services as listings
from ocop.media.models import Media
from ocop.portability.models import Transfer
from ocop.producers import services as producers
from ocop.producers.models import Producer
from ocop.producers.rules import CertificateKind
from ocop.publishing.models import Channel, CheckedLink, ClerkLink, LinkCheck, Parcel, Publication
from ocop.publishing.rules import BoothState, State
from ocop.reports.models import Report
from ocop.training.models import TrainingClass
from tests.factories import a_delegation, a_group, a_listing, an_owner
from tests.features.security.conftest import Tenant
from traceability.highwater import HighWater

MARK = "zqb"


@dataclass(frozen=True)
class Theirs:
    producer_id: str
    ids: dict[str, str]


@pytest.fixture
def theirs(session: Session, config: Config, ours: Tenant) -> Theirs:
    """Producer B of the same commune, with its mark in every text. Built after A's, on the same shared booths."""
    user, producer, actor = an_owner(
        session, name="HTX ZQB", representative="Ông ZQB", hamlet="thôn ZQB", story="ZQB kể", brand="ZQB"
    )
    user.name = "Chủ ZQB"
    listing = a_listing(session, producer, name="Mắm ZQB", story="ZQB làm", variant={"label": "Hũ ZQB"})
    batch = batches.create_batch(
        session, actor, variant_id=listing.variants[0].id, lot_number="ZQB-1", made_on=today(), expires_on=None,
        quantity=40, note="ZQB",
    )  # fmt: skip
    event = batches.add_event(
        session, actor, batch_id=batch.id, step="packing", happened_on=today(), place="ZQB", text="ZQB"
    )
    roll = batches.issue_roll(
        session, actor, key_version="A", mark=HighWater(config.mark_file), size=10, batch_id=batch.id,
        base_url="https://tem.example", practice=True, note="ZQB",
    )  # fmt: skip
    sheet = batches.record_print(session, actor, roll_id=roll.id, first=1, last=5, layout="a4-3x8")
    paper = producers.add_certificate(
        session, actor, kind=CertificateKind.FOOD_SAFETY, number="ZQB-7", issuer="ZQB", issued_on=today(),
        expires_on=today() + dt.timedelta(days=30),
    )  # fmt: skip
    member = producers.add_member(session, actor, name="Bà ZQB", phone="+84912333444", secret=b"x" * 32)
    assert member is not None
    shared = session.scalars(select(Channel).where(Channel.marketplace == "thanh_hoa")).one()
    own = Channel(
        marketplace="woocommerce", owner_producer_id=producer.id, name="zqb.example", booth=BoothState.OPEN
    )
    post = Publication(listing=listing, channel=shared, state=State.HANDED_OFF)
    pictures = {
        public: Media(
            producer_id=producer.id, sha256=("c" if public else "d") * 64, width=9, height=9, byte_size=9,
            public=public,
        )
        for public in (True, False)
    }  # fmt: skip
    check = LinkCheck(producer_id=producer.id, file_name="ZQB")
    check.links.append(CheckedLink(row=1, url="https://zqb.example/1", result="no_place"))
    link = ClerkLink(publication=post, label="ZQB", expires_at=utcnow() + dt.timedelta(days=30))
    session.add_all([own, post, *pictures.values(), check, link])
    session.flush()
    session.add(Parcel(publication_id=post.id, listing_version=1, file_name="zqb.zip", sha256="e" * 64))
    group = a_group(session, user, name="Tổ ZQB", commune_code="15349")
    given = a_delegation(session, producer, group)
    offer = accounts.offer_help(
        session, actor, helper_kind=HelperKind.GROUP, helper_id=group.id, bundle=Bundle.WRITE, valid_to=today(),
        secret=b"x" * 32,
    )  # fmt: skip
    draft = listings.save_draft(session, actor, listing_key=listing.id, fields={"name": ["Nháp ZQB"]})
    session.commit()
    of_the_office = _of_the_office(session, producer)
    return Theirs(
        producer.id,
        {
            "listing_id": listing.id, "variant": listing.variants[0].id, "batch_id": batch.id, "event": event.id,
            "roll_id": str(roll.id), "print_id": sheet.id, "certificate_id": paper.id, "channel_id": own.id,
            "publication_id": post.id, "media_id": pictures[False].id, "public_media": pictures[True].id,
            "code_id": member.id, "producer_id": producer.id, "user": user.id, "check_id": check.id,
            "link_id": link.id, "group_id": group.id, "delegation_id": given.id, "offer_id": offer.id,
            "draft_id": draft.id, **of_the_office,
        },
    )  # fmt: skip


def _of_the_office(session: Session, producer: Producer) -> dict[str, str]:
    """What the office of B's commune holds: a sheet, a class, a frozen report, and B itself come from elsewhere."""
    sheet = DataImport(commune_code=producer.commune_code, file_name="zqb.xlsx", content=b"")
    held = TrainingClass(
        name="Lớp ZQB", commune_code=producer.commune_code, practice_commune="T0019", held_on=today()
    )
    frozen = Report(
        scope_kind=ScopeKind.COMMUNE, scope_id=producer.commune_code, first=today(), last=today(), title="ZQB",
        numbers={}, evidence={},
    )  # fmt: skip
    came = Transfer(file_name="zqb.zip", sha256="f" * 64, history=b"", facts={"name": "ZQB"})
    session.add_all([sheet, held, frozen, came])
    session.commit()
    return {
        "import_id": sheet.id, "class_id": held.id, "report_id": frozen.id, "transfer_id": came.id,
    }  # fmt: skip


def _rows_about(engine: Engine, theirs: Theirs) -> dict[str, list[str]]:
    """Every row that names B or one of its things, by table."""
    names = {theirs.producer_id, *theirs.ids.values()} - {theirs.ids["roll_id"]}
    with open_session(engine, read_only=True) as session:
        return {
            table.name: sorted(
                text
                for row in session.execute(select(table))
                if any(n in (text := repr(tuple(row))) for n in names)
            )
            for table in Base.metadata.sorted_tables
        }


def _links(page: bytes, base: str) -> set[str]:
    found = BeautifulSoup(page, "html5lib").select("a[href], link[href], img[src], [data-poll]")
    urls = {urljoin(base, str(tag.get("href") or tag.get("src") or tag.get("data-poll"))) for tag in found}
    return {url.partition("#")[0] for url in urls if not urlsplit(url).netloc and url.startswith("/")}


def test_v8_4_1_following_every_link_as_one_producer_never_meets_a_word_of_the_other(
    app: Flask, ours: Tenant, theirs: Theirs
) -> None:
    plain = [str(r) for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments]
    waiting, seen = deque(plain), set(plain)
    seen_pages = 0

    while waiting and seen_pages < 400:
        url = waiting.popleft()
        answer = ours.browser.raw(url)
        seen_pages += 1
        assert answer.status_code < 500, url
        packed = answer.mimetype.startswith(("application/", "image/")) and answer.mimetype != "image/svg+xml"
        if packed or url.startswith("/static"):
            continue  # compressed bytes spell any three letters; the fuzz opens what can be opened
        shown = answer.data.decode("utf-8", "replace")
        assert MARK not in shown.casefold(), url
        for name, thing in theirs.ids.items():
            assert name == "roll_id" or thing not in shown, (url, name)
        for link in _links(answer.data, url) - seen:
            seen.add(link)
            waiting.append(link)

    assert seen_pages > 60


def _their_paths(app: Flask, theirs: Theirs) -> list[tuple[str, str]]:
    found = []
    for rule in app.url_map.iter_rules():
        mark = getattr(app.view_functions[rule.endpoint], "__access__", None)
        if mark is None or mark.kind in ("anonymous", "public") or rule.arguments <= {"page", "marketplace"}:
            continue
        values = {"size": "thumb", "extension": "webp", "shape": "vuong", **theirs.ids}
        path = str(rule)
        for name in rule.arguments:
            path = re.sub(rf"<([^<>]*:)?{name}>", values[name], path)
        found += [(method, path) for method in (rule.methods or set()) & {"GET", "POST"}]
    return found


def test_v8_2_2_the_others_ids_in_a_path_are_refused_like_ids_of_nothing(
    app: Flask, engine: Engine, ours: Tenant, theirs: Theirs
) -> None:
    before = _rows_about(engine, theirs)
    paths = _their_paths(app, theirs)

    answers = {}
    for method, path in paths:
        send = ours.browser.raw if method == "GET" else ours.browser.post
        answers[method, path] = send(path).status_code

    assert len(answers) >= 45
    assert set(answers.values()) <= {403, 404}, {k: v for k, v in answers.items() if v not in (403, 404)}
    only_right = [path for (_, path), status in answers.items() if status == 403]
    assert all(path.startswith(("/xa/", "/van-hanh", "/noi-dang", "/bao-cao/")) for path in only_right), (
        only_right
    )
    assert _rows_about(engine, theirs) == before


def test_v8_2_2_the_others_ids_in_fields_change_nothing_and_are_kept_nowhere(
    engine: Engine, ours: Tenant, theirs: Theirs
) -> None:
    before = _rows_about(engine, theirs)
    t, a = theirs.ids, ours.world.ids
    here = f"/san-pham/{a['listing']}"
    pack = {"variants-0-id": t["variant"], "variants-0-price_vnd": "70000", "variants-0-net_unit": "g"}
    whole = {"name": "Mắm", "set_no": "9", "date_style": "use_by", "channels_shown": "1"}
    lot = {"lot_number": "N1", "made_on": f"{today():%d/%m/%Y}", "quantity": "5", "unit": "hũ"}
    paper = {"kind": "food_safety", "number": "1", "listing_id": t["listing_id"]}
    sent = [
        (here, {**whole, **pack, "press": "save"}),
        (here, {**whole, "channels": t["channel_id"], "press": "publish", "version": "1"}),
        ("/san-pham/moi", {**whole, "copied_from": t["listing_id"], "press": "draft"}),
        ("/nhap", {**whole, "listing_key": t["listing_id"]}),
        ("/nhap/anh?cho=" + t["listing_id"], {"photo_action": f"order:{t['public_media']}"}),
        ("/nhap/anh", {"photo_action": f"order:{t['public_media']}"}),
        ("/nhap/anh", {"photo_action": f"up:{t['public_media']}"}),
        ("/nhap/chep", {"source": t["listing_id"]}),
        ("/giay-to/moi", paper),
        (f"/giay-to/{a['certificate']}", {**paper, "version": "1"}),
        (f"{here}/da-co-tren-san", {"channel_id": t["channel_id"], "url": "https://zqb.example/p/1"}),
        (f"/lo/moi?loai={t['variant']}", lot),
        ("/lo/moi", {**lot, "loai": t["variant"]}),
        (
            f"/lo/{a['batch']}/ghi?sua={t['event']}",
            {"step": "packing", "happened_on": "1/1/2026", "place": "x"},
        ),
        ("/tem/lay-so", {"target": f"lot:{t['batch_id']}", "size": "5"}),
        ("/tem/lay-so", {"target": f"variant:{t['variant']}", "size": "5"}),
        (f"/tem/lay-so?lo={t['batch_id']}", {"target": "blank:", "size": "5"}),
        ("/tem/kich-hoat", {"roll_id": t["roll_id"], "first": "1", "last": "3", "batch_id": a["batch"]}),
        ("/tem/kich-hoat", {"roll_id": a["roll"], "first": "1", "last": "3", "batch_id": t["batch_id"]}),
        ("/tem/huy", {"roll_id": t["roll_id"], "first": "1", "last": "3", "reason": "Tem in hỏng"}),
        ("/chon-co-so", {"id": theirs.producer_id}),
        ("/nguoi-cung-dung/thoi", {"id": t["user"]}),
        ("/nguoi-cung-dung/in-ma", {"id": t["user"]}),
        (
            "/nguoi-cung-dung/nho-lam-ho",
            {"helper": t["group_id"], "bundle": "publish", "valid_to": f"{today():%d/%m/%Y}"},
        ),
        ("/nguoi-cung-dung/thoi-nho", {"id": t["delegation_id"]}),
        ("/nguoi-cung-dung/gia-han", {"id": t["delegation_id"]}),
        (f"/nguoi-cung-dung/ma-nho/{t['offer_id']}/bo", {}),
        ("/lam-ho/thoi", {"id": t["delegation_id"]}),
        ("/khoi-phuc/xin", {"id": t["user"]}),
        ("/khoi-phuc/dong-y", {"id": t["code_id"]}),
    ]

    statuses = [(path, ours.browser.post(path, fields).status_code) for path, fields in sent]
    ours.browser.client.get(here)

    assert all(status < 500 for _, status in statuses), statuses
    after = _rows_about(engine, theirs)
    for table in after:
        new = [row for row in after[table] if row not in before[table]]
        # What was typed is kept as typed in one's own draft; it opens nothing.
        assert table == "listing_draft" or not new, (table, new)
        assert len(after[table]) >= len(before[table])
    page = ours.browser.raw("/san-pham/moi").text + ours.browser.raw(here).text
    assert MARK not in page.casefold()


def test_v8_2_3_fields_that_no_form_has_change_nothing(engine: Engine, ours: Tenant, theirs: Theirs) -> None:
    extra = {
        "producer_id": theirs.producer_id, "id": theirs.producer_id, "sample": "1", "role": "operator", "operator": "1",
        "scope_id": theirs.producer_id, "hotline_consent_at": "2026-01-01", "frozen_at": "", "archived_at": "1",
        "original_seen_on": "01/01/2026", "original_seen_by": "Cán bộ", "owner_producer_id": theirs.producer_id,
        "variants-0-sku": "X", "variants-0-frozen_at": "", "version_id": "9", "copies": "0", "practice": "0",
        "approved_by": "x", "given_how": "paper", "scope_kind": "install",
    }  # fmt: skip
    before = _rows_about(engine, theirs)
    for path, fields in [
        ("/co-so", {"version": "1", "kind": "cooperative", "name": "HTX A", "commune_code": "15286"}),
        ("/giay-to/moi", {"kind": "food_safety", "number": "2"}),
        ("/nguoi-cung-dung/them", {"name": "Bà Mới", "phone": "0912888777"}),
        ("/tem/lay-so", {"target": "blank:", "size": "5"}),
        ("/tai-khoan", {"name": "Tôi", "phone": "0912888776"}),
    ]:
        assert ours.browser.post(path, {**fields, **extra}).status_code in (303, 422), path

    with open_session(engine, read_only=True) as session:
        mine = session.get_one(Producer, ours.world.producer_id)
        actor = actor_for(session, ours.user_id, ours.world.producer_id)
        assert (mine.sample, mine.hotline_consent_at) == (False, None)
        assert not actor.operator and not actor.communes
        from ocop.producers.models import Certificate

        assert all(row.original_seen_on is None for row in session.scalars(select(Certificate)))
    assert _rows_about(engine, theirs) == before
