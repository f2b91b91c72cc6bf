"""Doanh thu: stated by the producer, or written down by whoever it asked for help."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, User
from ocop.accounts.rules import Bundle, Role, ScopeKind
from ocop.db.actor import NotFound
from ocop.db.audit import AuditEntry
from ocop.db.base import today, utcnow
from ocop.reports import services
from ocop.reports.models import Revenue
from ocop.reports.rules.periods import last_months
from tests.browser_client import Browser
from tests.factories import a_delegation, a_grant, a_group, a_producer, a_user, an_officer, an_owner


def this_month() -> dt.date:
    return last_months(today(), 1)[0]


def field(month: dt.date) -> str:
    return f"thang-{month:%Y-%m}"


def stated(session: Session) -> dict[tuple[str, dt.date], int]:
    session.expire_all()
    return {(row.producer_id, row.month): row.amount_vnd for row in session.scalars(select(Revenue))}


def test_a_producer_states_one_figure_a_month_and_may_change_it(browser: Browser, session: Session) -> None:
    user, producer, _ = an_owner(session)
    month = this_month()
    browser.sign_in(user, producer.id).open("/doanh-thu").form().fill(
        **{field(month): "12.500.000 đ"}
    ).submit()

    page = browser.open("/doanh-thu").form().fill(**{field(month): "13 000 000"}).submit()

    assert "Đã lưu doanh thu" in page.text
    assert stated(session) == {(producer.id, month): 13_000_000}


def test_the_page_offers_the_last_twelve_months_and_says_who_states(
    browser: Browser, session: Session
) -> None:
    user, producer, _ = an_owner(session)

    page = browser.sign_in(user, producer.id).open("/doanh-thu")

    names = [str(one["name"]) for one in page.html.select("main input[name^=thang-]")]
    assert names == [field(month) for month in last_months(today(), 12)]
    assert f"{producer.name} tự khai" in page.text


def test_an_emptied_month_is_taken_back_and_written_down(browser: Browser, session: Session) -> None:
    user, producer, actor = an_owner(session)
    services.state_revenue(session, actor, amounts={this_month(): 5})
    session.commit()

    browser.sign_in(user, producer.id).open("/doanh-thu").form().fill(**{field(this_month()): ""}).submit()

    assert stated(session) == {}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "revenue.take_back")).one()
    assert entry.old["amount_vnd"] == 5


def test_saving_without_a_change_writes_nothing(browser: Browser, session: Session) -> None:
    user, producer, actor = an_owner(session)
    services.state_revenue(session, actor, amounts={this_month(): 5})
    session.commit()

    browser.sign_in(user, producer.id).open("/doanh-thu").form().submit()

    assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "revenue.state")).all()) == 1


@pytest.mark.parametrize("typed", ["-5", "nhiều", "1" * 20])
def test_what_is_no_amount_is_refused_at_its_field(browser: Browser, session: Session, typed: str) -> None:
    user, producer, _ = an_owner(session)
    form = browser.sign_in(user, producer.id).open("/doanh-thu").form()

    page = form.fill(**{field(this_month()): typed}).submit(status=422)

    assert page.html.select(".field-error")
    assert stated(session) == {}


def test_a_month_long_ago_is_not_stated_any_more(session: Session) -> None:
    _, _, actor = an_owner(session)

    with pytest.raises(NotFound):
        services.state_revenue(session, actor, amounts={dt.date(2020, 1, 1): 5})


def test_a_village_group_may_write_it_down_for_who_asked(browser: Browser, session: Session) -> None:
    producer, helper = a_producer(session), a_user(session, "Tổ viên mẫu")
    a_delegation(session, producer, a_group(session, helper), bundle=Bundle.WRITE)
    session.commit()

    browser.sign_in(helper, producer.id).open("/doanh-thu").form(button="Lưu doanh thu").fill(
        **{field(this_month()): "7k"}
    ).submit()

    assert stated(session) == {(producer.id, this_month()): 7_000}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "revenue.state")).one()
    assert (entry.on_behalf, entry.user_name) == (True, "Tổ viên mẫu")


@pytest.fixture
def helped(session: Session) -> tuple[User, list[str]]:
    """An officer, and two producers that asked the office for help; a third did not."""
    user, _ = an_officer(session)
    asked = [a_producer(session, name=name) for name in ("HTX Một", "HTX Hai")]
    for producer in asked:
        a_delegation(session, producer, bundle=Bundle.WRITE)
    a_producer(session, name="HTX Không Nhờ")
    session.commit()
    return user, [producer.id for producer in asked]


def test_an_officer_writes_down_one_month_of_all_who_asked(
    browser: Browser, session: Session, helped: tuple[User, list[str]]
) -> None:
    user, (one, two) = helped
    page = browser.sign_in(user).open("/xa/doanh-thu")

    page.form(button="Lưu doanh thu").fill(**{f"co-so-{one}": "1.000.000", f"co-so-{two}": ""}).submit()

    assert "HTX Không Nhờ" not in page.text
    assert stated(session) == {(one, this_month()): 1_000_000}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "revenue.state")).one()
    assert (entry.producer_id, entry.on_behalf, entry.delegation_id is not None) == (one, True, True)


def test_the_officers_list_keeps_a_figure_whose_field_is_left_empty(
    browser: Browser, session: Session, helped: tuple[User, list[str]]
) -> None:
    user, (one, _) = helped
    form = browser.sign_in(user).open("/xa/doanh-thu").form(button="Lưu doanh thu")
    form.fill(**{f"co-so-{one}": "5"}).submit()

    browser.open("/xa/doanh-thu").form(button="Lưu doanh thu").fill(**{f"co-so-{one}": ""}).submit()

    assert stated(session) == {(one, this_month()): 5}


def test_nobody_states_for_a_producer_that_did_not_ask(session: Session) -> None:
    _, actor = an_officer(session)
    stranger = a_producer(session)
    session.commit()

    with pytest.raises(NotFound):
        services.state_revenues(session, actor, month=this_month(), amounts={stranger.id: 5})


def test_a_consent_that_ended_between_page_and_saving_stops_it(
    browser: Browser, session: Session, helped: tuple[User, list[str]]
) -> None:
    user, (one, _) = helped
    form = (
        browser.sign_in(user).open("/xa/doanh-thu").form(button="Lưu doanh thu").fill(**{f"co-so-{one}": "5"})
    )
    for given in session.scalars(select(Delegation)):
        given.revoked_at = utcnow()
    session.commit()

    form.submit()

    assert stated(session) == {}


def test_a_province_officer_helps_nobody_here(browser: Browser, session: Session) -> None:
    user = a_user(session)
    a_grant(session, user, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")
    session.commit()

    assert "Chưa có cơ sở nào nhờ xã làm hộ" in browser.sign_in(user).open("/xa/doanh-thu").text
