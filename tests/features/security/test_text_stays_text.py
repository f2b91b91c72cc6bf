# ruff: noqa: E501 - one list of attacks, many to a line
"""v1.2.1: whatever stands in a free text, no page, parcel or shop front gets an element or attribute from it.

Each page is compared with itself: once with the attack, once with the same text made harmless letter by letter.
"""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Callable

import html5lib
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Column, String, Text, update
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.practice import shopfront
from marketplace_adapters.types import Item
from marketplace_adapters.woocommerce import mapping as woocommerce
from ocop.accounts.models import User
from ocop.batches.models import Batch, StampPrint, StampRoll, TraceEvent
from ocop.db.base import today
from ocop.listings.models import Draft, Listing, Variant
from ocop.producers.models import Certificate, Producer
from ocop.publishing import mapping
from ocop.publishing.models import Attempt, Channel, Parcel, Publication
from ocop.publishing.queries import papers_of
from ocop.publishing.rules import State
from tests.browser_client import Browser
from tests.factories import a_delegation, a_group, a_user, an_officer, an_operator
from tests.features.security.conftest import Tenant

PAYLOADS = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>', "'><img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "' onfocus='a()' x='",
    '" autofocus onfocus=alert(1) x="', "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</option></select><b onclick=a()>x",
    "</style><script>a()</script>", "<!--<img src=x onerror=a()>-->", "--><b>x</b>", "]]><b>x</b>", "<![CDATA[<b>x]]>",
    "<iframe src=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>", "javascript:alert(1)", "data:text/html,<b>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0;url=//evil.example>", "<form action=//e><input>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<object data=x>", "<embed src=x>", "<math><mi xlink:href=x>",
    "<details open ontoggle=a()>", "<video><source onerror=a()>", "<body onload=a()>", "<b/onclick=a()>x", "<b\tonclick=a()>",
    "<b\nonclick=a()>x</b>", "<<b>>x", "<b <i>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;b&#62;x", "&amp;lt;b&amp;gt;",
    "{{7*7}}", "{% raw %}<b>{% endraw %}", "${7*7}<b>", "%3Cscript%3Ealert(1)%3C/script%3E", "\\u003cb\\u003e<b>",
    "\u2028</script><b>", "＜script＞<b>", "<ſcript>a()</ſcript>", "`onclick=a()`<b>", "<noscript><p title='</noscript><b>'>",
)  # fmt: skip


def _harmless(text: str) -> str:
    return re.sub(r"[^\w\s]", "x", text)


