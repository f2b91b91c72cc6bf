"""The office's own template: the words it may hold, taking it in, and reports filled into it."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.db.audit import AuditEntry
from ocop.reports import decoder
from ocop.reports.models import ReportTemplate
from tests.browser_client import Browser, Page
from tests.factories import an_officer, an_upload
from tests.features.reports import a_quarter
from tests.features.reports.test_freezing import freeze
from tests.features.reports.test_pages import officer as officer
from tests.unit.reports.test_office_template import with_part


def a_book(**cells: Any) -> bytes:
    book = openpyxl.Workbook()
    for at, value in cells.items():
        book.active[at] = value
    book.active.merge_cells("A1:C1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


OWN = a_book(
    A1="BÁO CÁO {{ky_bao_cao}}", A2="{{san_pham_tong}}", A3="{{hang.san_pham.stt}}", B3="{{hang.san_pham.ten}}",
    C3="{{hang.san_pham.ghi_chu}}", A4="=COUNTA(B3:B3)",
)  # fmt: skip


def send(browser: Browser, content: bytes, status: int = 200) -> Page:
    form = browser.open("/bao-cao/mau").form(button="Dùng mẫu này")
    return form.fill(file=an_upload("mau.xlsx", content)).submit("Dùng mẫu này", status=status)


def first_sheet(content: bytes) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


def test_the_page_lists_every_word_with_its_meaning_and_todays_value(browser: Browser, officer: User) -> None:
    page = browser.sign_in(officer).open("/bao-cao/mau?ky=2026-Q3")

    lines = {
        line.code.get_text(): " ".join(line.get_text(" ").split())
        for line in page.html.select("li:has(> code)")
        if line.code
    }
    assert lines["san_pham_tong"] == "san_pham_tong Sản phẩm: 3"
    assert lines["ky_bao_cao"] == "ky_bao_cao Tên kỳ báo cáo: Quý III/2026"
    assert lines["hang.san_pham"] == "hang.san_pham Sản phẩm: 3 dòng"
    assert lines["hang.minh_chung"].startswith("hang.minh_chung Mọi dòng minh chứng của mọi số liệu")


def test_a_report_is_filled_into_the_offices_own_book(browser: Browser, officer: User) -> None:
    sent = send(browser.sign_in(officer), OWN)

    book = browser.raw(f"{freeze(browser)}/bao-cao.xlsx").data

    assert "Đã nhận mẫu" in sent.text
    assert first_sheet(book) == [
        ("BÁO CÁO Quý III/2026", None, None),
        (3, None, None),
        (1, "Trà lá", "3 sao, giấy 13/QĐ-MẪU"),
        (2, "Chè xanh", "3 sao, giấy 12/QĐ-MẪU"),
        (3, "Mắm tép", "4 sao, giấy 11/QĐ-MẪU"),
        ("=COUNTA(B3:B5)", None, None),
    ]
    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames[-1] == "Danh sách minh chứng"


def test_the_template_in_use_comes_back_as_it_was_sent(browser: Browser, officer: User) -> None:
    send(browser.sign_in(officer), OWN)

    assert browser.raw("/bao-cao/mau.xlsx").data == OWN


def test_our_own_template_downloaded_and_sent_back_is_taken(browser: Browser, officer: User) -> None:
    ours = browser.sign_in(officer).raw("/bao-cao/mau.xlsx").data

    assert "Đã nhận mẫu" in send(browser, ours).text


def test_words_nobody_knows_are_named_by_cell_and_the_old_template_stays(
    browser: Browser, session: Session, officer: User
) -> None:
    page = send(browser.sign_in(officer), a_book(A1="{{sanpham}}", B7="{{hang.san_pham.gia}}"), status=422)

    assert "Ô Sheet!A1: máy không biết chữ sanpham" in page.text
    assert "Ô Sheet!B7: máy không biết chữ hang.san_pham.gia" in page.text
    assert session.scalars(select(ReportTemplate)).all() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (a_book(A1="không có gì"), "Mẫu chưa có chỗ nào để máy điền"),
        (b"PK\x03\x04 hong", "Tệp này máy không mở được"),
        (b"x" * 50_001, "Tệp mẫu lớn quá 1 MB"),
        (a_book(XFD1048576="{{nam}}"), "Tệp này mở ra quá lớn"),
    ],
    ids=range(4),
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    browser: Browser, officer: User, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr(decoder, "MOST_BYTES", 50_000)  # a larger body would leave the client a file to close

    assert words in send(browser.sign_in(officer), content, status=422).text


def test_laid_aside_the_template_is_ours_again_and_nothing_is_deleted(
    browser: Browser, session: Session, officer: User
) -> None:
    send(browser.sign_in(officer), OWN)
    send(browser, OWN)

    page = browser.open("/bao-cao/mau").form("bo").submit()

    assert "đang dùng mẫu có sẵn" in page.text
    assert len(session.scalars(select(ReportTemplate)).all()) == 2
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("report_template"))
    ).all()
    assert sorted(actions) == ["report_template.keep"] * 2 + ["report_template.remove"] * 2


def test_the_audit_tells_the_size_of_a_template_and_not_its_bytes(
    browser: Browser, session: Session, officer: User
) -> None:
    send(browser.sign_in(officer), OWN)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "report_template.keep")).one()
    assert entry.new["content"] == f"{len(OWN)} bytes"


def test_another_communes_template_is_neither_seen_nor_replaced(
    browser: Browser, session: Session, officer: User
) -> None:
    send(browser.sign_in(officer), OWN)
    neighbour, _ = an_officer(session, a_quarter.NEIGHBOUR)
    other = browser.another().sign_in(neighbour)

    asked = [other.raw("/bao-cao/mau.xlsx?noi=xa-15286").status_code]
    asked += [other.post(path, {"noi": "xa-15286"}).status_code for path in ("/bao-cao/mau/bo",)]

    assert asked == [404, 404]
    assert "đang dùng mẫu có sẵn" in other.open("/bao-cao/mau").text


def test_a_template_with_drawn_shapes_is_taken_and_the_loss_is_said(browser: Browser, officer: User) -> None:
    drawing = b'<xdr:wsDr xmlns:xdr="x"><xdr:sp macro=""></xdr:sp></xdr:wsDr>'

    page = send(browser.sign_in(officer), with_part("xl/drawings/drawing9.xml", drawing, of=OWN))

    assert "Hình vẽ và khung chữ trong mẫu không giữ được" in page.text
