"""Lists of links as people keep them: what is read out of a sheet, a CSV file, pasted lines."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from ocop.db.errors import Refused
from ocop.publishing.decoder import MOST_LINKS, SaidLink, links_of_file, links_of_text


def workbook(*rows: list[object], links: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, target in (links or {}).items():
        book.active[cell].hyperlink = target
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_columns_are_found_by_their_headings_wherever_the_table_begins() -> None:
    content = workbook(
        ["DANH SÁCH SẢN PHẨM LÊN SÀN NĂM 2025"],
        [],
        ["TT", "Tên chủ thể", "Tên sản phẩm", "Giá bán (đồng)", "Đường dẫn"],
        [1, "HTX mẫu Một", "Mắm tép đồng", "70.000 đ", "https://buudien.vn/p/mam-tep-1.html"],
        [2, "HTX mẫu Hai", "Chè búp", 120000, "https://buudien.vn/p/che-2.html"],
    )

    found = links_of_file("a.xlsx", content)

    assert found == [
        SaidLink(4, "https://buudien.vn/p/mam-tep-1.html", "Mắm tép đồng", "HTX mẫu Một", 70_000),
        SaidLink(5, "https://buudien.vn/p/che-2.html", "Chè búp", "HTX mẫu Hai", 120_000),
    ]


def test_a_word_with_a_link_under_it_counts_and_decomposed_letters_are_put_together() -> None:
    content = workbook(
        ["Sản phẩm", "Bài đăng"],
        ["Ma\u0306\u0301m te\u0301p", "Xem"],
        links={"B2": "https://buudien.vn/p/1"},
    )

    (found,) = links_of_file("a.xlsx", content)

    assert (found.url, found.product_name) == ("https://buudien.vn/p/1", "Mắm tép")


def test_without_headings_the_longest_words_of_the_row_are_the_name() -> None:
    (found,) = links_of_file("a.xlsx", workbook([1, "Mắm tép đồng Hà Yên", "HTX", "https://buudien.vn/p/1"]))

    assert found.product_name == "Mắm tép đồng Hà Yên"


def test_a_row_with_two_places_gives_two_links() -> None:
    found = links_of_file(
        "a.xlsx", workbook(["Sản phẩm", "Sàn 1", "Sàn 2"], ["Chè", "https://a.vn/1", "b.vn/san-pham/2"])
    )

    assert [one.url for one in found] == ["https://a.vn/1", "https://b.vn/san-pham/2"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_of_any_kind_is_read(mark: str) -> None:
    text = mark.join(["Tên sản phẩm", "Link"]) + "\r\n" + mark.join(["Chè búp", "https://a.vn/1"]) + "\r\n"

    (found,) = links_of_file("a.csv", text.encode("utf-8-sig"))

    assert (found.row, found.product_name, found.url) == (2, "Chè búp", "https://a.vn/1")


def test_pasted_lines_keep_their_words() -> None:
    found = links_of_text("Chè búp: https://a.vn/1.\n\nhttps://a.vn/2\n")

    assert [(one.row, one.product_name, one.url) for one in found] == [
        (1, "Chè búp", "https://a.vn/1"),
        (3, "", "https://a.vn/2"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 50, "list_not_xlsx"),
        ("a.xlsx", b"PK\x03\x04 not a workbook", "list_not_xlsx"),
        ("a.xlsx", workbook(["Tên sản phẩm"], ["Chè"]), "list_no_links"),
        ("a.csv", b"x" * 5_000_001, "list_too_big"),
        ("a.csv", b"https://a.vn/%d\n" * (MOST_LINKS + 1), "list_too_long"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        links_of_file(name, content)

    assert caught.value.code == code
