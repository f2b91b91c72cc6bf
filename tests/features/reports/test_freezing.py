"""Chốt số liệu: what was frozen says the same tomorrow, in every form."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.db.audit import AuditEntry
from ocop.db.base import utcnow
from ocop.listings.models import Listing
from ocop.producers.models import Producer
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from ocop.reports import queries, services
from ocop.reports.models import Report, Revenue
from ocop.reports.rules.periods import read_period
from tests.browser_client import Browser
from tests.factories import a_listing, an_officer
from tests.features.reports import a_quarter
from tests.features.reports.test_golden import cells, text_of
from tests.features.reports.test_pages import from_the_province as from_the_province
from tests.features.reports.test_pages import officer as officer
from tests.features.reports.test_pages import row


def freeze(browser: Browser, key: str = "2026-Q3") -> str:
    """The address of a newly frozen report."""
    return browser.open(f"/bao-cao?ky={key}").form("chot").submit().path


def change_everything(session: Session) -> None:
    """What may happen the day after: products, posts, revenue and names change."""
    coop = session.scalars(select(Producer).where(Producer.name == "HTX Mắm Mẫu")).one()
    a_listing(session, coop, name="Hàng mới tinh", created_at=a_quarter.at(2, 7))
    coop.name, coop.former_commune = "Tên khác", "xã khác"
    sauce = session.scalars(select(Listing).where(Listing.name == "Mắm tép")).one()
    sauce.archived_at = a_quarter.at(3, 8)
    session.execute(delete(Revenue))
    for post in session.scalars(select(Publication)):
        post.state, post.state_since = State.WITHDRAWN, a_quarter.at(1, 9)
    session.commit()


def test_freezing_leads_to_the_frozen_report_and_says_so(browser: Browser, officer: User) -> None:
    page = browser.sign_in(officer).open("/bao-cao?ky=2026-Q3").form("chot").submit()

    assert page.heading == "Báo cáo đã chốt"
    assert "Đã chốt số liệu" in page.text
    assert row(page, "Sản phẩm 3 sao") == ["2", "1", "+1"]


def test_whatever_changes_afterwards_page_book_paper_and_lists_stay(
    browser: Browser, session: Session, officer: User
) -> None:
    address = freeze(browser.sign_in(officer))
    files = ("", "/minh-chung?so=bai_dang_tong", "/theo-noi")
    pages = [browser.open(address + file).text for file in files]
    book, paper = (browser.raw(f"{address}/bao-cao.{kind}").data for kind in ("xlsx", "pdf"))

    change_everything(session)

    assert [browser.open(address + file).text for file in files] == pages
    assert cells(browser.raw(f"{address}/bao-cao.xlsx").data) == cells(book)
    assert browser.raw(f"{address}/bao-cao.pdf").data == paper
    assert "HTX Mắm Mẫu" in pages[1]


def test_the_frozen_files_carry_the_official_layout(browser: Browser, officer: User) -> None:
    address = freeze(browser.sign_in(officer))

    book = cells(browser.raw(f"{address}/bao-cao.xlsx").data)
    paper = text_of(browser.raw(f"{address}/bao-cao.pdf").data)

    assert list(book) == ["Báo cáo", "Theo xã", "Theo xã cũ", "Danh sách minh chứng"]
    assert book["Báo cáo"][2] == ["Số:       /BC-UBND", "", "Hoạt Giang, ngày      tháng      năm 2026"]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in paper
    assert "(Chỗ ký số)" in paper


def test_what_changed_since_is_told_by_name(browser: Browser, session: Session, officer: User) -> None:
    address = freeze(browser.sign_in(officer))
    nothing = browser.open(f"{address}/so-voi-nay").text

    change_everything(session)

    page = browser.open(f"{address}/so-voi-nay")
    assert "Chưa có gì khác" in nothing
    assert "Lúc chốt 23.500.000 , nay 0" in page.text
    assert "Hàng mới tinh" in page.text


def test_the_next_quarter_is_compared_with_the_frozen_numbers(
    browser: Browser, session: Session, officer: User
) -> None:
    freeze(browser.sign_in(officer))
    change_everything(session)

    page = browser.open("/bao-cao?ky=2026-Q4")

    assert row(page, "Doanh thu cơ sở tự khai")[1] == "23.500.000"
    assert "Kỳ trước lấy theo báo cáo đã chốt" in page.text


def test_a_report_frozen_before_its_period_was_over_is_no_yardstick(session: Session, officer: User) -> None:
    _, actor = an_officer(session)
    report = services.freeze_report(session, actor, scope_key="xa-15286", period=read_period("2026-Q3"))
    report.numbers = {**report.numbers, "counted_on": "2026-08-01"}
    session.flush()

    figures = queries.figures(session, queries.scope_named(actor, "xa-15286"), read_period("2026-Q4"))

    assert not figures.before_frozen


def test_the_list_of_frozen_reports_grows_and_none_is_replaced(browser: Browser, officer: User) -> None:
    browser.sign_in(officer)

    first, second = freeze(browser), freeze(browser)

    links = {str(a["href"]) for a in browser.open("/bao-cao").html.select("article a")}
    assert {first, second} <= links


def test_freezing_is_written_down_without_a_second_copy_of_the_numbers(
    session: Session, officer: User
) -> None:
    _, actor = an_officer(session)

    report = services.freeze_report(session, actor, scope_key="xa-15286", period=read_period("2026-Q3"))

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "report.freeze")).one()
    assert entry.new == {"scope": "xa-15286", "period": "2026-Q3", "title": report.title}


def test_a_period_to_come_cannot_be_frozen(browser: Browser, session: Session, officer: User) -> None:
    browser.sign_in(officer)

    answer = browser.post("/bao-cao/chot", {"noi": "xa-15286", "ky": f"{utcnow().year + 1}"})

    assert answer.status_code == 422
    assert "chưa bắt đầu" in answer.text
    assert session.scalars(select(Report)).all() == []


@pytest.mark.parametrize(
    "asked", [{"noi": "xa-15271", "ky": "2026-Q3"}, {"noi": "tinh-38", "ky": "2026-Q3"}, {"ky": "xx"}]
)
def test_nobody_freezes_for_others_or_for_no_period(
    browser: Browser, officer: User, asked: dict[str, str]
) -> None:
    assert browser.sign_in(officer).post("/bao-cao/chot", asked).status_code == 404


@pytest.mark.parametrize(
    "file", ["", "/minh-chung?so=san_pham_tong", "/theo-noi", "/bao-cao.xlsx", "/bao-cao.pdf", "/so-voi-nay"]
)
def test_a_frozen_report_opens_for_its_office_and_its_province_only(
    browser: Browser, session: Session, officer: User, from_the_province: User, file: str
) -> None:
    address = freeze(browser.sign_in(officer)) + file
    neighbour, _ = an_officer(session, a_quarter.NEIGHBOUR)

    statuses = [
        browser.another().sign_in(user).raw(address).status_code for user in (neighbour, from_the_province)
    ]

    assert statuses == [404, 200]
