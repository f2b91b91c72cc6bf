"""Thông báo: for a producer's people and for one person; seen only by pressing."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.models import Notice
from ocop.accounts.services import notify
from ocop.db.engine import open_session
from tests.browser_client import Browser
from tests.factories import a_delegation, a_producer, a_user, an_officer, an_owner


def _seen(engine: Engine) -> list[bool]:
    with open_session(engine, read_only=True) as session:
        return [notice.seen_at is not None for notice in session.query(Notice).order_by(Notice.created_at)]


def test_a_producer_s_home_counts_new_notices_and_leads_to_them(session: Session, browser: Browser) -> None:
    user, producer, _ = an_owner(session)
    notify(session, code="help_given_back", producer_id=producer.id, params={"who": "Cán bộ mẫu"})
    session.commit()

    page = browser.sign_in(user, producer.id).open("/").link("Xem thông báo")

    assert page.heading == "Thông báo"
    assert "Cán bộ mẫu" in page.one(".told-new").get_text()


def test_looking_does_not_mark_and_pressing_does(session: Session, engine: Engine, browser: Browser) -> None:
    user, producer, _ = an_owner(session)
    notify(session, code="help_ended_moved", producer_id=producer.id)
    notify(session, code="help_ended_moved", user_id=user.id)
    session.commit()
    page = browser.sign_in(user, producer.id).open("/thong-bao")
    looked = _seen(engine)

    after = page.form("da-xem").submit()

    assert looked == [False, False]
    assert _seen(engine) == [True, True]
    assert "Đã đánh dấu đã xem." in after.text
    assert not after.html.select(".told-new")
    assert len(after.html.select(".told li")) == 2
    assert "thông báo mới" not in browser.open("/").text


def test_a_helper_neither_reads_nor_ticks_off_what_the_producer_is_told(
    session: Session, engine: Engine, browser: Browser
) -> None:
    officer, _ = an_officer(session)
    producer = a_producer(session)
    a_delegation(session, producer)
    notify(session, code="help_ended_moved", producer_id=producer.id)
    session.commit()
    browser.sign_in(officer, producer.id)

    page = browser.open("/thong-bao")
    browser.post("/thong-bao/da-xem")

    assert "Chưa có thông báo" in page.text
    assert _seen(engine) == [False]


def test_nobody_marks_another_s_notice(session: Session, engine: Engine, browser: Browser) -> None:
    other = a_user(session)
    user, producer, _ = an_owner(session)
    notice = notify(session, code="help_ended_moved", user_id=other.id)
    theirs = notify(session, code="help_ended_moved", producer_id=a_producer(session).id)
    session.commit()

    browser.sign_in(user, producer.id).post("/thong-bao/da-xem", {"id": [notice.id, theirs.id]})

    assert _seen(engine) == [False, False]


def test_one_notice_can_be_marked_alone(session: Session, engine: Engine, browser: Browser) -> None:
    user, producer, _ = an_owner(session)
    first = notify(session, code="help_ended_moved", producer_id=producer.id)
    notify(session, code="help_ended_moved", producer_id=producer.id)
    session.commit()

    browser.sign_in(user, producer.id).post("/thong-bao/da-xem", {"id": first.id})

    assert sorted(_seen(engine)) == [False, True]


def test_a_notice_leads_only_to_pages_of_this_site(session: Session, browser: Browser) -> None:
    user, producer, _ = an_owner(session)
    notify(session, code="help_ended_moved", producer_id=producer.id, href="/nguoi-cung-dung")
    notify(session, code="help_ended_moved", producer_id=producer.id, href="https://vi-du.example/")
    session.commit()

    page = browser.sign_in(user, producer.id).open("/thong-bao")

    assert sorted(a["href"] for a in page.html.select(".told a")) == ["/", "/nguoi-cung-dung"]


def test_notices_are_paged(session: Session, browser: Browser) -> None:
    user, producer, _ = an_owner(session)
    for _ in range(27):
        notify(session, code="help_ended_moved", producer_id=producer.id)
    session.commit()

    page = browser.sign_in(user, producer.id).open("/thong-bao")

    assert len(page.html.select(".told li")) == 25
    assert len(page.link("Trang sau").html.select(".told li")) == 2
