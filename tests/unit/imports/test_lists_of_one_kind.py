"""Lists of papers and of lots; headings in two lines without merged cells; columns a person puts right."""

from __future__ import annotations

import pytest

from ocop.imports.rules import RowKind, Sheet, data_rows, records, understand
from tests.unit.imports.messy import csv_text, workbook
from tests.unit.imports.reading import HOAT_GIANG, read_file, read_sheet


def sheet(*rows: list[str]) -> Sheet:
    return Sheet("a", list(enumerate(rows, 1)))


def test_a_list_of_papers_names_its_products_and_asks_for_every_empty_cell() -> None:
    result = read_sheet(
        sheet(
            ["Chủ thể", "Sản phẩm", "Loại giấy", "Số giấy", "Số sao", "Ngày cấp", "Có giá trị đến"],
            ["HTX Mẫu Một", "Mắm tép mẫu", "Giấy OCOP", "01/QĐ-UBND", "4", "21/11/2025", "36 tháng"],
            ["HTX Mẫu Một", "", "ATTP", "02/ATTP", "", "21/11/2025", "20/11/2025"],
            ["HTX Mẫu Một", "", "Tự công bố", "03/TCB", "", "", ""],
            ["HTX Mẫu Một", "Mắm tôm mẫu", "OCOP", "", "3", "", "20/11/2024"],
        )
    )

    assert result.understood.kind is RowKind.CERTIFICATE
    assert [one.reference for one in result.rows[2]] == [True, True, False]
    assert result.values(2, "certificate") == {
        "kind": "ocop",
        "number": "01/QĐ-UBND",
        "stars": 4,
        "issued_on": "2025-11-21",
        "expires_on": "2028-11-20",
    }
    assert result.said == [
        (3, "Có giá trị đến", "ends_early"),
        (4, "Sản phẩm", "paper_needs_product"),
        (5, "Số giấy", "required"),
        (5, "Ngày cấp", "required"),
    ]
    assert ("paper_expired") in [code for _, _, code in result.asked]


def test_a_list_of_lots_takes_days_and_counts_from_it() -> None:
    result = read_sheet(
        sheet(
            ["Chủ thể", "Sản phẩm", "Quy cách", "Số lô", "NSX", "HSD", "Số lượng", "ĐVT", "Ghi chú"],
            [
                "HTX Mẫu Một",
                "Mắm tép mẫu",
                "hũ 250 g",
                "L-01",
                "1/11/2026",
                "12 tháng",
                "1.200",
                "",
                "mẻ đầu",
            ],
            ["HTX Mẫu Một", "Mắm tép mẫu", "", "LÔ 2", "1/12/2026", "", "không rõ", "thùng", ""],
        )
    )

    assert result.understood.kind is RowKind.LOT
    assert result.values(2, "lot") == {
        "lot_number": "L-01",
        "made_on": "2026-11-01",
        "expires_on": "2027-10-31",
        "quantity": 1_200,
        "unit": "hũ",
        "note": "mẻ đầu",
    }
    assert result.said == [
        (3, "Số lô", "lot_characters"),
        (3, "NSX", "date_future"),
        (3, "Số lượng", "required"),
    ]
    assert result.asked == [(3, "ĐVT", "unit_unknown")]


def test_the_list_a_commune_usually_has_makes_producers_products_and_papers() -> None:
    result = read_sheet(
        sheet(
            [
                "TT",
                "Tên sản phẩm",
                "Chủ thể sản xuất",
                "Địa chỉ (thôn, xã, huyện)",
                "Năm công nhận",
                "Hạng sao",
            ]
            + ["Số Quyết định, ngày tháng năm", "Thời hạn GCN", "Ảnh 1", "Ảnh 2", "Doanh thu (triệu đồng)"],
            ["1", "Mắm tép Mẫu", "HTX Mẫu", "Thôn Mẫu - Hà Yên - Hà Trung", "2024", "3 sao"]
            + ["QĐ số 12/QĐ-UBND ngày 15/12/2024 của UBND tỉnh", "36 tháng", "a.jpg", "b.jpg", "90"],
            [
                "2",
                "Giò Mẫu",
                "Hộ Mẫu",
                "Thôn 5, Hoạt Giang",
                "2025",
                "4 sao",
                "Số: 13/QĐ-UBND",
                "",
                "",
                "",
                "",
            ],
        )
    )

    assert result.understood.combined
    assert [one.reference for one in result.rows[2]] == [False, False, False]
    assert result.values(2, "producer")["hamlet"] == "Thôn Mẫu"
    assert result.values(2, "listing")["photos"] == ["a.jpg", "b.jpg"]
    assert result.values(2, "certificate") == {
        "kind": "ocop",
        "stars": 3,
        "number": "12/QĐ-UBND",
        "issued_on": "2024-12-15",
        "expires_on": "2027-12-14",
    }
    assert [one.kind for one in result.rows[3]] == [RowKind.PRODUCER, RowKind.LISTING]
    assert result.said == []
    assert result.asked == [
        (2, "Tên sản phẩm", "set_guessed"),
        (3, "Tên sản phẩm", "set_guessed"),
        (3, "Năm công nhận", "paper_needs_day"),
    ]


