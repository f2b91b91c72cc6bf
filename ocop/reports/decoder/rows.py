"""Rows put into a sheet without tearing what lies below: merged cells, heights, formulas, print area and the rest
move down together, as they do in a spreadsheet program."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.worksheet import Worksheet

_ROW = re.compile(r"(\$?[A-Za-z]{1,3}\$?|^\$?|(?<=:)\$?)(\d{1,7})(?![\w(])")


def insert_below(book: Workbook, page: Worksheet, row: int, count: int) -> None:
    """``count`` empty rows under ``row``. A range that ends in ``row`` grows: a sum under the row sums them all."""
    if count == 0:
        return
    heights = {at: dim for at, dim in page.row_dimensions.items() if at > row}
    page.insert_rows(row + 1, count)
    for at in sorted(heights, reverse=True):
        del page.row_dimensions[at]
    for at, dimension in heights.items():
        dimension.index = at + count
        page.row_dimensions[at + count] = dimension
    _move_merged(page, row, count)
    _move_formulas(book, page, row, count)
    _move_settings(page, row, count)
    _move_drawings(page, row, count)


def moved(reference: str, row: int, count: int) -> str:
    """ "D8:D8" or "$A$1:$F$20" after rows were put in under ``row``."""
    first, colon, last = reference.partition(":")
    if not colon:
        return _moved_part(first, row, count)
    return f"{_moved_part(first, row, count)}:{_moved_part(last, row - 1, count)}"


def _moved_part(part: str, row: int, count: int) -> str:
    return _ROW.sub(lambda m: f"{m[1]}{int(m[2]) + count if int(m[2]) > row else m[2]}", part)


def _move_merged(page: Worksheet, row: int, count: int) -> None:
    ranges = list(page.merged_cells.ranges)
    page.merged_cells = MultiCellRange()
    for merged in ranges:
        if merged.min_row > row:
            merged.shift(row_shift=count)
        page.merged_cells.add(merged)


def _move_formulas(book: Workbook, page: Worksheet, row: int, count: int) -> None:
    for other in book.worksheets:
        for line in other.iter_rows():
            for cell in line:
                if cell.data_type == "f" and isinstance(cell.value, str):
                    cell.value = _moved_formula(cell.value, other is page, page.title, row, count)
    for name in book.defined_names.values():
        if name.attr_text:
            name.attr_text = _moved_formula(f"={name.attr_text}", False, page.title, row, count)[1:]


def _moved_formula(formula: str, own_sheet: bool, title: str, row: int, count: int) -> str:
    tokens = Tokenizer(formula)
    for token in tokens.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            sheet, mark, reference = token.value.rpartition("!")
            if own_sheet if not mark else sheet.strip("'") == title:
                token.value = f"{sheet}{mark}{moved(reference, row, count)}"
    return tokens.render()


def _move_settings(page: Worksheet, row: int, count: int) -> None:
    if page.print_area:
        areas = (area.rpartition("!")[2] for area in str(page.print_area).split(","))
        page.print_area = ",".join(moved(area, row, count) for area in areas)
    if page.auto_filter.ref:
        page.auto_filter.ref = moved(page.auto_filter.ref, row, count)
    for table in page.tables.values():
        table.ref = moved(table.ref, row, count)
    for check in page.data_validations.dataValidation:
        check.sqref = MultiCellRange(_moved_all(check.sqref, row, count))
    formats = ConditionalFormattingList()
    for one in page.conditional_formatting:
        for rule in one.rules:
            formats.add(_moved_all(one.sqref, row, count), rule)
    page.conditional_formatting = formats
    for line in page.row_breaks.brk:
        line.id += count if line.id > row else 0


def _moved_all(ranges: Any, row: int, count: int) -> str:
    return " ".join(moved(one, row, count) for one in str(ranges).split())


def _move_drawings(page: Worksheet, row: int, count: int) -> None:
    for line in page.iter_rows():
        for cell in line:
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate
    for picture in [*page._images, *page._charts]:
        for corner in (getattr(picture.anchor, "_from", None), getattr(picture.anchor, "to", None)):
            if corner is not None and corner.row >= row:
                corner.row += count
