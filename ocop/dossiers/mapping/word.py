"""Bricks of a .docx as offices want it: A4, Times New Roman, the margins of NĐ 30/2020/NĐ-CP, a state heading."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_FONT = "Times New Roman"
CENTRE, RIGHT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY


def new_document(title: str, *, landscape: bool = False) -> Document:
    """An empty page; ``title`` stands in the file's properties. No name of a person or program's user is kept."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = title, "OCOP Lên Sàn"
    style = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(13)
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        style.element.rPr.rFonts.set(qn(script), _FONT)
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(4), Pt(0)
    style.paragraph_format.line_spacing = 1.15
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    return document


def line(
    document: Document, text: str = "", *, bold: bool = False, italic: bool = False, align: int | None = None
) -> Paragraph:
    paragraph = document.add_paragraph()
    _write(paragraph, text, bold=bold, italic=italic)
    if align is not None:
        paragraph.alignment = align  # type: ignore[assignment]
    return paragraph


def state_heading(document: Document, left: Sequence[str], place_and_day: str) -> None:
    """The two columns every official letter begins with: who writes, and the Republic's name."""
    table = document.add_table(rows=1, cols=2)
    _widths(table, (62, 108))
    right = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "―――――――――――",
        place_and_day,
    ]
    for cell, lines in zip(table.rows[0].cells, (left, right), strict=True):
        for at, text in enumerate(lines):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            paragraph.alignment, paragraph.paragraph_format.space_after = CENTRE, Pt(0)
            _write(paragraph, text, bold=at < 2, italic=text == place_and_day, size=12 if at == 0 else 13)
    line(document)


def grid(
    document: Document, headings: Sequence[str], rows: Iterable[Sequence[str]], widths_mm: Sequence[float]
) -> None:
    """A ruled table; its head is repeated on every page."""
    table = document.add_table(rows=1, cols=len(headings))
    table.style = "Table Grid"
    _widths(table, widths_mm)
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(docx.oxml.OxmlElement("w:tblHeader"))
    _fill(head.cells, headings, bold=True)
    for row in rows:
        _fill(table.add_row().cells, row)
    document.add_paragraph()


def pairs(document: Document, found: Iterable[tuple[str, str]]) -> None:
    """Word: value lines; an empty value leaves dots to write on."""
    for word, value in found:
        paragraph = document.add_paragraph()
        _write(paragraph, f"{word}: ")
        _write(paragraph, value or "." * 60, bold=bool(value))


def signatures(document: Document, blocks: Sequence[Sequence[str]]) -> None:
    """Side by side, each its lines with room to sign under them; kept on one page."""
    table = document.add_table(rows=1, cols=len(blocks))
    for cell, lines in zip(table.rows[0].cells, blocks, strict=True):
        for at, text in enumerate([*lines, "", "", "", ""]):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            paragraph.alignment, paragraph.paragraph_format.keep_with_next = CENTRE, True
            _write(paragraph, text, bold=at == 0, italic=text.startswith("("))


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _widths(table: Table, widths_mm: Sequence[float]) -> None:
    """Word goes by the cells, LibreOffice by the columns; a row added later takes the column's."""
    table.autofit = False
    for column, cell, width in zip(table.columns, table.rows[0].cells, widths_mm, strict=True):
        column.width = cell.width = Mm(width)


def _fill(cells: Sequence, texts: Sequence[str], *, bold: bool = False) -> None:
    for cell, text in zip(cells, texts, strict=True):
        _write(cell.paragraphs[0], text, bold=bold, size=12)
        cell.paragraphs[0].paragraph_format.space_after = Pt(2)


def _write(
    paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: int | None = None
) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    if size is not None:
        run.font.size = Pt(size)
