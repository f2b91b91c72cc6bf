"""An address from before 01/07/2025 is offered its commune of today; where it was split, the person is asked."""

import json
import unicodedata
from pathlib import Path

import pytest

from ocop.places import mapping, queries

EXPECTED = json.loads(Path(__file__).with_name("expectations.json").read_text(encoding="utf-8"))


def codes(communes):
    return [commune.code for commune in communes]


def written(unit):
    return f"{unit.kind} {unit.name}".strip()


@pytest.mark.parametrize("sample", EXPECTED["old_to_new"], ids=lambda sample: sample["old_code"])
def test_a_known_old_commune_goes_where_the_official_table_says(sample):
    found = queries.convert_old(sample["province"], sample["district"], sample["commune"])

    assert sample["new_code"] in codes(found)
    assert (len(found) > 1) == sample["ask"]


def test_every_old_commune_is_converted_from_its_three_names_and_from_its_address():
    units = mapping.load().old_units

    wrong = []
    for unit in units[::3]:
        parts = (written(unit.district.province), written(unit.district), written(unit))
        suggestion = queries.old_addresses(", ".join(part for part in ("Thôn 3", *reversed(parts)) if part))
        from_parts = codes(queries.convert_old(*parts))
        from_text = suggestion and (codes(suggestion.communes), suggestion.split, suggestion.detail)
        if from_parts != list(unit.new_codes) or from_text != (from_parts, unit.split, "Thôn 3"):
            wrong.append(unit.label)

    assert wrong == []


def test_no_address_of_today_is_taken_for_an_old_one():
    communes = [commune for province in queries.provinces() for commune in queries.communes_of(province.code)]

    mistaken = [
        commune.full_name
        for commune in communes
        if queries.old_addresses(f"Thôn 3, {queries.full_address(commune.code)}") is not None
    ]

    assert mistaken == []


def test_an_address_in_one_piece_gives_one_commune_the_old_label_and_the_hamlet():
    found = queries.old_addresses("thôn Mẫu 1, xã Yên Dương, huyện Hà Trung, tỉnh Thanh Hóa")

    assert codes(found.communes) == ["15286"]
    assert not found.split
    assert found.old_label == "xã Yên Dương, huyện Hà Trung"
    assert found.detail == "thôn Mẫu 1"


def test_a_split_commune_must_be_asked_about():
    found = queries.old_addresses("Thị trấn Hà Trung, huyện Hà Trung, tỉnh Thanh Hóa")

    assert found.split
    assert codes(found.communes) == ["15271", "15286"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("thon 3 xa yen duong huyen ha trung tinh thanh hoa", "15286"),
        ("Yên Dương, Hà Trung, Thanh Hóa", "15286"),
        ("X.Yên Dương, H.Hà Trung, T.Thanh Hoá", "15286"),
        ("Xã Yên Dương\nHuyện Hà Trung\nTỉnh Thanh Hóa", "15286"),
        ("Xã Yên Dương (nay là xã Hoạt Giang), huyện Hà Trung, Thanh Hóa, Việt Nam", "15286"),
        ("xã Yên Dương, huyện Hà Trung", "15286"),
        ("xã Yên Dương, tỉnh Thanh Hóa", "15286"),
        (unicodedata.normalize("NFD", "xã Yên Dương, huyện Hà Trung, tỉnh Thanh Hóa"), "15286"),
        ("Thị trấn Yên Dương, huyện Hà Trung, tỉnh Thanh Hóa", "15286"),
        ("Xã Cao Phong, huyện Sông Lô, tỉnh Vĩnh Phúc", "08866"),
        ("Xã Cao Phong, huyện Sông Lô, tỉnh Phú Thọ", "08866"),
        ("12 Lê Lợi, P.8, Q.10, TP.HCM", "27169"),
        ("huyện Côn Đảo, tỉnh Bà Rịa - Vũng Tàu", "26732"),
    ],
)
def test_an_old_address_is_read_however_it_is_written(text, code):
    found = queries.old_addresses(text)

    assert codes(found.communes) == [code]


@pytest.mark.parametrize(
    ("text", "code", "label"),
    [
        ("xã Đông Ninh, huyện Đông Sơn, tỉnh Thanh Hóa", "16378", "xã Đông Ninh, thành phố Thanh Hóa"),
        ("phường Phú Hội, thành phố Huế, tỉnh Thừa Thiên Huế", "19789", "phường Phú Hội, quận Thuận Hóa"),
    ],
)
def test_a_district_that_went_before_2025_is_still_understood(text, code, label):
    found = queries.old_addresses(text)

    assert codes(found.communes) == [code]
    assert found.old_label == label


def test_marks_tell_apart_old_communes_that_collide_without_them():
    with_marks = queries.convert_old("Thanh Hóa", "Vĩnh Lộc", "Vĩnh Hưng")
    without = queries.convert_old("Thanh Hoa", "Vinh Loc", "Vinh Hung")

    assert codes(with_marks) == ["15349"]
    assert len(without) > 1


def test_a_district_alone_asks_among_its_communes():
    found = queries.old_addresses("huyện Quan Hóa, tỉnh Thanh Hóa")

    assert found.split
    assert sorted(codes(found.communes)) == EXPECTED["quan_hoa"]
    assert found.old_label == "huyện Quan Hóa"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ",,,",
        "tỉnh Thanh Hóa",
        "Việt Nam",
        "Xã Hoạt Giang, tỉnh Thanh Hóa",
        "xã Quan Sơn, tỉnh Thanh Hóa",
        "không phải địa chỉ",
        "(" * 300,
    ],
)
def test_what_is_not_an_old_address_gets_no_suggestion(text):
    assert queries.old_addresses(text) is None


@pytest.mark.parametrize(
    "parts",
    [
        ("", "", ""),
        ("Thanh Hóa", "Hà Trung", "Không Có"),
        ("Thanh Hóa", "Không Có", "Yên Dương"),
        ("Nghệ An", "Hà Trung", "Yên Dương"),
    ],
)
def test_three_parts_that_are_no_place_convert_to_nothing(parts):
    assert queries.convert_old(*parts) == []


def test_a_huge_text_is_cut_before_it_is_read():
    tail = ", xã Yên Dương, huyện Hà Trung, tỉnh Thanh Hóa"

    assert queries.old_addresses("x\u0316\u0300" * 100_000 + tail) is None
    assert queries.old_addresses("(" * 100_000) is None
