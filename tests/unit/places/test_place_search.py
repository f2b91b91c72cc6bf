"""A commune is found however a person types it."""

import json
import unicodedata
from pathlib import Path

import pytest

from ocop.places import queries

EXPECTED = json.loads(Path(__file__).with_name("expectations.json").read_text(encoding="utf-8"))


def codes(matches):
    return [match.commune.code for match in matches]


def names(matches):
    return [match.commune.full_name for match in matches]


@pytest.mark.parametrize(
    "typed",
    [
        "ho xuan",
        "hoi xuan",
        "Hồi Xuân",
        "HỒI XUÂN",
        "hồi xuân",
        "hoixuan",
        "  hoi   xuan ",
        "xa hoi xuan",
        "x. hồi xuân",
    ],
)
def test_hoi_xuan_is_found_first_however_it_is_typed(typed):
    found = queries.search(typed)

    assert (found[0].commune.code, found[0].why, found[0].old_label) == ("14869", "name", "")


def test_text_in_decomposed_letters_finds_the_same_as_composed():
    decomposed = unicodedata.normalize("NFD", "Đường Hồng")

    found = queries.search(decomposed)

    assert decomposed != "Đường Hồng"
    assert found == queries.search("Đường Hồng")
    assert names(found)[0] == "Xã Đường Hồng"


def test_d_without_its_bar_finds_names_with_it():
    found = queries.search("duong", limit=200)

    assert {"Xã Đường Thượng", "Xã Dương Quỳ", "Phường Bình Dương"} <= set(names(found))


def test_a_former_district_lists_all_its_communes():
    found = queries.search("quan hoa")

    listed = {match.commune.code for match in found if match.old_label == "huyện Quan Hóa"}
    assert listed == set(EXPECTED["quan_hoa"])
    assert all(match.why == "old_district" for match in found if match.commune.code in listed)


@pytest.mark.parametrize("typed", ["Quan Hóa", "Quan Hoá", "huyện Quan Hóa", "huyen quan hoa", "H. Quan Hóa"])
def test_a_former_district_named_clearly_comes_before_everything_else(typed):
    found = queries.search(typed)

    assert sorted(codes(found[:8])) == EXPECTED["quan_hoa"]


def test_a_former_province_lists_communes_of_it():
    found = queries.search("tỉnh Vĩnh Phúc", limit=500)

    listed = [match for match in found if match.why == "old_province"]
    assert {match.old_label for match in listed} == {"tỉnh Vĩnh Phúc"}
    assert {match.commune.province_code for match in listed} == {"25"}


def test_a_former_commune_leads_to_its_successor_with_its_old_address():
    first = queries.search("xã Yên Dương, huyện Hà Trung, tỉnh Thanh Hóa")[0]

    assert (first.commune.code, first.why) == ("15286", "old_commune")
    assert first.old_label == "xã Yên Dương, huyện Hà Trung"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("hoat giang thanh hoa", "15286"),
        ("xã Hoạt Giang, tỉnh Thanh Hóa", "15286"),
        ("hoi xuan quan hoa", "14869"),
        ("hoi xuan quan hoa thanh hoa", "14869"),
        ("yen duong ha trung", "15286"),
        ("cao phong song lo", "08866"),
        ("xa bo ha bac giang", "07294"),
        ("ba xa quảng ngãi", "21538"),
    ],
)
def test_a_province_or_district_after_the_name_narrows_the_search(typed, code):
    found = queries.search(typed)

    assert found[0].commune.code == code


@pytest.mark.parametrize("typed", ["Ea H’Leo", "ea h'leo", "ea hleo", "ea h leo", "Ea H`leo"])
def test_apostrophes_do_not_matter(typed):
    found = queries.search(typed)

    assert names(found)[0] == "Xã Ea H'Leo"


@pytest.mark.parametrize(("first", "second"), EXPECTED["colliding_pairs"])
def test_names_that_collide_without_marks_are_both_found_and_told_apart_with_marks(first, second):
    one, other = queries.commune(first), queries.commune(second)

    without_marks = queries.search(one.name.lower(), one.province_code)
    assert {first, second} <= set(codes(without_marks))
    assert codes(queries.search(one.name, one.province_code))[0] == first
    assert codes(queries.search(other.name, one.province_code))[0] == second


def test_exact_marks_come_first_then_names_that_begin_so_then_names_that_hold_it():
    found = names(queries.search("Sơn Hà", limit=200))
    begins = names(queries.search("tan th", "80", limit=200))

    assert found[0] == "Xã Sơn Hà"
    assert found.index("Xã Sơn Hà") < found.index("Xã Sơn Hạ")
    assert begins[0].startswith(("Xã Tân Th", "Phường Tân Th"))


def test_a_search_within_a_province_stays_there():
    found = queries.search("tan", province_code="38", limit=500)

    assert found
    assert {match.commune.province_code for match in found} == {"38"}


def test_every_commune_is_found_by_its_name_within_its_province():
    communes = [commune for province in queries.provinces() for commune in queries.communes_of(province.code)]

    lost = [
        commune.full_name
        for commune in communes[::7]
        if commune.code not in codes(queries.search(commune.name, commune.province_code, limit=3))
    ]

    assert lost == []


def test_no_commune_is_listed_twice_and_the_limit_holds():
    found = queries.search("thanh", limit=30)

    assert len(codes(found)) == len(set(codes(found))) == 30
    assert queries.search("thanh", limit=0) == []


@pytest.mark.parametrize(
    "typed", ["", "   ", "!!!", "h", "xyz khong co", ".*", "(" * 50, "\\", "\x00", "́" * 20]
)
def test_what_names_no_place_finds_nothing(typed):
    found = queries.search(typed)

    assert found == []


@pytest.mark.parametrize("piece", ["a", "đ ", "thanh pho ", "x\u0316\u0300", "hoi xuan ", "("])
def test_only_the_first_hundred_characters_are_read(piece):
    huge = "hoi xuan" + " " * 92 + piece * 100_000

    found = queries.search(huge)

    assert len(huge) >= 100_000
    assert isinstance(found, list)
    assert queries.search("hoi xuan, " + "z" * 100_000) == queries.search("hoi xuan, " + "z" * 200)
