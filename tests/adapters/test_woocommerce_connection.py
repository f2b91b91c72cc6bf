"""The connection test names what is wrong, each thing by its own code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    MarketplaceError,
    MarketplaceUnavailable,
)
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.practice.access import Door
from marketplace_adapters.practice.api import Api
from marketplace_adapters.practice.service import Answer, Handler, Service
from marketplace_adapters.testing.samples import listing
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter

INDEX = {"name": "Cửa hàng", "namespaces": ["wc/v3", "wp/v2"], "authentication": {}}


class _Scripted(Handler):
    def respond(self, body: bytes) -> None:
        status, told, headers = self.service.script(self.command, self.path)
        if isinstance(told, str):
            self.send(status, "text/html", told.encode(), headers)
        else:
            self.json(Answer(status, told, headers))


class Strange(Service):
    """A web server that is not what it seems: `script(method, path) -> (status, page or JSON, headers)`."""

    handler = _Scripted
    script: Callable[[str, str], tuple[int, object, dict[str, str]]]


@pytest.fixture
def strange() -> Iterator[Strange]:
    with Strange() as server:
        yield server


def _adapter(base_url: str, user: str = "tap", password: str = "tap-duot", **more: str) -> WooCommerceAdapter:
    settings = {"base_url": base_url, "username": user, "application_password": password, **more}
    return WooCommerceAdapter(registry.channels()["practice"], settings)


def _refusal(adapter: WooCommerceAdapter) -> MarketplaceError:
    with pytest.raises(MarketplaceError) as caught:
        adapter.test_connection()
    return caught.value


def test_a_working_shop_tells_its_name_currency_and_weight_unit(shop: PracticeServer) -> None:
    facts = _adapter(shop.base_url).test_connection()

    assert (facts.name, facts.currency, facts.weight_unit, facts.warnings) == (
        "Sàn tập dượt",
        "VND",
        "kg",
        (),
    )


def test_the_connection_test_leaves_nothing_behind(shop: PracticeServer) -> None:
    _adapter(shop.base_url).test_connection()
    _adapter(shop.base_url, consumer_key="tap", consumer_secret="tap-duot").test_connection()

    assert (shop.store.products()[1], shop.store.media(), shop.store.webhooks()) == (0, [], [])


@pytest.mark.parametrize(
    ("user", "password", "code"),
    [("tap", "sai", "wrong_password"), ("ai do", "tap-duot", "unknown_user")],
)
def test_a_wrong_name_and_a_wrong_password_are_told_apart(
    shop: PracticeServer, user: str, password: str, code: str
) -> None:
    error = _refusal(_adapter(shop.base_url, user, password))

    assert (type(error), error.code) == (AuthenticationError, code)


@pytest.mark.parametrize(
    ("rights", "code"),
    [("none", "no_product_rights"), ("read", "read_only"), ("no_media", "no_media_rights")],
)
def test_a_right_user_who_may_too_little_is_told_what_is_missing(
    shop: PracticeServer, rights: str, code: str
) -> None:
    shop.door.rights = rights

    error = _refusal(_adapter(shop.base_url))

    assert (type(error), error.code) == (AuthenticationError, code)


def test_a_key_that_may_only_read_is_found_out_without_writing(shop: PracticeServer) -> None:
    shop.door.rights = "read"

    error = _refusal(_adapter(shop.base_url, consumer_key="tap", consumer_secret="tap-duot"))

    assert error.code == "read_only"
    assert shop.store.products()[1] == 0


def test_a_wrong_key_is_not_called_a_wrong_password(shop: PracticeServer) -> None:
    error = _refusal(_adapter(shop.base_url, consumer_key="tap", consumer_secret="sai"))

    assert (type(error), error.code) == (AuthenticationError, "wrong_key")


def test_clocks_that_differ_are_named_when_a_signature_is_refused(tmp_path: Path) -> None:
    with PracticeServer(tmp_path / "shop.db") as server:
        server.door = Door(server.user, server.password, clock=lambda: time.time() + 7200)
        adapter = _adapter(server.base_url, consumer_key="tap", consumer_secret="tap-duot")
        index = adapter.client.index

        def ahead() -> object:
            told = index()
            adapter.client.clock_skew = 7200.0  # what its Date header would have said
            return told

        adapter.client.index = ahead
        error = _refusal(adapter)

    assert (error.code, error.params["seconds"]) == ("clock_skew", 7200)


def test_the_shops_clock_is_read_from_its_answer(shop: PracticeServer) -> None:
    adapter = _adapter(shop.base_url)

    adapter.client.index()

    assert abs(adapter.client.clock_skew) < 60


def test_a_host_that_drops_the_header_is_told_from_a_wrong_password(shop: PracticeServer) -> None:
    shop.door.sees_header = False

    error = _refusal(_adapter(shop.base_url))

    assert (type(error), error.code) == (AuthenticationError, "credential_not_seen")


def test_over_plain_http_a_shop_may_take_no_application_password(strange: Strange) -> None:
    not_logged_in = {"code": "rest_not_logged_in", "message": "", "data": {"status": 401}}
    strange.script = lambda method, path: (
        (200, INDEX, {}) if path.startswith("/wp-json/?") else (401, not_logged_in, {})
    )

    error = _refusal(_adapter(strange.base_url))

    assert (type(error), error.code) == (AuthenticationError, "password_needs_https")


def test_application_passwords_can_be_switched_off(strange: Strange) -> None:
    off = {"code": "application_passwords_disabled", "message": "", "data": {"status": 501}}
    strange.script = lambda method, path: (
        (200, INDEX, {}) if path.startswith("/wp-json/?") else (501, off, {})
    )

    assert _refusal(_adapter(strange.base_url)).code == "application_passwords_off"


def test_a_shop_that_moved_to_https_is_said_to_be_there(strange: Strange) -> None:
    strange.script = lambda method, path: (301, "", {"Location": "https://cuahang.example/wp-json/"})

    error = _refusal(_adapter(strange.base_url))

    assert (type(error), error.code) == (ConfigurationError, "use_https")
    assert error.params["location"] == "https://cuahang.example/wp-json/"


def test_a_shop_that_moved_elsewhere_is_not_followed(strange: Strange) -> None:
    strange.script = lambda method, path: (302, "", {"Location": "http://khac.example/"})

    error = _refusal(_adapter(strange.base_url))

    assert (error.code, error.params["location"]) == ("redirected", "http://khac.example/")


@pytest.mark.parametrize("status", [200, 404])
def test_a_web_page_is_not_wordpress(strange: Strange, status: int) -> None:
    strange.script = lambda method, path: (status, "<!doctype html><p>Trang chủ", {})

    error = _refusal(_adapter(strange.base_url))

    assert (type(error), error.code) == (ConfigurationError, "not_wordpress")


def test_wordpress_without_woocommerce_is_named(strange: Strange) -> None:
    strange.script = lambda method, path: (200, INDEX | {"namespaces": ["wp/v2"]}, {})

    assert _refusal(_adapter(strange.base_url)).code == "not_woocommerce"


def test_an_interface_somebody_closed_is_named(strange: Strange) -> None:
    closed = {"code": "rest_cannot_access", "message": "", "data": {"status": 401}}
    strange.script = lambda method, path: (401, closed, {})

    error = _refusal(_adapter(strange.base_url))

    assert (type(error), error.code) == (ConfigurationError, "rest_api_closed")


def test_a_firewall_in_front_of_the_shop_is_named(strange: Strange) -> None:
    strange.script = lambda method, path: (403, "<h1>Forbidden</h1>", {})

    error = _refusal(_adapter(strange.base_url))

    assert (type(error), error.code) == (MarketplaceUnavailable, "blocked_by_host")


def test_nobody_at_the_address_is_named() -> None:
    error = _refusal(_adapter("http://127.0.0.1:9"))

    assert (type(error), error.code) == (MarketplaceUnavailable, "unreachable")


def test_another_currency_and_an_unknown_weight_unit_are_warned_of(shop: PracticeServer) -> None:
    shop.settings |= {"general/woocommerce_currency": "USD", "products/woocommerce_weight_unit": "stone"}

    facts = _adapter(shop.base_url).test_connection()

    assert [(notice.code, *notice.params.values()) for notice in facts.warnings] == [
        ("currency_not_vnd", "USD"),
        ("weight_unit_unknown", "stone"),
    ]


def test_pounds_and_ounces_are_warned_of(shop: PracticeServer) -> None:
    shop.settings["products/woocommerce_weight_unit"] = "oz"

    facts = _adapter(shop.base_url).test_connection()

    assert [notice.code for notice in facts.warnings] == ["weight_unit_odd"]


def test_settings_that_may_not_be_read_are_warned_of_and_cost_only_the_weight(shop: PracticeServer) -> None:
    shop.settings.clear()
    adapter = _adapter(shop.base_url)

    facts = adapter.test_connection()
    sent = adapter.publish(adapter.items(listing())[0])

    assert [notice.code for notice in facts.warnings] == ["settings_unreadable"]
    assert shop.store.product(int(sent.remote_id))["weight"] == ""


@pytest.mark.parametrize("keys", [{}, {"consumer_key": "tap", "consumer_secret": "tap-duot"}])
def test_a_shop_without_pretty_permalinks_is_reached_all_the_same(
    shop: PracticeServer, keys: dict[str, str]
) -> None:
    shop.plain_permalinks = True

    facts = _adapter(shop.base_url, **keys).test_connection()
    fresh = _adapter(shop.base_url, **keys)
    sent = fresh.publish(fresh.items(listing())[0])

    assert [notice.code for notice in facts.warnings] == ["plain_permalinks"]
    assert fresh.read_back(sent.remote_id).photo_count == 3


def test_rights_are_found_out_by_trying_where_users_are_hidden(strange: Strange) -> None:
    def answer(method: str, path: str) -> tuple[int, object, dict[str, str]]:
        if path.startswith("/wp-json/?"):
            return 200, INDEX, {}
        if "users/me" in path:
            return 404, {"code": "rest_no_route", "message": "", "data": {"status": 404}}, {}
        if method == "POST" and "products/batch" in path:
            return 403, {"code": "woocommerce_rest_cannot_batch", "data": {"status": 403}}, {}
        return 200, [], {}

    strange.script = answer

    assert _refusal(_adapter(strange.base_url)).code == "read_only"


def test_an_index_of_several_megabytes_is_no_obstacle(
    shop: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def index(self: Api) -> Answer:
        routes = {f"/wc/v3/duong-{number}": {"methods": ["GET"] * 40} for number in range(9_000)}
        return Answer(200, {"name": "Cửa hàng", "namespaces": ["wc/v3", "wp/v2"], "routes": routes})

    monkeypatch.setattr(Api, "index", index)

    assert _adapter(shop.base_url).test_connection().currency == "VND"
