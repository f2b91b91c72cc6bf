"""Signing in and out, as people and as attackers do it."""

from __future__ import annotations

import datetime as dt
import statistics
import time
import unicodedata

import pytest
import time_machine
from sqlalchemy import func, select, text

from ocop.accounts.models import SignIn, SignInAttempt
from ocop.accounts.services import passwords
from ocop.db.engine import open_session
from tests.factories import a_delegation, a_group, a_producer, a_user, an_owner

PASSWORD = "tép riu đồng trũng"


@pytest.fixture(scope="module")
def password_hash():
    return passwords.hashed(PASSWORD)


@pytest.fixture
def owner(session, password_hash):
    user, _, _ = an_owner(session)
    user.password_hash = password_hash
    session.commit()
    return user


def sign_in(browser, user, password=PASSWORD, *, status=200, **more):
    form = browser.open("/dang-nhap").form()
    return form.fill(phone="0" + user.phone[3:], password=password, **more).submit("Đăng nhập", status=status)


def test_the_right_phone_and_password_open_the_door_and_choose_the_only_own_producer(browser, owner, session):
    sign_in(browser, owner)

    row = session.scalars(select(SignIn)).one()
    assert row.user_id == owner.id
    assert row.producer_id is not None
    assert browser.raw("/co-so").status_code == 200


def test_a_password_typed_decomposed_on_an_iphone_is_the_same_password(browser, owner):
    sign_in(browser, owner, unicodedata.normalize("NFD", PASSWORD))

    assert browser.raw("/doi-mat-khau").status_code == 200


def test_a_wrong_password_says_how_many_tries_are_left(browser, owner):
    first = sign_in(browser, owner, "sai mật khẩu", status=422)
    second = sign_in(browser, owner, "sai mật khẩu", status=422)

    assert "Số điện thoại hoặc mật khẩu chưa đúng. Còn thử được 4 lần." in first.text
    assert "Còn thử được 3 lần." in second.text


def test_after_five_wrong_tries_even_the_right_password_waits_and_then_opens_again(browser, owner):
    with time_machine.travel(dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)) as clock:
        for _ in range(5):
            sign_in(browser, owner, "sai mật khẩu", status=422)
        locked = sign_in(browser, owner, status=422)
        clock.shift(dt.timedelta(minutes=16))
        opened = sign_in(browser, owner)

    assert "Thử lại sau 9:16." in locked.text
    assert opened.path == "/"


def test_twenty_wrong_tries_from_one_address_lock_it_for_every_phone(browser, owner):
    for number in range(20):
        form = browser.open("/dang-nhap").form()
        form.fill(phone=f"09010000{number:02}", password="sai mật khẩu").submit("Đăng nhập", status=422)

    locked = sign_in(browser, owner, status=422)

    assert "tạm khóa" in locked.text


def test_neither_phone_nor_address_is_stored_with_a_failed_try(browser, owner, session):
    sign_in(browser, owner, "sai mật khẩu", status=422)

    rows = session.execute(text("SELECT * FROM sign_in_attempt")).all()
    assert len(rows) == 2
    assert "127.0.0.1" not in str(rows)
    assert owner.phone[3:] not in str(rows)


def test_a_right_password_does_not_count_as_a_try(browser, owner, session):
    for _ in range(6):
        sign_in(browser.another(), owner)

    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


def test_an_unknown_phone_takes_as_long_and_looks_like_a_wrong_password(browser, owner):
    passwords.owners_of([], "warm")
    sentences, times = set(), {"known": [], "unknown": []}
    for number in range(3):
        for who, phone in (("known", owner.phone), ("unknown", f"+8490999999{number}")):
            started = time.process_time()
            found = passwords.owners_of([owner] if who == "known" else [], f"sai {number}")
            times[who].append(time.process_time() - started)
            form = browser.another().open("/dang-nhap").form()
            page = form.fill(phone=phone, password="sai").submit("Đăng nhập", status=422)
            sentences.add(page.one(".errors").get_text().split("Còn")[0])
            assert found == []

    assert len(sentences) == 1
    known, unknown = statistics.median(times["known"]), statistics.median(times["unknown"])
    assert (
        0.2 < known / unknown < 5
    )  # one argon2 each; without the dummy it would be thousands of times apart


def test_two_people_with_one_phone_are_told_apart_by_their_passwords(browser, owner, session):
    child = a_user(session, "Người con", phone=owner.phone)
    child.password_hash = passwords.hashed("mật khẩu của con")
    session.commit()

    sign_in(browser, owner, "mật khẩu của con")

    assert session.scalars(select(SignIn)).one().user_id == child.id


def test_an_old_cookie_replayed_after_signing_out_is_nobody(browser, owner):
    sign_in(browser, owner)
    page = browser.open("/doi-mat-khau")
    cookie = browser.client.get_cookie("ocop")
    page.form("dang-xuat").submit()

    thief = browser.another()
    thief.client.set_cookie("ocop", cookie.value)

    assert browser.raw("/doi-mat-khau").status_code == 303
    assert "/dang-nhap" in thief.raw("/doi-mat-khau").headers["Location"]


