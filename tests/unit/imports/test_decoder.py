"""Files of every kind become sheets of texts, or are refused by name before they cost anything."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest
from openpyxl import Workbook

from ocop.imports.decoder import Unreadable, read
from ocop.imports.rules import Area
from tests.unit.imports.messy import csv_text, in_windows_1258, workbook

ROWS = [["Tên cơ sở", "Tên sản phẩm"], ["HTX Mẫu Một", "Mắm tép đồng"], ["Hộ Nguyễn Mẫu", "Bánh gai"]]
IN_TCVN3 = "Tªn c¬ së;Tªn s¶n phÈm\r\nHîp t¸c x· MÉu;M¾m tÐp ®ång\r\n"
# Above what Python and its libraries reserve, 300 MB for the work; seconds of the processor, not of the clock.
_LIMITED = """
import resource, sys
from ocop.imports.decoder import Unreadable, read
used = int(next(line for line in open("/proc/self/status") if line.startswith("VmSize")).split()[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (used + 300_000_000,) * 2)
spent = resource.getrusage(resource.RUSAGE_SELF)
limit = int(spent.ru_utime + spent.ru_stime + int(sys.argv[1])) + 1
resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
try:
    sheets = read(sys.stdin.buffer.read(), "a.xlsx")
    print(len(sheets[0].rows), len(sheets[0].rows[-1][1]))
except Unreadable as refused:
    print(refused.code)
"""


def in_limits(content: bytes, seconds: int) -> str:
    """What comes out when memory and time are short; "" when they do not suffice."""
    command = [sys.executable, "-c", _LIMITED, str(seconds)]
    return subprocess.run(command, input=content, capture_output=True, check=False).stdout.decode().strip()


def packed(sheet: bytes, **parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", parts.get("workbook", "<workbook xmlns='x'/>"))
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


def code_of(content: bytes, name: str) -> str:
    with pytest.raises(Unreadable) as caught:
        read(content, name)
    return caught.value.code


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_csv_in_unicode(mark: str, encoding: str) -> None:
    (sheet,) = read(csv_text(ROWS, mark).encode(encoding), "a.csv")

    assert sheet.rows == [(1, ROWS[0]), (2, ROWS[1]), (3, ROWS[2])]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_in_windows_1258(mark: str) -> None:
    (sheet,) = read(in_windows_1258(csv_text(ROWS, mark)), "a.csv")

    assert [cells for _, cells in sheet.rows] == ROWS


def test_a_csv_in_an_old_font() -> None:
    (sheet,) = read(IN_TCVN3.encode("latin-1"), "a.csv")

    assert sheet.rows == [(1, ["Tên cơ sở", "Tên sản phẩm"]), (2, ["Hợp tác xã Mẫu", "Mắm tép đồng"])]


def test_a_workbook_in_an_old_font_beside_cells_in_unicode() -> None:
    lines = [line.split(";") for line in IN_TCVN3.splitlines()]

    (sheet,) = read(workbook([*lines, ["Hộ Mẫu", "B¸nh gai"]]), "a.xlsx")

    assert sheet.rows[1:] == [(2, ["Hợp tác xã Mẫu", "Mắm tép đồng"]), (3, ["Hộ Mẫu", "Bánh gai"])]


def test_cells_with_the_separator_quotes_and_line_breaks_in_them() -> None:
    (sheet,) = read('Tên;Ghi chú\r\n"Bánh; mật";"hai\r\ndòng"\r\n'.encode(), "a.csv")

    assert sheet.rows[1] == (2, ["Bánh; mật", "hai\ndòng"])


def test_excels_own_line_about_the_separator_keeps_the_numbers_of_the_rows() -> None:
    (sheet,) = read("sep=;\r\nTên;Giá, đồng\r\nMắm;70\r\n".encode(), "a.csv")

    assert sheet.rows == [(2, ["Tên", "Giá, đồng"]), (3, ["Mắm", "70"])]


def test_sheets_in_the_order_of_their_tabs_without_the_hidden_ones() -> None:
    book = Workbook()
    book.active.title = "Cuối"
    book["Cuối"]["B3"] = "chữ"
    book.create_sheet("Đầu", 0)["A1"] = "đầu"
    hidden = book.create_sheet("Ẩn")
    hidden["A1"], hidden.sheet_state = "ẩn", "hidden"
    book.create_sheet("Trống")
    out = io.BytesIO()
    book.save(out)

    sheets = read(out.getvalue(), "a.xlsx")

    assert [(one.name, one.rows) for one in sheets] == [("Đầu", [(1, ["đầu"])]), ("Cuối", [(3, ["", "chữ"])])]


def test_merged_cells_say_how_far_they_reach() -> None:
    (sheet,) = read(workbook([["Tiêu đề"], ["a", "b"]], "A1:C1"), "a.xlsx")

    assert (sheet.rows[0], sheet.merged) == ((1, ["Tiêu đề"]), (Area(1, 0, 1, 2),))


def test_of_a_formula_the_value_it_had_and_of_a_text_like_one_the_text() -> None:
    cells = b"<c r='A1'><f>1+1</f><v>2</v></c><c r='B1' t='inlineStr'><is><t>=1+1</t></is></c>"

    (sheet,) = read(
        packed(b"<worksheet><sheetData><row r='1'>" + cells + b"</row></sheetData></worksheet>"), "a.xlsx"
    )

    assert sheet.rows == [(1, ["2", "=1+1"])]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "old_excel"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "unreadable"),
        ("a.xlsx", b"PK\x03\x04 broken", "unreadable"),
        ("a.xlsx", b"Ten;Gia", "unreadable"),
        ("a.pdf", b"%PDF-1.7 ...", "not_a_sheet"),
        ("a.csv", b"%PDF-1.7 ...", "not_a_sheet"),
        ("a.csv", bytes(range(1, 200)) + b"\x00\x00\x00\x01\x02" * 3, "not_a_sheet"),
        ("a.docx", packed(b"<worksheet/>"), "not_a_sheet"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\r\n;;\r\n", "empty"),
        ("a.xlsx", workbook([[]]), "empty"),
        ("a.csv", b"x" * 20_000_001, "too_much"),
        ("a.csv", b"a\n" * 50_001, "too_much"),
        (
            "a.xlsx",
            packed(b"<worksheet/>", workbook="<workbook><workbookPr date1904='1'/></workbook>"),
            "old_dates",
        ),
        ("a.xlsx", packed(b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"), "unreadable"),
    ],
)
def test_what_is_no_sheet_is_refused_by_name(name: str, content: bytes, code: str) -> None:
    assert code_of(content, name) == code


@pytest.mark.parametrize(
    "inside",
    [
        b"<c r='A1'/>",
        b"<c t='str'><v>1</v></c>",
        b"<row r='1'/>",
        b"<c t='str'><v>" + b"a" * 500 + b"</v></c>",
    ],
)
def test_a_bomb_is_refused_before_it_costs_anything(inside: bytes) -> None:
    times = 61_000_000 // len(inside)
    bomb = packed(b"<worksheet><sheetData><row r='1'>" + inside * times + b"</row></sheetData></worksheet>")

    assert len(bomb) < 262_144
    assert in_limits(bomb, 2) == "too_much"


def test_a_bomb_of_tags_that_is_small_enough_is_refused_as_well() -> None:
    bomb = packed(
        b"<worksheet><sheetData>" + b"<row r='1'><c/></row>" * 1_000_000 + b"</sheetData></worksheet>"
    )

    assert in_limits(bomb, 2) == "too_much"


def test_ten_thousand_rows_of_twenty_columns_fit_into_little_memory() -> None:
    cells = "".join(
        f"<c r='{chr(65 + at)}%d' t='inlineStr'><is><t>Ô mẫu %d của dòng</t></is></c>" for at in range(20)
    )
    rows = "".join(f"<row r='{row}'>{cells % ((row,) * 40)}</row>" for row in range(1, 10_001))
    content = packed(f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode())

    assert in_limits(content, 60) == "10000 20"
