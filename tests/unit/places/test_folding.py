"""Text is folded the same way whatever keyboard it came from."""

import unicodedata

import pytest

from ocop.web.folding import fold, one_style, tidy


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đường", "duong"),
        ("ĐƯỜNG", "duong"),
        ("Ðường", "duong"),
        ("Hoá", "hoa"),
        ("Hóa", "hoa"),
        ("Mắm tép  Hà\u00a0Yên\n", "mam tep ha yen"),
        ("M’Drắk", "m'drak"),
        ("bưởi\u200b Luận Văn", "buoi luan van"),
        ("OCOP 4 sao", "ocop 4 sao"),
        ("", ""),
    ],
)
def test_text_folds_to_its_key(text, key):
    assert fold(text) == key
    assert fold(unicodedata.normalize("NFD", text)) == key
    assert fold(key) == key


def test_tidy_keeps_marks_and_case_but_writes_them_one_way():
    decomposed = unicodedata.normalize("NFD", "  Ea  H’Leo,\tĐắk Lắk ")

    assert tidy(decomposed) == "Ea H'Leo, Đắk Lắk"
    assert tidy("Ðồng") == "Đồng"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Thanh Hoá", "Thanh Hóa"),
        ("Thuỷ", "Thủy"),
        ("UỶ BAN", "ỦY BAN"),
        ("khoẻ", "khỏe"),
        ("Quý", "Quý"),
        ("Quỳ", "Quỳ"),
        ("Thuận", "Thuận"),
        ("ngoài", "ngoài"),
        ("hoán", "hoán"),
        ("quả", "quả"),
        ("Thoại", "Thoại"),
    ],
)
def test_the_tone_stands_where_the_official_list_puts_it(typed, written):
    assert one_style(typed) == written
    assert one_style(unicodedata.normalize("NFD", typed)) == written


def test_a_pile_of_marks_is_dropped_and_nothing_else():
    pile = "a" + "\u0316\u0300" * 50_000 + "b"

    assert fold(pile) == "ab"
    assert len(tidy(pile)) < 10
    assert len(one_style(pile)) < 10
