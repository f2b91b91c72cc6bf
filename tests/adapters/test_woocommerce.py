"""The traps of WooCommerce 11.0.1, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    OutcomeUnknown,
    RemoteListingNotFound,
)
from marketplace_adapters.http_base import Reply, raise_for_status
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.testing.samples import channel, listing, photo, service, variant
from marketplace_adapters.types import Item, ListingPayload, VariantPayload
from marketplace_adapters.woocommerce import mapping
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter
from marketplace_adapters.woocommerce.mapping import ShopUnits
from marketplace_adapters.woocommerce.refusals import explain

KILOGRAMS = ShopUnits("kg", "cm")


def _adapter(shop: PracticeServer, **settings: str) -> WooCommerceAdapter:
    pair = {"username": shop.user, "application_password": shop.password}
    return WooCommerceAdapter(
        registry.channels()["practice"],
        {"base_url": shop.base_url, **pair, **settings},
    )


def _item(offered: ListingPayload | None = None) -> Item:
    offered = offered or listing()
    return Item(offered, offered.variants[:1])


def _fields(chosen: VariantPayload, units: ShopUnits = KILOGRAMS) -> dict:
    return mapping.product(_item(listing(variants=(chosen,))), units, None, [])


@pytest.fixture
def strict_shop(tmp_path: Path) -> Iterator[PracticeServer]:
    """A shop that refuses a second product with the same SKU, as the real one does."""
    with PracticeServer(tmp_path / "strict.db", unique_skus=True) as server:
        yield server


def test_money_is_a_string_of_bare_digits() -> None:
    fields = _fields(variant(price_vnd=70_000, sale_vnd=65_000))

    assert (fields["regular_price"], fields["sale_price"]) == ("70000", "65000")


def test_an_ended_sale_is_cleared() -> None:
    assert _fields(variant())["sale_price"] == ""


@pytest.mark.parametrize(
    ("unit", "weight"),
    [("kg", "0.52"), ("g", "520"), ("lbs", "1.1464"), ("oz", "18.3425"), ("", None), ("stone", None)],
)
def test_weight_is_in_the_shops_own_unit_or_not_sent(unit: str, weight: str | None) -> None:
    assert _fields(variant(packed_weight_g=520), ShopUnits(unit, "")).get("weight") == weight


def test_a_box_is_in_the_shops_own_unit() -> None:
    fields = _fields(variant(box_cm=(9, 10, 11)), ShopUnits("", "mm"))

    assert fields["dimensions"] == {"length": "90", "width": "100", "height": "110"}


def test_a_service_has_no_weight_and_is_virtual() -> None:
    fields = mapping.product(_item(service()), KILOGRAMS, None, [])

    assert "weight" not in fields
    assert fields["virtual"] is True


def test_text_of_the_listing_is_never_markup() -> None:
    fields = mapping.product(_item(listing(story="<script>x</script> a & b\n\nhai\nba")), KILOGRAMS, None, [])

    assert fields["description"] == "<p>&lt;script&gt;x&lt;/script&gt; a &amp; b</p>\n<p>hai<br>ba</p>"


def test_facts_are_what_the_listing_says_and_nothing_else() -> None:
    bare = listing(stars=None, ocop_decision="", certificates=(), brand="", label_items=(("Màu", "nâu"),))

    names = [fact["name"] for fact in mapping.product(_item(bare), KILOGRAMS, None, [])["attributes"]]

    assert not [name for name in names if "OCOP" in name or name in ("Thương hiệu", "Giấy tờ")]
    assert "Màu" in names


def test_a_fact_is_one_value_even_with_the_shops_own_divider_in_it() -> None:
    fields = mapping.product(_item(listing(ingredients="tép | muối\nthính")), KILOGRAMS, None, [])

    assert ["tép / muối thính"] in [fact["options"] for fact in fields["attributes"]]


def test_a_barcode_travels_only_if_there_is_one() -> None:
    assert _fields(variant(gtin="9521234000013"))["global_unique_id"] == "9521234000013"
    assert _fields(variant())["global_unique_id"] == ""


@pytest.mark.parametrize(
    ("text", "dong"),
    [("70000", 70_000), ("70000.00", 70_000), ("65.000", 65), ("65.5", None), ("", None), ("NaN", None)],
)
def test_a_price_is_read_back_as_the_shop_understands_it(text: str, dong: int | None) -> None:
    assert mapping.whole_dong(text) == dong


def test_what_the_shop_stored_differently_becomes_a_notice() -> None:
    sent = {"name": "A", "regular_price": "70000", "sale_price": "", "images": [{"id": 1}, {"id": 2}]}
    got = {"name": "A", "regular_price": "70", "sale_price": "", "images": [{"id": 1}]}

    notices = list(mapping.echo_notices(sent, got))

    assert [(notice.params["field"], notice.params["got"]) for notice in notices] == [
        ("regular_price", "70"),
        ("images", 1),
    ]


def test_a_new_product_waits_for_review_unless_the_booth_may_publish(shop: PracticeServer) -> None:
    waiting = _adapter(shop).publish(_item())
    at_once = _adapter(shop, status="publish").publish(_item(listing(variants=(variant(sku="B"),))))

    assert (waiting.state, waiting.url) == ("in_review", None)
    assert at_once.state == "live"
    assert at_once.url.startswith(shop.base_url)


def test_an_unknown_status_setting_is_named(shop: PracticeServer) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _adapter(shop, status="live")

    assert caught.value.settings == ("status",)


def test_the_category_is_the_shops_own_and_a_missing_one_is_told(shop: PracticeServer) -> None:
    known = _adapter(shop).publish(_item())
    strange = listing(set_no=None, category="Đồ cúng", variants=(variant(sku="B"),))
    unknown = _adapter(shop).publish(_item(strange))

    assert shop.store.product(int(known.remote_id))["categories"] == [{"id": 16, "name": "Thực phẩm"}]
    assert [notice.code for notice in unknown.warnings] == ["category_not_found"]


def test_a_sku_held_by_a_live_product_is_taken_up(strict_shop: PracticeServer) -> None:
    class Racing(WooCommerceAdapter):
        """Its first look comes a moment before somebody else's write."""

        def __init__(self, *given):
            super().__init__(*given)
            look, answers = self.shelf.by_sku, iter([(None, ())])
            self.shelf.by_sku = lambda sku, *, trash: next(answers, None) or look(sku, trash=trash)

    first = _adapter(strict_shop).publish(_item())
    racing = Racing(registry.channels()["practice"], _adapter(strict_shop).settings)

    second = racing.publish(_item())

    assert (second.remote_id, second.created) == (first.remote_id, False)
    assert strict_shop.store.products(sku="TT-MT-250")[1] == 1


