"""Máy dùng chung: one PC at the commune's counter, several officers."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from sqlalchemy import select

from ocop.accounts import services
from ocop.accounts.models import SignIn, User
from ocop.accounts.rules import pin_problem
from ocop.accounts.services import passwords
from ocop.db.engine import open_session
from tests.factories import an_officer

MORNING = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
PASSWORD = "đi họp thôn sớm"


@pytest.fixture(scope="module")
def hashes():
    return passwords.hashed(PASSWORD), passwords.hashed("284917"), passwords.hashed("730264")


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as travel:
        yield travel


@pytest.fixture
def officers(session, hashes):
    """Two officers of one commune with PINs 284917 and 730264."""
    found = []
    for name, pin in (("Chị Lan mẫu", hashes[1]), ("Anh Tú mẫu", hashes[2])):
        user, _ = an_officer(session)
        user.name, user.password_hash, user.pin_hash = name, hashes[0], pin
        found.append(user)
    session.commit()
    return found


def come_in(browser, user):
    form = browser.open("/dang-nhap").form()
    form.fill(phone="0" + user.phone[3:], password=PASSWORD, shared_machine="y").submit("Đăng nhập")


def go_on(browser, name, pin, status=200):
    page = browser.open("/mo-khoa")
    row = next(form for form in page.html.select("form") if name in str(form))
    sent = {field["name"]: field.get("value", "") for field in row.select("input[name]")}
    return browser.post("/mo-khoa", {**sent, "pin": pin}, keys_at="/mo-khoa")


def test_two_officers_change_places_with_their_pins(browser, officers, clock):
    lan, tu = officers
    come_in(browser, lan)
    browser.open("/xa").form("/khoa-may").submit("Khóa máy, đổi người")
    come_in(browser, tu)
    browser.open("/xa").form("/khoa-may").submit("Khóa máy, đổi người")

    here = browser.open("/mo-khoa").text
    answer = go_on(browser, "Chị Lan mẫu", "284917")
    page = browser.open("/tai-khoan")

    assert "Chị Lan mẫu" in here and "Anh Tú mẫu" in here
    assert answer.status_code == 303
    assert "Chị Lan mẫu" in page.text and "Anh Tú mẫu" not in page.text


def test_the_lock_leaves_nothing_in_the_browser_and_the_old_cookie_opens_nothing(browser, officers, clock):
    come_in(browser, officers[0])
    old = browser.client.get_cookie("ocop").value
    locked = browser.post("/khoa-may", {"tiep": "/xa"}, keys_at="/xa")
    go_on(browser, "Chị Lan mẫu", "284917")

    other = browser.another()
    other.client.set_cookie("ocop", old)

    assert locked.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert locked.headers["Location"] == "/mo-khoa?tiep=/xa"
    assert other.raw("/xa").status_code == 303


def test_five_wrong_pins_ask_for_the_password(browser, officers, clock):
    come_in(browser, officers[0])
    browser.post("/khoa-may", {}, keys_at="/xa")

    said = [go_on(browser, "Chị Lan mẫu", "111222").get_data(as_text=True) for _ in range(4)]
    last = go_on(browser, "Chị Lan mẫu", "111222").get_data(as_text=True)
    after = browser.open("/mo-khoa").text

    assert [f"Còn thử được {left} lần" in text for left, text in zip((4, 3, 2, 1), said, strict=True)] == [
        True
    ] * 4
    assert "Đăng nhập lại bằng mật khẩu" in last
    assert "Chị Lan mẫu" not in after


def test_signing_in_several_times_gives_no_more_tries_at_the_pin(browser, officers, clock):
    for _ in range(3):
        come_in(browser, officers[0])
        browser.post("/khoa-may", {}, keys_at="/xa")
        clock.shift(dt.timedelta(minutes=1))
    for _ in range(5):
        go_on(browser, "Chị Lan mẫu", "111222")

    page = browser.open("/mo-khoa")

    assert "Chị Lan mẫu" not in page.text


def test_a_pin_opens_no_sign_in_of_another_machine_and_none_after_a_working_day(
    browser, officers, clock, session
):
    come_in(browser, officers[0])
    browser.post("/khoa-may", {}, keys_at="/xa")
    row = session.scalars(select(SignIn.token_hash)).one()
    session.commit()
    elsewhere = browser.another()
    come_in(elsewhere, officers[1])
    elsewhere.post("/khoa-may", {}, keys_at="/xa")
    stolen = elsewhere.post("/mo-khoa", {"sign_in": row, "pin": "284917"}, keys_at="/mo-khoa")
    clock.shift(dt.timedelta(hours=12, minutes=1))

    evening = browser.open("/mo-khoa").text

    assert stolen.status_code == 404
    assert "Chị Lan mẫu" not in evening


def test_the_working_day_runs_from_the_password_on_not_from_the_last_pin(browser, officers, clock):
    come_in(browser, officers[0])
    for _ in range(5):
        clock.shift(dt.timedelta(hours=2))
        go_on(browser, "Chị Lan mẫu", "284917")
    clock.shift(dt.timedelta(hours=2, minutes=1))

    assert "Chị Lan mẫu" not in browser.open("/mo-khoa").text


def test_setting_a_pin_needs_the_password_and_refuses_what_is_easily_guessed(
    browser, officers, session, engine, clock
):
    browser.sign_in(officers[0])
    before = session.get(User, officers[0].id).pin_hash

    easy = browser.open("/tai-khoan/ma-pin").form("/ma-pin").fill(pin="123456", old_password=PASSWORD)
    refused = easy.submit("Lưu mã PIN", status=422).text
    wrong = browser.open("/tai-khoan/ma-pin").form("/ma-pin").fill(pin="905172", old_password="không phải")
    wrong_said = wrong.submit("Lưu mã PIN", status=422).text
    good = browser.open("/tai-khoan/ma-pin").form("/ma-pin").fill(pin="905172", old_password=PASSWORD)
    good.submit("Lưu mã PIN")

    with open_session(engine, read_only=True) as fresh:
        after = fresh.get(User, officers[0].id).pin_hash
    assert "dễ đoán" in refused
    assert "chưa đúng" in wrong_said
    assert after != before and passwords.fits(after, "905172")


def test_on_ones_own_phone_there_is_no_lock(browser, officers, clock):
    form = browser.open("/dang-nhap").form()
    form.fill(phone="0" + officers[0].phone[3:], password=PASSWORD).submit("Đăng nhập")

    page = browser.open("/xa")
    browser.post("/khoa-may", {}, keys_at="/xa")

    assert "Khóa máy" not in page.text
    assert "/js/lock.js" not in str(page.html)
    assert browser.raw("/xa").status_code == 200


def test_a_person_without_pin_or_taken_out_of_use_is_not_let_in(browser, officers, clock, session):
    for user in officers:
        come_in(browser, user)
        browser.post("/khoa-may", {}, keys_at="/xa")
    lan, tu = (session.get(User, user.id) for user in officers)
    lan.pin_hash, tu.disabled_at = None, MORNING
    session.commit()

    page = browser.open("/mo-khoa")

    assert "Chưa có mã PIN" in page.text
    assert "Anh Tú mẫu" not in page.text
    assert not page.html.select("input[name=pin]")


def test_whoever_lost_the_grant_meanwhile_goes_on_without_the_producer(
    session, officers, config, engine, clock
):
    secret = b"k" * 32
    token = services.start_sign_in(
        session, user_id=officers[0].id, shared_machine=True, machine="m", secret=secret
    )
    row = session.get(SignIn, services.token_hash(secret, token))
    row.producer_id, row.expires_at = "khongcon0000", MORNING
    session.commit()

    user_id = services.check_pin(engine, sign_in=row.token_hash, pin="284917", machine="m", secret=secret)
    fresh = services.unlock(session, sign_in=row.token_hash, user_id=user_id, machine="m", secret=secret)

    assert session.get(SignIn, services.token_hash(secret, fresh)).producer_id is None


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("284917", None),
        ("12345", "pin_shape"),
        ("28491a", "pin_shape"),
        ("٢٨٤٩١٧", "pin_shape"),
        ("123456", "pin_simple"),
        ("987654", "pin_simple"),
        ("112233", "pin_simple"),
        ("345678", "pin_simple"),
        ("912345", "pin_simple"),
    ],
)
def test_a_pin_is_six_figures_nobody_tries_first(pin, problem):
    assert pin_problem(pin, "+84912345678") == problem


def test_the_page_left_open_is_opened_again_only_for_who_left_it(browser, officers, clock):
    for person in officers:
        come_in(browser, person)
        clock.shift(60)
        browser.open("/xa").form("/khoa-may").submit("Khóa máy, đổi người")

    page = browser.open("/mo-khoa?tiep=/xa/giay-to").html

    cards = page.select(".card")
    assert {card.h2.text.strip(): card.select_one("[name=tiep]")["value"] for card in cards} == {
        "Chị Lan mẫu": "/",
        "Anh Tú mẫu": "/xa/giay-to",
    }
    assert page.select('main a[href="/dang-nhap"]')
