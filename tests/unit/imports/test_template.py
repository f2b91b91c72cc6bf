"""The file to download: what it says is understood, filled in it gives no problem, samples are left out."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from ocop.imports.decoder import read
from ocop.imports.mapping.template import template_workbook
from ocop.imports.rules import RowKind, spec, targets, understand
from ocop.imports.rules.headings import heading_key
from tests.unit.imports.reading import read_sheet

TABS = ["Danh sách chung", "Cơ sở", "Sản phẩm", "Giấy tờ", "Lô hàng"]


def filled() -> bytes:
    """The template with its samples counted as real rows."""
    book = load_workbook(io.BytesIO(template_workbook()))
    for tab in TABS:
        for at, row in enumerate(book[tab].iter_rows(min_row=4, max_col=1), 1):
            if row[0].value == "mẫu":
                row[0].value = str(at)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_every_heading_of_the_template_is_understood_and_its_samples_are_left_out() -> None:
    sheets = {one.name: read_sheet(one) for one in read(template_workbook(), "mau.xlsx")}

    assert list(sheets) == [*TABS, "Hướng dẫn"]
    for tab in TABS:
        assert sheets[tab].understood.unknown == {}
        assert sheets[tab].understood.missing == ()
        assert {why for _, why in sheets[tab].skipped} == {"sample"}
        assert sheets[tab].rows == {}
    assert sheets["Hướng dẫn"].understood.header_row is None


def test_each_sheet_is_a_list_of_what_its_tab_says() -> None:
    kinds = {one.name: understand(one).kind for one in read(template_workbook(), "mau.xlsx")}

    assert kinds == {
        "Danh sách chung": RowKind.LISTING,
        "Cơ sở": RowKind.PRODUCER,
        "Sản phẩm": RowKind.LISTING,
        "Giấy tờ": RowKind.CERTIFICATE,
        "Lô hàng": RowKind.LOT,
        "Hướng dẫn": None,
    }


def test_filled_in_it_gives_records_and_no_problem() -> None:
    sheets = {one.name: read_sheet(one) for one in read(filled(), "mau.xlsx")}

    assert [one for sheet in sheets.values() for one in sheet.said + sheet.asked] == []
    assert [len(sheets[tab].rows) for tab in TABS] == [2, 1, 1, 2, 1]
    assert sheets["Danh sách chung"].column("listing", "name") == ["Mắm tép mẫu", "Nước mắm mẫu"]
    assert sheets["Danh sách chung"].column("producer", "name") == ["Hợp tác xã Mẫu Một"] * 2
    assert sheets["Danh sách chung"].values(4, "certificate", 1) == {
        "kind": "food_safety",
        "number": "000/ATTP",
        "expires_on": "2028-11-20",
    }
    assert sheets["Lô hàng"].values(4, "lot") == {
        "lot_number": "MT-01",
        "made_on": "2026-11-01",
        "expires_on": "2027-10-31",
        "quantity": 500,
        "unit": "hũ",
    }
    assert sheets["Lô hàng"].rows[4][1].reference


def test_every_cell_to_fill_is_text_so_that_no_zero_is_eaten() -> None:
    book = load_workbook(io.BytesIO(template_workbook()))

    for tab in TABS:
        widths = book[tab].column_dimensions
        assert book[tab]["B4"].number_format == "@"
        assert widths["B"].width > 10
        assert book[tab].data_validations.dataValidation or tab == "Cơ sở"


def test_the_same_template_gives_the_same_bytes() -> None:
    first = template_workbook()
    template_workbook.cache_clear()

    assert template_workbook() == first


@pytest.mark.parametrize("target", targets())
def test_our_own_name_for_a_column_is_understood_as_that_column(target: str) -> None:
    assert heading_key(spec(target).label) in spec(target).synonyms
