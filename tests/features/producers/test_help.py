"""Nhờ làm hộ from the producer's side: asking the office or a village group, reading out a code, ending it."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from sqlalchemy import select

from ocop.accounts import services as accounts
from ocop.accounts.models import Delegation, DelegationOffer, Notice
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle, HelperKind, Role, ScopeKind, longest_help, shown_code
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused
from ocop.producers import services
from tests.factories import a_delegation, a_grant, a_group, a_photo, a_user
from tests.features.producers.made import an_officer, an_operator, an_owner

HERE, ELSEWHERE = "15286", "15349"


@pytest.fixture
def owner(session):
    return an_owner(session, commune_code=HERE)


@pytest.fixture
def secret(app):
    return app.extensions["ocop.secrets"].session


def delegations(session):
    session.expire_all()
    found = session.scalars(select(Delegation).order_by(Delegation.created_at)).all()
    session.commit()
    return found


def notices(session, producer):
    found = session.scalars(select(Notice).where(Notice.producer_id == producer.id)).all()
    session.commit()
    return [notice.code for notice in found]


def ask(browser, button="Nhờ làm hộ", **answers):
    form = browser.open("/nguoi-cung-dung/nho-lam-ho").form("nho-lam-ho")
    return form.fill(**{"helper": "office", "bundle": "write", **answers}).submit(button)


def code_of(session, secret):
    offer = session.scalars(select(DelegationOffer)).one()
    session.commit()
    return shown_code(accounts.offer_code(offer, secret))


def test_the_office_is_asked_and_whoever_holds_it_may_help_at_once(browser, owner, session):
    officer, _ = an_officer(session, HERE)
    browser.sign_in(owner[0])

    page = ask(browser, bundle="publish")

    (given,) = delegations(session)
    assert (given.helper_kind, given.helper_id, given.bundle) == (HelperKind.OFFICE, HERE, Bundle.PUBLISH)
    assert "Tôi nhờ UBND xã Hoạt Giang soạn, chụp ảnh, ghi nhật ký" in given.words
    assert "☒ đăng bán" in given.words and "☒ in tem" in given.words
    assert (
        "UBND xã Hoạt Giang" in page.text and officer.name in page.text and "soạn và đăng giúp" in page.text
    )
    assert actor_for(session, officer.id, owner[1].id).may("publish")


def test_a_village_group_of_the_commune_is_asked_and_none_of_another(browser, owner, session):
    volunteer = a_user(session, "Bà trong tổ")
    group = a_group(session, volunteer, name="Tổ công nghệ số thôn Mẫu 1")
    other = a_group(session, commune_code=ELSEWHERE, name="Tổ xã khác")
    session.commit()
    browser.sign_in(owner[0])

    form = browser.open("/nguoi-cung-dung/nho-lam-ho")
    page = ask(browser, helper=group.id)
    answer = browser.post(
        "/nguoi-cung-dung/nho-lam-ho",
        {"helper": other.id, "bundle": "write", "valid_to": f"{today():%d/%m/%Y}"},
    )

    assert "Tổ xã khác" not in form.text
    assert "Bà trong tổ" in page.text
    assert answer.status_code == 422
    assert [given.helper_id for given in delegations(session)] == [group.id]


def test_help_ends_within_twelve_months(browser, owner, session):
    browser.sign_in(owner[0])
    form = (
        browser.open("/nguoi-cung-dung/nho-lam-ho").form("nho-lam-ho").fill(helper="office", bundle="write")
    )
    too_late = today() + dt.timedelta(days=400)

    page = form.fill(valid_to=too_late.strftime("%d/%m/%Y")).submit("Nhờ làm hộ", status=422)

    assert "nhiều nhất 12 tháng" in page.text.lower()
    assert delegations(session) == []


def test_ending_help_is_one_tap_and_counts_on_the_next_request(browser, owner, session):
    officer, _ = an_officer(session, HERE)
    a_delegation(session, owner[1], HERE)
    session.commit()
    browser.sign_in(owner[0])
    helping = browser.another().sign_in(officer, owner[1].id)
    before = helping.raw("/giay-to").status_code

    page = browser.open("/nguoi-cung-dung").form("thoi-nho").submit("Thôi nhờ")

    assert "Đã thôi nhờ" in page.text and "Chưa nhờ ai." in page.text
    assert (before, helping.raw("/giay-to").status_code) == (200, 404)
    assert "đã thôi nhờ" in helping.open("/giay-to", status=404).text


def test_one_tap_ends_what_two_people_wrote_down_at_the_same_moment(browser, owner, session):
    officer, _ = an_officer(session, HERE)
    for _ in range(2):
        a_delegation(session, owner[1], HERE)
    session.commit()
    browser.sign_in(owner[0])

    browser.open("/nguoi-cung-dung").form("thoi-nho").submit("Thôi nhờ")

    assert {given.ended_why for given in delegations(session)} == {"revoked"}
    assert actor_for(session, officer.id, owner[1].id).producer_id is None


def test_the_same_help_is_renewed_for_a_year_with_one_tap(browser, owner, session):
    old = a_delegation(session, owner[1], HERE, Bundle.WRITE, words="lần trước")
    session.commit()
    browser.sign_in(owner[0])

    browser.open("/nguoi-cung-dung").form("gia-han").submit("Gia hạn 12 tháng")

    before, after = delegations(session)
    assert (before.id, before.ended_why) == (old.id, "replaced")
    assert (after.bundle, after.valid_to) == (Bundle.WRITE, longest_help(today()))
    assert f"{after.valid_to:%d/%m/%Y}" in after.words


def test_the_band_says_for_whom_and_by_which_right(browser, owner, session):
    officer, _ = an_officer(session, HERE)
    given = a_delegation(session, owner[1], HERE, Bundle.PUBLISH)
    session.commit()

    page = browser.sign_in(officer, owner[1].id).open("/giay-to")

    band = page.one(".acting").get_text(" ", strip=True)
    assert "Đang làm hộ: " in band and owner[1].name in band
    assert f"theo phiếu đến {given.valid_to:%d/%m/%Y}, soạn và đăng giúp" in band


def test_the_owner_sees_the_picture_of_what_was_signed_and_no_other_owner_does(
    browser, owner, session, config
):
    picture = a_photo(session, owner[1], config.media_dir, public=False)
    a_delegation(session, owner[1], HERE, given_how="paper", media_id=picture.id)
    stranger, _, _ = an_owner(session)
    session.commit()
    browser.sign_in(owner[0])

    shown = browser.open("/nguoi-cung-dung")
    link = str(shown.one("a[href*=anh-rieng]")["href"])

    assert "Xem ảnh phiếu" in shown.text
    assert browser.raw(link).status_code == 200
    assert browser.another().sign_in(stranger).raw(link).status_code == 404


def test_nobody_acting_for_a_producer_asks_connects_or_lets_people_in(browser, owner, session):
    officer, _ = an_officer(session, HERE)
    given = a_delegation(session, owner[1], HERE, Bundle.PUBLISH)
    session.commit()
    helping = browser.sign_in(officer, owner[1].id)
    actor = actor_for(session, officer.id, owner[1].id)
    session.commit()

    doors = ["", "/them", "/nho-lam-ho"]
    statuses = {helping.raw(f"/nguoi-cung-dung{door}").status_code for door in doors}
    statuses.add(helping.post("/nguoi-cung-dung/gia-han", {"id": given.id}).status_code)
    statuses.add(helping.post("/nguoi-cung-dung/thoi-nho", {"id": given.id}).status_code)

    assert statuses == {403}
    assert not actor.rights & {"grant.give", "channel.connect"}
    with pytest.raises(NotAllowed):
        services.ask_for_help(session, actor, helper_key="office", bundle=Bundle.PUBLISH, valid_to=today())


# The code that is read out.


def test_a_code_read_out_makes_the_delegation_and_is_gone(browser, owner, session, secret):
    officer, _ = an_officer(session, HERE)
    shown = ask(browser.sign_in(owner[0]), "Lấy mã để đọc", bundle="publish")
    code = shown.one(".stamp-code").get_text(strip=True)
    again = browser.open("/nguoi-cung-dung").link("Xem mã để đọc")
    desk = browser.another().sign_in(officer)

    page = desk.open("/lam-ho/ma").form("lam-ho/ma").fill(code=code.lower()).submit("Ghi mã")

    (given,) = delegations(session)
    assert again.one(".stamp-code").get_text(strip=True) == code == code_of(session, secret)
    assert (given.given_how, given.given_by, given.recorded_by) == ("code", owner[0].id, officer.id)
    assert given.bundle is Bundle.PUBLISH
    assert owner[1].name in page.text
    session.commit()
    assert desk.post("/lam-ho/ma", {"code": code}).status_code == 422
    assert browser.raw(shown.path).status_code == 404
    assert "Xem mã" not in browser.open("/nguoi-cung-dung").text


def test_before_the_code_is_typed_nobody_can_help(browser, owner, session):
    officer, _ = an_officer(session, HERE)

    ask(browser.sign_in(owner[0]), "Lấy mã để đọc")

    assert delegations(session) == []
    assert actor_for(session, officer.id, owner[1].id).producer_id is None


def test_wrong_codes_are_counted_and_after_five_the_door_is_shut_for_a_while(browser, owner, session, secret):
    officer, _ = an_officer(session, HERE)
    ask(browser.sign_in(owner[0]), "Lấy mã để đọc")
    code = code_of(session, secret)
    desk = browser.another().sign_in(officer)

    wrong = [desk.post("/lam-ho/ma", {"code": f"ABCD-EFG{n}"}).text for n in range(5)]
    locked = desk.post("/lam-ho/ma", {"code": code})

    assert "Còn thử được 4 lần" in wrong[0] and "tạm khóa" in wrong[4]
    assert locked.status_code == 422 and "tạm khóa" in locked.text
    assert delegations(session) == []


def test_a_code_lives_a_day(browser, owner, session, secret):
    officer, _ = an_officer(session, HERE)
    ask(browser.sign_in(owner[0]), "Lấy mã để đọc")
    code = code_of(session, secret)

    with time_machine.travel(utcnow() + dt.timedelta(hours=24, minutes=1)):
        answer = browser.another().sign_in(officer).post("/lam-ho/ma", {"code": code})

    assert answer.status_code == 422
    assert delegations(session) == []


@pytest.mark.parametrize("who", ["officer elsewhere", "another group", "volunteer for the office"])
def test_a_code_is_of_no_use_to_anybody_it_is_not_meant_for(browser, owner, session, secret, who):
    stranger = a_user(session)
    if who == "officer elsewhere":
        a_grant(session, stranger, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, ELSEWHERE)
    else:
        a_group(session, stranger)
    meant = a_group(session, name="Tổ được nhờ").id if who == "another group" else "office"
    session.commit()
    ask(browser.sign_in(owner[0]), "Lấy mã để đọc", helper=meant)
    code = code_of(session, secret)

    answer = browser.another().sign_in(stranger).post("/lam-ho/ma", {"code": code})

    assert answer.status_code == 422 and "Mã chưa đúng" in answer.text
    assert delegations(session) == []


@pytest.mark.parametrize("what", ["dropped", "a new one", "help ended", "owner left", "moved"])
def test_a_code_that_speaks_for_the_producer_no_longer_works_no_longer(browser, owner, session, secret, what):
    officer, _ = an_officer(session, HERE)
    _, operator = an_operator(session)
    shown = ask(browser.sign_in(owner[0]), "Lấy mã để đọc")
    code = shown.one(".stamp-code").get_text(strip=True)
    if what == "dropped":
        shown.form("/bo").submit("Bỏ mã này")
    elif what == "a new one":
        ask(browser, "Lấy mã để đọc")
    elif what == "help ended":
        ask(browser)
        browser.open("/nguoi-cung-dung").form("thoi-nho").submit("Thôi nhờ")
    elif what == "owner left":
        a_grant(session, a_user(session), Role.PRODUCER_OWNER, ScopeKind.PRODUCER, owner[1].id)
        mine = owner[0].grants[0].id
        accounts.revoke_grant(session, operator, grant_id=mine)
        session.commit()
    else:
        services.move_producer(
            session, operator, producer_id=owner[1].id, commune_code=ELSEWHERE, hamlet="thôn mới"
        )
        session.commit()

    answer = browser.another().sign_in(officer).post("/lam-ho/ma", {"code": code})

    assert answer.status_code == 422
    assert actor_for(session, officer.id, owner[1].id).producer_id is None


def test_of_twenty_who_type_one_code_at_once_exactly_one_makes_the_delegation(
    browser, owner, session, secret
):
    officers = [an_officer(session, HERE)[0] for _ in range(20)]
    ask(browser.sign_in(owner[0]), "Lấy mã để đọc")
    code = code_of(session, secret)
    desks = [browser.another().sign_in(officer) for officer in officers]
    forms = [{**desk.keys(), "code": code} for desk in desks]
    answers, barrier = [], threading.Barrier(20)

    def race(desk, form):
        barrier.wait()
        answers.append(desk.client.post("/lam-ho/ma", data=form).status_code)

    racers = [threading.Thread(target=race, args=pair) for pair in zip(desks, forms, strict=True)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert len(answers) == 20 and answers.count(303) == 1 and set(answers) == {303, 422}
    assert len(delegations(session)) == 1


def test_an_offer_is_made_by_the_owner_alone(session, owner):
    officer, _ = an_officer(session, HERE)
    a_delegation(session, owner[1], HERE)
    actor = actor_for(session, officer.id, owner[1].id)

    with pytest.raises(NotAllowed):
        accounts.offer_help(
            session, actor, helper_kind=HelperKind.OFFICE, helper_id=HERE, bundle=Bundle.PUBLISH,
            valid_to=today(), secret=b"s" * 32,
        )  # fmt: skip


# Who sits there changes; the producer is told.


def test_a_successor_inherits_and_the_producer_is_told(session, owner):
    _, operator = an_operator(session)
    a_delegation(session, owner[1], HERE)
    _, unasked, _ = an_owner(session, commune_code=HERE)

    code = services.add_official(
        session, operator, name="Cán bộ mới", phone="+84912000777", role=Role.COMMUNE_OFFICER, scope_id=HERE,
        secret=b"s" * 32,
    )  # fmt: skip

    assert actor_for(session, code.user_id, owner[1].id).on_behalf
    assert notices(session, owner[1]) == ["help_new_person"]
    assert notices(session, unasked) == []


def test_an_officer_who_leaves_loses_the_help_and_the_producer_is_told(session, owner):
    officer, _ = an_officer(session, HERE)
    _, operator = an_operator(session)
    a_delegation(session, owner[1], HERE)

    accounts.revoke_grant(session, operator, grant_id=officer.grants[0].id)

    assert actor_for(session, officer.id, owner[1].id).producer_id is None
    assert notices(session, owner[1]) == ["help_person_left"]


def test_an_officer_who_is_locked_out_and_let_in_again_is_told_of_both_times(session, owner):
    officer, _ = an_officer(session, HERE)
    _, operator = an_operator(session)
    a_delegation(session, owner[1], HERE)

    accounts.disable_user(session, operator, user_id=officer.id)
    accounts.enable_user(session, operator, user_id=officer.id)

    assert notices(session, owner[1]) == ["help_person_left", "help_new_person"]


def test_help_dies_when_the_producer_moves(browser, session, owner):
    officer, actor = an_officer(session, HERE)
    a_delegation(session, owner[1], HERE)
    session.commit()
    helping = browser.sign_in(officer, owner[1].id)
    before = helping.raw("/giay-to").status_code

    services.move_producer(session, actor, producer_id=owner[1].id, commune_code=ELSEWHERE, hamlet="")
    session.commit()

    assert (before, helping.raw("/giay-to").status_code) == (200, 404)
    assert delegations(session)[0].ended_why == "moved"
    assert notices(session, owner[1]) == ["help_ended_moved"]


def test_help_that_ran_out_yesterday_counts_no_more(session, owner):
    officer, day = a_user(session), dt.timedelta(days=1)
    a_grant(session, officer, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, HERE, valid_from=today() - 9 * day)
    a_delegation(session, owner[1], HERE, valid_from=today() - 9 * day, valid_to=today() - day)

    assert actor_for(session, officer.id, owner[1].id).producer_id is None
    assert actor_for(session, officer.id, owner[1].id, today() - day).on_behalf


def test_the_helper_may_write_down_that_a_producer_wants_no_help_any_more(browser, owner, session):
    officer, _ = an_officer(session, HERE)
    a_delegation(session, owner[1], HERE)
    session.commit()
    desk = browser.sign_in(officer)

    page = desk.open(f"/xa/co-so/{owner[1].id}").form("lam-ho/thoi").submit("Thôi nhờ")

    assert "Đã thôi nhờ" in page.text
    assert delegations(session)[0].ended_why == "revoked"
    assert notices(session, owner[1]) == ["help_given_back"]


def test_nobody_else_ends_it(session, owner):
    _, elsewhere = an_officer(session, ELSEWHERE)
    _, _, other = an_owner(session)
    given = a_delegation(session, owner[1], HERE)

    for actor in (elsewhere, other):
        with pytest.raises(NotFound):
            accounts.end_delegation(session, actor, delegation_id=given.id)


def test_help_asked_of_a_person_before_is_ended_and_never_renewed(browser, owner, session):
    helper = a_user(session, "Ông giúp từ trước")
    given = a_delegation(session, owner[1], HERE, given_how="before")
    given.helper_kind, given.helper_id = HelperKind.PERSON, helper.id
    session.commit()
    browser.sign_in(owner[0])

    page = browser.open("/nguoi-cung-dung")
    answer = browser.post("/nguoi-cung-dung/gia-han", {"id": given.id})

    assert "Ông giúp từ trước" in page.text and "theo phiếu cũ" in page.text.lower()
    assert not page.html.select("form[action*=gia-han]")
    assert answer.status_code == 404
    with pytest.raises(NotAllowed):
        accounts.delegate(
            session, owner[2], producer_id=owner[1].id, helper_kind=HelperKind.PERSON, helper_id=helper.id,
            bundle=Bundle.WRITE, valid_to=today(),
        )  # fmt: skip


def test_an_unknown_helper_is_refused_by_the_service_too(session, owner):
    with pytest.raises(Refused, match="field_choice"):
        services.ask_for_help(session, owner[2], helper_key="x", bundle=Bundle.WRITE, valid_to=today())