def test_the_database_holds_no_cookie(browser, owner, session):
    sign_in(browser, owner)
    cookie = browser.client.get_cookie("ocop").value

    row = session.scalars(select(SignIn)).one()

    assert len(cookie) >= 43
    assert cookie != row.token_hash
    assert len(row.token_hash) == 64


def test_a_sign_in_ends_by_itself_after_thirty_days(browser, owner):
    with time_machine.travel(dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)) as clock:
        browser.sign_in(owner)
        clock.shift(dt.timedelta(days=29))
        still = browser.raw("/doi-mat-khau").status_code
        clock.shift(dt.timedelta(days=2))
        after = browser.raw("/doi-mat-khau").status_code

    assert (still, after) == (200, 303)


def test_a_shared_machine_gets_a_session_cookie_and_locks_after_ten_idle_minutes(browser, owner):
    with time_machine.travel(dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)) as clock:
        sign_in(browser, owner, shared_machine="y")
        cookie = browser.client.get_cookie("ocop")
        clock.shift(dt.timedelta(minutes=7))
        browser.raw("/doi-mat-khau")
        clock.shift(dt.timedelta(minutes=7))
        busy = browser.raw("/doi-mat-khau").status_code
        clock.shift(dt.timedelta(minutes=11))
        idle = browser.raw("/doi-mat-khau")

    assert cookie.max_age is None and cookie.expires is None
    assert (busy, idle.status_code) == (200, 303)
    assert idle.headers["Location"] == "/mo-khoa?tiep=/doi-mat-khau"


def test_a_disabled_person_is_nobody_from_the_next_request_on(browser, owner, session):
    browser.sign_in(owner)
    session.get(type(owner), owner.id).disabled_at = dt.datetime.now(dt.UTC)
    session.commit()

    assert browser.raw("/doi-mat-khau").status_code == 303
    assert "chưa đúng" in sign_in(browser.another(), owner, status=422).text


@pytest.mark.parametrize("where", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_signing_in_never_leads_to_another_site(browser, owner, where):
    form = browser.open("/dang-nhap?tiep=" + where).form()
    form.values["tiep"] = [where]

    page = form.fill(phone=owner.phone, password=PASSWORD).submit("Đăng nhập", follow=False, status=303)

    assert page.response.headers["Location"] == "/"


def test_after_signing_in_one_is_where_one_wanted_to_go(browser, owner):
    form = browser.open("/doi-mat-khau").form()

    page = form.fill(phone=owner.phone, password=PASSWORD).submit("Đăng nhập")

    assert page.path == "/doi-mat-khau"


def test_a_form_without_the_sites_own_key_changes_nothing(browser, owner):
    answer = browser.client.post("/dang-nhap", data={"phone": owner.phone, "password": PASSWORD})

    assert answer.status_code == 400
    assert browser.client.get_cookie("ocop") is None


def test_a_new_sign_in_gets_a_new_cookie_and_ends_the_one_before(browser, owner, session):
    sign_in(browser, owner)
    first = browser.client.get_cookie("ocop").value
    sign_in(browser, owner)

    thief = browser.another()
    thief.client.set_cookie("ocop", first)

    assert browser.client.get_cookie("ocop").value != first
    assert thief.raw("/doi-mat-khau").status_code == 303


def test_changing_the_password_signs_out_every_other_machine(browser, owner):
    other = browser.another().sign_in(owner)
    sign_in(browser, owner)
    form = browser.open("/doi-mat-khau").form("doi-mat-khau")

    page = form.fill(old_password=PASSWORD, password="một câu mới dễ nhớ", again="một câu mới dễ nhớ").submit(
        "Đổi mật khẩu"
    )

    assert "Đã đổi mật khẩu" in page.text
    assert other.raw("/doi-mat-khau").status_code == 303
    assert browser.raw("/doi-mat-khau").status_code == 200
    assert "chưa đúng" in sign_in(browser.another(), owner, status=422).text


def test_the_present_password_is_asked_for_before_changing_it(browser, owner):
    browser.sign_in(owner)
    form = browser.open("/doi-mat-khau").form("doi-mat-khau")

    page = form.fill(old_password="sai", password="một câu mới dễ nhớ", again="một câu mới dễ nhớ").submit(
        "Đổi mật khẩu", status=422
    )

    assert "Mật khẩu đang dùng chưa đúng" in page.text


def test_a_grant_that_ran_out_or_was_revoked_gives_nothing_on_the_next_request(browser, session):
    helper, producer = a_user(session), a_producer(session)
    given = a_delegation(session, producer, a_group(session, helper))
    session.commit()
    browser.sign_in(helper, producer.id)
    before = browser.raw("/giay-to").status_code
    given.revoked_at = dt.datetime.now(dt.UTC)
    session.commit()

    after = browser.raw("/giay-to").status_code

    assert (before, after) == (200, 404)


def test_hashing_never_happens_inside_a_write_transaction(browser, owner, engine, monkeypatch):
    """While argon2 works, somebody else can write at once."""
    written = []
    really = passwords._hasher.verify

    class Watching:
        hash = passwords._hasher.hash

        def verify(self, *given):
            with open_session(engine) as other:
                other.execute(text("UPDATE install SET prefix = prefix"))
                other.commit()
            written.append(True)
            return really(*given)

    monkeypatch.setattr(passwords, "_hasher", Watching())
    sign_in(browser, owner)

    assert written == [True]
