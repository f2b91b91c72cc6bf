"""The golden reports: the whole quarter of a_quarter.py, cell by cell, and the words on its paper."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from sqlalchemy.orm import Session

from ocop.accounts.rules import ScopeKind
from ocop.reports import decoder
from ocop.reports.mapping.default_template import default_template
from ocop.reports.mapping.filling import Stamp, evidence_sheet, filling, known_names
from ocop.reports.mapping.pdf import report_pdf
from ocop.reports.mapping.plain_book import plain_book
from ocop.reports.queries import Scope, lines
from ocop.reports.queries.counting import count
from ocop.reports.rules.figures import Figures
from ocop.reports.rules.periods import read_period
from tests.factories import a_producer
from tests.features.reports import a_quarter

GOLDEN = tomllib.loads(Path(__file__).with_name("golden.toml").read_text("utf-8"))
STAMP = Stamp(a_quarter.at(5, 10, hour=16), "Cán bộ mẫu")


_ON_PAPER = (
    "ỦY BAN NHÂN DÂN",
    "TỈNH THANH HÓA",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "BÁO CÁO",
    "Tỉnh Thanh Hóa – Quý III/2026",
    "So với kỳ trước: Quý II/2026",
    "Sản phẩm 3 sao 2 1 +1",
    "Doanh thu cơ sở tự khai (đồng) 30.500.000 5.000.000 +25.500.000",
    "Xã Hoạt Giang 2 1 3 3 2 3 1",
    "Xã Hà Trung 1 0 1 0 0 0 0",
    "Chưa rõ xã cũ",
    "(Chỗ ký số)",
    "Chốt lúc 16:00, 05/10/2026, người chốt: Cán bộ mẫu",
    "Trang 1/4",
    "Trang 4/4",
)


@pytest.fixture
def commune(session: Session) -> Figures:
    a_quarter.lay(session)
    return a_quarter.the_quarter(session)


@pytest.fixture
def province(session: Session) -> Figures:
    a_quarter.lay(session)
    return count(session, Scope(ScopeKind.PROVINCE, "38"), read_period("2026-Q3"), a_quarter.TODAY)


def official_book(figures: Figures) -> bytes:
    headings, rows = evidence_sheet(figures)
    behind = decoder.Sheet("Danh sách minh chứng", headings, rows)
    return decoder.fill(default_template(), filling(figures, STAMP), [behind])


def cells(content: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet as its lines of values, empty cells at the end of a line left out."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    found: dict[str, list[list[Any]]] = {}
    for page in book:
        found[page.title] = [list(row) for row in page.iter_rows(values_only=True)]
    return {
        title: [["" if cell is None else cell for cell in _cut(row)] for row in rows]
        for title, rows in found.items()
    }


def _cut(row: list[Any]) -> list[Any]:
    while row and row[-1] is None:
        row = row[:-1]
    return row


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


@pytest.mark.parametrize("who", ["commune", "province"])
def test_the_official_workbook_is_the_golden_one_cell_by_cell(
    who: str, request: pytest.FixtureRequest
) -> None:
    figures = request.getfixturevalue(who)

    found = cells(official_book(figures))

    assert list(found) == list(GOLDEN[who])
    for title, rows in found.items():
        assert rows == GOLDEN[who][title], title


def test_merged_cells_and_print_settings_of_our_own_template_survive(commune: Figures) -> None:
    page = openpyxl.load_workbook(io.BytesIO(official_book(commune)))["Báo cáo"]

    merged = {str(one) for one in page.merged_cells.ranges}
    assert {"A5:F5", "A11:A12", "B11:B12", "C11:E11", "F11:F12", "A62:B62", "C62:F62"} <= merged
    assert (page.print_title_rows, page.print_area) == ("$12:$12", "'Báo cáo'!$A$1:$F$71")
    assert page["C13"].number_format == page["C60"].number_format == "#,##0"


def test_a_draft_says_so_and_has_no_official_head(commune: Figures) -> None:
    found = cells(plain_book(commune, STAMP))

    words = {cell for rows in found.values() for row in rows for cell in row if isinstance(cell, str)}
    assert "Số liệu chưa chốt, lấy lúc 16:00, 05/10/2026." in words
    assert not any("CỘNG HÒA" in word for word in words)
    assert ["Sản phẩm", 3, 4, -1] in found["Báo cáo"]


def test_the_paper_has_head_numbers_places_pages_and_room_to_sign(province: Figures) -> None:
    text = text_of(report_pdf(province, STAMP, frozen=True))

    for words in _ON_PAPER:
        assert words in text, words


def test_a_draft_on_paper_has_neither_number_nor_signature(commune: Figures) -> None:
    text = text_of(report_pdf(commune, STAMP, frozen=False))

    assert "Số liệu chưa chốt, lấy lúc 16:00, 05/10/2026" in text
    assert not any(words in text for words in ("/BC-UBND", "CỘNG HÒA", "(Chỗ ký số)"))


def test_the_same_report_is_the_same_paper_byte_for_byte(commune: Figures) -> None:
    assert report_pdf(commune, STAMP, frozen=True) == report_pdf(commune, STAMP, frozen=True)


def test_every_word_of_our_template_is_known_and_every_known_word_has_a_value(commune: Figures) -> None:
    known = known_names(key for _, key, _, _ in lines())

    found = decoder.look(default_template(), known)

    values = filling(commune, STAMP)
    offered = set(values.values) | {
        f"hang.{name}.{column}" for name, rows in values.rows.items() for row in rows for column in row
    }
    assert found.wrong == ()
    assert offered <= known
    assert set(values.values) == {name for name in known if not name.startswith("hang.")}


def test_a_list_of_three_hundred_producers_goes_on_over_pages(session: Session) -> None:
    for number in range(300):
        a_producer(session, former_commune=f"xã cũ số {number:03}", created_at=a_quarter.at(1, 1, 2025))
    session.commit()

    text = text_of(report_pdf(a_quarter.the_quarter(session), STAMP, frozen=True))

    assert text.count("xã cũ số 150") == 2  # once in each of the two tables by place
    assert text.count("Xã cũ Cơ sở đang hoạt động") > 5  # the head comes again on every page
