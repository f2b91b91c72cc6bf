"""OAuth 1.0a against its standard and against the official client."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from marketplace_adapters.oauth import base_string, signed_url

# Computed with the Python package woocommerce 3.0.0 (woocommerce.oauth.OAuth), nonce and time held fast. That
# package leaves "/" in a value as it is; the shop, like RFC 5849, does not, so no vector holds one there.
VECTORS = {
    (
        "GET",
        "http://shop.example:8080/wp-json/wc/v3/products?sku=TT-MT-250&status=any&search=m%E1%BA%AFm%20t%C3%A9p",
    ): "oLvCQqri0AX4DKtDoAvRtPG2PNvQ6BIm4s8HNLComn8=",
    (
        "GET",
        "http://shop.example:8080/wp-json/wc/v3/products"
        "?sku=A-1%2CB-2&per_page=100&_fields=id%2Csku%2Cstatus%2Cpermalink",
    ): "FuriAXHVUsszO/xZ8rymVJZm4LB0TGlEvt3KCWr4NrA=",
    (
        "POST",
        "http://192.168.1.5/wp-json/wc/v3/products/batch",
    ): "cxo8RI7OAGJ7hKAVgvGuHtyNwN9qFTHdyDDPn07KSP8=",
    (
        "PUT",
        "http://shop.example/cua-hang/wp-json/wc/v3/products/15",
    ): "dzb0giWXpkl3p346mhn4mX1YLk5gYDi26+tv3vyyMqk=",
    (
        "GET",
        "http://shop.example/wp-json/wc/v3/products/categories"
        "?per_page=100&page=2&orderby=id&_fields=id%2Cname%2Cparent",
    ): "bV2cWRZY8c0if8TcLEU2a+i0Cr3MibOqMlPHXUVTHzQ=",
}


def test_the_signed_text_is_the_one_of_rfc_5849() -> None:
    # RFC 5849 §3.4.1.1, the form body's parameters counted in
    parameters = [
        ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"), ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"), ("oauth_nonce", "7d8f3e4a"), ("c2", ""), ("a3", "2 q"),
    ]  # fmt: skip

    text = base_string("POST", "http://EXAMPLE.COM:80/request", parameters)

    assert text == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26"
        "c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26"
        "oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


@pytest.mark.parametrize(("method", "url"), VECTORS)
def test_the_signature_is_the_one_of_the_official_client(method: str, url: str) -> None:
    signed = signed_url(method, url, "ck_test", "cs_test", nonce="abc123", timestamp=1_700_000_000)

    assert parse_qs(signed.partition("?")[2])["oauth_signature"] == [VECTORS[method, url]]


def test_a_slash_in_a_value_is_escaped_twice_as_the_shop_does() -> None:
    text = base_string("GET", "http://shop.example/", [("rest_route", "/wc/v3/products")])

    assert text == "GET&http%3A%2F%2Fshop.example%2F&rest_route%3D%252Fwc%252Fv3%252Fproducts"
