"""Placeholders of a workbook found and filled; everything else stays as the office made it."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.formula import Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from marketplace_adapters.workbook import safe_text
from ocop.reports.decoder import rows
from ocop.reports.rules.placeholders import LIST_PREFIX, PATTERN, list_of, names_in

_MOST_CELLS = 200_000
_LONGEST_SHOWN = 60
_LINE_HEIGHT = 15.5  # points, of 11 and 12 point letters
# Other files, programs and the network: whoever opens a report would call them without knowing.
_REACHES_OUT = re.compile(
    r"\[\d+\]|\.xl\w{1,3}\]|://|\\\\|\|[^!\"]*!|\b(?:WEBSERVICE|FILTERXML|IMAGE|RTD|DDE|CALL|EXEC|REGISTER(?:\.ID)?)\s*\(",
    re.IGNORECASE,
)
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")

Values = Mapping[str, Any]


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), keep_links=False)


def too_large(book: Workbook) -> bool:
    """Cells that were never written cost as much as others once a sheet is walked over."""
    return sum(page.max_row * page.max_column for page in book.worksheets) > _MOST_CELLS


def look(book: Workbook, known: frozenset[str]) -> tuple[list[str], list[dict[str, str]]]:
    """(every placeholder there is, what is wrong by cell)."""
    names: dict[str, None] = {}
    wrong: list[dict[str, str]] = []
    for page in book.worksheets:
        for line in page.iter_rows():
            found = [(cell, name) for cell in line for name in names_in(_text(cell))]
            names.update(dict.fromkeys(name for _, name in found))
            wrong += [_wrong("template_unknown", cell, name) for cell, name in found if name not in known]
            wrong += _row_troubles(page, [(cell, name) for cell, name in found if list_of(name)])
            wrong += [
                _wrong(code, cell, text) for cell in line for code, text in formula_troubles(_formula(cell))
            ]
    for name, text in _defined(book):
        wrong += [{"code": code, "cell": name, "text": said} for code, said in formula_troubles(text)]
    return list(names), wrong


def formula_troubles(formula: str) -> list[tuple[str, str]]:
    """(code, the formula) where one cannot be read, or speaks to something outside of the workbook."""
    if not formula:
        return []
    try:
        Tokenizer(formula)
    except Exception:  # it fails in several ways, and would in every report
        return [("template_formula", formula[:_LONGEST_SHOWN])]
    return [("template_reaches_out", formula[:_LONGEST_SHOWN])] if _REACHES_OUT.search(formula) else []


def _formula(cell: Any) -> str:
    if isinstance(cell, MergedCell) or cell.data_type != "f":
        return ""
    return str(getattr(cell.value, "text", cell.value) or "")


def _defined(book: Workbook) -> Iterator[tuple[str, str]]:
    """(name, what it stands for as a formula) of the book's own names and those of its sheets."""
    for names in (book.defined_names, *(page.defined_names for page in book.worksheets)):
        for name in names.values():
            if name.attr_text:
                yield name.name, f"={name.attr_text}"


def _row_troubles(page: Worksheet, found: list[tuple[Cell, str]]) -> list[dict[str, str]]:
    """A repeated row belongs to one list, and no cell of it is merged with another row."""
    if not found:
        return []
    cell, first = found[0]
    troubles = [
        _wrong("template_two_lists", other, name) for other, name in found if list_of(name) != list_of(first)
    ]
    tall = [
        r for r in page.merged_cells.ranges if r.min_row <= cell.row <= r.max_row and r.min_row < r.max_row
    ]
    return troubles + [_wrong("template_row_merged", cell, str(merged)) for merged in tall[:1]]


def _wrong(code: str, cell: Cell, text: str) -> dict[str, str]:
    where = f"{cell.parent.title}!{cell.coordinate}"
    return {"code": code, "cell": where, "text": text[:_LONGEST_SHOWN]}


def fill(book: Workbook, values: Values, lists: Mapping[str, Sequence[Values]]) -> None:
    """Numbers go in as numbers, text as text that can be no formula; formulas of the template stay formulas."""
    for page in book.worksheets:
        repeated: list[tuple[int, str]] = []
        for line in page.iter_rows():
            names = [name for cell in line for name in names_in(_text(cell))]
            source = next((found for name in names if (found := list_of(name))), None)
            if source is not None:
                repeated.append((line[0].row, source))
            elif names:
                for cell in line:
                    _fill_cell(cell, values)
        for row, source in reversed(repeated):  # from below, so that the rows above keep their numbers
            _repeat(book, page, row, lists.get(source, ()), values, source)


