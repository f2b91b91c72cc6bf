"""Village groups: made by the commune's officer, with members who see only the producers that asked the group."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ocop.accounts import services as accounts
from ocop.accounts.models import Delegation, Grant, HelpingGroup, Notice, User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle, GroupKind
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.errors import Refused
from ocop.producers import services
from tests.factories import a_delegation, a_group, a_producer, a_user
from tests.features.producers.made import an_officer, an_owner

HERE, ELSEWHERE = "15286", "15349"


@pytest.fixture
def officer(session, browser):
    user, actor = an_officer(session, HERE)
    browser.sign_in(user)
    return user, actor


@pytest.fixture
def helped(session):
    """A group with one volunteer, and a producer that asked it."""
    volunteer = a_user(session, "Chị trong tổ")
    group = a_group(session, volunteer, name="Tổ công nghệ số thôn Mẫu 1")
    _, producer, _ = an_owner(session, name="Hộ nhờ tổ", commune_code=HERE)
    a_delegation(session, producer, group, Bundle.WRITE)
    session.commit()
    return volunteer, group, producer


def notices(session):
    found = session.scalars(select(Notice)).all()
    session.commit()
    return [(notice.code, notice.producer_id) for notice in found]


def test_an_officer_makes_a_group_renames_it_and_sees_it_in_the_list(browser, officer, session):
    form = browser.open("/xa/to").link("Thêm tổ").form("xa/to/them")
    made = form.fill(kind="digital_team", name="Tổ thôn Trung", hamlet="thôn Trung").submit("Thêm tổ")

    made.form(made.path, button="Lưu tổ").fill(kind="farmers_union", name="Chi hội thôn Trung").submit(
        "Lưu tổ"
    )

    group = session.scalars(select(HelpingGroup)).one()
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.entity == "helping_group")).all()
    session.commit()
    assert (group.kind, group.name, group.commune_code) == (
        GroupKind.FARMERS_UNION,
        "Chi hội thôn Trung",
        HERE,
    )
    assert "Chi hội thôn Trung" in browser.open("/xa/to").text
    assert actions == ["group.create", "group.edit"]


def test_a_new_member_gets_a_paper_and_works_for_those_who_asked_the_group(browser, officer, helped, session):
    _, group, producer = helped
    form = browser.open(f"/xa/to/{group.id}").link("Thêm người").form("them-nguoi")

    paper = form.fill(name="Trưởng thôn mẫu", phone="0912 000 321").submit("Thêm người")

    code = paper.one(".stamp-code").get_text(strip=True)
    volunteer = browser.another()
    first = volunteer.open("/lan-dau").form().fill(phone="0912000321", code=code)
    first.fill(password="câu của trưởng thôn", again="câu của trưởng thôn").submit("Đặt mật khẩu")
    choice = volunteer.open("/chon-co-so")
    assert "Hộ nhờ tổ" in choice.text and "soạn giúp" in choice.text
    choice.form("chon-co-so").submit("Làm hộ")
    assert volunteer.raw("/san-pham").status_code == 200
    assert volunteer.raw("/co-so").status_code == 403
    assert notices(session) == [("help_new_person", producer.id)]


def test_a_volunteer_sees_only_the_producers_that_asked_the_group(browser, helped, session):
    volunteer, _, producer = helped
    other = a_producer(session, name="Hộ không nhờ", commune_code=HERE)
    elsewhere = a_producer(session, name="Hộ nhờ tổ khác", commune_code=HERE)
    a_delegation(session, elsewhere, a_group(session, name="Tổ khác"))
    session.commit()
    browser.sign_in(volunteer)

    page = browser.open("/chon-co-so")

    assert "Hộ nhờ tổ" in page.text
    assert "Hộ không nhờ" not in page.text and "Hộ nhờ tổ khác" not in page.text
    assert browser.raw("/xa").status_code == 403
    assert browser.raw(f"/xa/co-so/{producer.id}").status_code == 403
    for stranger in (other, elsewhere):
        assert browser.post("/chon-co-so", {"id": stranger.id}).status_code == 404


def test_a_volunteer_with_nothing_to_do_yet_is_told_where_codes_go(browser, session):
    volunteer = a_user(session)
    a_group(session, volunteer, name="Tổ mới")
    session.commit()

    page = browser.sign_in(volunteer).open("/chon-co-so")

    assert "Tổ mới" in page.text
    assert page.link("Gõ mã nhờ làm hộ").heading == "Gõ mã nhờ làm hộ"


def test_a_member_who_leaves_loses_everything_on_the_next_request(browser, officer, helped, session):
    volunteer, group, producer = helped
    helping = browser.another().sign_in(volunteer, producer.id)
    before = helping.raw("/giay-to").status_code

    page = browser.open(f"/xa/to/{group.id}").form("thoi-nguoi").submit("Thôi tổ")

    assert "Chị trong tổ" not in page.text
    assert (before, helping.raw("/giay-to").status_code) == (200, 404)
    assert notices(session) == [("help_person_left", producer.id)]


def test_closing_a_group_ends_its_help_at_once_and_says_so(browser, officer, helped, session):
    volunteer, group, producer = helped
    helping = browser.another().sign_in(volunteer, producer.id)
    before = helping.raw("/giay-to").status_code

    browser.open(f"/xa/to/{group.id}").form("/dong").submit("Đóng tổ")

    session.expire_all()
    given = session.scalars(select(Delegation)).one()
    session.commit()
    assert (before, helping.raw("/giay-to").status_code) == (200, 404)
    assert given.ended_why == "closed"
    assert notices(session) == [("help_group_closed", producer.id)]
    assert browser.raw(f"/xa/to/{group.id}").status_code == 404


def test_a_closed_group_helps_nobody_even_where_a_delegation_was_left_standing(session, helped):
    volunteer, group, producer = helped
    before = actor_for(session, volunteer.id, producer.id).on_behalf

    group.closed_at = group.created_at
    session.flush()

    assert before
    assert actor_for(session, volunteer.id, producer.id).producer_id is None


def test_a_group_of_another_commune_is_not_there(browser, officer, session):
    foreign = a_group(session, commune_code=ELSEWHERE)
    session.commit()

    assert browser.raw(f"/xa/to/{foreign.id}").status_code == 404
    for tail in ("", "/them-nguoi", "/thoi-nguoi", "/in-ma", "/dong"):
        answer = browser.post(
            f"/xa/to/{foreign.id}{tail}", {"name": "X", "phone": "0912000999", "kind": "other"}
        )
        assert answer.status_code == 404
    made = browser.post("/xa/to/them", {"kind": "other", "name": "X", "commune_code": ELSEWHERE})
    assert made.status_code == 403
    assert session.scalars(select(Grant).where(Grant.scope_id == foreign.id)).all() == []


def test_who_was_let_in_before_by_the_same_office_keeps_the_one_account(officer, session):
    first, second = (a_group(session, name=name) for name in ("Tổ một", "Tổ hai"))
    who = {"name": "Lê Văn Mẫu", "phone": "+84912000123", "secret": b"s" * 32}
    code = services.add_volunteer(session, officer[1], group_id=first.id, **who)
    session.get(User, code.user_id).password_hash = "set by its person"

    again = services.add_volunteer(session, officer[1], group_id=second.id, **who)

    assert again is None
    assert actor_for(session, code.user_id).groups == {first.id, second.id}
    with pytest.raises(Refused, match="grant_exists"):
        services.add_volunteer(session, officer[1], group_id=second.id, **who)


def test_an_account_in_use_that_no_office_vouches_for_is_not_taken_into_a_group(officer, session):
    group = a_group(session)
    impostor = a_user(session, "Lê Văn Mẫu", phone="+84912000123")
    impostor.password_hash = "chosen by whoever opened it"

    code = services.add_volunteer(
        session, officer[1], group_id=group.id, name="Lê Văn Mẫu", phone="+84912000123", secret=b"s" * 32
    )

    assert code.user_id != impostor.id
    assert actor_for(session, impostor.id).groups == frozenset()


def test_an_officer_prints_a_new_code_for_a_member_and_for_nobody_else(browser, officer, helped, session):
    volunteer, group, _ = helped
    outsider = a_user(session)
    session.commit()

    paper = browser.open(f"/xa/to/{group.id}").form("in-ma").submit("In mã mới")

    assert paper.heading == "Giấy đăng nhập" and volunteer.name in paper.text
    assert browser.post(f"/xa/to/{group.id}/in-ma", {"id": outsider.id}).status_code == 404


def test_only_the_communes_officer_lets_people_into_a_group(session, helped):
    volunteer, group, _ = helped
    friend = a_user(session)
    _, elsewhere = an_officer(session, ELSEWHERE)

    for actor in (actor_for(session, volunteer.id), elsewhere):
        with pytest.raises(NotFound):
            accounts.join_group(session, actor, group_id=group.id, user_id=friend.id)
        with pytest.raises(NotAllowed):
            accounts.make_group(session, actor, kind=GroupKind.OTHER, name="X", commune_code=HERE)


def test_a_volunteer_who_forgot_the_password_is_helped_by_two_officers(session, helped):
    volunteer, _, _ = helped
    volunteer.password_hash = "lost"
    (_, first), (_, second) = an_officer(session, HERE), an_officer(session, HERE)

    row = services.ask_recovery(session, first, user_id=volunteer.id, secret=b"s" * 32)
    services.agree_to_recovery(session, second, code_id=row.id)

    assert row.approved_by == second.user_id
