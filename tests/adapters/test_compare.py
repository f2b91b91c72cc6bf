"""What counts as different, what is only written another way, and how each difference is named."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from marketplace_adapters import compare
from marketplace_adapters.compare import CODES, Difference, differences
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.types import Item, Observed


def item(**changes: Any) -> Item:
    made = listing(**{"name": "Mắm tép đồng ủ thính", **changes})
    return Item(made, made.variants)


def seen(of: Item, **changes: Any) -> Observed:
    """A place that shows everything as it was sent."""
    made = of.listing
    same = Observed(
        name=of.title,
        price_vnd=compare.selling_price(of.variant),
        photo_count=len(made.photos),
        stars=made.stars or 0,
        url="https://san.example/p/mam-tep-dong-u-thinh",
        state="live",
        in_stock=True,
        text=f"{made.short_text}\n{made.story}",
        dead_photos=0,
        found_by={"Mắm tép đồng ủ thính": True, "mam tep": True},
    )
    return replace(same, **changes)


def found(of: Item, **changes: Any) -> list[Difference]:
    return list(differences(of, seen(of, **changes)))


def codes(of: Item, **changes: Any) -> list[str]:
    return [one.code for one in found(of, **changes)]


def test_the_same_is_no_difference() -> None:
    assert found(item()) == []


def test_a_page_that_says_nothing_but_a_name_differs_in_nothing() -> None:
    silent = Observed("Mắm tép đồng ủ thính", None, None, None, None, "live")

    assert differences(item(), silent) == ()


@pytest.mark.parametrize(
    ("ours", "there"),
    [
        ("Mắm tép", "  Mắm \xa0 tép\n"),
        ("Mắm & tép", "Mắm &amp; tép"),
        ('Mắm "ngon"', "Mắm “ngon”"),
        ("Bà's", "Bà’s"),
        ("Mắm – hũ", "Mắm - hũ"),
        ("Mắm…", "Mắm..."),
        ("Mắm tép", "MẮM TÉP"),
        ("Thuỷ hoà", "Thủy hòa"),
        ("3×4", "3x4"),
        ("Đường", "Ðường"),
        ("Mắm tép", "Mắm\u200b tép"),
    ],
)
def test_the_same_name_written_another_way_is_the_same_name(ours: str, there: str) -> None:
    assert codes(item(name=ours), name=there) == []


@pytest.mark.parametrize(
    ("there", "code"),
    [
        ("Mam tep dong u thinh", "name_tones_lost"), ("Mắm tép dồng ủ thính", "name_tones_lost"),
        ("Mắm tép đồng", "name_cut"), ("Mắm tép đồng ủ...", "name_cut"), ("Mắm tôm", "name_differs"),
        ("Mắm tép đồng ủ thính gạo", "name_differs"), ("", "name_differs"),
    ],
)  # fmt: skip
def test_another_name_is_told_by_what_became_of_it(there: str, code: str) -> None:
    assert codes(item(), name=there) == [code]


def test_letters_kept_apart_are_a_difference_of_their_own_and_only_that() -> None:
    apart = unicodedata.normalize("NFD", "Mắm tép đồng ủ thính")

    (only,) = found(item(), name=apart)

    assert (only.code, only.severity) == ("name_nfd", "advice")


@pytest.mark.parametrize(
    ("there", "code"),
    [
        (700_000, "price_times_10"),
        (7_000_000, "price_times_100"),
        (70_000_000, "price_times_1000"),
        (70, "price_part_1000"),
        (700, "price_part_100"),
        (7_000, "price_part_10"),
        (65_000, "price_differs"),
        (0, "price_missing"),
    ],
)
def test_a_price_is_told_with_both_figures_and_the_factor_between_them(there: int, code: str) -> None:
    (only,) = found(item(), price_vnd=there)

    assert (only.code, only.ours, only.there, only.severity) == (code, 70_000, there, "wrong")


def test_a_price_cut_at_its_dot_is_recognised() -> None:
    assert codes(item(variants=(variant(price_vnd=65_500),)), price_vnd=65) == ["price_part_1000"]


def test_what_a_shopper_pays_is_compared() -> None:
    on_sale = item(variants=(variant(sale_vnd=65_000),))

    assert codes(on_sale, price_vnd=65_000) == []
    assert codes(on_sale, price_vnd=70_000) == ["price_differs"]


def test_the_price_of_any_pack_of_the_post_is_right() -> None:
    packs = item(variants=(variant(), variant(sku="B", price_vnd=120_000)))

    assert codes(packs, price_vnd=120_000) == []
    assert codes(packs, price_vnd=12_000_000) == ["price_times_100"]


@pytest.mark.parametrize(("there", "code"), [(2, "photos_fewer"), (0, "photos_fewer"), (4, "photos_more")])
def test_photos_are_counted(there: int, code: str) -> None:
    assert codes(item(), photo_count=there) == [code]


def test_photos_beyond_what_the_channel_takes_are_not_missed() -> None:
    many = item(photos=tuple(photo("other", colour) for colour in ("#111111", "#222222", "#333333")))

    assert differences(many, seen(many, photo_count=2), max_photos=2) == ()


def test_dead_photos_are_told_with_their_number() -> None:
    assert [(one.code, one.there) for one in found(item(), dead_photos=2)] == [("photos_dead", 2)]


@pytest.mark.parametrize(
    ("ours", "there", "expected"),
    [
        (None, 3, ["stars_lapsed"]),
        (3, 0, ["stars_missing"]),
        (3, 4, ["stars_differ"]),
        (3, None, []),
        (None, 0, []),
    ],
)
def test_stars_are_compared_where_the_place_speaks_of_them(
    ours: int | None, there: int | None, expected: list[str]
) -> None:
    assert codes(item(stars=ours), stars=there) == expected


def test_a_star_our_own_story_tells_of_is_no_news() -> None:
    assert codes(item(stars=None, story="Năm 2023 được OCOP 4 sao."), stars=4) == []


@pytest.mark.parametrize(
    ("changes", "there", "expected"),
    [
        ({}, False, ["sold_out_there"]),
        ({"paused": True}, True, ["on_sale_there"]),
        ({"paused": True}, False, []),
        ({"variants": (variant(stock=0),)}, True, ["on_sale_there"]),
        ({"variants": (variant(stock=None),)}, True, []),
        ({"paused": True}, None, []),
    ],
)
def test_on_sale_or_not_is_compared(changes: dict[str, Any], there: bool | None, expected: list[str]) -> None:
    assert codes(item(**changes), in_stock=there) == expected


BARE = "Mam tep riu, muoi voi thinh gao rang, u gan ba thang. Dong trung nhieu rong, con tep riu nho ma beo."


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ("", [("text_missing", "wrong")]),
        (BARE, [("text_tones_lost", "wrong")]),
        ("Hàng nhập khẩu.", [("text_changed", "advice")]),
    ],
)
def test_what_became_of_our_words_is_told(there: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.code, one.severity) for one in found(item(), text=there)] == expected


def test_our_words_among_others_are_still_our_words() -> None:
    of = item()

    assert (
        codes(
            of, text=f"Trang chủ | Mua ngay\n{of.listing.short_text.upper()}\n\n{of.listing.story} Bình luận"
        )
        == []
    )


@pytest.mark.parametrize(
    "stray", ["<script>x</script>", "document.cookie", "window.location='/'", "eval(1)", "alert(1)"]
)
def test_program_text_that_is_not_ours_is_told(stray: str) -> None:
    of = item()

    assert codes(of, text=f"{of.listing.short_text} {of.listing.story} {stray}") == ["script_shown"]


def test_program_text_that_is_ours_is_not() -> None:
    assert codes(item(story="Con tôi viết <script> và alert(1).")) == []


@pytest.mark.parametrize(
    "slug",
    [
        "mam-tep-ong-u-thinh",
        "17-mam-tep-ong-u-thinh.html",
        "mm-tp-ng-thnh",
        "mam-tep-%C3%B4ng/mam-tep-ong-u-thinh",
    ],
)
def test_an_address_that_lost_letters_is_told(slug: str) -> None:
    assert codes(item(), url=f"https://san.example/p/{slug}") == ["address_letters_lost"]


@pytest.mark.parametrize(
    "address",
    [
        None,
        "https://san.example/",
        "https://san.example/p/17",
        "https://san.example/p/mam-tep-dong-u-thinh-17.html",
        "https://san.example/p/mam-tep-dong",
        "https://san.example/p/m%E1%BA%AFm-t%C3%A9p",
        "https://san.example/?id=3",
    ],
)
def test_other_addresses_are_all_right(address: str | None) -> None:
    assert codes(item(), url=address) == []


def test_a_search_that_finds_nothing_is_told_by_what_was_typed() -> None:
    missed = found(item(), found_by={"Mắm tép đồng ủ thính": False, "Mam tep dong u thinh": False})

    assert [(one.code, one.severity) for one in missed] == [
        ("not_found_by_name", "advice"),
        ("not_found_without_tones", "advice"),
    ]


@pytest.mark.parametrize(
    ("ours", "there", "expected"),
    [
        ("8938505974194", "08938505974194", []),
        ("8938505974194", "8934563138165", ["gtin_differs"]),
        (None, "8934563138165", []),
        ("8938505974194", None, []),
    ],
)
def test_the_number_under_the_bars_is_compared_where_both_have_one(
    ours: str | None, there: str | None, expected: list[str]
) -> None:
    assert codes(item(variants=(variant(gtin=ours),)), gtin=there) == expected


def test_what_is_wrong_stands_before_what_is_advice() -> None:
    all_at_once = found(
        item(), name="Mắm tôm", text="Khác.", price_vnd=1, url="https://x.example/mam-tep-ong-u-thinh"
    )

    severities = [one.severity for one in all_at_once]
    assert severities == sorted(severities, reverse=True)
    assert {"wrong", "advice"} == set(severities)


def test_every_code_has_a_sentence_of_at_most_twenty_words() -> None:
    sentences = tomllib.loads(Path("ocop/web/wording/differences.toml").read_text("utf-8"))

    assert {name.removeprefix("diff_") for name in sentences} == CODES
    for text in sentences.values():
        shown = text.format(ours="45.000", there="42.000")
        assert max(len(part.split()) for part in re.split(r"(?<=[.?!])\s", shown)) <= 20
