"""Twelve sheets as communes keep them, a trouble each: the right rows and exactly the right errors, by cell."""

from __future__ import annotations

import pytest

from tests.unit.imports import messy
from tests.unit.imports.reading import read_file


def test_columns_in_any_order_with_gaps_between_rows() -> None:
    result = read_file(*messy.any_order())

    assert result.column("producer", "name") == ["HTX Mẫu Một", "Tổ hợp tác Mẫu Hai"]
    assert result.column("producer", "kind") == ["cooperative", "cooperative_group"]
    assert result.column("listing", "set_no") == [9, 6]
    assert result.column("certificate", "number") == ["01/QĐ-UBND", None]
    assert list(result.rows) == [3, 5]
    assert (result.said, result.asked) == ([], [])


def test_other_words_in_the_heading_mean_the_same() -> None:
    result = read_file(*messy.synonyms())

    assert result.values(2, "producer") == {
        "name": "Công ty TNHH Mẫu Ba",
        "kind": "enterprise",
        "representative": "Người Mẫu",
        "hotline": "0900 000 003",
        "commune_code": "15286",
        "hamlet": "",
    }
    assert result.values(2, "listing") == {
        "name": "Chè búp mẫu",
        "set_no": 11,
        "label": "túi 200g",
        "net_content": 200,
        "net_unit": "g",
        "price_vnd": 120_000,
        "shelf_life_days": 545,
    }
    assert result.values(2, "certificate") == {
        "kind": "ocop",
        "number": "02/QĐ-UBND",
        "stars": 4,
        "issued_on": "2025-11-21",
    }
    assert result.understood.unknown == {10: "Màu sắc"}
    assert (result.said, result.asked) == ([], [(2, "Mặt hàng", "set_guessed")])


def test_headings_without_marks_with_brackets_stars_and_line_breaks() -> None:
    result = read_file(*messy.no_marks())

    assert result.values(2, "producer")["hamlet"] == "thon Mau"
    assert result.values(2, "listing") == {"name": "Mam tom mau", "set_no": 9, "price_vnd": 55_000}
    assert result.understood.unknown == {}
    assert (result.said, result.asked) == ([], [])


def test_merged_titles_and_a_row_of_column_numbers_stand_above_the_data() -> None:
    result = read_file(*messy.merged_titles())

    assert (result.understood.header_row, list(result.rows)) == (6, [8])
    assert result.understood.title.startswith("ỦY BAN NHÂN DÂN XÃ MẪU")
    assert result.skipped == [(7, "numbering")]
    assert result.values(8, "producer")["hamlet"] == "Thôn Mẫu"
    assert result.values(8, "certificate")["stars"] == 3
    assert (result.said, result.asked) == ([], [(8, "Nhóm", "set_guessed")])


def test_zeros_eaten_by_excel_come_back_where_the_number_proves_it() -> None:
    result = read_file(*messy.eaten_zeros())

    assert result.column("producer", "tax_code") == ["0100000010", "038085000001", None]
    assert result.column("producer", "hotline") == ["0900 000 001", "0237 300 0000", None]
    assert result.column("producer", "zalo") == ["0900 000 001", "0900 000 002", "19000000"]
    assert result.column("producer", "commune_code") == ["15286", "15286", None]
    assert result.column("listing", "gtin") == ["8930000000019", None, None]
    assert result.values(2, "certificate")["number"] == "715"
    assert result.said == [
        (3, "Mã vạch", "gtin_wrong"),
        (4, "Mã xã", "place_unknown"),
        (4, "MST", "tax_code_check_digit"),
        (4, "Điện thoại", "phone_shape"),
    ]
    assert result.asked == []


def test_days_in_every_style_and_those_that_never_were() -> None:
    result = read_file(*messy.styles_of_days())

    assert result.column("certificate", "issued_on") == ["2025-11-21"] * 8 + [None] * 6
    assert result.said == [
        (10, "Ngày cấp", "date_impossible"),
        (13, "Ngày cấp", "date_strange"),
        (14, "Ngày cấp", "date_unreadable"),
        (15, "Ngày cấp", "date_future"),
    ]
    assert result.asked == [
        (9, "Ngày cấp", "date_swapped"),
        (11, "Ngày cấp", "paper_needs_day"),
        (12, "Ngày cấp", "paper_needs_day"),
    ]
    assert 'Dòng 10, cột "Ngày cấp": 31/02/2026 không có trong lịch.' in result.sentences


def test_decomposed_letters_are_put_together() -> None:
    result = read_file(*messy.decomposed())

    assert result.values(2, "producer")["name"] == "HTX Mẫu Một"
    assert result.values(2, "producer")["hamlet"] == "Thôn Đồng Mẫu"
    assert result.values(2, "listing")["name"] == "Mắm tép mẫu"
    assert (result.said, result.asked) == ([], [(2, "Nhóm", "set_guessed")])