def test_in_a_list_of_households_the_person_is_the_producer() -> None:
    result = read_sheet(
        sheet(
            ["STT", "Họ tên chủ hộ", "Nghề", "Sản phẩm chính", "Giá bán BQ (1.000đ/kg)"],
            ["1", "Nguyễn Văn Mẫu", "Nấu rượu", "Rượu nếp", "60"],
        )
    )

    assert result.values(2, "producer")["name"] == "Nguyễn Văn Mẫu"
    assert result.values(2, "listing")["price_vnd"] == 60_000


def test_a_heading_in_two_lines_without_merged_cells() -> None:
    rows = [
        ["STT", "Chủ thể", "", "Sản phẩm", "", "Quyết định", ""],
        ["", "Tên", "Điện thoại", "Tên", "Sao", "Số", "Ngày"],
        ["1", "HTX Mẫu Một", "0900000001", "Mắm tép mẫu", "3", "01/QĐ-UBND", "21/11/2025"],
    ]

    result = read_file("a.csv", csv_text(rows, ";").encode())

    assert list(result.understood.columns.values()) == [
        "producer.name",
        "producer.hotline",
        "listing.name",
        "certificate.stars",
        "certificate.number",
        "certificate.issued_on",
    ]
    assert result.values(3, "certificate")["issued_on"] == "2025-11-21"


def test_the_first_row_of_data_is_not_taken_for_a_second_line_of_the_heading() -> None:
    result = read_sheet(sheet(["Tên chủ thể", "", "Tên sản phẩm"], ["HTX Mẫu Một", "Hộ", "Mắm tép mẫu"]))

    assert (result.understood.header_row, list(result.rows)) == (1, [2])


def test_columns_as_a_person_put_them_right() -> None:
    lines = sheet(["Tên chủ thể", "Sản phẩm", "Gọi số này"], ["HTX Mẫu Một", "Mắm tép mẫu", "0900000001"])
    guessed = understand(lines)

    right = guessed.with_columns({0: "producer.name", 1: "", 2: "producer.hotline"})

    (row,) = data_rows(right, lines).data
    assert guessed.unknown == {2: "Gọi số này"}
    assert (right.unknown, right.kinds) == ({1: "Sản phẩm"}, (RowKind.PRODUCER,))
    assert records(right, row.cells, HOAT_GIANG)[0][0].values["hotline"] == "0900 000 001"


def test_a_sheet_without_names_of_producers_says_what_it_lacks() -> None:
    assert understand(sheet(["Tên sản phẩm", "Giá bán"], ["Mắm", "70.000"])).missing == ("producer.name",)


def test_a_sheet_that_is_no_list_is_not_understood() -> None:
    understood = understand(sheet(["Báo cáo tháng"], ["Trong tháng xã đã mở hai lớp tập huấn."]))

    assert (understood.header_row, understood.columns, understood.kind) == (None, {}, None)


def test_nothing_is_lent_over_the_name_of_a_new_group() -> None:
    result = read_sheet(
        sheet(
            ["STT", "Tên chủ thể", "Tên sản phẩm", "Bộ"],
            ["1", "HTX Mẫu Một", "Mắm tép mẫu", "9"],
            ["II. Hộ sản xuất", "", "", ""],
            ["2", "", "Bánh gai mẫu", "6"],
        )
    )

    assert result.said == [(4, "Tên chủ thể", "required")]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["", "Công ty Mẫu", "0900000001"], ""),
        (["", "Tổng công ty Mẫu", "0900000001"], ""),
        (["", "Cộng đồng Mẫu", "0900000001"], ""),
        (["", "Cộng nhóm I", "3"], "total"),
        (["", "TỔNG SỐ: 12 chủ thể", ""], "total"),
        (["mẫu", "HTX Mẫu", "0900000001"], "sample"),
        (["", "Hoạt Giang, ngày ... tháng ... năm 2026", ""], "footer"),
        (["I", "HỢP TÁC XÃ", ""], "group"),
        (["", "HTX Mẫu", ""], ""),
        (["stt", "TEN CHU THE", "dien thoai"], "header"),
    ],
)
def test_which_rows_are_data(cells: list[str], why: str) -> None:
    lines = sheet(["STT", "Tên chủ thể", "Điện thoại"], ["1", "Hộ Mẫu", "0900000009"], cells)

    rows = data_rows(understand(lines), lines)

    assert [found for _, found in rows.skipped] == ([why] if why else [])


def test_all_problems_of_a_row_are_said_at_once() -> None:
    result = read_file(
        "a.xlsx",
        workbook(
            [
                ["Tên chủ thể", "MST", "Điện thoại", "Tên sản phẩm", "Giá bán", "Sao", "Ngày cấp"],
                ["", "123", "12", "Xyz", "năm chục", "9 sao", "31/02/2026"],
            ]
        ),
    )

    assert result.said == [
        (2, "Tên chủ thể", "required"),
        (2, "MST", "tax_code_shape"),
        (2, "Điện thoại", "phone_shape"),
        (2, "Tên sản phẩm", "set_unknown"),
        (2, "Giá bán", "price_unreadable"),
        (2, "Sao", "stars_unknown"),
        (2, "Ngày cấp", "date_impossible"),
    ]
