"""A product that somebody changed, hid or removed in the shop is put right by publishing it again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import ListingRejected, RemoteListingNotFound, UnexpectedResponse
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.testing.samples import listing, variant
from marketplace_adapters.types import Item, ListingPayload
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter


def _adapter(shop: PracticeServer, status: str = "publish") -> WooCommerceAdapter:
    pair = {"username": shop.user, "application_password": shop.password}
    return WooCommerceAdapter(
        registry.channels()["practice"], {"base_url": shop.base_url, "status": status, **pair}
    )


def _item(offered: ListingPayload | None = None) -> Item:
    offered = offered or listing()
    return Item(offered, offered.variants[:1])


@pytest.mark.parametrize("status", ["draft", "pending", "private", "future", "auto-draft", "trash"])
def test_a_product_nobody_sees_is_up_again_with_its_price_photos_and_stock(
    shop: PracticeServer, status: str
) -> None:
    sent = _adapter(shop).publish(_item())
    spoiled = {"status": status, "regular_price": "1", "sale_price": "", "images": [], "stock_quantity": 0}
    shop.store.change_product(int(sent.remote_id), spoiled)

    again = _adapter(shop).publish(_item(), retry=True)

    product = shop.store.product(int(sent.remote_id))
    assert (again.remote_id, again.state, again.created) == (sent.remote_id, "live", False)
    assert (product["regular_price"], len(product["images"]), product["stock_quantity"]) == ("70000", 3, 180)
    assert len(shop.store.media()) == 3


def test_a_product_on_sale_is_not_sent_back_to_review(shop: PracticeServer) -> None:
    sent = _adapter(shop).publish(_item())

    again = _adapter(shop, status="pending").publish(_item())

    assert (again.remote_id, again.state) == (sent.remote_id, "live")


def test_a_sale_somebody_typed_in_the_shop_ends_with_the_next_update(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    shop.store.change_product(int(sent.remote_id), {"sale_price": "50000"})

    adapter.update(sent.remote_id, _item(), media=sent.media)

    assert adapter.read_back(sent.remote_id).price_vnd == 70_000


def test_a_sale_the_shop_dropped_is_told(shop: PracticeServer) -> None:
    unlikely = listing(variants=(variant(sale_vnd=69_000),))
    adapter = _adapter(shop)
    write = adapter.client.write
    adapter.client.write = lambda *call: write(*call) | {"sale_price": "", "price": "70000"}

    sent = adapter.publish(_item(unlikely))

    assert [(notice.code, notice.params["field"]) for notice in sent.warnings] == [
        ("echo_differs", "sale_price")
    ]


def test_a_sale_planned_by_date_in_the_shop_is_told(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    write = adapter.client.write
    adapter.client.write = lambda *call: write(*call) | {"price": "70000"}

    sent = adapter.publish(_item(listing(variants=(variant(sale_vnd=65_000),))))

    assert [(notice.params["field"], notice.params["got"]) for notice in sent.warnings] == [
        ("price", "70000")
    ]


def test_a_category_the_shop_took_for_another_is_told(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    adapter.shelf.category_id = lambda name: 999

    sent = adapter.publish(_item())

    assert [(notice.code, notice.params["field"]) for notice in sent.warnings] == [
        ("echo_differs", "categories")
    ]


def test_an_update_of_what_lies_in_the_trash_is_not_called_done(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    shop.store.change_product(int(sent.remote_id), {"status": "trash"})

    with pytest.raises(RemoteListingNotFound):
        adapter.update(sent.remote_id, _item(), media=sent.media)


def test_a_paused_product_goes_up_sold_out_and_an_update_keeps_it_so(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    paused = _item(replace(listing(), paused=True))

    sent = adapter.publish(paused)
    at_first = adapter.read_back(sent.remote_id).in_stock
    adapter.set_stock(sent.remote_id, 5)
    adapter.update(sent.remote_id, paused, media=sent.media)

    assert (at_first, adapter.read_back(sent.remote_id).in_stock) == (False, False)


def test_a_shop_that_does_not_count_still_hears_sold_out(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    write = adapter.client.write
    adapter.client.write = lambda *call: write(*call) | {"manage_stock": False, "stock_quantity": 180}

    adapter.set_stock(sent.remote_id, 0)

    assert adapter.read_back(sent.remote_id).in_stock is False


def test_a_stock_the_shop_did_not_keep_is_not_called_done(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    write = adapter.client.write
    adapter.client.write = lambda *call: write(*call) | {"stock_quantity": 180}

    with pytest.raises(UnexpectedResponse):
        adapter.set_stock(sent.remote_id, 3)


def test_a_sku_on_a_packing_of_somebodys_own_product_is_left_alone(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    shop.store.change_product(int(sent.remote_id), {"type": "variation", "name": "Của người khác"})

    with pytest.raises(ListingRejected) as caught:
        adapter.publish(_item())
    (told,) = adapter.publish_many([_item()])

    assert [problem.code for problem in caught.value.problems] == ["sku_taken_remotely"]
    assert [problem.code for problem in told.problems] == ["sku_taken_remotely"]
    assert shop.store.product(int(sent.remote_id))["name"] == "Của người khác"


def test_a_packing_that_is_looked_up_among_many_is_met_exactly(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    for sku in ("A-1", "A-10", "A-100"):
        adapter.publish(_item(listing(variants=(variant(sku=sku),))))

    found = adapter.shelf.by_skus(["A-1", "A-100", "A"], trash=False)

    assert {sku: product and product["sku"] for sku, (product, _) in found.items()} == {
        "A-1": "A-1",
        "A-100": "A-100",
        "A": None,
    }
