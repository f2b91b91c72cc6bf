"""What leaves for a marketplace and what comes back from one: addresses, links, prices, numbers of people."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from sqlalchemy import select

from marketplace_adapters.connection import allowed_address
from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.http_base import checked_base_url
from marketplace_adapters.types import Published
from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.producers import services as producers
from ocop.producers.rules import CertificateKind
from ocop.publishing import mapping
from ocop.publishing.queries import papers_of

PERSONAL = "038" + "199" + "012" + "345"  # twelve digits of nobody

NOT_OUTSIDE = (
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::",
    "2001:0:4136:e378:8000:63bf:5601:5601", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", NOT_OUTSIDE)
def test_v1_3_6_no_shop_stands_at_an_address_that_is_not_out_in_the_world(address: str) -> None:
    assert not allowed_address(address, lan=False)


@pytest.mark.parametrize("address", ["1.1.1.1", "203.162.4.191", "2606:4700:4700::1111"])
def test_a_public_address_is_let_through(address: str) -> None:
    assert allowed_address(address, lan=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example", "ftp://shop.example", "file:///etc/passwd", "javascript:alert(1)", "//shop.example",
        "https://user:pw@shop.example", "https://shop.example?x=1", "https://shop.example#x", "https://:443",
        "https://shop.example:0", "https://[::1", "gopher://shop.example",
    ],
)  # fmt: skip
def test_v1_2_2_an_address_that_is_no_plain_https_one_is_no_shop(url: str) -> None:
    with pytest.raises(MarketplaceError):
        checked_base_url(url, lan=False)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "https://evil.example/p/1", "//evil.example", 7, "x" * 9000],
)
def test_v1_2_2_a_link_the_shop_hands_back_is_kept_only_when_it_leads_to_the_shop(link: object) -> None:
    from marketplace_adapters import registry

    shop = registry.make_adapter(
        registry.channels()["woocommerce"],
        {"base_url": "https://shop.example", "username": "u", "application_password": "p"},
    )
    answer = {"id": 5, "status": "publish", "permalink": link}
    shop.shelf.one = lambda _remote_id: answer  # type: ignore[attr-defined]

    seen = shop.fetch_status("5")

    assert seen == Published("5", "live", None)


@pytest.mark.parametrize("kind", [CertificateKind.BUSINESS_REGISTRATION, CertificateKind.FOOD_SAFETY])
def test_v14_a_persons_number_on_a_paper_leaves_in_no_payload_and_stands_in_no_audit(
    ours, session, kind: CertificateKind
) -> None:
    from ocop.accounts.queries import actor_for
    from ocop.listings.models import Listing

    actor = actor_for(session, ours.user_id, ours.world.producer_id)
    producers.add_certificate(
        session,
        actor,
        kind=kind,
        number=PERSONAL,
        issued_on=today(),
        expires_on=today() + dt.timedelta(days=90),
    )
    session.commit()
    listing = session.get_one(Listing, ours.id("listing"))

    payload = mapping.payload(listing, papers_of(session, listing), day=today(), media_dir=None)
    audit = [(entry.old, entry.new) for entry in session.scalars(select(AuditEntry))]

    assert PERSONAL not in repr(payload)
    assert PERSONAL not in repr(audit)


def test_v14_a_persons_number_on_a_paper_is_masked_for_an_official_who_only_looks(
    ours, session, browser
) -> None:
    from ocop.accounts.queries import actor_for
    from tests.factories import an_officer

    actor = actor_for(session, ours.user_id, ours.world.producer_id)
    producers.add_certificate(
        session, actor, kind=CertificateKind.BUSINESS_REGISTRATION, number=PERSONAL, issued_on=today(),
        expires_on=None,
    )  # fmt: skip
    session.commit()
    officer, _ = an_officer(session)

    page = browser.sign_in(officer).open(f"/xa/co-so/{ours.world.producer_id}")

    assert "giấy" in page.text.lower()
    assert PERSONAL not in page.text


def test_v15_3_1_no_wholesale_price_and_no_hotline_without_consent_leaves_in_any_form(ours, session) -> None:
    from marketplace_adapters import registry
    from ocop.listings.models import Listing
    from ocop.producers.models import Producer

    listing = session.get_one(Listing, ours.id("listing"))
    listing.variants[0].wholesale_vnd = 43_217
    producer = session.get_one(Producer, ours.world.producer_id)
    producer.hotline, producer.zalo, producer.tax_code = "0912 765 432", "0912 765 433", PERSONAL
    session.commit()

    payload = mapping.payload(listing, papers_of(session, listing), day=today(), media_dir=None)
    left = [repr(payload)]
    for info in registry.channels().values():
        adapter = registry.adapter_class(info.protocol)
        if adapter.required_settings:
            continue
        shop = registry.make_adapter(info, {})
        for item in shop.items(payload):
            answer = shop._publish(item, False, {})
            if isinstance(answer, Published):  # a feed: what leaves is fetched below
                continue
            parcel = answer.files[0].content
            with zipfile.ZipFile(io.BytesIO(parcel)) as files:
                for name in files.namelist():
                    left.append(_words(files.read(name)))
    public = (
        f"/t/{ours.id('stamp')}",
        f"/hang/{ours.id('listing')}",
        "/nguon-hang/tinh.rss",
        "/nguon-hang/tinh.csv",
    )
    shown = "\n".join([*left, *(ours.browser.raw(path).text for path in public)])
    assert "<rss" in shown and listing.name in shown

    assert len(left) > 4
    for secret in ("43217", "43.217", "765 43", "76543", PERSONAL):
        assert secret not in shown


def _words(data: bytes) -> str:
    if data[:2] != b"PK":
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
