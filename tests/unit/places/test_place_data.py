"""The data file holds what the official lists of 25/09/2026 hold."""

import json
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from ocop.places import mapping, queries
from ocop.places.rules import PRACTICE_COMMUNES, UnknownPlace, is_practice, keys
from ocop.web.folding import fold, one_style

EXPECTED = json.loads(Path(__file__).with_name("expectations.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def places():
    return mapping.load()


def test_there_are_34_provinces_and_3321_communes_of_the_expected_kinds(places):
    expected = EXPECTED["counts"]

    provinces = Counter(province.kind for province in places.provinces.values())
    communes = Counter(commune.kind for commune in places.communes.values())

    assert provinces == expected["provinces"]
    assert communes == expected["communes"]
    assert communes.total() == expected["total_communes"]
    assert places.as_of == EXPECTED["as_of"]


@pytest.mark.parametrize(("code", "full_name", "province_code"), EXPECTED["communes"])
def test_a_known_commune_has_its_name_and_province(code, full_name, province_code):
    commune = queries.commune(code)

    assert (commune.full_name, commune.province_code) == (full_name, province_code)


@pytest.mark.parametrize(("code", "name", "province_code"), EXPECTED["now_phuong"])
def test_the_22_communes_raised_in_2026_are_phuong(code, name, province_code):
    commune = queries.commune(code)

    assert (commune.kind, commune.name, commune.province_code) == ("Phường", name, province_code)


@pytest.mark.parametrize(("code", "name"), EXPECTED["now_thanh_pho"])
def test_the_three_provinces_raised_in_2026_are_cities(code, name):
    province = queries.province(code)

    assert province.full_name == f"Thành phố {name}"


def test_thanh_hoa_phu_tho_and_thai_nguyen_have_their_number_of_communes():
    expected = EXPECTED["communes_of_province"]

    thanh_hoa = Counter(commune.kind for commune in queries.communes_of("38"))

    assert thanh_hoa == expected["38"]
    assert len(queries.communes_of("25")) == expected["25"]
    assert len(queries.communes_of("19")) == expected["19"]


def test_codes_are_texts_of_fixed_length_and_every_commune_lies_in_a_province(places):
    communes = places.communes.values()

    assert all(len(code) == 2 and code.isdigit() for code in places.provinces)
    assert all(len(code) == 5 and code.isdigit() for code in places.communes)
    assert {commune.province_code for commune in communes} == set(places.provinces)
    assert "00004" in places.communes


def test_every_old_unit_goes_to_communes_of_today_and_every_commune_of_today_comes_from_one(places):
    reached = Counter(code for unit in places.old_units for code in unit.new_codes)

    assert len(places.old_units) == 10_040
    assert len(places.old_provinces) == 63
    assert len(places.old_districts) == 696
    assert set(reached) == set(places.communes)
    assert all(len(set(unit.new_codes)) == len(unit.new_codes) > 0 for unit in places.old_units)


def test_about_470_old_communes_were_split_and_only_those_have_several_successors(places):
    split = [unit for unit in places.old_units if unit.split]

    assert len(split) == 471
    assert all(unit.split == (len(unit.new_codes) > 1) for unit in places.old_units)
    assert sum(len(unit.new_codes) for unit in split) == 1_033


def test_only_the_five_island_districts_have_no_communes(places):
    nameless = [unit for unit in places.old_units if not unit.name]

    assert {unit.district.name for unit in nameless} == {
        "Bạch Long Vĩ",
        "Cồn Cỏ",
        "Hoàng Sa",
        "Lý Sơn",
        "Côn Đảo",
    }
    assert all(queries.commune(unit.new_codes[0]).kind == "Đặc khu" for unit in nameless)


def test_ten_pairs_in_one_province_differ_only_by_marks(places):
    groups = defaultdict(list)
    for commune in places.communes.values():
        groups[commune.province_code, fold(commune.name)].append(commune.code)

    pairs = [sorted(codes) for codes in groups.values() if len(codes) > 1]

    assert sorted(pairs) == EXPECTED["colliding_pairs"]


def test_every_name_is_nfc_in_one_style_and_free_of_stray_spaces(places):
    units = [*places.units, *places.provinces.values()]

    strange = [
        unit.name
        for unit in units
        if unit.name != unicodedata.normalize("NFC", unit.name)
        or unit.name != one_style(unit.name)
        or unit.name != " ".join(unit.name.split())
        or any(letter in unit.name for letter in "Ðð’|")
    ]

    assert strange == []


def test_names_folded_in_one_go_are_the_names_folded_one_by_one(places):
    names = {unit.name for unit in places.units}

    different = [name for name in names if places.name_keys[name] != " ".join(keys(name))]

    assert different == []


def test_the_data_file_is_small_and_carries_no_clock():
    packed = mapping.DATA_FILE.read_bytes()

    assert len(packed) < 300_000
    assert packed[4:8] == bytes(4)
    assert packed[3] == 0  # no file name in the gzip header either


def test_the_licence_of_the_source_travels_with_the_data():
    licence = mapping.DATA_FILE.with_name("PLACES_LICENCE.txt").read_text(encoding="utf-8")

    assert "MIT License" in licence
    assert "Copyright (c) 2025 Tran Ngoc Minh Hieu" in licence


def test_an_address_of_today_is_written_in_full():
    rural = queries.full_address("15286")
    city = queries.full_address("00004")

    assert rural == "Xã Hoạt Giang, tỉnh Thanh Hóa"
    assert city == "Phường Ba Đình, thành phố Hà Nội"


@pytest.mark.parametrize("code", ["", "4", "99999", "06978", "0000４"])
def test_a_code_that_does_not_exist_is_named_in_the_error(code):
    with pytest.raises(UnknownPlace) as caught:
        queries.full_address(code)

    assert caught.value.code == code


def test_a_province_that_does_not_exist_is_an_error_for_lists_and_searches():
    with pytest.raises(UnknownPlace):
        queries.communes_of("00")
    with pytest.raises(UnknownPlace):
        queries.search("hoi xuan", province_code="00")


def test_the_old_communes_behind_a_new_one_are_known():
    labels = [unit.label for unit in queries.old_units("14869")]

    assert labels == ["thị trấn Hồi Xuân, huyện Quan Hóa", "xã Phú Nghiêm, huyện Quan Hóa"]


def test_importing_the_questions_does_not_read_the_data(tmp_path):
    import subprocess
    import sys

    program = (
        "import ocop.places.queries as q, sys; "
        "sys.exit(q._places.cache_info().currsize or 'flask' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=False)  # noqa: S603

    assert done.returncode == 0


def test_twenty_practice_communes_are_known_by_code_and_collide_with_no_real_one(places):
    codes = list(PRACTICE_COMMUNES)

    assert (codes[0], codes[-1], len(codes)) == ("T0001", "T0020", 20)
    assert not set(codes) & set(places.communes) and "T0" not in places.provinces
    assert queries.commune("T0001").full_name == "Xã tập huấn 1"
    assert queries.full_address("T0020") == "Xã tập huấn 20, tỉnh Tập huấn"
    assert is_practice("T0007") and not is_practice("15286") and not is_practice("T0021")


def test_no_list_search_or_conversion_offers_a_practice_commune():
    offered = {commune.code for one in queries.provinces() for commune in queries.communes_of(one.code)}
    found = [
        match.commune.code
        for text in ("tập huấn", "xã tập huấn 1", "T0001")
        for match in queries.search(text)
    ]

    assert not set(PRACTICE_COMMUNES) & {*offered, *found}
    assert queries.convert_old("Tập huấn", "", "tập huấn 1") == []
    assert queries.old_addresses("xã tập huấn 1, tỉnh Tập huấn") is None
    assert queries.old_units("T0001") == []
    for ask in (lambda: queries.communes_of("T0"), lambda: queries.search("xa", province_code="T0")):
        with pytest.raises(UnknownPlace):
            ask()
