"""The Excel of a parcel: the target form's own labels, one row per variant, text in every cell."""

from __future__ import annotations

import io
from collections.abc import Sequence

from marketplace_adapters.handoff.fields import SOURCES, Row, words
from marketplace_adapters.types import FormColumn
from marketplace_adapters.workbook import HEAD, safe_text, written_to


def sheet(rows: Sequence[Row], columns: Sequence[FormColumn]) -> bytes:
    """XLSX bytes."""
    out = io.BytesIO()
    with written_to(out) as book:
        page = book.add_worksheet(words()["sheet"]["tab"])
        head = book.add_format({**HEAD, "bottom": 1})
        body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        for at, column in enumerate(columns):
            mark = f" {words()['sheet']['required']}" if column.required else ""
            page.write_string(0, at, column.label + mark, head)
            values = [safe_text(str(SOURCES[column.source](row))) for row in rows]
            for line, value in enumerate(values, 1):
                page.write_string(line, at, value, body)
            longest = max((len(value) for value in values), default=0)
            page.set_column(at, at, min(max(longest, len(column.label) + 2, 10), 42))
        page.freeze_panes(1, 1)
        page.set_landscape()
        page.fit_to_pages(1, 0)
    return out.getvalue()
