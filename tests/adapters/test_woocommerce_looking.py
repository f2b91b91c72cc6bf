"""What a look at a WooCommerce shop sees, and what its calls to us are worth."""

from __future__ import annotations

import json
import unicodedata

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import AuthenticationError
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.practice.webhooks import delivery
from marketplace_adapters.testing.samples import listing, variant
from marketplace_adapters.types import Item, ListingPayload
from marketplace_adapters.woocommerce import mapping, webhooks
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter

CALLBACK, SECRET = "https://htx-mau.example/moc/abc", "moc-bi-mat"


def _adapter(shop: PracticeServer, **settings: str) -> WooCommerceAdapter:
    pair = {"username": shop.user, "application_password": shop.password}
    return WooCommerceAdapter(
        registry.channels()["practice"], {"base_url": shop.base_url, "status": "publish", **pair, **settings}
    )


def _item(offered: ListingPayload | None = None) -> Item:
    offered = offered or listing()
    return Item(offered, offered.variants[:1])


def test_a_look_tells_price_stock_text_and_barcode_as_a_shopper_has_them(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    chosen = variant(sale_vnd=65_000, stock=0, gtin="9521234000013")
    sent = adapter.publish(_item(listing(variants=(chosen,), story="Một & hai.\n\nBa\nbốn.")))

    seen = adapter.read_back(sent.remote_id)

    assert (seen.price_vnd, seen.in_stock, seen.gtin) == (65_000, False, "9521234000013")
    assert seen.text == f"{listing().short_text}\nMột & hai.\nBa\nbốn."


def test_what_the_shop_does_not_say_is_not_made_up() -> None:
    seen = mapping.observed({"name": "A", "status": "publish", "attributes": [], "images": []})

    assert (seen.price_vnd, seen.photo_count, seen.stars, seen.text) == (0, 0, 0, "")
    assert (seen.in_stock, seen.gtin, seen.dead_photos) == (None, None, None)


def test_tags_are_no_text_but_a_script_is_not_hidden() -> None:
    marked = "<style>p{}</style><p>A&amp;B</p><ul><li>C</li></ul><!-- d --><script>x()</script>"

    assert mapping.observed({"description": marked}).text == "A&B\nC\n<script>x()</script>"


def test_photos_that_do_not_open_are_counted(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    whole = adapter.read_back(sent.remote_id).dead_photos

    shop.store.remove_media(int(min(sent.media.values(), key=int)))

    assert (whole, adapter.read_back(sent.remote_id).dead_photos) == (0, 1)


def test_photos_on_other_hosts_are_not_asked_for(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    product = shop.store.product(int(sent.remote_id))
    elsewhere = [image | {"src": "https://anh.example/1.jpg"} for image in product["images"]]
    shop.store.change_product(int(sent.remote_id), {"images": elsewhere})

    assert adapter.read_back(sent.remote_id).dead_photos is None


def test_the_shops_search_is_tried_with_and_without_tone_marks(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())

    found = adapter.read_back(sent.remote_id).found_by

    assert found == {
        "Mắm tép đồng ủ thính gạo rang": True,
        "Mam tep dong u thinh gao rang": True,
    }


def test_a_search_that_does_not_find_the_product_is_told(shop: PracticeServer) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())
    shop.store.change_product(int(sent.remote_id), {"name": "x"})

    remote = adapter.shelf.one(sent.remote_id) | {"name": "Mắm tép"}
    adapter.shelf.one = lambda remote_id: remote

    assert adapter.read_back(sent.remote_id).found_by == {"Mắm tép": False, "Mam tep": False}


def test_a_draft_is_not_searched_for(shop: PracticeServer) -> None:
    adapter = _adapter(shop, status="pending")
    sent = adapter.publish(_item())

    seen = adapter.read_back(sent.remote_id)

    assert (seen.state, seen.found_by, seen.dead_photos) == ("in_review", {}, None)


def test_letters_typed_with_loose_marks_reach_every_field_as_one(shop: PracticeServer) -> None:
    def apart(text: str) -> str:
        return unicodedata.normalize("NFD", text)

    offered = listing(
        name=apart("Mắm tép"), short_text=apart("Ngắn"), story=apart("Kể"), ingredients=apart("tép")
    )

    sent = _adapter(shop).publish(_item(offered))

    stored = json.dumps(shop.store.product(int(sent.remote_id)), ensure_ascii=False)
    assert unicodedata.is_normalized("NFC", stored)
    assert "Mắm tép" in stored


def test_webhooks_are_made_once_for_changes_and_removals(shop: PracticeServer) -> None:
    _adapter(shop).watch(CALLBACK, SECRET)
    _adapter(shop).watch(CALLBACK, "bi-mat-moi")
    _adapter(shop).watch("https://khac.example/moc/1", SECRET)

    hooks = [(hook["topic"], hook["delivery_url"], hook["secret"]) for hook in shop.store.webhooks()]

    assert hooks == [
        *((topic, CALLBACK, "bi-mat-moi") for topic in webhooks.TOPICS),
        *((topic, "https://khac.example/moc/1", SECRET) for topic in webhooks.TOPICS),
    ]


def test_a_webhook_the_shop_switched_off_is_switched_on_again(shop: PracticeServer) -> None:
    _adapter(shop).watch(CALLBACK, SECRET)
    shop.store.change_webhook(1, {"status": "disabled"})  # as WooCommerce does after five failures

    _adapter(shop).watch(CALLBACK, SECRET)

    assert [hook["status"] for hook in shop.store.webhooks()] == ["active", "active"]


@pytest.mark.parametrize("topic", webhooks.TOPICS)
def test_a_signed_call_names_its_product(shop: PracticeServer, topic: str) -> None:
    adapter = _adapter(shop)
    sent = adapter.publish(_item())

    headers, body = delivery(shop.store.product(int(sent.remote_id)), topic, SECRET)

    assert adapter.heard(headers, body, SECRET) == sent.remote_id


def test_a_ping_says_nothing_and_needs_no_signature(shop: PracticeServer) -> None:
    assert _adapter(shop).heard({}, b"webhook_id=7", SECRET) is None


def test_a_call_about_an_order_is_none_of_our_business(shop: PracticeServer) -> None:
    headers, body = delivery({"id": 5}, "product.updated", SECRET)

    assert _adapter(shop).heard({**headers, "X-WC-Webhook-Resource": "order"}, body, SECRET) is None


@pytest.mark.parametrize("secret", ["", "khac"])
def test_a_call_signed_by_somebody_else_is_refused(shop: PracticeServer, secret: str) -> None:
    headers, body = delivery({"id": 5}, "product.updated", "gia")

    with pytest.raises(AuthenticationError) as caught:
        _adapter(shop).heard(headers, body, secret)

    assert caught.value.code == "bad_signature"


def test_the_signature_is_hmac_sha256_in_base64() -> None:
    # openssl: printf '{"id":5}' | openssl dgst -sha256 -hmac moc-bi-mat -binary | base64
    known = "lXC1FVMUhyqYyhry757OPE0hRirRy61Cl4xFkk5d7aE="

    assert webhooks.verify(SECRET, b'{"id":5}', known)
    assert not webhooks.verify(SECRET, b'{"id":6}', known)