def _repeat(
    book: Workbook, page: Worksheet, row: int, items: Sequence[Values], values: Values, source: str
) -> None:
    """The row once for each item; a list without any leaves the row with empty places."""
    rows.insert_below(book, page, row, max(len(items) - 1, 0))
    last_column = page.max_column
    pattern = [copy(page.cell(row, column).value) for column in range(1, last_column + 1)]
    merged = [r for r in page.merged_cells.ranges if r.min_row == row == r.max_row]
    for at, item in enumerate(items or [{}]):
        if at:
            _copy_look(page, row, row + at, last_column)
            for wide in merged:
                page.merge_cells(
                    start_row=row + at, end_row=row + at, start_column=wide.min_col, end_column=wide.max_col
                )
        known = {**values, **{f"{LIST_PREFIX}{source}.{name}": value for name, value in item.items()}}
        for column, text in enumerate(pattern, 1):
            cell = page.cell(row + at, column)
            if isinstance(cell, MergedCell):
                continue
            if isinstance(text, str) and text.startswith("=") and at:
                cell.value = Translator(text, origin=f"{get_column_letter(column)}{row}").translate_formula(
                    cell.coordinate
                )
            elif at:
                cell.value = text
            _fill_cell(cell, known)
        _fit_height(page, row + at)


def _copy_look(page: Worksheet, origin: int, target: int, last_column: int) -> None:
    page.row_dimensions[target].height = page.row_dimensions[origin].height
    for column in range(1, last_column + 1):
        page.cell(target, column)._style = copy(page.cell(origin, column)._style)


def _fit_height(page: Worksheet, row: int) -> None:
    """Room for the longest text of a row whose height nobody set: not every program makes it by itself."""
    if page.row_dimensions[row].height is not None:
        return
    wide = {r.min_col: r.max_col for r in page.merged_cells.ranges if r.min_row == row == r.max_row}
    lines = 1
    for cell in page[row]:
        if isinstance(cell.value, str) and cell.data_type == "s" and cell.alignment.wrap_text:
            columns = range(cell.column, wide.get(cell.column, cell.column) + 1)
            width = sum(page.column_dimensions[get_column_letter(c)].width for c in columns)
            lines = max(lines, lines_needed(cell.value, width))
    if lines > 1:
        page.row_dimensions[row].height = lines * _LINE_HEIGHT


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many digits; letters run a little narrower."""
    return sum(max(1, math.ceil(len(part) * 0.95 / max(width, 1))) for part in text.split("\n"))


def _fill_cell(cell: Any, values: Values) -> None:
    text = _text(cell)
    names = names_in(text)
    if not names:
        return
    alone = PATTERN.fullmatch(text.strip())
    value = values.get(names[0], "") if alone else None
    if isinstance(value, int):
        cell.value = value
        return
    filled = PATTERN.sub(lambda match: _written(values.get(match[1], "")), text)
    put_text(cell, filled)


def _written(value: Any) -> str:
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value)


def put_text(cell: Any, text: str) -> None:
    """Text that no spreadsheet takes for a formula, however it begins."""
    cleaned = safe_text(ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.value = cleaned or None
    if cleaned:
        cell.data_type = "s"


def _text(cell: Any) -> str:
    """What a cell says, "" for numbers and formulas."""
    value = None if isinstance(cell, MergedCell) or cell.data_type == "f" else cell.value
    return value if isinstance(value, str) and "{{" in value else ""


def put_behind(book: Workbook, title: str, headings: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    """A plain sheet after the office's own ones, headings repeated on every printed page."""
    page = book.create_sheet(_free_name(book, title))
    thin = Side(style="thin", color="8A8170")
    line_of_cell = Border(left=thin, right=thin, top=thin, bottom=thin)
    for number, line in enumerate([list(headings), *lines], 1):
        for column, value in enumerate(line, 1):
            cell = page.cell(number, column)
            if isinstance(value, int):
                cell.value, cell.number_format = value, "#,##0"
            else:
                put_text(cell, str(value))
            cell.border = line_of_cell
            cell.font = Font(name="Times New Roman", size=11, bold=number == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=None)
            if number == 1:
                cell.fill = PatternFill("solid", fgColor="EAF2F7")
    widths = list(_widths(headings, lines))
    for column, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    for number, line in enumerate(lines, 2):
        tall = max(lines_needed(str(value), width) for value, width in zip(line, widths, strict=True))
        if tall > 1:
            page.row_dimensions[number].height = tall * _LINE_HEIGHT
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True


def _widths(headings: Sequence[str], lines: Sequence[Sequence[Any]]) -> Iterator[int]:
    for column, heading in enumerate(headings):
        longest = max((len(str(line[column])) for line in lines), default=0)
        yield min(max(len(heading), longest, 5) + 2, 36)


def _free_name(book: Workbook, wanted: str) -> str:
    name, more = _SHEET_NAME.sub(" ", wanted)[:28], 1
    taken = {page.title.lower() for page in book.worksheets}
    while name.lower() in taken:
        more += 1
        name = f"{_SHEET_NAME.sub(' ', wanted)[:26]} {more}"
    return name
