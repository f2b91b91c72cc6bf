"""Every rule code has a listing that fails it and one that passes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace_adapters import registry
from marketplace_adapters.checks import CHECKS, check
from marketplace_adapters.testing.samples import channel, listing, photo, service, variant
from marketplace_adapters.types import ListingPayload, ProducerPayload, Rule

_SELLER = listing().producer


def _one(**changes: object) -> ListingPayload:
    return listing(variants=(variant(**changes),))


# code: (limit, a listing that fails, a listing that passes)
EXAMPLES = {
    "name_missing": (None, listing(name="  "), listing()),
    "variants_missing": (None, listing(variants=()), listing()),
    "sku_invalid": (None, _one(sku="MẮM TÉP"), _one(sku="TT-MT-250")),
    "sku_repeated": (None, listing(variants=(variant(), variant())), listing()),
    "price_missing": (None, _one(price_vnd=0), _one(price_vnd=70_000)),
    "price_suspicious": (None, _one(price_vnd=85), _one(price_vnd=1000)),
    "sale_not_below_price": (None, _one(sale_vnd=70_000), _one(sale_vnd=65_000)),
    "text_missing": (None, listing(short_text="", story=" "), listing(story="")),
    "gtin_invalid": (None, _one(gtin="8938505974195"), _one(gtin="8938505974194")),
    "name_too_short": (25, listing(name="Mắm tép"), listing(name="Mắm tép đồng ủ thính gạo rang")),
    "name_too_long": (30, listing(name="m" * 31), listing(name="m" * 30)),
    "short_text_missing": (None, listing(short_text=""), listing()),
    "short_text_too_long": (10, listing(short_text="m" * 11), listing(short_text="m" * 10)),
    "story_missing": (None, listing(story=""), listing()),
    "story_too_long": (10, listing(story="m" * 11), listing(story="m" * 10)),
    "net_content_missing": (None, _one(net_content=None), _one(net_content=250)),
    "weight_missing": (None, _one(packed_weight_g=None), _one(packed_weight_g=520)),
    "box_missing": (None, _one(box_cm=None), _one(box_cm=(9, 9, 11))),
    "stock_missing": (None, _one(stock=None), _one(stock=0)),
    "category_missing": (None, listing(category="", set_no=9), listing(category="Mắm")),
    "field_missing": (("storage", "origin"), listing(storage=""), listing()),
    "photos_too_few": (2, listing(photos=(photo("front", "white"),)), listing()),
    "photos_too_many": (2, listing(), listing(photos=listing().photos[:2])),
    "photo_too_small": (600, listing(photos=(photo("front", "white", (599, 700)),)), listing()),
    "photo_too_heavy": (100, listing(), listing(photos=())),
    "back_label_photo_missing": (None, listing(photos=(photo("front", "white"),)), listing()),
    "producer_phone_missing": (None, listing(producer=replace(_SELLER, phone="")), listing()),
    "producer_address_missing": (None, listing(producer=replace(_SELLER, commune="")), listing()),
    "ad_barred": (None, listing(no_ads=True), listing()),
}
GOODS_ONLY = [rule.code for rule in CHECKS if rule.goods_only]


def _asking(code: str, *, verified: bool = True, limit: object = None, severity: str | None = None):
    return channel(rules={code: Rule(code, limit, verified, date(2026, 11, 21), "thử", severity)})


def test_every_rule_has_its_two_examples() -> None:
    assert set(EXAMPLES) == {rule.code for rule in CHECKS}


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_rule_points_at_the_listing_that_fails_it(code: str) -> None:
    limit, failing, _ = EXAMPLES[code]

    found = check(failing, _asking(code, limit=limit))

    assert code in {problem.code for problem in found}
    assert all(problem.field for problem in found)


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_rule_is_silent_about_the_listing_that_passes_it(code: str) -> None:
    limit, _, passing = EXAMPLES[code]

    found = check(passing, _asking(code, limit=limit))

    assert code not in {problem.code for problem in found}


@pytest.mark.parametrize("code", EXAMPLES)
@pytest.mark.parametrize("which", ["failing", "passing"])
def test_an_unverified_limit_never_blocks_and_is_never_met(code: str, which: str) -> None:
    limit, failing, passing = EXAMPLES[code]

    found = check(failing if which == "failing" else passing, _asking(code, verified=False, limit=limit))

    own = [problem for problem in found if code in (problem.code, problem.params.get("rule"))]
    assert [problem.severity for problem in own] == ["unverified"]


@pytest.mark.parametrize("code", GOODS_ONLY)
def test_a_service_is_not_asked_about_goods(code: str) -> None:
    found = check(service(), _asking(code))

    assert found == ()


def test_a_channel_that_does_not_ask_gets_no_answer() -> None:
    bare = listing(story="", photos=(), category="")

    assert check(bare, channel()) == ()


def test_the_file_may_make_a_rule_milder() -> None:
    found = check(_one(packed_weight_g=None), _asking("weight_missing", severity="advice"))

    assert [problem.severity for problem in found] == ["advice"]


def test_problems_come_easiest_first_and_what_blocks_before_the_rest() -> None:
    rules = {
        code: Rule(code, limit, code != "box_missing", date(2026, 11, 21), "thử")
        for code, limit in {
            "photos_too_few": 9,
            "weight_missing": None,
            "story_missing": None,
            "box_missing": None,
        }.items()
    }
    bare = listing(story="", variants=(variant(packed_weight_g=None),))

    found = [problem.code for problem in check(bare, channel(rules=rules))]

    assert found == ["weight_missing", "photos_too_few", "story_missing", "limit_unverified"]


def test_a_breach_says_the_limit_and_what_there_is() -> None:
    (found,) = check(listing(name="m" * 31), _asking("name_too_long", limit=30))

    assert dict(found.params) == {"max": 30, "now": 31}


def test_a_complete_listing_lacks_nothing_on_any_shipped_channel() -> None:
    left = {
        code: {problem.severity for problem in check(listing(), one)}
        for code, one in registry.channels().items()
    }

    assert {code for code, severities in left.items() if not severities} == {
        "facebook",
        "practice",
        "practice_form",
        "woocommerce",
        "zalo_oa",
    }
    assert set().union(*left.values()) == {"unverified"}


@pytest.mark.parametrize("code", ["facebook", "zalo_oa", "nguon_hang"])
def test_spirits_are_not_taken_to_places_made_for_advertising(code: str) -> None:
    found = {problem.code for problem in check(listing(no_ads=True), registry.channels()[code])}

    assert "ad_barred" in found
    assert "ad_barred" not in {p.code for p in check(listing(no_ads=True), registry.channels()["buudien"])}


def test_an_unmasked_personal_number_cannot_enter_a_payload() -> None:
    with pytest.raises(ValueError, match="unmasked"):
        ProducerPayload(name="Hộ mẫu", kind="household", tax_code_masked="012345678901")
