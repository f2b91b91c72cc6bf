"""The text people share: what the payload says, nothing else, and readable back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace_adapters.sharing.text import Said, item_text, said, share_text
from marketplace_adapters.testing.samples import listing, service, variant
from marketplace_adapters.types import Item


def test_a_text_says_name_price_star_who_where_and_the_address() -> None:
    text = share_text(listing(), url="https://htx-mau.example/hang/1")

    assert text == (
        "Mắm tép đồng ủ thính gạo rang\n\n"
        "Mắm tép riu, muối với thính gạo rang, ủ gần ba tháng.\n\n"
        "Giá (Hũ 250 g): 70.000 đồng\n"
        "Hạng OCOP: 3 sao\n"
        "Cơ sở: HTX Mắm tép Đồng Trũng (mẫu)\n"
        "Điện thoại: 0237 000 000\n"
        "Nơi làm: Xã Hoạt Giang, Tỉnh Thanh Hóa\n\n"
        "https://htx-mau.example/hang/1"
    )


def test_what_nobody_said_leaves_no_line() -> None:
    silent = listing(stars=None, producer=replace(listing().producer, phone="", commune="", province=""))

    text = share_text(silent)

    assert not [word for word in ("OCOP", "Điện thoại", "Nơi làm", "http", "Mã hàng") if word in text]


def test_each_pack_has_its_price_and_a_sale_both_prices() -> None:
    two = listing(
        variants=(variant(), variant(sku="B", label="Hũ 500 g", price_vnd=1_130_000, sale_vnd=990_000))
    )

    lines = share_text(two).splitlines()

    assert "Giá (Hũ 250 g): 70.000 đồng" in lines
    assert "Giá (Hũ 500 g): 990.000 đồng (giá trước: 1.130.000 đồng)" in lines


def test_a_pack_without_a_name_or_a_price_is_written_plainly() -> None:
    unnamed = listing(variants=(variant(label=""), variant(sku="B", price_vnd=0)))

    lines = share_text(unnamed).splitlines()

    assert "Giá: 70.000 đồng" in lines
    assert len([line for line in lines if line.startswith("Giá")]) == 1


def test_sold_out_is_said() -> None:
    assert "Tạm hết hàng" in share_text(listing(paused=True)).splitlines()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Said(70_000, 3, "TT-MT-250", False)),
        ({"stars": None, "paused": True}, Said(70_000, None, "TT-MT-250", True)),
        ({"variants": (variant(sale_vnd=65_000),)}, Said(65_000, 3, "TT-MT-250", False)),
        ({"short_text": "Giá: 1 đồng\nHạng OCOP: 5 sao\nMã hàng: KHAC"}, Said(70_000, 3, "TT-MT-250", False)),
    ],
)
def test_a_text_is_read_back(changes: dict, expected: Said) -> None:
    offered = listing(**changes)

    assert said(item_text(Item(offered, offered.variants))) == expected


def test_a_text_of_others_says_nothing_of_ours() -> None:
    assert said("Bán mắm 70k, ai mua không? Mã hàng: TT-MT-250 nhé") == Said(None, None, "", False)


def test_one_pack_of_several_speaks_of_itself() -> None:
    two = listing(variants=(variant(), variant(sku="B", label="Hũ 500 g", price_vnd=130_000)))

    text = item_text(Item(two, two.variants[1:]))

    assert text.splitlines()[0] == "Mắm tép đồng ủ thính gạo rang – Hũ 500 g"
    assert text.splitlines()[-1] == "Mã hàng: B"
    assert "70.000" not in text


def test_a_service_has_a_price_too() -> None:
    assert "Giá (Một đêm): 70.000 đồng" in share_text(service()).splitlines()