def test_a_sku_held_by_the_trash_is_taken_out_of_it(strict_shop: PracticeServer) -> None:
    first = _adapter(strict_shop).publish(_item())
    strict_shop.store.change_product(int(first.remote_id), {"status": "trash"})

    second = _adapter(strict_shop).publish(_item())

    assert (second.remote_id, second.state) == (first.remote_id, "in_review")


def test_trash_counts_as_gone_and_a_retry_takes_it_back(shop: PracticeServer) -> None:
    first = _adapter(shop).publish(_item())
    shop.store.change_product(int(first.remote_id), {"status": "trash"})

    with pytest.raises(RemoteListingNotFound):
        _adapter(shop).fetch_status(first.remote_id)
    again = _adapter(shop).publish(_item(), retry=True)

    assert again.remote_id == first.remote_id


def test_photos_the_shop_lost_are_sent_again(shop: PracticeServer) -> None:
    first = _adapter(shop).publish(_item())
    shop.store.remove_media(int(min(first.media.values(), key=int)))

    again = _adapter(shop).publish(_item(), media=first.media)

    assert _adapter(shop).read_back(again.remote_id).photo_count == 3


def test_a_lost_photo_reply_is_found_by_its_name(shop: PracticeServer) -> None:
    shop.faults.add("lost_reply", "POST", "/wp/v2/media")

    with pytest.raises(OutcomeUnknown):
        _adapter(shop).publish(_item())
    _adapter(shop).publish(_item(), retry=True)

    assert len(shop.store.media()) == 3


def test_bytes_that_are_no_photo_are_the_co_ops_to_change(shop: PracticeServer) -> None:
    broken = replace(photo("front", "#FBF8F1"), open=lambda: b"not a photo")

    with pytest.raises(ListingRejected) as caught:
        _adapter(shop).publish(_item(listing(photos=(broken,))))

    assert [problem.code for problem in caught.value.problems] == ["photo_unreadable"]
    assert shop.store.products()[1] == 0


