"""A plain table as an Excel file: headings, text in every cell, no formula can come out of it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from marketplace_adapters.workbook import HEAD, safe_text, written_to

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(tab: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """XLSX bytes of one sheet; None and "" are empty cells, whole numbers stay numbers."""
    out = io.BytesIO()
    with written_to(out) as book:
        page = book.add_worksheet(tab)
        head, body = (
            book.add_format({**HEAD, "bottom": 1}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        widths = [len(heading) + 2 for heading in headings]
        for at, heading in enumerate(headings):
            page.write_string(0, at, heading, head)
        for line, row in enumerate(rows, 1):
            for at, value in enumerate(row):
                if isinstance(value, int):
                    page.write_number(line, at, value, body)
                elif value:
                    page.write_string(line, at, safe_text(str(value)), body)
                widths[at] = max(widths[at], len(str(value or "")))
        for at, width in enumerate(widths):
            page.set_column(at, at, min(max(width, 8), 48))
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
    return out.getvalue()
