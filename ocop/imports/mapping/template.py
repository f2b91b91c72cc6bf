"""The Excel file to download and fill in: every cell is text, so that Excel eats no zero and turns no day around."""

from __future__ import annotations

import io
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from marketplace_adapters.workbook import HEAD, written_to
from ocop.batches.rules import UNITS
from ocop.imports.rules.fields import spec
from ocop.listings.rules import product_sets
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.web.wording import sentence

_FILE = Path(__file__).parent.parent / "template.toml"
_HEADING_ROW = 2  # counted from 0: the title, how to use it, the heading
_ROWS = 500  # that have the right format and choices
_WIDTHS = {"name": 28, "text": 30, "place": 20, "set": 30, "decision": 22, "certificate_kind": 24}
_SETS_FROM = 3  # row of the guide, counted from 0


@cache
def template_workbook() -> bytes:
    """XLSX bytes. The first sheet is the usual list, one row a product; then one sheet for each kind, and a guide."""
    said = tomllib.loads(_FILE.read_text("utf-8"))
    out = io.BytesIO()
    with written_to(out) as book:
        formats = {
            "head": book.add_format({**HEAD, "border": 1, "num_format": "@"}),
            "body": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            "sample": book.add_format(
                {"num_format": "@", "italic": True, "font_color": "#6B6B6B", "valign": "top"}
            ),
            "title": book.add_format({"bold": True, "font_size": 14}),
        }
        for sheet in said["sheets"]:
            _write_sheet(book.add_worksheet(sheet["tab"]), sheet, said, formats)
        _write_guide(book, said, formats)
    return out.getvalue()


def _write_sheet(
    page: Worksheet, sheet: dict[str, Any], said: dict[str, Any], formats: dict[str, Format]
) -> None:
    specs = [spec(target) for target in sheet["columns"]]
    page.set_column(0, 0, 6, formats["body"])
    page.write_string(0, 1, sheet["title"], formats["title"])
    page.write_string(1, 1, said["guide"][5])
    page.write_string(_HEADING_ROW, 0, said["counting"], formats["head"])
    last = _HEADING_ROW + _ROWS
    for at, one in enumerate(specs, 1):
        page.set_column(at, at, _WIDTHS.get(one.parser, 16), formats["body"])
        page.write_string(_HEADING_ROW, at, one.label + (" (*)" if one.required else ""), formats["head"])
        if choices := _choices(one.parser, said):
            page.data_validation(_HEADING_ROW + 1, at, last, at, _only_offered(choices))
    for line, sample in enumerate(sheet["samples"], _HEADING_ROW + 1):
        page.write_string(line, 0, said["sample"], formats["sample"])
        for at, text in enumerate(sample, 1):
            page.write_string(line, at, text, formats["sample"])
    page.ignore_errors({"number_stored_as_text": f"A1:Z{last + 1}"})
    page.freeze_panes(_HEADING_ROW + 1, 2)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _only_offered(choices: list[str] | str) -> dict[str, Any]:
    """A list to choose from; something else may be typed, the reader understands more than the list holds."""
    return {"validate": "list", "source": choices, "show_error": False}


def _choices(parser: str, said: dict[str, Any]) -> list[str] | str:
    if parser == "set":
        first, last = _SETS_FROM + 1, _SETS_FROM + len(product_sets())
        return f"='{said['guide_tab']}'!$C${first}:$C${last}"
    if parser == "producer_kind":
        return [sentence(f"producer_kind_{kind.value}") for kind in ProducerKind]
    if parser == "certificate_kind":
        first, last = _SETS_FROM + 1, _SETS_FROM + len(CertificateKind)
        return f"='{said['guide_tab']}'!$E${first}:$E${last}"
    return {"stars": ["3 sao", "4 sao", "5 sao"], "unit": list(UNITS)}.get(parser, [])


def _write_guide(book: Workbook, said: dict[str, Any], formats: dict[str, Format]) -> None:
    page = book.add_worksheet(said["guide_tab"])
    page.set_column(0, 0, 80)
    page.set_column(2, 2, 60)
    page.set_column(4, 4, 34)
    page.write_string(0, 0, said["guide_tab"], formats["title"])
    for line, text in enumerate(said["guide"], _SETS_FROM):
        page.write_string(line, 0, text, formats["body"])
    page.write_string(_SETS_FROM - 1, 2, said["guide_sets"], formats["head"])
    page.write_string(_SETS_FROM - 1, 4, spec("certificate.kind").label, formats["head"])
    for line, one in enumerate(product_sets(), _SETS_FROM):
        page.write_string(line, 2, f"{one.no} – {one.name}", formats["body"])
    for line, kind in enumerate(CertificateKind, _SETS_FROM):
        page.write_string(line, 4, sentence(f"certificate_kind_{kind.value}"), formats["body"])
