"""The operator's pages: people, officials, owners."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ocop.accounts.models import Grant, User
from ocop.accounts.rules import Role, ScopeKind
from tests.factories import a_delegation, a_producer, a_user
from tests.features.producers.made import an_officer, an_operator, an_owner


@pytest.fixture
def operator(session, browser):
    user, _ = an_operator(session)
    browser.sign_in(user)
    return user


def grants(session, phone):
    session.expire_all()
    found = session.scalars(
        select(Grant).join(User, Grant.user_id == User.id).where(User.phone == phone)
    ).all()
    session.commit()
    return [(grant.role, grant.scope_kind, grant.scope_id) for grant in found]


def test_an_operator_makes_a_commune_officer_who_gets_a_paper(browser, operator, session):
    form = browser.open("/van-hanh/them-can-bo").form("them-can-bo")
    form.fill(name="Cán bộ mới", phone="0912000888", role="commune_officer")
    form.fill(commune_code_search="hoat giang")
    found = form.submit("Tìm", status=422)
    code = found.html.select("input[name=commune_code]")[0]["value"]

    paper = found.form("them-can-bo").fill(commune_code=code).submit("Thêm cán bộ")

    assert paper.heading == "Giấy đăng nhập"
    assert grants(session, "+84912000888") == [(Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, code)]


def test_an_operator_makes_a_province_officer(browser, operator, session):
    form = browser.open("/van-hanh/them-can-bo").form("them-can-bo")

    form.fill(name="Cán bộ tỉnh", phone="0912000887", role="province_officer", province_code="38").submit(
        "Thêm cán bộ"
    )

    assert grants(session, "+84912000887") == [(Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")]


def test_an_officer_without_a_commune_is_not_made(browser, operator, session):
    form = browser.open("/van-hanh/them-can-bo").form("them-can-bo")

    page = form.fill(name="Cán bộ", phone="0912000886", role="commune_officer").submit(
        "Thêm cán bộ", status=422
    )

    assert "Chưa chọn xã" in page.text
    assert grants(session, "+84912000886") == []


def test_an_operator_opens_the_account_of_a_producers_owner(browser, operator, session):
    producer = a_producer(session, name="HTX Chưa Có Chủ")
    session.commit()
    listed = browser.open("/van-hanh/co-so")

    form = listed.link("Cấp tài khoản").form("chu").fill(name="Chủ nhiệm mẫu", phone="0912000885")
    form.submit("Cấp tài khoản")

    assert grants(session, "+84912000885") == [(Role.PRODUCER_OWNER, ScopeKind.PRODUCER, producer.id)]


def test_a_disabled_person_is_signed_out_everywhere_and_can_be_let_in_again(browser, operator, session):
    person, _, _ = an_owner(session)
    their = browser.another().sign_in(person)
    page = browser.open("/van-hanh")
    before = their.raw("/giay-to").status_code

    browser.post("/van-hanh/khoa", {"id": person.id})
    during = their.raw("/giay-to").status_code
    browser.post("/van-hanh/mo", {"id": person.id})

    session.expire_all()
    assert person.name in page.text
    assert (before, during) == (200, 303)
    assert session.get(User, person.id).disabled_at is None


def test_an_operator_does_not_lock_themselves_out(browser, operator):
    assert browser.post("/van-hanh/khoa", {"id": operator.id}).status_code == 422


def test_an_official_loses_the_office_on_the_next_request(browser, operator, session):
    officer, _ = an_officer(session)
    desk = browser.another().sign_in(officer)
    before = desk.raw("/xa").status_code
    grant = session.scalars(select(Grant).where(Grant.user_id == officer.id)).one()
    session.commit()

    browser.post("/van-hanh/thoi", {"id": grant.id})

    assert (before, desk.raw("/xa").status_code) == (200, 403)


def test_who_loses_the_office_loses_the_help_given_to_it_too(browser, operator, session):
    _, producer, _ = an_owner(session)
    officer, _ = an_officer(session, producer.commune_code)
    office = session.scalars(select(Grant).where(Grant.user_id == officer.id)).one()
    a_delegation(session, producer)
    session.commit()
    helping = browser.another().sign_in(officer, producer.id)
    before = helping.raw("/giay-to").status_code

    browser.post("/van-hanh/thoi", {"id": office.id})

    assert (before, helping.raw("/giay-to").status_code) == (200, 404)


def test_somebody_who_lost_the_first_paper_gets_another(browser, operator, session):
    person = a_user(session, "Người chưa vào")
    session.commit()

    paper = browser.open("/van-hanh").form("van-hanh/ma").submit("In mã lần đầu")

    assert paper.heading == "Giấy đăng nhập"
    assert person.phone[-3:] in paper.text


def test_an_operator_gets_no_first_code_for_somebody_with_a_password(browser, operator, session):
    person = a_user(session)
    person.password_hash = "set"
    session.commit()

    assert browser.post("/van-hanh/ma", {"id": person.id}).status_code == 422


@pytest.mark.parametrize("path", ["/van-hanh", "/van-hanh/them-can-bo", "/van-hanh/co-so"])
def test_the_operators_pages_are_for_operators(browser, session, path):
    officer, _ = an_officer(session)

    assert browser.raw(path).status_code == 303
    assert browser.another().sign_in(officer).raw(path).status_code == 403


def test_the_list_of_people_is_searched_by_name_and_number(browser, operator, session):
    a_user(session, "Lê Thị Mẫu Đơn", phone="+84912777666")
    session.commit()

    assert "Lê Thị Mẫu Đơn" in browser.open("/van-hanh?q=mau don").text
    assert "Lê Thị Mẫu Đơn" in browser.open("/van-hanh?q=0912 777").text
    assert "Lê Thị Mẫu Đơn" not in browser.open("/van-hanh?q=0912 778").text
