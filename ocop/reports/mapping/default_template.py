"""Our own template: a report in the layout of an administrative document (NĐ 30/2020/NĐ-CP, Phụ lục I: the
office's name on the left, the country's on the right, number, place and day, title, and room for the signature
below). It is filled like any office's own, and is what an office starts from to make one."""

from __future__ import annotations

import io

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ocop.reports.rules.placeholders import PLACE_NUMBERS
from ocop.web.wording import sentence

_FACE = "Times New Roman"
_THIN = Side(style="thin", color="23201B")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="EAF2F7")
_COUNTED = "#,##0"
_CHANGE = "+#,##0;-#,##0;0"
_WIDTHS = (6, 50, 15, 15, 15, 9)
_MIDDLE, _LEFT, _RIGHT = "center", "left", "right"


def default_template() -> bytes:
    """The workbook with its placeholders, the same bytes' worth every time."""
    book = Workbook()
    report = book.active
    assert isinstance(report, Worksheet)
    report.title = sentence("tab_report")
    _report(report)
    _places(book.create_sheet(sentence("tab_communes")), "xa", sentence("column_commune"))
    _places(book.create_sheet(sentence("tab_former")), "xa_cu", sentence("column_former"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _report(page: Worksheet) -> None:
    for column, width in enumerate(_WIDTHS, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    _head(page)
    _put(page, "A8:F8", sentence("paper_compared", before="{{ky_truoc}}"), italic=True)
    _put(page, "A9:F9", sentence("paper_counted_on", day="{{so_lieu_den_ngay}}"), italic=True)
    _put(page, "A10:F10", "{{du_lieu_mau}}", bold=True)
    _table_head(page)
    cells = (
        ("stt", ""),
        ("noi_dung", ""),
        ("ky_nay", _COUNTED),
        ("ky_truoc", _COUNTED),
        ("tang_giam", _CHANGE),
        ("don_vi", ""),
    )
    for column, (name, shape) in enumerate(cells, 1):
        at = f"{get_column_letter(column)}13"
        side = _LEFT if name == "noi_dung" else _RIGHT if shape else _MIDDLE
        _put(page, at, f"{{{{hang.so_lieu.{name}}}}}", side=side, boxed=True)
        page[at].number_format = shape or "General"
    _foot(page)
    _printed(page, "portrait", "12:12", "A1:F24")


def _head(page: Worksheet) -> None:
    _put(page, "A1:B1", sentence("paper_committee"), bold=True)
    _put(page, "A2:B2", "{{noi_bao_cao_hoa}}", bold=True)
    _put(page, "A3:B3", sentence("paper_number"))
    _put(page, "C1:F1", sentence("paper_nation"), bold=True, size=11)
    _put(page, "C2:F2", sentence("paper_motto"), bold=True)
    page["C2"].font = Font(name=_FACE, size=12, bold=True, underline="single")
    _put(
        page,
        "C3:F3",
        sentence("paper_place_and_day", place="{{dia_danh}}", year="{{nam}}"),
        italic=True,
        size=11,
    )
    _put(page, "A5:F5", sentence("paper_report"), bold=True, size=14)
    _put(page, "A6:F6", sentence("paper_subject"), bold=True, size=13)
    _put(page, "A7:F7", "{{noi_bao_cao}} – {{ky_bao_cao}}", bold=True)


def _table_head(page: Worksheet) -> None:
    """Two lines: the middle of the first spans the three figures."""
    for area, words in (
        ("A11:A12", sentence("column_stt")),
        ("B11:B12", sentence("column_words")),
        ("C11:E11", "{{ky_bao_cao}}"),
        ("C12", sentence("column_now")),
        ("D12", sentence("column_before")),
        ("E12", sentence("column_change")),
        ("F11:F12", "Đơn vị"),
    ):
        _put(page, area, words, bold=True, boxed=True, filled=True)


def _foot(page: Worksheet) -> None:
    _put(page, "A15:B15", sentence("paper_receivers"), bold=True, italic=True, side=_LEFT)
    _put(page, "A16:B16", sentence("paper_receivers_1"), side=_LEFT, size=11)
    _put(page, "A17:B17", sentence("paper_receivers_2"), side=_LEFT, size=11)
    _put(page, "C15:F15", sentence("paper_signer"), bold=True)
    _put(page, "C17:F17", sentence("paper_signature_room"), italic=True, size=11)
    _put(
        page,
        "A24:F24",
        sentence("paper_frozen", at="{{ngay_chot}}", who="{{nguoi_chot}}"),
        italic=True,
        size=10,
        side=_LEFT,
    )


def _places(page: Worksheet, source: str, words: str) -> None:
    last = get_column_letter(len(PLACE_NUMBERS) + 2)
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 6, 26
    _put(page, f"A1:{last}1", "{{noi_bao_cao}} – {{ky_bao_cao}}", bold=True, size=13)
    headings = [sentence("column_stt"), words, *(sentence(f"number_{key}") for key in PLACE_NUMBERS)]
    names = ["stt", "ten", *PLACE_NUMBERS]
    for column, (heading, name) in enumerate(zip(headings, names, strict=True), 1):
        letter = get_column_letter(column)
        _put(page, f"{letter}3", heading, bold=True, boxed=True, filled=True, size=11)
        side = _LEFT if name == "ten" else _MIDDLE if name == "stt" else _RIGHT
        _put(page, f"{letter}4", f"{{{{hang.{source}.{name}}}}}", boxed=True, side=side, size=11)
        if column > 2:
            page.column_dimensions[letter].width = 16 if name == "doanh_thu" else 12
            page[f"{letter}4"].number_format = _COUNTED
            _put(
                page, f"{letter}5", f"=SUM({letter}4:{letter}4)", bold=True, boxed=True, side=_RIGHT, size=11
            )
            page[f"{letter}5"].number_format = _COUNTED
    page.row_dimensions[3].height = 62
    _put(page, "A5:B5", "Cộng", bold=True, boxed=True, size=11)
    _printed(page, "landscape", "3:3", f"A1:{last}5")


def _put(
    page: Worksheet,
    area: str,
    words: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: int = 12,
    side: str = _MIDDLE,
    boxed: bool = False,
    filled: bool = False,
) -> None:
    first = page[area.partition(":")[0]]
    first.value = words
    first.font = Font(name=_FACE, size=size, bold=bold, italic=italic)
    first.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    if filled:
        first.fill = _HEAD
    if boxed:
        cells = page[area] if ":" in area else ((first,),)
        for line in cells:
            for cell in line:
                cell.border = _BOX
    if ":" in area:
        page.merge_cells(area)


def _printed(page: Worksheet, orientation: str, titles: str, area: str) -> None:
    page.page_setup.paperSize, page.page_setup.orientation = page.PAPERSIZE_A4, orientation
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.print_title_rows, page.print_area = titles, area
    page.print_options.horizontalCentered = True
    margins = page.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 0.8, 0.6, 0.8, 0.8
    page.oddFooter.center.text = "&P/&N"