def _shape(page: bytes | str) -> Counter[tuple[str, tuple[str, ...]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        soup = BeautifulSoup(page, "html5lib")
    for tag in soup.find_all(True):
        for name in ("href", "src", "action", "formaction"):
            assert not re.match(r"\s*(javascript|data|vbscript):", str(tag.get(name, "")).lower()) or (
                tag.name in ("link", "img") and str(tag[name]).startswith("data:")
            ), tag
    return Counter((tag.name, tuple(sorted(tag.attrs))) for tag in soup.find_all(True))


_NOT_FREE = {
    "id", "commune_code", "tax_code", "hotline", "zalo", "phone", "password_hash", "sku", "net_unit", "gtin", "kind",
    "date_style", "label_group", "unit", "step", "layout", "marketplace", "state", "wanted", "url", "site", "lease_token",
    "key_version", "base_url", "sha256", "listing_key", "hotline_consent_by", "hotline_consent_text", "booth", "action",
    "outcome", "reason_code",
}  # fmt: skip
_KINDS = (
    Producer,
    Listing,
    Variant,
    Certificate,
    Batch,
    TraceEvent,
    StampRoll,
    StampPrint,
    User,
    Channel,
    Parcel,
)


def _fitting(session: Session, column: Column[str], text: str) -> str:
    """SQLite holds any text in any column; PostgreSQL refuses what is too long, so there it is cut."""
    return text if session.get_bind().dialect.name == "sqlite" else text[: column.type.length]


def _write_everywhere(session: Session, text: str) -> int:
    """Into every free text column of every row, past all forms. How many columns."""
    count = 0
    for kind in _KINDS:
        free = [
            column
            for column in kind.__table__.columns
            if type(column.type) in (String, Text) and column.name not in _NOT_FREE and not column.foreign_keys
            and not column.name.endswith(("_id", "_by"))
        ]  # fmt: skip
        count += len(free)
        session.execute(
            update(kind).values({column.name: _fitting(session, column, text) for column in free})
        )
    reason = Batch.__table__.c.recall_reason
    session.execute(update(Batch).values(recall_reason=_fitting(session, reason, text)))
    session.execute(
        update(Publication).values(
            state=State.REJECTED, reason_code="returned", reason_params={"reason": text, "by": text}
        )
    )
    session.execute(update(Attempt).values(outcome="returned", params={"reason": text}))
    session.execute(update(Parcel).values(steps=[text]))
    fields = {
        name: [text]
        for name in ("name", "story", "short_text", "version", "ethanol", "set_no", "label_group", "variants-0-price_vnd",
                     "variants-0-label", "variants-0-gtin", "copied_from", "variants-0-id", "ack", "channels")
    }  # fmt: skip
    session.execute(update(Draft).values(data={"fields": fields}))
    session.commit()
    return count


@pytest.fixture
def walk(session: Session, ours: Tenant, browser: Browser) -> Callable[[], dict[str, bytes]]:
    """Every page on which somebody reads somebody's text."""
    ids = ours.world.ids
    actor_user = ours.user_id
    post = session.get_one(Publication, ids["publication"])
    session.add(Attempt(publication_id=post.id, action="answer", outcome="returned", params={"reason": ""}))
    session.add(
        TraceEvent(
            batch_id=ids["batch"], step="packing", happened_on=today(), place="kho", text="x", recorded_by="x"
        )
    )
    for key in ("", ids["listing"]):
        session.add(
            Draft(
                user_id=actor_user, producer_id=ours.world.producer_id, listing_key=key, data={"fields": {}}
            )
        )
    helper = a_user(session, "Bà làm hộ")
    a_delegation(session, session.get_one(Producer, ours.world.producer_id), a_group(session, helper))
    officer, _ = an_officer(session)
    operator, _ = an_operator(session)
    officers, operators, helpers = (browser.another().sign_in(one) for one in (officer, operator, helper))
    helpers.post("/chon-co-so", {"id": ours.world.producer_id})
    listing, lot, roll, producer = ids["listing"], ids["batch"], ids["roll"], ours.world.producer_id
    mine = (
        "/", "/san-pham", "/san-pham/moi", f"/san-pham/{listing}", f"/san-pham/{listing}?xem=1",
        f"/san-pham/{listing}/hai-ban", "/nhap/chep", "/bai-dang", f"/bai-dang/{ids['publication']}",
        f"/ho-so/{ids['publication']}", f"/san-pham/{listing}/da-co-tren-san", "/gian-hang", "/lo", f"/lo/{lot}",
        f"/lo/{lot}/sua", f"/lo/{lot}/thu-hoi", "/tem", f"/tem/{roll}", "/tem/lay-so", "/tem/kich-hoat", "/giay-to",
        f"/giay-to/{ids['certificate']}", "/co-so", "/nguoi-cung-dung", "/chon-co-so", "/tai-khoan",
    )  # fmt: skip
    by_others = (
        (officers, ("/xa", f"/xa/co-so/{producer}", f"/xa/co-so/{producer}/phieu", "/khoi-phuc")),
        (operators, ("/van-hanh", "/van-hanh/co-so", "/noi-dang")),
        (helpers, (f"/lo/{lot}",)),
        (browser.another(), (f"/t/{ids['stamp']}",)),
    )

    def open_all() -> dict[str, bytes]:
        pages = {path: ours.browser.raw(path) for path in mine}
        pages |= {f"{path} ": who.raw(path) for who, paths in by_others for path in paths}
        assert {page.status_code for page in pages.values()} <= {200}, {p: r.status for p, r in pages.items()}
        return {path: page.data for path, page in pages.items()}

    return open_all


@pytest.mark.parametrize("at", range(0, len(PAYLOADS), 5))
def test_v1_2_1_no_page_takes_an_element_or_attribute_from_a_stored_text(
    session: Session, walk: Callable[[], dict[str, bytes]], at: int
) -> None:
    attack = " ".join(PAYLOADS[at : at + 5])
    assert _write_everywhere(session, _harmless(attack)) > 30
    calm = {path: _shape(page) for path, page in walk().items()}
    _write_everywhere(session, attack)

    attacked = walk()

    for path, page in attacked.items():
        assert _shape(page) == calm[path], (path, _shape(page) - calm[path])
    assert any(b"&lt;" in page for page in attacked.values()) or "<" not in attack


REFLECTING = (
    "/dang-nhap?tiep={}", "/tra-tem?so={}", "/t/{}", "/T/{}", "/noi/tim?q=zqzq{}", "/?xong={}", "/lan-dau/{}", "/{}", "/san-pham?trang={}",
    "/tem/kich-hoat?cuon={}", "/lo/moi?loai={}",
)  # fmt: skip


@pytest.mark.parametrize("address", REFLECTING)
def test_v1_2_1_no_page_takes_an_element_or_attribute_from_its_address(ours: Tenant, address: str) -> None:
    from urllib.parse import quote

    for payload in PAYLOADS:
        pages = [
            ours.browser.raw(
                address.format(quote(text, safe="")), headers={"Referer": text.replace("\n", " ")}
            )
            for text in (_harmless(payload).encode("ascii", "replace").decode(), payload)
        ]
        shapes = [_shape(page.data) if page.mimetype == "text/html" else None for page in pages]
        assert all(page.status_code < 500 for page in pages), payload
        if pages[0].status_code == pages[1].status_code == 200:
            assert shapes[0] == shapes[1], payload
        else:
            assert b"<script>alert" not in pages[1].data and b"onerror=alert(1)>" not in pages[1].data, (
                payload
            )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_v1_2_3_parcel_page_and_practice_shop_show_the_text_and_nothing_else(
    session: Session, ours: Tenant, payload: str
) -> None:
    shapes = []
    for text in (_harmless(payload), payload):
        _write_everywhere(session, text)
        session.expire_all()
        listing = session.get_one(Listing, ours.id("listing"))
        goods = mapping.payload(listing, papers_of(session, listing), day=today(), media_dir=None)
        info = registry.channels()["thanh_hoa"]
        shop = registry.make_adapter(info, {})
        from marketplace_adapters.handoff.guide import guide

        page = guide(Item(goods, goods.variants), info, [text], [text])
        product = woocommerce.product(Item(goods, goods.variants[:1]), woocommerce.ShopUnits(), None, [])
        front = shopfront.product_page(
            {
                **product, "id": 1, "slug": "1-x", "status": "publish", "manage_stock": False, "stock_quantity": None,
                "images": [],
            },
            "http://127.0.0.1",
        )  # fmt: skip
        said = json.loads(re.search(r'ld\+json">(.*?)</script>', front, re.S)[1])  # type: ignore[index]
        assert said["sku"] and shop is not None
        html5lib.parse(front)
        shapes.append((_shape(page), _shape(front)))

    assert shapes[0] == shapes[1]
