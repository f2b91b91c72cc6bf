"""Who may act for a producer: giving, taking back, choosing, and the ways rights must not grow."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ocop.accounts import services as accounts
from ocop.accounts.models import Grant, OneTimeCode, User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Role, ScopeKind
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.errors import Refused
from ocop.producers import services
from tests.factories import a_delegation, a_grant, a_producer, a_user
from tests.features.producers.made import an_officer, an_operator, an_owner


@pytest.fixture
def owner(session):
    return an_owner(session)


def grants_of(session, user):
    wanted = select(Grant).where(Grant.user_id == user.id).execution_options(populate_existing=True)
    found = session.scalars(wanted).all()
    session.commit()
    return found


def test_an_owner_adds_a_person_who_gets_a_paper_with_a_code_and_works_there(browser, owner, session):
    browser.sign_in(owner[0])
    form = browser.open("/nguoi-cung-dung/them").form("them")

    paper = form.fill(name="Người con mẫu", phone="0912 000 123").submit("Thêm người")

    person = session.scalars(select(User).where(User.phone == "+84912000123")).one()
    session.commit()
    code = paper.one(".stamp-code").get_text(strip=True)
    assert paper.heading == "Giấy đăng nhập"
    assert [grant.role for grant in grants_of(session, person)] == [Role.PRODUCER_MEMBER]
    child = browser.another()
    first = child.open("/lan-dau").form().fill(phone="0912000123", code=code)
    first.fill(password="câu của người con", again="câu của người con").submit("Đặt mật khẩu")
    assert child.raw("/co-so").status_code == 200
    assert child.raw("/nguoi-cung-dung").status_code == 403


def test_the_paper_shows_a_code_to_photograph_as_a_picture_of_its_own(browser, owner):
    browser.sign_in(owner[0])
    form = browser.open("/nguoi-cung-dung/them").form("them")
    paper = form.fill(name="Người con mẫu", phone="0912000123").submit("Thêm người")

    picture = browser.raw(str(paper.one("main img")["src"]))

    assert picture.mimetype == "image/svg+xml"
    assert b"<path" in picture.data
    assert b"style=" not in picture.data


def test_nobody_else_opens_the_paper(browser, owner, session):
    browser.sign_in(owner[0])
    form = browser.open("/nguoi-cung-dung/them").form("them")
    form.fill(name="Người con mẫu", phone="0912000123").submit("Thêm người")
    code = session.scalars(select(OneTimeCode)).one()
    session.commit()
    stranger, _, _ = an_owner(session)

    assert browser.another().sign_in(stranger).raw(f"/giay-dang-nhap/{code.id}").status_code == 404
    assert browser.another().sign_in(stranger).raw(f"/giay-dang-nhap/{code.id}/ma.svg").status_code == 404


def test_the_same_name_and_phone_is_the_same_person_for_whoever_let_them_in(owner, session):
    second = a_producer(session)
    a_grant(session, owner[0], Role.PRODUCER_OWNER, ScopeKind.PRODUCER, second.id)
    there = actor_for(session, owner[0].id, second.id)
    secret = b"s" * 32

    services.add_member(session, owner[2], name="Lê Văn Mẫu", phone="+84912000123", secret=secret)
    services.add_member(session, there, name="LE VAN MAU", phone="+84912000123", secret=secret)

    people = session.scalars(select(User).where(User.phone == "+84912000123")).all()
    assert len(people) == 1


def test_an_account_somebody_else_opened_and_nobody_uses_yet_is_not_taken(owner, session):
    """Whoever opened it holds the paper that leads into it."""
    _, _, other = an_owner(session)
    secret = b"s" * 32
    trap = services.add_member(session, owner[2], name="Lê Văn Mẫu", phone="+84912000123", secret=secret)

    code = services.add_member(session, other, name="Lê Văn Mẫu", phone="+84912000123", secret=secret)

    assert code.user_id != trap.user_id
    assert actor_for(session, trap.user_id, other.producer_id).producer_id is None


def test_an_account_in_use_serves_a_second_producer_too(owner, session):
    _, _, other = an_owner(session)
    secret = b"s" * 32
    first = services.add_member(session, owner[2], name="Lê Văn Mẫu", phone="+84912000123", secret=secret)
    session.get(User, first.user_id).password_hash = "set by its person"

    code = services.add_member(session, other, name="Lê Văn Mẫu", phone="+84912000123", secret=secret)

    assert code is None
    assert actor_for(session, first.user_id, other.producer_id).producer_id == other.producer_id


def test_an_owner_gets_no_code_for_somebody_other_houses_also_trust(owner, session):
    person = a_user(session)
    for producer in (owner[1], a_producer(session)):
        a_grant(session, person, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, producer.id)

    assert not accounts.may_issue_first_code(session, owner[2], person)
    with pytest.raises(NotFound):
        accounts.issue_first_code(session, owner[2], user_id=person.id, secret=b"s" * 32)


def test_revoking_is_one_tap_and_counts_on_the_next_request(browser, owner, session):
    member = a_user(session, "Người cùng dùng mẫu")
    a_grant(session, member, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, owner[1].id)
    session.commit()
    browser.sign_in(owner[0])
    their = browser.another().sign_in(member, owner[1].id)
    before = their.raw("/giay-to").status_code

    browser.open("/nguoi-cung-dung").form("thoi").submit("Thôi")

    assert before == 200
    assert their.raw("/giay-to").status_code == 404


def test_an_owner_prints_a_new_code_for_an_own_person_but_not_for_an_official(browser, owner, session):
    officer, _ = an_officer(session, owner[1].commune_code)
    a_delegation(session, owner[1], owner[1].commune_code)
    session.commit()
    browser.sign_in(owner[0])
    form = browser.open("/nguoi-cung-dung/them").form("them")
    form.fill(name="Người con mẫu", phone="0912000123").submit("Thêm người")

    people = browser.open("/nguoi-cung-dung")
    offered = people.html.select("form[action*=in-ma] input[name=id]")
    answer = browser.post("/nguoi-cung-dung/in-ma", {"id": officer.id})

    assert people.form("in-ma").submit("In mã mới").heading == "Giấy đăng nhập"
    assert officer.id not in {field["value"] for field in offered}
    assert answer.status_code == 404


def test_a_helper_grants_nothing_and_revokes_nobody_else(browser, owner, session):
    officer, _ = an_officer(session, owner[1].commune_code)
    a_delegation(session, owner[1], owner[1].commune_code)
    session.commit()
    owners_grant = grants_of(session, owner[0])[0]
    browser.sign_in(officer, owner[1].id)

    assert browser.raw("/nguoi-cung-dung").status_code == 403
    assert browser.post("/nguoi-cung-dung/them", {"name": "X", "phone": "0912000999"}).status_code == 403
    assert browser.post("/nguoi-cung-dung/thoi", {"id": owners_grant.id}).status_code == 403
    assert grants_of(session, owner[0])[0].revoked_at is None


def test_an_owner_cannot_revoke_in_another_house(browser, owner, session):
    other, _, _ = an_owner(session)
    foreign = grants_of(session, other)[0]
    browser.sign_in(owner[0])

    assert browser.post("/nguoi-cung-dung/thoi", {"id": foreign.id}).status_code == 404
    assert grants_of(session, other)[0].revoked_at is None


def test_a_producer_keeps_its_last_owner(browser, owner, session):
    browser.sign_in(owner[0])

    answer = browser.post("/nguoi-cung-dung/thoi", {"id": grants_of(session, owner[0])[0].id})

    assert answer.status_code == 422
    assert grants_of(session, owner[0])[0].revoked_at is None


@pytest.mark.parametrize(
    ("role", "kind", "scope"),
    [
        (Role.OPERATOR, ScopeKind.INSTALL, ""),
        (Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, "15286"),
        (Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38"),
        (Role.PRODUCER_OWNER, ScopeKind.PRODUCER, "own"),
        (Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, "other"),
    ],
)
def test_an_owner_gives_nobody_an_office_a_producer_or_another_house(session, owner, role, kind, scope):
    friend = a_user(session)
    ids = {"own": owner[1].id, "other": a_producer(session).id}

    with pytest.raises(NotAllowed):
        accounts.give_grant(
            session,
            owner[2],
            user_id=friend.id,
            role=role,
            scope_kind=kind,
            scope_id=ids.get(scope, scope),
        )


def test_nobody_gives_to_themselves(session, owner):
    operator, as_operator = an_operator(session)

    with pytest.raises(Refused) as by_operator:
        accounts.give_grant(
            session,
            as_operator,
            user_id=operator.id,
            role=Role.COMMUNE_OFFICER,
            scope_kind=ScopeKind.COMMUNE,
            scope_id="15286",
        )
    with pytest.raises(Refused) as by_owner:
        accounts.give_grant(
            session,
            owner[2],
            user_id=owner[0].id,
            role=Role.PRODUCER_MEMBER,
            scope_kind=ScopeKind.PRODUCER,
            scope_id=owner[1].id,
        )

    assert (by_operator.value.code, by_owner.value.code) == ("grant_self", "grant_self")


def test_what_a_helper_does_is_recorded_as_done_for_somebody(browser, owner, session):
    officer, _ = an_officer(session, owner[1].commune_code)
    a_delegation(session, owner[1], owner[1].commune_code)
    session.commit()
    browser.sign_in(officer, owner[1].id)

    page = browser.open("/co-so")
    page.form("co-so").fill(brand="Nhãn mẫu").submit()

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "producer.edit")).one()
    assert "Đang làm hộ" in page.text and owner[1].name in page.text
    assert (entry.user_id, entry.producer_id, entry.on_behalf) == (officer.id, owner[1].id, True)


def test_one_chooses_among_the_producers_one_has_and_no_other(browser, owner, session):
    second = a_producer(session, name="Cơ sở thứ hai")
    a_grant(session, owner[0], Role.PRODUCER_OWNER, ScopeKind.PRODUCER, second.id)
    foreign = a_producer(session, name="Cơ sở người khác")
    session.commit()
    browser.sign_in(owner[0])

    chosen = browser.open("/chon-co-so").form(button="Vào cơ sở")
    answer = browser.post("/chon-co-so", {"id": foreign.id})

    assert "Cơ sở người khác" not in chosen.page.text
    assert answer.status_code == 404
    assert browser.post("/chon-co-so", {"id": second.id}).status_code == 303
    assert "Cơ sở thứ hai" in str(browser.open("/co-so").one("#name")["value"])


def test_leaving_ends_working_for_somebody_at_once(browser, owner, session):
    officer, _ = an_officer(session, owner[1].commune_code)
    a_delegation(session, owner[1], owner[1].commune_code)
    session.commit()
    browser.sign_in(officer, owner[1].id)

    left = browser.open("/giay-to").form("thoi-lam-ho").submit("Thôi làm hộ")

    assert left.path == "/xa"
    assert "Đã thôi làm hộ." in left.text
    assert browser.raw("/giay-to").status_code == 404
