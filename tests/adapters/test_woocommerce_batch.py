"""Many products at once, and the shop's own categories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
)
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.types import Item, Published
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter

BATCH = ("POST", "/wc/v3/products/batch")


@pytest.fixture
def strict_shop(tmp_path: Path) -> Iterator[PracticeServer]:
    """A shop that refuses a second product with the same SKU or GTIN, as the real one does."""
    with PracticeServer(tmp_path / "strict.db", unique_skus=True) as server:
        yield server


def _adapter(
    shop: PracticeServer, categories: dict[int, str] | None = None, **settings: str
) -> WooCommerceAdapter:
    pair = {"username": shop.user, "application_password": shop.password}
    info = registry.channels()["practice"]
    info = replace(info, categories=categories) if categories else info
    return WooCommerceAdapter(info, {"base_url": shop.base_url, **pair, **settings})


def _item(sku: str, **changes: object) -> Item:
    offered = listing(variants=(variant(sku=sku, **changes),), photos=(photo("front", "#FBF8F1"),))
    return Item(offered, offered.variants)


def test_a_whole_commune_goes_out_in_few_calls(shop: PracticeServer) -> None:
    answers = _adapter(shop).publish_many([_item(f"XA-{at:03}") for at in range(60)])

    assert [type(one) for one in answers] == [Published] * 60
    assert len({one.remote_id for one in answers}) == 60
    assert shop.faults.seen[BATCH] == 3
    assert shop.faults.seen["POST", "/wc/v3/products"] == 0
    assert len(shop.store.media()) == 1


def test_what_is_there_already_is_brought_up_to_date_in_the_same_call(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    first = adapter.publish(_item("CU"))

    answers = adapter.publish_many([_item("CU", price_vnd=85_000), _item("MOI")], media=first.media)

    assert [one.created for one in answers] == [False, True]
    assert answers[0].remote_id == first.remote_id
    assert shop.store.product(int(first.remote_id))["regular_price"] == "85000"
    assert shop.faults.seen[BATCH] == 1


def test_the_same_sku_twice_in_one_batch_is_one_product(shop: PracticeServer) -> None:
    answers = _adapter(shop).publish_many([_item("A"), _item("A", price_vnd=85_000)])

    assert answers[0].remote_id == answers[1].remote_id
    assert shop.store.products(sku="A")[1] == 1
    assert shop.store.product(int(answers[1].remote_id))["regular_price"] == "85000"


def test_one_items_error_stands_in_its_place_and_costs_the_others_nothing(
    strict_shop: PracticeServer,
) -> None:
    adapter = _adapter(strict_shop)
    adapter.publish(_item("CO-MA", gtin="9521234000013"))

    answers = adapter.publish_many([_item("A"), _item("TRUNG", gtin="9521234000013"), _item("B")])

    assert [type(one) for one in answers] == [Published, ListingRejected, Published]
    assert [problem.code for problem in answers[1].problems] == ["gtin_taken_remotely"]


def test_a_sku_held_by_the_trash_is_taken_out_of_it_in_a_batch_too(strict_shop: PracticeServer) -> None:
    adapter = _adapter(strict_shop)
    first = adapter.publish(_item("A"))
    strict_shop.store.change_product(int(first.remote_id), {"status": "trash"})

    (again,) = adapter.publish_many([_item("A")])

    assert (again.remote_id, again.state) == (first.remote_id, "in_review")


def test_a_photo_the_shop_lost_is_sent_again_for_the_item_that_needs_it(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    known = adapter.publish(_item("A")).media
    shop.store.remove_media(int(next(iter(known.values()))))

    answers = adapter.publish_many([_item("B"), _item("C")], media=known)

    assert [adapter.read_back(one.remote_id).photo_count for one in answers] == [1, 1]


def test_silence_ends_the_run_and_says_who_was_not_tried(shop: PracticeServer) -> None:
    shop.faults.add("lost_reply", *BATCH)

    answers = _adapter(shop).publish_many([_item(f"XA-{at:02}") for at in range(30)])

    assert [type(one) for one in answers] == [*[OutcomeUnknown] * 25, *[MarketplaceUnavailable] * 5]
    assert shop.faults.seen[BATCH] == 1
    assert answers[0].media


@pytest.mark.parametrize("fault", ["lost_reply", "error_after", "garbled", "html"])
def test_a_batch_repeated_after_silence_doubles_nothing(shop: PracticeServer, fault: str) -> None:
    items = [_item(f"XA-{at}") for at in range(5)]
    shop.faults.add(fault, *BATCH)

    lost = _adapter(shop).publish_many(items)
    again = _adapter(shop).publish_many(items, retry=True, media=lost[0].media)

    assert {type(one) for one in lost} == {OutcomeUnknown}
    assert [one.created for one in again] == [False] * 5
    assert shop.store.products()[1] == 5


def test_a_wrong_password_is_one_error_for_all(shop: PracticeServer) -> None:
    with pytest.raises(AuthenticationError):
        _adapter(shop, application_password="sai").publish_many([_item("A"), _item("B")])


def test_an_answer_about_other_products_proves_nothing(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    write = adapter.client.write
    answers = {
        "another SKU": lambda *call: {"create": [one | {"sku": "KHAC"} for one in write(*call)["create"]]},
        "too few": lambda *call: {"create": write(*call)["create"][1:]},
        "a list": lambda *call: [write(*call)],
    }

    for at, answer in enumerate(answers.values()):
        adapter.client.write = answer
        told = adapter.publish_many([_item(f"A{at}"), _item(f"B{at}")])

        assert [isinstance(one, OutcomeUnknown) for one in told] == [True, True]


def test_a_blocked_item_is_not_sent_and_no_items_are_no_call(shop: PracticeServer) -> None:
    blocked = Item(listing(name=""), listing().variants)

    answers = _adapter(shop).publish_many([blocked])

    assert [type(one) for one in answers] == [ListingRejected]
    assert _adapter(shop).publish_many([]) == ()
    assert not shop.faults.seen


def test_a_batch_under_random_faults_leaves_one_product_a_sku(shop: PracticeServer) -> None:
    items = [_item(f"XA-{at:02}") for at in range(40)]
    media: dict[str, str] = {}
    for fault in ("lost_reply", "rate_limited", "html", "error_after", "reset_before"):
        shop.faults.add(fault, *BATCH)

    for attempt in range(12):
        try:
            answers = _adapter(shop).publish_many(items, retry=attempt > 0, media=media)
        except MarketplaceError as error:
            media |= error.media
            continue
        for one in answers:
            media |= one.media
        if all(isinstance(one, Published) for one in answers):
            break

    assert [shop.store.products(sku=item.sku)[1] for item in items] == [1] * 40
    assert len(shop.store.media()) == 1


def test_the_shops_categories_come_with_their_way_down_the_tree(shop: PracticeServer) -> None:
    names = [one.name for one in _adapter(shop).categories()]

    assert {"Thực phẩm", "Thực phẩm › Mật ong", "Đồ uống › Trà & cà phê › Trà khô"} <= set(names)


def test_a_long_tree_is_read_page_by_page(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    rows = [{"id": at, "name": f"Nhóm {at}", "parent": 0} for at in range(1, 251)]
    asked = []

    def pages(path: str, **query: object) -> list[dict]:
        asked.append(query["page"])
        return rows[(query["page"] - 1) * 100 : query["page"] * 100]

    adapter.client.get = pages

    assert len(adapter.categories()) == 250
    assert asked == [1, 2, 3]


@pytest.mark.parametrize(
    ("chosen", "category_id"),
    [
        ("Thực phẩm › Mật ong", 23),
        ("mật ong", 23),
        ("Đồ uống › Trà & cà phê", 24),
        ("Trà &amp; cà phê", 24),
        ("Nơi khác › Trà khô", 25),
        ("Thực phẩm", 16),
    ],
)
def test_a_category_is_met_by_its_way_or_by_its_own_name(
    shop: PracticeServer, chosen: str, category_id: int
) -> None:
    sent = _adapter(shop, {9: chosen}).publish(_item("A"))

    assert shop.store.product(int(sent.remote_id))["categories"][0]["id"] == category_id
    assert sent.warnings == ()
