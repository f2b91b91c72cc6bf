"""Việc hôm nay of an official: what waits, gravest first, with the button that does it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from ocop.accounts.models import OneTimeCode
from ocop.accounts.rules import Role, ScopeKind
from ocop.accounts.services import notify
from ocop.db.base import today
from ocop.imports.rules import ImportState
from ocop.publishing.rules import State
from tests.browser_client import Browser, Page
from tests.factories import (
    a_delegation,
    a_grant,
    a_listing,
    a_producer,
    a_user,
    an_officer,
    an_operator,
    an_owner,
)
from tests.features.desk.commune import (
    ELSEWHERE,
    HERE,
    a_lot,
    a_paper,
    a_place,
    a_post,
    a_sheet,
    ago,
    one_of_everything,
)

HEADS = [
    "Lô đang thu hồi", "Bài đăng cần sửa", "Lô tạm ngừng bán", "Giấy tờ hết hạn, sắp hết hạn",
    "Hồ sơ chưa được trả lời", "Lời nhờ làm hộ sắp hết hạn", "Bảng Excel chờ xem", "Hồ sơ chưa gửi người đăng",
    "Người mất mật khẩu đang chờ", "Bản nháp đang chờ",
]  # fmt: skip


def _heads(page: Page) -> list[str]:
    return [h.select("span, a")[0].get_text() for h in page.html.select(".work > h2")]


def _rows(page: Page, kind: str) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.html.select(f"#{kind} .row-work")]


def test_every_kind_of_work_stands_there_once_gravest_first(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    producer = a_producer(session, name="HTX Đồng Trũng")
    one_of_everything(session, producer, a_place(session))
    a_delegation(session, producer, valid_to=today() + dt.timedelta(days=12))
    a_sheet(session)
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert page.heading == "Việc hôm nay"
    assert _heads(page) == HEADS
    assert [count.get_text() for count in page.html.select(".work-count")] == ["1"] * 10
    assert "HTX Đồng Trũng Lô MT-1 đang thu hồi từ" in _rows(page, "recalls")[0]
    assert (
        "Mắm tép đồng ủ thính gạo rang, hũ thủy tinh: Sàn Thanh Hóa trả lại bài."
        in _rows(page, "refusals")[0]
    )
    assert "Giấy an toàn thực phẩm (cả cơ sở) hết hạn" in _rows(page, "papers")[0]
    assert "Bánh gai: Sàn Thanh Hóa chưa trả lời 4 ngày." in _rows(page, "parcels")[0]
    assert "còn 12 ngày." in _rows(page, "help")[0]
    assert "co-so-xa.xlsx" in _rows(page, "imports")[0]
    assert "Nem chua: Tình nguyện viên mẫu đang soạn dở" in _rows(page, "drafts")[0]
    assert "Bà mẫu mất mật khẩu" in _rows(page, "recoveries")[0]


def test_helping_starts_with_the_button_and_lands_on_the_very_page(
    session: Session, browser: Browser
) -> None:
    user, _ = an_officer(session)
    producer = a_producer(session, name="HTX Đồng Trũng")
    a_delegation(session, producer)
    lot = a_lot(session, a_listing(session, producer), "MT-1", recalled_at=ago(days=2))
    session.commit()
    page = browser.sign_in(user).open("/xa/hom-nay")

    there = page.form("chon-co-so").submit("Làm hộ")

    assert there.path == f"/lo/{lot.id}"
    assert "HTX Đồng Trũng" in there.one(".acting").get_text()


def test_without_consent_the_button_leads_to_the_producer(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    producer = a_producer(session)
    one_of_everything(session, producer, a_place(session))
    session.commit()
    page = browser.sign_in(user).open("/xa/hom-nay")

    there = page.link("Xem cơ sở")

    assert not page.html.select("form[action='/chon-co-so']")
    assert there.path == f"/xa/co-so/{producer.id}"


def test_the_front_page_of_an_official_who_works_for_nobody_is_the_morning(
    session: Session, browser: Browser
) -> None:
    officer, _ = an_officer(session)
    operator, _ = an_operator(session)
    session.commit()

    assert browser.sign_in(officer).open("/").path == "/xa/hom-nay"
    assert browser.another().sign_in(operator).open("/").path == "/"


def test_while_helping_the_front_page_is_the_producer_s(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    producer = a_producer(session)
    a_delegation(session, producer)
    session.commit()

    page = browser.sign_in(user, producer.id).open("/")

    assert page.path == "/"
    assert producer.name in page.text


def test_only_the_own_commune_s_work_is_there(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    one_of_everything(
        session, a_producer(session, commune_code=ELSEWHERE, name="HTX nơi khác"), a_place(session)
    )
    a_sheet(session, ELSEWHERE)
    session.commit()
    browser.sign_in(user)

    page = browser.open("/xa/hom-nay")
    pressed = browser.open(f"/xa/hom-nay?xa={ELSEWHERE}")

    assert "Không có việc nào đang chờ" in page.text
    assert "HTX nơi khác" not in page.text + pressed.text


def test_a_province_reads_by_commune_and_starts_nothing(session: Session, browser: Browser) -> None:
    user = a_user(session, "Cán bộ tỉnh mẫu")
    a_grant(session, user, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")
    place = a_place(session)
    for commune, name in ((HERE, "HTX Một"), (ELSEWHERE, "HTX Hai")):
        a_post(
            session,
            a_listing(session, a_producer(session, commune_code=commune, name=name)),
            place,
            State.REJECTED,
        )
    a_sheet(session)
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")
    one_commune = page.link("Xã Hoạt Giang")

    assert "Tỉnh Thanh Hóa" in page.text
    assert [li.get_text(" ", strip=True) for li in page.html.select(".by-commune li")] == [
        "Xã Hà Trung 1",
        "Xã Hoạt Giang 1",
    ]
    assert not page.html.select("main form[method=post]")
    assert "HTX Một" in one_commune.text
    assert "HTX Hai" not in one_commune.text


def test_what_the_machine_tries_again_by_itself_is_nobody_s_work(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    producer = a_producer(session)
    place = a_place(session)
    trying, stuck, asked = (a_listing(session, producer, name=name) for name in ("Một", "Hai", "Ba"))
    a_post(session, trying, place, State.FAILED, wanted="publish", due_at=ago(minutes=1))
    a_post(session, stuck, place, State.FAILED)
    a_post(session, asked, place, State.NEEDS_UPDATE, clerk_task="update")
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert [row.split(":")[0].split()[-1] for row in _rows(page, "refusals")] == ["Hai"]


@pytest.mark.parametrize("days", [0, 2.9])
def test_a_parcel_is_left_alone_for_three_days(session: Session, browser: Browser, days: float) -> None:
    user, _ = an_officer(session)
    listing = a_listing(session, a_producer(session))
    a_post(session, listing, a_place(session), State.HANDED_OFF, handed_at=ago(days=days))
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert "Không có việc nào đang chờ" in page.text


def test_a_paper_that_ended_is_work_and_one_far_off_is_not(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    for days in (-3, 20, 300):
        a_paper(session, a_producer(session, name=f"HTX {days}"), days)
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert [row.split(" Giấy")[0] for row in _rows(page, "papers")] == ["HTX -3", "HTX 20"]
    assert "hết hạn từ" in _rows(page, "papers")[0]


def test_work_of_a_producer_that_closed_is_over(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    one_of_everything(session, a_producer(session, closed_on=today()), a_place(session))
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert "Không có việc nào đang chờ" in page.text


def test_a_sheet_that_is_still_being_read_asks_nothing(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    for state in (ImportState.SENT, ImportState.APPLIED, ImportState.DISCARDED):
        a_sheet(session, state=state)
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert "Bảng Excel chờ xem" not in page.text


def test_who_asked_for_a_new_password_is_not_asked_to_be_the_second_person(
    session: Session, browser: Browser
) -> None:
    user, _ = an_officer(session)
    lost = one_of_everything(session, a_producer(session), a_place(session))["lost"]
    asked = update(OneTimeCode).where(OneTimeCode.user_id == lost.id)
    session.execute(asked.values(issued_by=user.id))
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert "Người mất mật khẩu đang chờ" not in _heads(page)


def test_new_notices_are_announced(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    notify(session, code="help_ended_moved", user_id=user.id)
    session.commit()

    page = browser.sign_in(user).open("/xa/hom-nay")

    assert "1 thông báo mới." in page.text


def test_more_of_a_kind_than_fits_has_a_page_of_its_own(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    place = a_place(session)
    for number in range(23):
        listing = a_listing(session, a_producer(session, name=f"HTX {number:02}"))
        a_post(session, listing, place, State.REJECTED, state_since=ago(hours=number))
    session.commit()
    page = browser.sign_in(user).open("/xa/hom-nay")

    first = page.link("Xem cả 23 việc")
    second = first.link("Trang sau")

    assert len(page.html.select("#refusals .row-work")) == 3
    assert first.heading == "Bài đăng cần sửa"
    assert (len(first.html.select(".row-work")), len(second.html.select(".row-work"))) == (20, 3)
    assert first.html.select(".row-work b")[0].get_text() == "HTX 22"


def test_a_kind_there_is_not_is_not_found(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)

    assert browser.sign_in(user).raw("/xa/hom-nay?viec=khong-co").status_code == 404


def _queries_of(engine: Engine, browser: Browser, path: str) -> int:
    asked: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        browser.open(path)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(asked)


def test_forty_producers_cost_as_many_queries_as_one(
    session: Session, engine: Engine, browser: Browser
) -> None:
    user, _ = an_officer(session)
    place = a_place(session)
    one_of_everything(session, a_producer(session), place)
    session.commit()
    browser.sign_in(user)
    with_one = _queries_of(engine, browser, "/xa/hom-nay")
    for _ in range(39):
        producer = a_producer(
            session, name="Hợp tác xã sản xuất và dịch vụ nông nghiệp tổng hợp Đồng Trũng Hà"
        )
        one_of_everything(session, producer, place)
        a_delegation(session, producer)
        for number in range(7):
            a_post(session, a_listing(session, producer, name=f"Hàng {number}"), place, State.DRIFTED)
    session.commit()

    with_forty = _queries_of(engine, browser, "/xa/hom-nay")

    assert with_forty <= with_one + 2  # one kind more: delegations that end
    assert with_forty < 45


def test_an_owner_has_no_commune_desk(session: Session, browser: Browser) -> None:
    user, _, _ = an_owner(session)

    assert browser.sign_in(user).raw("/xa/hom-nay").status_code == 403
