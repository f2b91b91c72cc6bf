"""The first sign-in with a code from paper, by link and by typing."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from sqlalchemy import func, select, text

from ocop.accounts import services
from ocop.accounts.models import OneTimeCode, User
from ocop.accounts.rules import shown_code
from ocop.accounts.services import passwords
from ocop.db.actor import SYSTEM, Actor, NotAllowed, NotFound
from ocop.db.errors import Refused
from tests.factories import a_user, an_operator, an_owner

NEW = "một câu riêng dễ nhớ"


@pytest.fixture
def secret(app):
    return app.extensions["ocop.secrets"].session


@pytest.fixture
def person(session):
    user = a_user(session, "Người mới", phone="+84912000111")
    session.commit()
    return user


@pytest.fixture
def code(session, person, secret):
    code = services.issue_first_code(session, SYSTEM, user_id=person.id, secret=secret)
    session.commit()
    return code


def use(browser, phone, code, password=NEW, *, status=200, again=None):
    form = browser.open("/lan-dau").form()
    form.fill(phone=phone, code=code, password=password, again=again or password)
    return form.submit("Đặt mật khẩu", status=status)


def test_the_code_from_paper_sets_a_password_and_signs_in(browser, code):
    page = use(browser, "0912 000 111", shown_code(code))

    assert page.path == "/"
    assert browser.raw("/doi-mat-khau").status_code == 200


def test_spaces_dashes_and_small_letters_are_the_same_code(browser, code):
    typed = " ".join(code.lower()[i : i + 2] for i in range(0, 8, 2))

    page = use(browser, "0912000111", typed)

    assert page.path == "/"


def test_a_code_opens_only_with_its_own_phone(browser, code):
    page = use(browser, "0912000112", code, status=422)

    assert "Mã hoặc số điện thoại chưa đúng" in page.text


def test_opening_the_link_uses_nothing_up_and_tells_nothing(browser, code, session):
    right = browser.open(f"/lan-dau/{code}")
    wrong = browser.open("/lan-dau/00000000")

    assert session.scalars(select(OneTimeCode)).one().used_at is None
    assert right.text == wrong.text
    assert right.response.headers["Referrer-Policy"] == "no-referrer"


def test_the_link_needs_no_phone_number(browser, code):
    form = browser.open(f"/lan-dau/{shown_code(code)}").form()

    page = form.fill(password=NEW, again=NEW).submit("Đặt mật khẩu")

    assert page.path == "/"
    assert browser.raw("/doi-mat-khau").status_code == 200


def test_a_used_code_is_worth_nothing(browser, code):
    use(browser, "0912000111", code)

    page = use(browser.another(), "0912000111", code, "một câu khác hẳn", status=422)

    assert "chưa đúng" in page.text


def test_a_code_dies_after_seven_days(session, person, secret, browser):
    with time_machine.travel(dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)) as clock:
        code = services.issue_first_code(session, SYSTEM, user_id=person.id, secret=secret)
        session.commit()
        clock.shift(dt.timedelta(days=7, minutes=1))
        page = use(browser, "0912000111", code, status=422)

    assert "hết hạn" in page.text


def test_a_new_code_ends_the_one_before(session, person, secret, code, browser):
    newer = services.issue_first_code(session, SYSTEM, user_id=person.id, secret=secret)
    session.commit()

    old = use(browser, "0912000111", code, status=422)
    new = use(browser, "0912000111", newer)

    assert "chưa đúng" in old.text
    assert new.path == "/"


def test_five_wrong_codes_lock_the_phone_even_for_the_right_one(browser, code):
    for number in range(5):
        page = use(browser, "0912000111", f"AAAA000{number}", status=422)

    locked = use(browser, "0912000111", code, status=422)

    assert "tạm khóa" in page.text
    assert "tạm khóa" in locked.text


def test_of_twenty_who_use_one_code_at_once_exactly_one_wins(engine, app, code, session, secret):
    answers, barrier = [], threading.Barrier(20)

    def race(number):
        barrier.wait()
        try:
            opened = services.check_code(
                engine,
                phone="+84912000111",
                code=code,
                password=f"một câu riêng số {number}",
                address=f"203.0.113.{number}",
                secret=secret,
            )
            with type(session)(engine, expire_on_commit=False) as own:
                services.use_code(own, opened)
                own.commit()
            answers.append("won")
        except Refused as refusal:
            answers.append(refusal.code)

    racers = [threading.Thread(target=race, args=(number,)) for number in range(20)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert len(answers) == 20
    assert answers.count("won") == 1
    assert set(answers) <= {"won", "code_used", "code_wrong", "sign_in_locked"}


def test_one_form_sent_twice_sets_the_password_once(browser, code, session):
    form = browser.open("/lan-dau").form().fill(phone="0912000111", code=code, password=NEW, again=NEW)
    page = form.submit("Đặt mật khẩu", follow=False, status=303)

    used = session.scalars(select(OneTimeCode)).one()
    assert page.response.headers["Location"] == "/chao-mung"
    assert used.used_at is not None


def test_two_different_passwords_use_nothing_up(browser, code, session):
    page = use(browser, "0912000111", code, again="khác hẳn câu kia", status=422)

    assert "Hai lần gõ chưa giống nhau" in page.text
    assert session.scalars(select(OneTimeCode)).one().used_at is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("ngắn", "ngắn quá"),
        ("aaaaaaaaaa", "lặp lại"),
        ("12345678", "dễ bị đoán"),
        ("0912000111", "dễ bị đoán"),
        ("Mật khẩu 123", "dễ bị đoán"),
    ],
)
def test_a_weak_password_is_refused_and_the_code_stays_good(browser, code, password, says):
    page = use(browser, "0912000111", code, password, status=422)
    again = use(browser, "0912000111", code)

    assert says in page.text
    assert again.path == "/"


def test_a_password_somebody_with_the_same_phone_has_is_refused(browser, code, session):
    mother = a_user(session, "Người mẹ", phone="+84912000111")
    mother.password_hash = passwords.hashed(NEW)
    session.commit()

    page = use(browser, "0912000111", code, status=422)

    assert "Chọn mật khẩu khác" in page.text


def test_long_passwords_with_marks_are_not_cut(browser, code):
    long = "đồng trũng ven sông nhiều rong, con tép riu ở đó nhỏ mà béo, muối với thính gạo rang thơm lừng"
    use(browser, "0912000111", code, long)
    other = browser.another()

    wrong = other.open("/dang-nhap").form().fill(phone="0912000111", password=long[:80])
    right = other.open("/dang-nhap").form().fill(phone="0912000111", password=long)

    assert "chưa đúng" in wrong.submit("Đăng nhập", status=422).text
    assert right.submit("Đăng nhập").path == "/"


def test_neither_code_nor_link_lies_in_the_database(code, session):
    rows = str(session.execute(text("SELECT * FROM one_time_code")).all())
    audit = str(session.execute(text("SELECT * FROM audit_entry")).all())

    assert code not in rows + audit


def test_nobody_gets_a_first_code_for_somebody_who_has_a_password(session, person, secret):
    person.password_hash = "set"
    session.commit()

    with pytest.raises(Refused) as refused:
        services.issue_first_code(session, SYSTEM, user_id=person.id, secret=secret)

    assert refused.value.code == "code_has_password"


def test_an_owner_gets_no_code_for_a_person_of_another_house(session, secret):
    _, _, owner = an_owner(session)
    stranger, _, _ = an_owner(session)

    with pytest.raises(NotFound):
        services.issue_first_code(session, owner, user_id=stranger.id, secret=secret)


def test_the_first_operator_of_an_empty_install_signs_in_with_the_printed_code(browser, session, secret):
    code = services.first_operator(session, name="Người vận hành", phone="+84912000222", secret=secret)
    session.commit()

    use(browser, "0912000222", code)

    assert browser.raw("/van-hanh").status_code == 200


def test_a_lost_first_link_is_replaced_for_the_same_person_until_there_is_a_password(
    browser, session, secret
):
    lost = services.first_operator(session, name="Người vận hành", phone="+84912000222", secret=secret)
    code = services.first_operator(session, name="Người vận hành", phone="+84912000222", secret=secret)
    session.commit()

    use(browser, "0912000222", code)
    session.expire_all()
    with pytest.raises(Refused) as refused:
        services.first_operator(session, name="Người vận hành", phone="+84912000222", secret=secret)

    assert lost != code
    assert browser.raw("/van-hanh").status_code == 200
    assert refused.value.code == "operator_exists"
    assert session.scalar(select(func.count(User.id))) == 1


def test_a_first_operator_made_without_a_phone_is_asked_for_one_and_can_come_back(browser, session, secret):
    code = services.first_operator(session, name="Người vận hành", phone="", secret=secret)
    session.commit()

    page = browser.open(f"/lan-dau/{code}").form().fill(password=NEW, again=NEW).submit("Đặt mật khẩu")
    asked = page.path
    page.form("tai-khoan").fill(phone="0912000666", old_password=NEW).submit("Lưu tài khoản")
    back = (
        browser.another().open("/dang-nhap").form().fill(phone="0912000666", password=NEW).submit("Đăng nhập")
    )

    assert asked == "/tai-khoan"
    assert back.path == "/"


def test_a_phone_of_somebody_with_the_same_password_is_refused(browser, session, secret, person, code):
    mother = a_user(session, "Người mẹ", phone="+84912000777")
    mother.password_hash = passwords.hashed(NEW)
    session.commit()
    use(browser, "0912000111", code)

    page = browser.open("/tai-khoan").form("tai-khoan").fill(phone="0912000777", old_password=NEW)

    assert "cùng mật khẩu" in page.submit("Lưu tài khoản", status=422).text


def test_there_is_no_second_first_operator(session, secret):
    user, _ = an_operator(session)
    user.password_hash = passwords.hashed(NEW)

    with pytest.raises(Refused) as refused:
        services.first_operator(session, name="Kẻ lạ", phone="+84912000333", secret=secret)

    assert refused.value.code == "operator_exists"


def test_a_sixth_person_on_one_phone_is_refused(session):
    for number in range(5):
        services.create_user(session, SYSTEM, name=f"Người {number}", phone="+84912000444")

    with pytest.raises(Refused) as refused:
        services.create_user(session, SYSTEM, name="Người thứ sáu", phone="+84912000444")

    assert refused.value.code == "phone_full"
    assert len(session.scalars(select(User).where(User.phone == "+84912000444")).all()) == 5


def test_nobody_without_an_office_makes_users(session):
    with pytest.raises(NotAllowed):
        services.create_user(session, Actor(user_id="x", name="Ai đó"), name="A", phone="+84912000555")


def test_a_first_operator_who_left_without_a_phone_is_let_in_by_a_new_code(browser, session, secret):
    code = services.first_operator(session, name="Người vận hành", phone="", secret=secret)
    session.commit()
    browser.open(f"/lan-dau/{code}").form().fill(
        password="mat-khau-dau-tien", again="mat-khau-dau-tien"
    ).submit()

    again = services.first_operator(session, name="Người vận hành", phone="", secret=secret)
    session.commit()

    assert again != code
    assert browser.another().raw(f"/lan-dau/{again}").status_code == 200
