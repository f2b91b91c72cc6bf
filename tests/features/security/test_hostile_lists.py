"""A list of links that was made to hurt is read or refused at once, in little memory."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile

import pytest

from ocop.db.errors import Refused
from ocop.publishing.decoder import links_of_file, links_of_text

_QUICK = 5.0  # CPU seconds; what it guards against takes minutes
_LITTLE = 200_000_000  # bytes; what it guards against takes gigabytes
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_IDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINK = '<c t="inlineStr"><is><t>https://a.vn/1</t></is></c>'


def workbook(data: str, *, after: str = "", doctype: str = "", packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    sheet = f'{doctype}<worksheet xmlns="{_MAIN}" xmlns:r="{_IDS}"><sheetData>{data}</sheetData>{after}</worksheet>'
    rels = f'<Relationships><Relationship Id="rId1" Target="https://a.vn/2" TargetMode="External" Type="{_IDS}"/>'
    with zipfile.ZipFile(out, "w", packing) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
        packed.writestr("xl/worksheets/_rels/sheet1.xml.rels", rels + "</Relationships>")
    return out.getvalue()


def said(content: bytes, name: str = "a.xlsx") -> list[str] | str:
    """The links, or the code of the refusal; fails when it took long or much."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        return [link.url for link in links_of_file(name, content)]
    except Refused as refusal:
        return refusal.code
    finally:
        used, most = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert used < _QUICK * 3  # tracemalloc slows it down
        assert most < _LITTLE


@pytest.mark.parametrize(
    ("data", "after", "found"),
    [
        (f'<row r="1048576">{_LINK}</row>', "", ["https://a.vn/1"]),
        (
            f"<row>{_LINK}</row>",
            '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
            ["https://a.vn/1"],
        ),
        ("", '<hyperlinks><hyperlink ref="A1:XFD1048576" r:id="rId1"/></hyperlinks>', ["https://a.vn/2"]),
        (f'<row r="99999999999999">{_LINK}</row>', "", ["https://a.vn/1"]),
        (f'<row><c r="ZZZZZZ99999999999"><v>1</v></c>{_LINK}</row>', "", ["https://a.vn/1"]),
    ],
    ids=[
        "the last row",
        "one merged cell",
        "one link over the sheet",
        "a row past the last",
        "no such column",
    ],
)
def test_v5_2_3_a_small_file_that_speaks_of_the_whole_sheet_costs_little(
    data: str, after: str, found: list[str]
) -> None:
    answer = said(workbook(data, after=after))

    assert answer == found


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("<row/>" * 3_000_000, "list_too_big"),
        ("<row>" + "<c><v>1</v></c>" * 300_000 + "</row>", "list_too_big"),
        ('<row><c t="inlineStr"><is><t>' + "a" * 30_000_000 + "</t></is></c></row>", "list_too_big"),
        ("<row>" * 100_000, "list_not_xlsx"),
    ],
    ids=["empty rows", "cells", "one cell", "never closed"],
)
def test_v5_2_3_a_file_that_unpacks_to_much_is_refused(data: str, code: str) -> None:
    answer = said(workbook(data))

    assert answer == code


@pytest.mark.parametrize(
    "entity", ['"' + "a" * 100_000 + '"', 'SYSTEM "file:///etc/passwd"'], ids=["laughs", "a file of ours"]
)
def test_v1_5_1_a_workbook_with_entities_is_refused(entity: str) -> None:
    content = workbook(f"<row>{_LINK}</row>", doctype=f"<!DOCTYPE x [<!ENTITY a {entity}>]>")

    assert said(content) == "list_not_xlsx"


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_v5_2_3_a_packing_without_a_limit_is_refused(packing: int) -> None:
    assert said(workbook(f"<row>{_LINK}</row>", packing=packing)) == "list_not_xlsx"


def test_one_long_text_in_many_cells_is_refused() -> None:
    text = '<c t="inlineStr"><is><t>' + "a" * 2_000 + "</t></is></c>"

    assert said(workbook(f"<row>{text * 55}</row>" * 60)) == "list_too_big"


@pytest.mark.parametrize(
    "text", ["-" * 200_000, "-a" * 100_000, "a." * 100_000, "a" + "\u0323\u0300" * 100_000]
)
def test_v1_3_12_lines_made_to_be_gone_over_again_and_again_are_read_once(text: str) -> None:
    begun = time.process_time()

    with pytest.raises(Refused, match="list_no_links"):
        links_of_text(text)

    assert time.process_time() - begun < _QUICK


def test_a_csv_with_a_quotation_mark_that_never_ends_is_refused_and_old_line_ends_are_read() -> None:
    assert said(b'"' + b"a," * 100_000, "a.csv") == "list_not_xlsx"
    assert said("Tên\rhttps://a.vn/1\r".encode(), "a.csv") == ["https://a.vn/1"]


def test_an_address_behind_a_hyphen_is_still_found() -> None:
    found = links_of_text("-voso.vn/mam-tep\nChè - ban-hang.voso.vn/che")

    assert [link.url for link in found] == ["https://voso.vn/mam-tep", "https://ban-hang.voso.vn/che"]
