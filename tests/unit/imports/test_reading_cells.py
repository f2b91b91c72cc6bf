"""Single cells: each parser with what people write."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ocop.imports.rules import words
from ocop.imports.rules.cells import Told, cleaned
from ocop.imports.rules.parsers import PARSERS
from ocop.imports.rules.product_sets import read_set
from ocop.listings.rules import product_sets
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.web.wording import sentence


def told(parser: str, text: str, heading: str = "", key: str = "key") -> Told:
    return PARSERS[parser](text, heading, key)


def code_of(parser: str, text: str, heading: str = "", key: str = "key") -> str:
    (complaint,) = told(parser, text, heading, key).complaints
    return complaint[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1/2/2026", "2026-02-01"),
        ("01-02-26", "2026-02-01"),
        ("2026-02-01 00:00:00", "2026-02-01"),
        ("46054", "2026-02-01"),
        ("46054.5", "2026-02-01"),
        ("Ngày 1 tháng 2 năm 2026", "2026-02-01"),
        ("1 thg 2, 2026", "2026-02-01"),
        ("01022026", "2026-02-01"),
        ("ký ngày 01/02/2026", "2026-02-01"),
        ("01 / 02 / 2026", "2026-02-01"),
        ("29/02/2024", "2024-02-29"),
    ],
)
def test_days(text: str, day: str) -> None:
    assert told("day", text) == Told({"key": day})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("29/02/2026", "date_impossible"),
        ("00/01/2026", "date_impossible"),
        ("32/01/2026", "date_impossible"),
        ("tháng 2/2026", "date_needs_day"),
        ("tháng 2 năm 2026", "date_needs_day"),
        ("2026", "date_needs_day"),
        ("01/02/1026", "date_strange"),
        ("1", "date_unreadable"),
        ("01/02/2026 và 03/04/2026", "date_unreadable"),
    ],
)
def test_days_that_cannot_be(text: str, code: str) -> None:
    assert code_of("day", text) == code


def test_a_span_and_no_end_are_left_to_who_knows_the_first_day() -> None:
    assert told("day", "36 tháng").values == {"key_after": [36, "months"]}
    assert told("day", "Không thời hạn").values == {"key": None}


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("3", 3),
        ("3 sao", 3),
        ("***", 3),
        ("OCOP 4*", 4),
        ("★★★★★", 5),
        ("Bốn sao", 4),
        ("Hạng 5", 5),
        ("3.0", 3),
    ],
)
def test_stars(text: str, stars: int) -> None:
    assert told("stars", text) == Told({"stars": stars})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6", "stars_unknown"),
        ("3-4 sao", "stars_unknown"),
        ("2 sao", "stars_low"),
        ("5 sao (tiềm năng)", "stars_none"),
    ],
)
def test_stars_that_give_no_paper(text: str, code: str) -> None:
    assert code_of("stars", text) == code
    assert told("stars", text).values == {}


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("0900 000 001", "0900 000 001"),
        ("900000001", "0900 000 001"),
        ("9.00000001E8", "0900 000 001"),
        ("84900000001", "0900 000 001"),
        ("(0237) 300.0000", "0237 300 0000"),
        ("ĐT: 0900000001", "0900 000 001"),
    ],
)
def test_phones(text: str, phone: str) -> None:
    assert told("phone", text) == Told({"key": phone})


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("01662345678", "0362 345 678"),
        ("0166 234 5678", "0362 345 678"),
        ("1662345678", "0362 345 678"),
        ("+84 166 234 5678", "0362 345 678"),
        ("841202345678", "0702 345 678"),
        ("01992345678.0", "0592 345 678"),
        ("1.662345678E9", "0362 345 678"),
    ],
)
def test_a_mobile_of_eleven_digits_gets_its_digits_of_today_and_it_is_said(text: str, phone: str) -> None:
    found = told("phone", text)

    assert found == Told({"key": phone}, (("phone_old", "warning", {"kept": phone}),))


@pytest.mark.parametrize("text", ["01302345678", "016623456789", "0166234567"])
def test_other_numbers_that_begin_like_old_mobiles_are_none(text: str) -> None:
    found = told("phone", text)

    assert [code for code, *_ in found.complaints] == ["phone_shape"]


def test_every_old_prefix_leads_to_one_of_its_own() -> None:
    found = tomllib.loads((Path(words.__file__).parent.parent / "words.toml").read_text("utf-8"))

    prefixes = found["mobile_prefixes"]

    assert len(prefixes) == len(set(prefixes.values())) == 21
    assert all(re.fullmatch("01[0-9]{2}", old) for old in prefixes)
    assert all(re.fullmatch("0[3578][0-9]", new) for new in prefixes.values())


def test_the_first_of_two_phones_is_kept_and_said() -> None:
    found = told("phone", "0900000001 / 0900000002")

    assert found.values == {"key": "0900 000 001"}
    assert found.complaints == (("phone_second", "warning", {"kept": "0900 000 001"}),)


@pytest.mark.parametrize(
    ("text", "heading", "price"),
    [
        ("1.250.000 đ", "", 1_250_000),
        ("1,250,000", "", 1_250_000),
        ("1 250 000 VNĐ", "", 1_250_000),
        ("1.250k", "", 1_250_000),
        ("1,5 triệu", "", 1_500_000),
        ("70 nghìn đồng/kg", "", 70_000),
        ("70.000,00", "", 70_000),
        ("70000.0", "", 70_000),
        ("70", "Giá bán (1.000đ)", 70_000),
        ("70k", "Giá (nghìn đồng)", 70_000),
    ],
)
def test_prices(text: str, heading: str, price: int) -> None:
    assert told("price", text, heading, "price").values == {"price_vnd": price}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0", "price_unreadable"),
        ("-5", "price_unreadable"),
        ("85", "price_strange"),
        ("70.5", "price_unreadable"),
    ],
)
def test_prices_nobody_asks(text: str, code: str) -> None:
    assert code_of("price", text, "", "price") == code


@pytest.mark.parametrize(
    ("text", "heading", "content", "unit", "label"),
    [
        ("250g", "", 250, "g", ""),
        ("0,5 lít", "", 500, "ml", ""),
        ("1.000 g", "", 1_000, "g", ""),
        ("1.500 kg", "", 1_500, "g", ""),
        ("chai 500ml", "", 500, "ml", "chai 500ml"),
        ("500", "Khối lượng (g)", 500, "g", ""),
        ("0.5", "Thể tích (lít)", 500, "ml", ""),
    ],
)
def test_contents(text: str, heading: str, content: int, unit: str, label: str) -> None:
    assert told("net", text, heading).values == {"net_content": content, "net_unit": unit, "label": label}


def test_a_number_and_its_day_in_one_cell() -> None:
    found = told("decision", "715/QĐ-UBND ngày 12/5/2026")

    assert found.values == {"number": "715/QĐ-UBND", "issued_on": "2026-05-12"}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.200 gói", {"quantity": 1_200, "unit": "gói"}),
        ("500", {"quantity": 500}),
        ("30 hũ", {"quantity": 30, "unit": "hũ"}),
    ],
)
def test_quantities(text: str, values: dict[str, Any]) -> None:
    assert told("quantity", text).values == values


def test_file_names_of_photos_lose_their_folders() -> None:
    assert told("photos", "C:\\anh\\mam 1.jpg; mam-2.png,\nthu/3.jpg", key="photos").values == {
        "photos": ["mam 1.jpg", "mam-2.png", "3.jpg"]
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("HTX", "cooperative"),
        ("Cty TNHH", "enterprise"),
        ("DNTN", "enterprise"),
        ("Hộ KD", "household"),
        ("THT", "cooperative_group"),
    ],
)
def test_kinds_of_producer(text: str, kind: str) -> None:
    assert told("producer_kind", text).values == {"kind": kind}


@pytest.mark.parametrize("kind", ProducerKind)
def test_our_own_word_for_a_kind_of_producer_is_understood(kind: ProducerKind) -> None:
    assert told("producer_kind", sentence(f"producer_kind_{kind}")).values == {"kind": kind}


@pytest.mark.parametrize("kind", CertificateKind)
def test_our_own_word_for_a_kind_of_paper_is_understood(kind: CertificateKind) -> None:
    assert told("certificate_kind", sentence(f"certificate_kind_{kind}")).values == {"kind": kind}


@pytest.mark.parametrize("one", product_sets(), ids=lambda one: str(one.no))
def test_a_set_is_told_by_number_and_by_the_decrees_name(one: Any) -> None:
    for said in (str(one.no), f"Bộ {one.no}", f"{one.no} – {one.name}", one.name.upper()):
        assert read_set(said, "", "").values == {"set_no": one.no}


@pytest.mark.parametrize(
    ("group", "name", "number"),
    [
        ("Thực phẩm", "Nước mắm Mẫu", 9),
        ("", "Trà hoa vàng", 12),
        ("", "Chè lam", 6),
        ("Nhóm 2", "Rượu nếp", 14),
        ("Hàng thủ công", "Chiếu cói", 21),
        ("VI", "Ngôi nhà Mẫu", 26),
        ("", "Mật ong rừng", 4),
        ("", "Tinh dầu sả", 20),
        ("", "Giò lụa", 8),
    ],
)
def test_a_set_is_guessed_from_the_name_and_said_so(group: str, name: str, number: int) -> None:
    found = read_set("", group, name)

    assert found.values == {"set_no": number}
    assert [code for code, _, _ in found.complaints] == ["set_guessed"]


def test_a_set_nobody_can_tell_is_asked_for() -> None:
    assert read_set("", "", "Xyz").complaints == (("set_unknown", "error", {"text": "Xyz"}),)


@pytest.mark.parametrize(
    ("lines", "words"), [(False, "Mắm tép ngon"), (True, "Mắm\ntép\nngon")], ids=["one line", "lines"]
)
def test_letters_that_nobody_sees_are_not_taken(lines: bool, words: str) -> None:
    found = cleaned("Mắm\x0b\u202etép\x01\ufffe\n\u200bngon\ufeff", lines=lines)

    assert found == words
