"""The office program of most communes opens what we make: a report in our template and in an office's own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy.orm import Session

from ocop.reports.mapping.plain_book import plain_book
from tests.browser.parcels import through_libreoffice
from tests.features.reports import a_quarter
from tests.features.reports.test_golden import STAMP, official_book
from tests.unit.reports.test_office_template import an_offices_book, filled


def on_paper(book: Path, folder: Path) -> pypdfium2.PdfDocument:
    """The workbook as LibreOffice prints it. Fails, never skips, where it is not installed."""
    office = shutil.which("soffice")
    assert office, "this test needs the package libreoffice-calc"
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return pypdfium2.PdfDocument(folder / f"{book.stem}.pdf")


def words_on(document: pypdfium2.PdfDocument, page: int) -> str:
    return " ".join(document[page].get_textpage().get_text_bounded().split())


def ink(picture: Image.Image) -> float:
    """The share of a page that is not paper."""
    grey = picture.convert("L")
    return sum(grey.histogram()[:160]) / (grey.width * grey.height)


@pytest.fixture
def report(session: Session, tmp_path: Path) -> Path:
    a_quarter.lay(session)
    book = tmp_path / "bao-cao.xlsx"
    book.write_bytes(official_book(a_quarter.the_quarter(session)))
    return book


def test_the_official_report_prints_on_a4_with_its_head_numbers_and_signature(report: Path) -> None:
    document = on_paper(report, report.parent)

    first, width, height = words_on(document, 0), *document[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    for words in (
        "XÃ HOẠT GIANG",
        "Độc lập - Tự do - Hạnh phúc",
        "Sản phẩm 3 sao 2 1 +1",
        "23,500,000",
        "(Chỗ ký số)",
    ):
        assert words in first, words
    assert 0.005 < ink(document[0].render(scale=1).to_pil()) < 0.3
    document.close()


def test_totals_are_worked_out_by_the_office_program(report: Path) -> None:
    again = report.parent / "lai"
    again.mkdir()

    opened = openpyxl.load_workbook(through_libreoffice(report, again), data_only=True)["Theo xã cũ"]

    total = next(row for row in opened.iter_rows(values_only=True) if row[0] == "Cộng")
    assert (total[2], total[4], total[13]) == (2, 3, 23_500_000)


def test_an_offices_own_template_comes_out_whole(tmp_path: Path) -> None:
    book, again = tmp_path / "mau.xlsx", tmp_path / "lai"
    filled(an_offices_book()).save(book)
    again.mkdir()

    page = openpyxl.load_workbook(through_libreoffice(book, again), data_only=True)["Biểu 01"]

    assert page["A1"].value == "BIỂU TỔNG HỢP Quý III/2026 CỦA Xã Mẫu"
    assert [page[f"B{row}"].value for row in (5, 6, 7)] == ["Mắm tép", "Chè xanh", "Trà lá"]
    assert (page["E8"].value, page["F7"].value, page["H1"].value) == (23, 22, 24)
    assert {"A1:E1", "C6:D6", "A8:D8", "A10:E10"} <= {str(merged) for merged in page.merged_cells.ranges}


def test_the_draft_opens_with_its_lists(session: Session, tmp_path: Path) -> None:
    a_quarter.lay(session)
    book, again = tmp_path / "nhap.xlsx", tmp_path / "lai"
    book.write_bytes(plain_book(a_quarter.the_quarter(session), STAMP))
    again.mkdir()

    opened = openpyxl.load_workbook(through_libreoffice(book, again))

    assert opened.sheetnames == ["Báo cáo", "Theo xã", "Theo xã cũ", "Danh sách minh chứng"]
    assert not any(cell.data_type == "f" for page in opened for row in page.iter_rows() for cell in row)
