"""The report page: numbers, lists, files, and who may see them."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.rules import Role, ScopeKind
from tests.browser_client import Browser, Page
from tests.factories import a_grant, a_listing, a_producer, a_user, an_officer
from tests.features.reports import a_quarter
from tests.features.reports.test_golden import text_of

QUARTER = "/bao-cao?ky=2026-Q3"


@pytest.fixture
def officer(session: Session) -> User:
    a_quarter.lay(session)
    return an_officer(session)[0]


@pytest.fixture
def from_the_province(session: Session, officer: User) -> User:
    user = a_user(session, "Cán bộ tỉnh mẫu")
    a_grant(session, user, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")
    session.commit()
    return user


def row(page: Page, words: str) -> list[str]:
    """What the line with these words says: this period, the one before, the difference."""
    for line in page.html.select("table.numbers tbody tr"):
        if line.th is not None and line.th.get_text(" ", strip=True).startswith(words):
            return [cell.get_text(strip=True) for cell in line.select("td")]
    raise AssertionError(f"no line {words!r}")


def test_the_page_says_each_number_the_one_before_and_the_difference(browser: Browser, officer: User) -> None:
    page = browser.sign_in(officer).open(QUARTER)

    assert row(page, "Sản phẩm 3 sao") == ["2", "1", "+1"]
    assert row(page, "Doanh thu cơ sở tự khai") == ["23.500.000", "5.000.000", "+18.500.000"]
    assert "Xã Hoạt Giang – Quý III/2026" in page.text


def test_bars_are_drawn_to_scale_without_script_or_style(browser: Browser, officer: User) -> None:
    page = browser.sign_in(officer).open(QUARTER)

    lines = {line.th.get_text(strip=True): line for line in page.html.select("tbody tr") if line.th}
    bars = {words: [rect["width"] for rect in line.select("svg rect")] for words, line in lines.items()}
    assert bars["Sản phẩm 3 sao"] == ["100%", "100%"]
    assert bars["Sản phẩm 4 sao"] == ["100%", "50%"]
    assert bars["Sản phẩm 5 sao"] == ["100%"]


def test_a_number_leads_to_its_list_with_marketplace_link_and_day(browser: Browser, officer: User) -> None:
    page = browser.sign_in(officer).open(QUARTER).link("Bài đăng mới trong kỳ")

    assert page.heading == "Bài đăng mới trong kỳ"
    assert "Chè xanh" in page.text
    assert "từ 05/08/2026" in page.text
    assert page.one("ol a")["href"] == "https://thanh_hoa.example/11"


def test_any_days_may_be_asked_for_as_written_on_paper(browser: Browser, officer: User) -> None:
    page = browser.sign_in(officer).open("/bao-cao?ky=khac&tu=03/08/2026&den=3.8.26")

    assert row(page, "Lượt quét tem") == ["2", "1", "+1"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("ky=khac&tu=02/09/2026&den=01/09/2026", "Ngày cuối đứng trước ngày đầu"),
        ("ky=khac&tu=xx&den=", "Máy không đọc được kỳ này"),
        ("ky=2026-Q9", "Máy không đọc được kỳ này"),
        ("ky=khac&tu=01/01/2001&den=01/01/2020", "Kỳ dài quá mười năm"),
    ],
)
def test_a_period_that_cannot_be_is_said(browser: Browser, officer: User, asked: str, words: str) -> None:
    page = browser.sign_in(officer).open(f"/bao-cao?{asked}", status=422)

    assert words in page.text


def test_the_draft_book_has_its_evidence_and_the_draft_paper_its_numbers(
    browser: Browser, officer: User
) -> None:
    browser.sign_in(officer)

    book = openpyxl.load_workbook(io.BytesIO(browser.raw("/bao-cao/so-lieu.xlsx?ky=2026-Q3").data))
    paper = text_of(browser.raw("/bao-cao/so-lieu.pdf?ky=2026-Q3").data)

    evidence = [
        line
        for line in book["Danh sách minh chứng"].iter_rows(values_only=True)
        if line[0] == "Bài đăng mới trong kỳ"
    ]
    assert [(line[1], line[2], line[6], line[9]) for line in evidence] == [
        ("Chè xanh", "HTX Mắm Mẫu", "05/08/2026", "https://thanh_hoa.example/11")
    ]
    assert "Sản phẩm 3 sao 2 1 +1" in paper


def test_by_old_commune_the_unknown_stands_last(browser: Browser, officer: User) -> None:
    page = browser.sign_in(officer).open("/bao-cao/theo-noi?ky=2026-Q3")

    assert [line.th.get_text(strip=True) for line in page.html.select("tbody tr") if line.th] == [
        "xã Yên Dương",
        "Chưa rõ xã cũ",
    ]


def test_the_province_sees_its_communes_side_by_side(browser: Browser, from_the_province: User) -> None:
    page = browser.sign_in(from_the_province).open("/bao-cao/theo-noi?ky=2026-Q3")

    assert row(page, "Xã Hoạt Giang")[0] == "3"
    assert row(page, "Xã Hà Trung")[0] == "1"
    assert page.link("Xem theo xã cũ").heading == "Số liệu theo xã cũ"


@pytest.mark.parametrize(
    "path",
    [
        "/bao-cao",
        "/bao-cao/minh-chung",
        "/bao-cao/theo-noi",
        "/bao-cao/so-lieu.xlsx",
        "/bao-cao/so-lieu.pdf",
        "/bao-cao/mau",
        "/bao-cao/mau.xlsx",
    ],
)
@pytest.mark.parametrize("scope", ["xa-15271", "tinh-38", "xa-00000", "x"])
def test_numbers_of_another_commune_are_not_there(
    browser: Browser, officer: User, path: str, scope: str
) -> None:
    browser.sign_in(officer)

    assert browser.raw(f"{path}?noi={scope}&ky=2026-Q3&so=san_pham_tong").status_code == 404


def test_a_number_that_does_not_exist_has_no_list(browser: Browser, officer: User) -> None:
    assert browser.sign_in(officer).raw("/bao-cao/minh-chung?so=xx").status_code == 404


def test_names_are_shown_as_text_whatever_they_hold(
    browser: Browser, session: Session, officer: User
) -> None:
    producer = a_producer(
        session, name="<script>x</script>", former_commune="<b>cũ</b>", created_at=a_quarter.at(1, 1, 2025)
    )
    a_listing(session, producer, name="<img src=x onerror=1>", created_at=a_quarter.at(1, 2, 2025))
    session.commit()
    browser.sign_in(officer)

    page = browser.open("/bao-cao/minh-chung?ky=2026-Q3&so=san_pham_tong")
    places = browser.open("/bao-cao/theo-noi?ky=2026-Q3")

    assert "<img src=x onerror=1>" in page.text
    assert "<b>cũ</b>" in places.text


def test_sample_data_is_said_on_the_page(browser: Browser, session: Session, officer: User) -> None:
    a_producer(session, sample=True)
    session.commit()

    assert "Có dữ liệu mẫu" in browser.sign_in(officer).open("/bao-cao").text