def test_a_media_library_that_refuses_with_500_is_not_retried() -> None:
    body = b'{"code": "rest_upload_sideload_error", "message": "", "data": {"status": 500}}'

    with pytest.raises(ListingRejected) as caught:
        raise_for_status(Reply(500, {}, body, writes=True), explain)

    assert [problem.code for problem in caught.value.problems] == ["photo_refused"]


def test_a_refused_field_is_named() -> None:
    body = b'{"code": "rest_invalid_param", "message": "", "data": {"params": {"regular_price": "not of type string"}}}'

    with pytest.raises(ListingRejected) as caught:
        raise_for_status(Reply(400, {}, body, writes=True), explain)

    assert [(problem.code, problem.field) for problem in caught.value.problems] == [
        ("field_refused", "regular_price")
    ]


def test_an_answer_about_another_product_proves_nothing(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    write = adapter.client.write
    adapter.client.write = lambda *call: {**write(*call), "sku": "KHAC"}

    with pytest.raises(OutcomeUnknown) as caught:
        adapter.update(sent.remote_id, _item())

    assert caught.value.code == "echo_mismatch"


def test_stock_is_sent_when_a_post_opens_and_not_with_later_wording(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    shop.store.change_product(int(sent.remote_id), {"stock_quantity": 7})

    adapter.update(sent.remote_id, _item(), media=sent.media)
    after_wording = shop.store.product(int(sent.remote_id))["stock_quantity"]
    adapter.set_stock(sent.remote_id, 3)

    assert after_wording == 7
    assert shop.store.product(int(sent.remote_id))["stock_quantity"] == 3


def test_a_link_of_the_shop_leads_to_its_product(shop: PracticeServer) -> None:
    adapter = _adapter(shop, status="publish")
    sent = adapter.publish(_item())

    found = adapter.find_by_url(sent.url)

    assert found.remote_id == sent.remote_id
    assert adapter.find_by_url("https://khac.example/san-pham/1-a") is None
    assert adapter.find_by_url(f"{shop.base_url}/san-pham/99-khong-co") is None


def test_a_link_of_a_shop_without_pretty_permalinks_leads_to_its_product_too(shop: PracticeServer) -> None:
    adapter = _adapter(shop, status="publish")
    sent = adapter.publish(_item())
    slug = shop.store.product(int(sent.remote_id))["slug"]

    by_number = adapter.find_by_url(f"{shop.base_url}/?post_type=product&p={sent.remote_id}")
    by_slug = adapter.find_by_url(f"{shop.base_url}/?product={slug}")

    assert by_number.remote_id == by_slug.remote_id == sent.remote_id
    assert adapter.find_by_url(f"{shop.base_url}/?p=99") is None
    assert adapter.find_by_url(f"{shop.base_url}/?p=abc") is None


def test_a_wrong_password_and_a_wrong_signature_are_the_booths_to_repair(shop: PracticeServer) -> None:
    with pytest.raises(AuthenticationError):
        _adapter(shop, application_password="sai").publish(_item())
    with pytest.raises(AuthenticationError):
        _adapter(shop, consumer_key=shop.user, consumer_secret="sai").publish(_item())


def test_a_shop_that_is_no_woocommerce_is_the_operators_to_repair(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    adapter.client.index = lambda: {"namespaces": ["wp/v2"]}

    with pytest.raises(ConfigurationError) as caught:
        adapter.test_connection()

    assert caught.value.code == "not_woocommerce"


def test_a_real_shop_needs_https() -> None:
    settings = {"base_url": "http://shop.example", "username": "a", "application_password": "b"}

    with pytest.raises(ConfigurationError) as caught:
        WooCommerceAdapter(channel("woocommerce", lan=False), settings)

    assert caught.value.code == "needs_https"


@pytest.mark.parametrize(("ticked", "state"), [("", "in_review"), ("0", "in_review"), ("1", "live")])
def test_ones_own_shop_may_show_products_at_once(shop: PracticeServer, ticked: str, state: str) -> None:
    pair = {"username": shop.user, "application_password": shop.password}
    adapter = WooCommerceAdapter(
        channel("woocommerce"), {"base_url": shop.base_url, **pair, "without_review": ticked}
    )

    sent = adapter.publish(adapter.items(listing())[0])

    assert sent.state == state
