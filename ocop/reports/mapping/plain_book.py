"""Numbers that are not frozen yet, as a plain workbook: no official layout, and it says so."""

from __future__ import annotations

import io
import math

from marketplace_adapters.workbook import HEAD, safe_text, written_to
from ocop.reports.mapping.filling import Stamp, evidence_sheet
from ocop.reports.mapping.words import by_place, number_words, period_words, sections
from ocop.reports.rules.figures import Figures
from ocop.reports.rules.placeholders import PLACE_NUMBERS, Value
from ocop.web.wording import sentence

_FIRST_WIDTH, _WIDTH = 58, 18
_Lines = list[list[Value]]


def plain_book(figures: Figures, now: Stamp) -> bytes:
    """XLSX bytes: the numbers, by commune, by commune of old, and the evidence."""
    out = io.BytesIO()
    place_heads = number_words(figures, PLACE_NUMBERS)
    with written_to(out) as book:
        head = book.add_format({**HEAD, "border": 1})
        cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "#,##0"})
        parts: list[tuple[str, list[str], _Lines]] = [
            (sentence("tab_report"), _headings(), _numbers(figures)),
            (sentence("tab_communes"), [sentence("column_commune"), *place_heads], _places(figures, False)),
            (sentence("tab_former"), [sentence("column_former"), *place_heads], _places(figures, True)),
            (sentence("tab_evidence"), *evidence_sheet(figures)),
        ]
        for tab, headings, lines in parts:
            page = book.add_worksheet(tab)
            page.write_string(0, 0, safe_text(f"{figures.scope_name} – {period_words(figures.period)}"))
            page.write_string(1, 0, _note(figures, now))
            widths = [_FIRST_WIDTH, *[_WIDTH] * (len(headings) - 1)]
            for row, line in enumerate([headings, *lines], 2):
                page.set_row(row, _height(line, widths))
                for column, value in enumerate(line):
                    if isinstance(value, int):
                        page.write_number(row, column, value, cell)
                    else:
                        page.write_string(row, column, safe_text(value), head if row == 2 else cell)
            page.set_column(0, 0, _FIRST_WIDTH)
            page.set_column(1, len(headings) - 1, _WIDTH)
            page.freeze_panes(3, 1)
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
    return out.getvalue()


def _height(line: list[Value], widths: list[int]) -> float:
    """Points a row needs: not every program makes room for long texts by itself."""
    return 15 * max(
        math.ceil(len(str(cell)) * 1.15 / width) or 1 for cell, width in zip(line, widths, strict=True)
    )


def _headings() -> list[str]:
    return [sentence(f"column_{name}") for name in ("words", "now", "before", "change")]


def _note(figures: Figures, now: Stamp) -> str:
    draft = sentence("paper_draft", at=now.words)
    return f"{draft}. {sentence('paper_sample')}." if figures.sample else f"{draft}."


def _numbers(figures: Figures) -> _Lines:
    lines: _Lines = []
    for heading, _note_below, numbers in sections(figures):
        lines.append([heading, "", "", ""])
        lines += [[one.words, one.now, one.before, one.change] for one in numbers]
    return lines


def _places(figures: Figures, former: bool) -> _Lines:
    return [[name, *counts] for name, counts in by_place(figures, former, PLACE_NUMBERS)]
