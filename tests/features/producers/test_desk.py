"""The commune desk: looking, making producers without accounts, and the signed paper."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from sqlalchemy import select

from ocop.accounts.models import Grant
from ocop.accounts.rules import Role, ScopeKind
from ocop.db.actor import NotAllowed
from ocop.db.base import today
from ocop.producers import services
from ocop.producers.models import Producer
from ocop.producers.rules import ProducerKind
from tests.factories import a_grant, a_producer, a_user, an_upload
from tests.features.producers.made import an_officer, an_owner

HERE, ELSEWHERE = "15286", "15349"


@pytest.fixture
def officer(session, browser):
    user, _ = an_officer(session, HERE)
    browser.sign_in(user)
    return user


@pytest.fixture
def producer(session):
    made = a_producer(session, name="Hộ Mẫu Đồng Trũng", representative="Bà Mẫu", commune_code=HERE)
    session.commit()
    return made


def test_an_officer_sees_the_producers_of_the_own_commune_only(browser, officer, producer, session):
    a_producer(session, name="Cơ sở xã khác", commune_code=ELSEWHERE)
    session.commit()

    page = browser.open("/xa")

    assert "Hộ Mẫu Đồng Trũng" in page.text
    assert "Cơ sở xã khác" not in page.text


@pytest.mark.parametrize(
    "typed", ["dong trung", "ĐỒNG TRŨNG", unicodedata.normalize("NFD", "đồng trũng"), "ba mau"]
)
def test_search_needs_no_tone_marks(browser, officer, producer, typed):
    found = browser.open("/xa", query_string={"q": typed})
    nothing = browser.open("/xa", query_string={"q": "khongcogi"})

    assert producer.name in found.text
    assert "Không thấy cơ sở nào" in nothing.text


def test_an_officer_makes_a_producer_without_any_account(browser, officer, session):
    form = browser.open("/xa/them").form("xa/them")
    found = form.fill(kind="household", name="Hộ Mới", commune_code_search="").submit("Tìm", status=422)
    form = found.form("xa/them")
    form.values["commune_code"] = [HERE]

    page = form.submit("Thêm cơ sở")

    made = session.scalars(select(Producer).where(Producer.name == "Hộ Mới")).one()
    assert made.kind is ProducerKind.HOUSEHOLD
    assert "Đã tạo cơ sở" in page.text
    assert "Làm hộ" not in [b.get_text(strip=True) for b in page.html.select("main button")]


def test_an_officer_makes_no_producer_in_another_commune(session):
    _, actor = an_officer(session, HERE)

    with pytest.raises(NotAllowed):
        services.create_producer(
            session, actor, kind=ProducerKind.HOUSEHOLD, name="Hộ lạ", commune_code=ELSEWHERE
        )


def test_seeing_is_not_acting(browser, officer, producer):
    page = browser.open(f"/xa/co-so/{producer.id}")

    assert browser.post("/chon-co-so", {"id": producer.id}).status_code == 404
    assert browser.raw("/co-so").status_code == 404
    assert not [f for f in page.html.select("form") if "chon-co-so" in str(f.get("action"))]


def test_a_producer_of_another_commune_does_not_exist(browser, officer, session):
    foreign = a_producer(session, commune_code=ELSEWHERE)
    session.commit()

    for path in ("", "/phieu", "/ghi-phieu"):
        assert browser.raw(f"/xa/co-so/{foreign.id}{path}").status_code == 404
    answer = browser.post(
        f"/xa/co-so/{foreign.id}/ghi-phieu", {"valid_to": today().isoformat(), "photos": an_upload()}
    )
    assert answer.status_code == 404


def test_the_request_on_paper_says_the_agreed_sentence(browser, officer, producer):
    page = browser.open(f"/xa/co-so/{producer.id}/phieu")

    assert "Tôi không giao mật khẩu, tài khoản ngân hàng." in page.text
    assert "tôi thôi nhờ lúc nào cũng được" in page.text
    assert producer.name in page.text


def test_a_personal_tax_code_is_masked_at_the_desk(browser, officer, session):
    made = a_producer(session, commune_code=HERE, tax_code="038012345678")
    session.commit()

    page = browser.open(f"/xa/co-so/{made.id}")

    assert "•••••••••678" in page.text
    assert "038012345678" not in page.response.get_data(as_text=True)


def test_a_province_officer_looks_and_does_nothing_else(browser, producer, session):
    user = a_user(session)
    a_grant(session, user, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")
    session.commit()
    browser.sign_in(user)

    desk = browser.open("/xa")
    look = browser.open(f"/xa/co-so/{producer.id}")

    assert producer.name in desk.text
    assert "Thêm cơ sở" not in desk.text
    assert "phiếu" not in look.text
    assert browser.raw(f"/xa/co-so/{producer.id}/ghi-phieu").status_code == 404
    made = browser.post("/xa/them", {"kind": "household", "name": "X", "commune_code": HERE})
    assert made.status_code == 403


def test_the_desk_is_for_officials(browser, session):
    user, _, _ = an_owner(session)
    browser.sign_in(user)

    assert browser.raw("/xa").status_code == 403
    assert browser.another().raw("/xa").status_code == 303


def test_an_official_who_left_sees_nothing_on_the_next_request(browser, officer, session):
    before = browser.raw("/xa").status_code
    grant = session.scalars(select(Grant).where(Grant.user_id == officer.id)).one()
    grant.revoked_at = dt.datetime.now(dt.UTC)
    session.commit()

    assert (before, browser.raw("/xa").status_code) == (200, 403)


def test_long_lists_come_page_by_page(browser, officer, session):
    for number in range(60):
        a_producer(session, name=f"Cơ sở {number:02} có cái tên dài vừa phải", commune_code=HERE)
    session.commit()

    first = browser.open("/xa")
    second = first.link("Trang sau")

    assert "Cơ sở 00" in first.text and "Cơ sở 30" not in first.text
    assert "Cơ sở 30" in second.text
