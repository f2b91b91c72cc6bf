"""Ai đã làm gì hộ: the producer reads what others did in its name, ends it with one tap, prints it each month."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Role, ScopeKind
from ocop.db import audit
from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.listings import services as listings
from ocop.listings.models import Listing, Variant
from ocop.producers import services as producers
from ocop.producers.models import Producer
from ocop.producers.rules import CertificateKind
from tests.browser_client import Browser, Page
from tests.factories import (
    a_delegation,
    a_grant,
    a_group,
    a_listing,
    a_producer,
    a_user,
    an_officer,
    an_owner,
)


@pytest.fixture
def helped(session: Session) -> tuple[Producer, Listing, Delegation]:
    producer = a_producer(session, name="HTX Đồng Trũng")
    listing = a_listing(session, producer, name="Mắm tép")
    given = a_delegation(session, producer)
    session.commit()
    return producer, listing, given


def _reprice(session: Session, user_id: str, listing: Listing, price: int) -> None:
    """The first pack gets another price, by whoever this is."""
    actor = actor_for(session, user_id, listing.producer_id)
    pack = session.get_one(Variant, listing.variants[0].id)
    kept = ("id", "label", "net_content", "net_unit", "packed_weight_g", "stock")
    values = {name: getattr(pack, name) for name in kept} | {"price_vnd": price}
    boxes = {name: getattr(pack, name) for name in ("box_length_cm", "box_width_cm", "box_height_cm")}
    listings.save_listing(
        session, actor, listing_id=listing.id, version=listing.version, fields={}, variants=[values | boxes]
    )
    session.commit()


def _lines(page: Page) -> list[str]:
    return [" ".join(line.get_text(" ").split()) for line in page.html.select(".day-done li")]


def _owner_of(session: Session, producer: Producer) -> User:
    user = a_user(session, "Bà chủ mẫu")
    a_grant(session, user, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, producer.id)
    session.commit()
    return user


def test_an_edit_is_told_in_one_plain_line_with_both_names(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, listing, _ = helped
    officer, _ = an_officer(session)
    owner = _owner_of(session, producer)
    _reprice(session, officer.id, listing, 75_000)

    page = browser.sign_in(owner, producer.id).open("/da-lam-ho")

    (line,) = [line for line in _lines(page) if "giá bán" in line]
    assert line.startswith("Sửa giá bán của Mắm tép, Hũ 250 g từ 70.000 đồng thành 75.000 đồng")
    assert line.endswith("Cán bộ mẫu, UBND xã Hoạt Giang")


def test_what_the_own_people_do_is_not_told(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, listing, _ = helped
    owner = _owner_of(session, producer)
    _reprice(session, owner.id, listing, 75_000)

    page = browser.sign_in(owner, producer.id).open("/da-lam-ho")

    assert _lines(page) == []
    assert "Chưa ai làm gì hộ" in page.text


def test_what_an_official_did_in_nobody_s_name_is_told_without_an_office(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, _, _ = helped
    officer, looking = an_officer(session)
    owner = _owner_of(session, producer)
    own = actor_for(session, owner.id, producer.id)
    paper = producers.add_certificate(
        session, own, kind=CertificateKind.FOOD_SAFETY, number="MẪU", issued_on=today(), expires_on=None
    )
    producers.mark_original_seen(session, looking, certificate_id=paper.id)
    session.commit()

    (line,) = _lines(browser.sign_in(owner, producer.id).open("/da-lam-ho"))

    assert line.startswith("Cán bộ xã đã xem bản gốc: Giấy an toàn thực phẩm")
    assert line.endswith(officer.name)


def test_the_owner_ends_the_help_with_one_tap_beside_the_list(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, _, _ = helped
    officer, _ = an_officer(session)
    owner = _owner_of(session, producer)
    helper = browser.another().sign_in(officer, producer.id)
    page = browser.sign_in(owner, producer.id).open("/da-lam-ho")

    page.form(button="Thôi nhờ").submit()

    assert helper.raw("/san-pham").status_code == 404
    assert "Đang nhờ" not in browser.open("/da-lam-ho").text


def test_a_helper_sees_the_list_and_cannot_end_another_s_help_there(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, _, _ = helped
    officer, _ = an_officer(session)

    page = browser.sign_in(officer, producer.id).open("/da-lam-ho")

    assert "UBND xã Hoạt Giang" in page.text
    assert not page.html.select("main form")


def test_the_same_act_many_times_in_a_row_is_one_line(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, listing, given = helped
    officer, _ = an_officer(session)
    owner = _owner_of(session, producer)
    actor = actor_for(session, officer.id, producer.id)
    for _ in range(5):
        audit.record(session, actor, "listing.photos", listing, old={"photos": []}, new={"photos": []})
    session.commit()

    (line,) = _lines(browser.sign_in(owner, producer.id).open("/da-lam-ho"))

    assert "Thay ảnh của Mắm tép (5 lần)" in line


def test_a_volunteer_stands_there_with_the_group(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, listing, _ = helped
    volunteer = a_user(session, "Trưởng thôn mẫu")
    a_delegation(session, producer, a_group(session, volunteer, name="Tổ công nghệ số thôn Trung"))
    owner = _owner_of(session, producer)
    _reprice(session, volunteer.id, listing, 75_000)

    page = browser.sign_in(owner, producer.id).open("/da-lam-ho")

    assert any(line.endswith("Trưởng thôn mẫu, Tổ công nghệ số thôn Trung") for line in _lines(page))


def test_the_slip_of_a_month_holds_that_month_only(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, listing, given = helped
    officer, _ = an_officer(session)
    owner = _owner_of(session, producer)
    # 23:30 on 31 October and 0:30 on 1 November in Việt Nam
    for name, at in (("Hàng tháng mười", "2026-10-31T16:30"), ("Hàng tháng mười một", "2026-10-31T17:30")):
        thing = a_listing(session, producer, name=name)
        session.add(
            AuditEntry(
                at=dt.datetime.fromisoformat(f"{at}:00+00:00"),
                user_id=officer.id,
                user_name=officer.name,
                producer_id=producer.id,
                on_behalf=True,
                delegation_id=given.id,
                action="listing.create",
                entity="listing",
                entity_id=thing.id,
                old={},
                new={},
            )
        )
    session.commit()
    browser.sign_in(owner, producer.id)

    october, november = (browser.open(f"/da-lam-ho/phieu?thang=2026-{month}") for month in (10, 11))

    assert october.heading == "Phiếu đã làm hộ những việc gì"
    assert "Tháng 10/2026" in october.text
    assert [line.split(" 23:")[0] for line in _lines(october)] == ["Ghi sản phẩm mới Hàng tháng mười"]
    assert [line.split(" 0:")[0] for line in _lines(november)] == ["Ghi sản phẩm mới Hàng tháng mười một"]


def test_a_full_month_still_makes_a_light_page(
    session: Session, browser: Browser, helped: tuple[Producer, Listing, Delegation]
) -> None:
    producer, _, _ = helped
    officer, _ = an_officer(session)
    owner = _owner_of(session, producer)
    actor = actor_for(session, officer.id, producer.id)
    for number in range(140):
        listing = a_listing(
            session, producer, name=f"Mắm tép đồng ủ thính gạo rang, hũ thủy tinh số {number}"
        )
        audit.record(session, actor, "listing.create", listing, new={})
    session.commit()

    page = browser.sign_in(owner, producer.id).open("/da-lam-ho/phieu")

    assert len(_lines(page)) == 120
    assert "Còn 20 việc nữa" in page.text


def test_another_producer_s_help_is_not_there(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)
    other = a_producer(session)
    a_delegation(session, other)
    listing = a_listing(session, other)
    session.commit()
    _reprice(session, officer.id, listing, 75_000)
    owner, producer, _ = an_owner(session)

    page = browser.sign_in(owner, producer.id).open("/da-lam-ho")

    assert _lines(page) == []
