"""The practice marketplace's interface: WooCommerce's calls, refusals and silent traps."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from marketplace_adapters.practice import PracticeServer


def _call(shop: PracticeServer, method: str, path: str, **options: object) -> requests.Response:
    pair = (shop.user, shop.password)
    return requests.request(method, f"{shop.base_url}/wp-json{path}", auth=pair, timeout=5, **options)


def test_it_takes_the_same_sku_twice_like_the_worst_shops(shop: PracticeServer) -> None:
    answers = [_call(shop, "POST", "/wc/v3/products", json={"sku": "A", "name": "A"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(_call(shop, "GET", "/wc/v3/products?sku=A").json()) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"regular_price": 65000}, "rest_invalid_param"),
        ({"status": "live"}, "rest_invalid_param"),
        ({"images": {"id": 1}}, "rest_invalid_param"),
        ({"attributes": ["Hạng OCOP"]}, "rest_invalid_param"),
        ({"stock_quantity": "3"}, "rest_invalid_param"),
        ({"images": [{"id": 2**64}]}, "woocommerce_product_invalid_image_id"),
        ({"images": [{"src": "http://192.168.1.2/a.jpg"}]}, "woocommerce_product_image_upload_error"),
        ({"images": [{"id": 99}]}, "woocommerce_product_invalid_image_id"),
    ],
)
def test_it_refuses_what_woocommerce_refuses(shop: PracticeServer, fields: dict, code: str) -> None:
    answer = _call(shop, "POST", "/wc/v3/products", json=fields)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_it_has_woocommerces_silent_traps(shop: PracticeServer) -> None:
    empty = _call(shop, "POST", "/wc/v3/products", json={}).json()
    sale = _call(shop, "POST", "/wc/v3/products", json={"regular_price": "5", "sale_price": "5"}).json()
    strange = _call(shop, "POST", "/wc/v3/products", json={"categories": [{"id": 999}]}).json()

    assert (empty["name"], empty["status"]) == ("Product", "publish")
    assert sale["sale_price"] == ""
    assert strange["categories"][0]["name"] == "Uncategorized"


def test_missing_removed_and_malformed_have_woocommerces_codes(shop: PracticeServer) -> None:
    product = f"/wc/v3/products/{_call(shop, 'POST', '/wc/v3/products', json={}).json()['id']}"
    calls = [
        _call(shop, "GET", "/wc/v3/products/99"),
        _call(shop, "PUT", "/wc/v3/products/99", json={}),
        _call(shop, "DELETE", product),
        _call(shop, "DELETE", product),
        _call(shop, "POST", "/wc/v3/products", data=b"{"),
        _call(shop, "POST", "/wp/v2/media", data=b"x"),
        _call(
            shop,
            "POST",
            "/wp/v2/media",
            data=b"x",
            headers={"Content-Disposition": 'attachment; filename="a.jpg"'},
        ),
        _call(shop, "GET", "/wc/v3/products?per_page=101"),
        _call(shop, "GET", "/wc/v3/khong-co"),
    ]

    assert [call.status_code for call in calls] == [404, 400, 200, 410, 400, 400, 500, 400, 404]


def test_lists_come_in_pages_with_their_count(shop: PracticeServer) -> None:
    for at in range(3):
        _call(shop, "POST", "/wc/v3/products", json={"sku": f"A{at}"})

    answer = _call(shop, "GET", "/wc/v3/products?per_page=2&page=2")

    assert (len(answer.json()), answer.headers["X-WP-Total"], answer.headers["X-WP-TotalPages"]) == (
        1,
        "3",
        "2",
    )


def test_a_body_without_end_is_refused_before_it_is_read(shop: PracticeServer) -> None:
    answer = _call(shop, "POST", "/wp/v2/media", headers={"Content-Length": "99999999999"})

    assert answer.status_code == 413


def test_a_batch_answers_each_line_in_its_place(shop: PracticeServer) -> None:
    first = _call(shop, "POST", "/wc/v3/products", json={"sku": "A"}).json()["id"]
    lines = {
        "create": [{"sku": "B", "regular_price": 5}, {"images": [{"id": 99}]}],
        "update": [{"id": first, "name": "Mới"}, {"id": 999}],
        "delete": [first],
    }

    answer = _call(shop, "POST", "/wc/v3/products/batch", json=lines)

    told = answer.json()
    assert answer.status_code == 200
    assert (told["create"][0]["sku"], told["create"][0]["regular_price"]) == ("B", "5")
    assert told["create"][1]["error"]["code"] == "woocommerce_product_invalid_image_id"
    assert told["update"][0]["name"] == "Mới"
    assert (told["update"][1]["id"], told["update"][1]["error"]["data"]["status"]) == (999, 400)
    assert told["delete"][0]["id"] == first


def test_a_batch_too_long_or_malformed_is_refused_as_a_whole(shop: PracticeServer) -> None:
    too_long = _call(shop, "POST", "/wc/v3/products/batch", json={"create": [{}] * 101})
    malformed = _call(shop, "POST", "/wc/v3/products/batch", json={"create": {"name": "A"}})

    assert (too_long.status_code, malformed.status_code) == (413, 500)
    assert too_long.json()["code"] == "woocommerce_rest_request_entity_too_large"
    assert shop.store.products()[1] == 0


def test_a_strict_shop_refuses_a_second_sku_and_a_second_barcode(tmp_path: Path) -> None:
    with PracticeServer(tmp_path / "strict.db", unique_skus=True) as strict:
        first = _call(strict, "POST", "/wc/v3/products", json={"sku": "A", "global_unique_id": "95"}).json()[
            "id"
        ]

        same_sku = _call(strict, "POST", "/wc/v3/products", json={"sku": "A"}).json()
        same_code = _call(strict, "POST", "/wc/v3/products", json={"global_unique_id": "95"}).json()
        itself = _call(strict, "PUT", f"/wc/v3/products/{first}", json={"sku": "A", "name": "B"})

    assert (same_sku["code"], same_sku["data"]["resource_id"]) == ("product_invalid_sku", first)
    assert same_code["code"] == "product_invalid_global_unique_id"
    assert itself.status_code == 200


def test_webhooks_are_kept_and_their_secret_is_not_told(shop: PracticeServer) -> None:
    wish = {"topic": "product.updated", "delivery_url": "https://a.example/1", "secret": "bi-mat"}

    made = _call(shop, "POST", "/wc/v3/webhooks", json=wish)
    listed = _call(shop, "GET", "/wc/v3/webhooks").text
    wrong = [
        _call(shop, "POST", "/wc/v3/webhooks", json=wish | {"topic": "khac"}).status_code,
        _call(shop, "POST", "/wc/v3/webhooks", json=wish | {"delivery_url": "a"}).status_code,
        _call(shop, "PUT", "/wc/v3/webhooks/99", json={"status": "paused"}).status_code,
    ]

    assert made.status_code == 201
    assert "https://a.example/1" in listed
    assert "bi-mat" not in listed + made.text
    assert wrong == [400, 400, 400]


def test_without_pretty_permalinks_only_the_other_address_answers(shop: PracticeServer) -> None:
    shop.plain_permalinks = True
    pair = (shop.user, shop.password)

    pretty = requests.get(f"{shop.base_url}/wp-json/wc/v3/products", auth=pair, timeout=5).status_code
    plain = requests.get(f"{shop.base_url}/?rest_route=/wc/v3/products", auth=pair, timeout=5)

    assert (pretty, plain.status_code, plain.json()) == (404, 200, [])


def test_only_the_fields_that_were_asked_for_come(shop: PracticeServer) -> None:
    _call(shop, "POST", "/wc/v3/products", json={"sku": "A"})

    assert _call(shop, "GET", "/wc/v3/products?_fields=id,sku").json() == [{"id": 1, "sku": "A"}]
