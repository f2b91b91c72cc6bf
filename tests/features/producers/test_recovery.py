"""A lost password comes back through two people and a paper, never through one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ocop.accounts import services as accounts
from ocop.accounts.models import OneTimeCode
from ocop.accounts.rules import Role, ScopeKind
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.errors import Refused
from ocop.producers import services
from tests.factories import a_grant, a_user
from tests.features.producers.made import an_officer, an_operator, an_owner

SECRET = b"s" * 32


@pytest.fixture
def member(session, owner):
    user = a_user(session, "Người con mẫu", phone="+84912000777")
    user.password_hash = "lost"
    a_grant(session, user, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, owner[1].id)
    session.commit()
    return user


@pytest.fixture
def owner(session):
    return an_owner(session, commune_code="15286")


def test_two_officials_give_a_member_a_new_way_in_and_end_the_old_ones(browser, session, owner, member):
    first, _ = an_officer(session)
    second, _ = an_officer(session)
    thief = browser.another().sign_in(member)
    asking = browser.another().sign_in(first).open(f"/xa/co-so/{owner[1].id}")
    waiting = asking.form("khoi-phuc/xin").submit("Mất mật khẩu")
    paper = browser.sign_in(second).open("/khoi-phuc").form("dong-y").submit("Đồng ý, in mã")
    code = paper.one(".stamp-code").get_text(strip=True)

    form = browser.another().open("/lan-dau").form().fill(phone="0912000777", code=code)
    inside = form.fill(password="câu mới của con", again="câu mới của con").submit("Đặt mật khẩu")

    assert "Chờ người thứ hai đồng ý" in waiting.text
    assert inside.path == "/"
    assert thief.raw("/doi-mat-khau").status_code == 303


def test_the_one_who_asked_cannot_agree_nor_see_the_code(browser, session, owner, member):
    first, _ = an_officer(session)
    browser.sign_in(first)
    waiting = browser.open(f"/xa/co-so/{owner[1].id}").form("khoi-phuc/xin").submit("Mất mật khẩu")
    row = session.scalars(select(OneTimeCode)).one()
    session.commit()

    assert browser.post("/khoi-phuc/dong-y", {"id": row.id}).status_code == 422
    assert browser.raw(f"/giay-dang-nhap/{row.id}").status_code == 404
    assert not waiting.html.select("form[action*=dong-y]")


def test_a_code_nobody_agreed_to_opens_nothing(engine, session, owner, member):
    _, officer = an_officer(session)
    row = services.ask_recovery(session, officer, user_id=member.id, secret=SECRET)
    session.commit()
    code = accounts.plain_code(row, SECRET)

    with pytest.raises(Refused) as refused:
        accounts.check_code(
            engine,
            phone=member.phone,
            code=code,
            password="câu mới của con",
            address="203.0.113.1",
            secret=SECRET,
        )

    assert refused.value.code == "code_wrong"


def test_the_owner_may_be_the_second_person_for_a_member(browser, session, owner, member):
    _, officer = an_officer(session)
    services.ask_recovery(session, officer, user_id=member.id, secret=SECRET)
    session.commit()

    people = browser.sign_in(owner[0]).open("/nguoi-cung-dung")
    paper = people.link("Xem và đồng ý").form("dong-y").submit("Đồng ý, in mã")

    assert paper.heading == "Giấy đăng nhập"


def test_an_owner_does_not_vouch_for_other_houses_or_for_their_own_account(session, owner, member):
    _, officer = an_officer(session)
    _, _, stranger = an_owner(session)
    for_member = services.ask_recovery(session, officer, user_id=member.id, secret=SECRET)
    for_owner = services.ask_recovery(session, officer, user_id=owner[0].id, secret=SECRET)

    with pytest.raises(NotFound):
        services.agree_to_recovery(session, stranger, code_id=for_member.id)
    with pytest.raises(NotFound):
        services.agree_to_recovery(session, owner[2], code_id=for_owner.id)


def test_an_officer_reaches_only_people_of_the_own_commune_and_no_officials(session, owner, member):
    _, elsewhere = an_officer(session, "15349")
    colleague, officer = an_officer(session)
    operator, _ = an_operator(session)

    for actor, person in ((elsewhere, member), (officer, colleague), (officer, operator)):
        with pytest.raises(NotFound):
            services.ask_recovery(session, actor, user_id=person.id, secret=SECRET)


def test_an_operator_reaches_everybody_but_needs_a_second_person_too(session, owner, member):
    operator, actor = an_operator(session)
    _, other = an_operator(session)
    colleague, _ = an_officer(session)
    row = services.ask_recovery(session, actor, user_id=colleague.id, secret=SECRET)

    with pytest.raises(Refused) as alone:
        services.agree_to_recovery(session, actor, code_id=row.id)
    agreed = services.agree_to_recovery(session, other, code_id=row.id)

    assert alone.value.code == "recovery_same_person"
    assert agreed.approved_by == other.user_id


def test_agreeing_twice_counts_once(session, owner, member):
    _, officer = an_officer(session)
    _, second = an_officer(session)
    _, third = an_officer(session)
    row = services.ask_recovery(session, officer, user_id=member.id, secret=SECRET)
    services.agree_to_recovery(session, second, code_id=row.id)

    with pytest.raises(Refused) as late:
        services.agree_to_recovery(session, third, code_id=row.id)

    assert late.value.code == "recovery_gone"


def test_nobody_without_an_office_asks_or_agrees(browser, session, owner, member):
    stranger, _, _ = an_owner(session)
    browser.sign_in(stranger)

    assert browser.post("/khoi-phuc/xin", {"id": member.id}).status_code == 404
    assert browser.post("/khoi-phuc/dong-y", {"id": "khongco"}).status_code == 404
    volunteer = a_user(session)
    session.commit()
    assert browser.another().sign_in(volunteer).raw("/khoi-phuc").status_code == 403


def test_the_service_itself_refuses_somebody_without_an_office(session, owner, member):
    with pytest.raises(NotAllowed):
        accounts.start_recovery(session, owner[2], user_id=member.id, secret=SECRET)