def test_money_and_contents_as_people_write_them() -> None:
    result = read_file(*messy.money_and_packs())

    prices = [1_250_000, 1_250_000, 1_250_000, 70_000, 70_000, 70_000, None, None, None, None]
    contents = [(250, "g"), (500, "ml"), (250, "g"), (1, "kg"), (10, "quả"), (1_500, "g")]
    contents += [(None, None), (None, None), (None, None), (500, "ml")]
    assert result.column("listing", "price_vnd") == prices
    assert result.column("listing", "wholesale_vnd")[:5] == [1_100_000, None, None, 65_000, None]
    found = [result.column("listing", key) for key in ("net_content", "net_unit")]
    assert list(zip(*found, strict=True)) == contents
    assert result.said == [
        (6, "Giá sỉ (nghìn đồng)", "price_unit"),
        (8, "Giá bán", "price_strange"),
        (9, "Giá bán", "price_range"),
        (11, "Giá bán", "price_unreadable"),
    ]
    assert result.asked == [
        (8, "Quy cách", "net_unclear"),
        (9, "Quy cách", "net_no_unit"),
        (10, "Giá bán", "price_open"),
    ]


def test_old_districts_lead_to_the_commune_of_today() -> None:
    result = read_file(*messy.old_addresses())

    here = ["15286"] * 6 + [None] * 3 + ["15286"] * 2
    assert result.column("producer", "commune_code") == here
    assert result.column("producer", "hamlet")[:4] == ["Thôn Mẫu", "", "", "Thôn 3"]
    assert result.values(2, "producer")["old_address"] == "Thôn Mẫu, xã Hà Yên, huyện Hà Trung"
    assert result.values(2, "producer")["former_commune"] == "xã Yên Dương"
    assert "old_address" not in result.values(4, "producer")
    assert result.values(11, "producer")["hamlet"] == "Thôn 5"
    assert result.said == [
        (8, "Địa chỉ", "place_split"),
        (9, "Địa chỉ", "place_elsewhere"),
        (10, "Địa chỉ", "place_unknown"),
    ]
    assert result.asked == [(7, "Địa chỉ", "place_split_own")]
    assert result.sentences[1] == (
        'Dòng 8, cột "Địa chỉ": xã Yên Thọ, huyện Như Thanh nay thuộc Xã Yên Thọ hoặc Xã Như Thanh. '
        "Ghi rõ thuộc xã nào."
    )


def test_a_csv_in_an_old_alphabet_with_semicolons() -> None:
    result = read_file(*messy.legacy_csv())

    assert result.column("producer", "name") == ["Hợp tác xã Mẫu Một", "Hộ Nguyễn Mẫu"]
    assert result.column("listing", "name") == ["Mắm tép đồng", "Bánh gai; bánh mật"]
    assert result.column("listing", "price_vnd") == [70_000, 5_000]
    assert (result.said, result.asked) == ([], [])


def test_a_producer_written_once_for_its_products_and_a_product_once_for_its_packs() -> None:
    result = read_file(*messy.merged_down())

    one, two = "HTX Mẫu Một", "Hộ Mẫu Hai"
    assert result.column("producer", "name") == [one, one, one, two, two, None]
    tep, gai = "Mắm tép mẫu", "Bánh gai mẫu"
    assert result.column("listing", "name") == [tep, tep, "Mắm tôm mẫu", gai, "Bánh mật mẫu", "Giò mẫu"]
    assert result.column("listing", "net_content") == [250, 500, 250, 5, 5, 1]
    numbers = ["01/QĐ-UBND", None, "01/QĐ-UBND", None, "02/QĐ-UBND", None]
    assert result.column("certificate", "number") == numbers
    assert result.said == [(7, "Tên chủ thể", "required")]
    assert result.asked == [(3, "Tên sản phẩm", "pack_of_above")]


def test_totals_groups_two_lines_of_heading_and_signatures_are_no_data() -> None:
    result = read_file(*messy.totals_and_groups())

    assert result.understood.header_row == 3
    assert list(result.rows) == [6, 10]
    assert result.column("producer", "name") == ["HTX Mẫu Một", "Hộ Mẫu Hai"]
    assert result.values(6, "certificate") == {
        "kind": "ocop",
        "number": "01/QĐ-UBND",
        "issued_on": "2025-11-21",
        "stars": 3,
    }
    assert result.skipped == [
        (4, "numbering"),
        (5, "group"),
        (7, "total"),
        (8, "header"),
        (9, "group"),
        (11, "total"),
        (13, "footer"),
        (14, "footer"),
        (15, "footer"),
    ]
    assert (result.said, result.asked) == ([], [])


@pytest.mark.parametrize("name", messy.TWELVE)
def test_what_was_understood_goes_to_json_and_back(name: str) -> None:
    understood = read_file(*messy.TWELVE[name]()).understood

    again = type(understood).from_json(understood.to_json())

    assert again == understood
