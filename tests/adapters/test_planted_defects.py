"""The contract is worth something: each planted defect turns it red, and only the defect does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MethodType
from typing import Any

import pytest
import requests

from marketplace_adapters import connection, nfc
from marketplace_adapters.errors import MarketplaceError, MarketplaceUnavailable, OutcomeUnknown
from marketplace_adapters.http_base import Reply
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.testing.conformance import ApiConformance
from marketplace_adapters.testing.samples import listing
from marketplace_adapters.types import Observed, Published, ShopFacts
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter
from tests.adapters.markets import WooMarket

Sabotage = Callable[[WooCommerceAdapter], None]
Verdicts = Callable[..., set[str]]


class Contract(ApiConformance):
    """The shipped contract, run by hand so that its failures can be counted."""

    protocol = "woocommerce"
    patience_seconds = 2


def blind_retry(adapter: WooCommerceAdapter) -> None:
    write = adapter.client.write

    def again(*call: Any) -> Any:
        try:
            return write(*call)
        except OutcomeUnknown:
            return write(*call)

    adapter.client.write = again


def retry_without_a_look(adapter: WooCommerceAdapter) -> None:
    adapter.shelf.by_sku = lambda sku, *, trash: (None, ())


def no_total_deadline(adapter: WooCommerceAdapter) -> None:
    """Only the limit of a single wait is left, which a dripping answer never reaches."""
    call = adapter.client.http.call

    def patient(*given: Any, **options: Any) -> Any:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(connection.Exchange, "_expire", lambda exchange: None)
            return call(*given, **options)

    adapter.client.http.call = patient


def secret_in_an_error(adapter: WooCommerceAdapter) -> None:
    call = adapter.client.http.call

    def talkative(method: str, url: str, **options: Any) -> Any:
        try:
            return call(method, url, **options)
        except MarketplaceError as error:
            raise type(error)(error.code, headers=options["headers"]) from error

    adapter.client.http.call = talkative


def secret_in_a_cause(adapter: WooCommerceAdapter) -> None:
    call = adapter.client.http.call

    def careless(method: str, url: str, **options: Any) -> Any:
        try:
            return call(method, url, **options)
        except MarketplaceError as error:
            raise error from OSError(f"{url}?access_token={adapter.settings['application_password']}")

    adapter.client.http.call = careless


def secret_in_the_error_of_a_look(adapter: WooCommerceAdapter) -> None:
    """As when a key travels in the address of a GET and the error quotes that address."""
    call = adapter.client.http.call

    def quoting(method: str, url: str, **options: Any) -> Any:
        try:
            return call(method, url, **options)
        except MarketplaceUnavailable as error:
            if options["writes"]:
                raise
            secret = adapter.settings["application_password"]
            raise MarketplaceUnavailable(error.code, address=f"{url}?key={secret}") from error

    adapter.client.http.call = quoting


def looks_past_the_guarded_client(adapter: WooCommerceAdapter) -> None:
    """A limit for a single wait only, and only where nothing is written."""
    call = adapter.client.http.call

    def plain(method: str, url: str, **options: Any) -> Any:
        if options["writes"]:
            return call(method, url, **options)
        try:
            answer = requests.request(method, url, headers=options["headers"], timeout=5)
        except requests.RequestException:
            raise MarketplaceUnavailable from None
        return Reply(answer.status_code, {}, answer.content, False)

    adapter.client.http.call = plain


def secret_in_a_log(adapter: WooCommerceAdapter) -> None:
    write = adapter.client.write

    def logged(*call: Any) -> Any:
        logging.getLogger("sabotage").debug("as %s", adapter.settings)
        return write(*call)

    adapter.client.write = logged


def diacritics_dropped(adapter: WooCommerceAdapter) -> None:
    _alter(adapter, lambda sent: sent | {"name": nfc.toneless(sent["name"])})


def diacritics_dropped_from_the_text(adapter: WooCommerceAdapter) -> None:
    _alter(adapter, lambda sent: sent | {"short_description": nfc.toneless(sent["short_description"])})


def diacritics_dropped_from_the_story(adapter: WooCommerceAdapter) -> None:
    _alter(adapter, lambda sent: sent | {"description": nfc.toneless(sent["description"])})


def price_with_a_dot(adapter: WooCommerceAdapter) -> None:
    def dotted(sent: dict[str, Any]) -> dict[str, Any]:
        return sent | {"regular_price": f"{int(sent['regular_price']):,}".replace(",", ".")}

    _alter(adapter, dotted)


def image_uploaded_again_on_update(adapter: WooCommerceAdapter) -> None:
    prepare = adapter.prepare

    def forgetful(item: Any, found: Any, media: Any, *, search_first: bool) -> Any:
        media.clear()
        return prepare(item, found, media, search_first=False)

    adapter.prepare = forgetful


def live_without_confirmation(adapter: WooCommerceAdapter) -> None:
    publish = adapter._publish
    adapter._publish = lambda *call: replace(publish(*call), state="live", url=adapter.client.base_url)


def live_by_every_update(adapter: WooCommerceAdapter) -> None:
    update = adapter._update
    adapter._update = lambda *call: replace(update(*call), state="live", url=adapter.client.base_url)


def live_whatever_was_answered(adapter: WooCommerceAdapter) -> None:
    publish = adapter._publish

    def sure(*call: Any) -> Published:
        try:
            return publish(*call)
        except OutcomeUnknown:
            return Published("1", "live", adapter.client.base_url, created=True)

    adapter._publish = sure


def _over_declared(method: str, effect: Callable[..., Any]) -> Sabotage:
    def sabotage(adapter: WooCommerceAdapter) -> None:
        setattr(adapter, method, MethodType(effect, adapter))

    return sabotage


def _not_written(adapter: Any, *given: Any) -> None:
    raise NotImplementedError


def _alter(adapter: WooCommerceAdapter, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    write = adapter.client.write

    def altered(method: str, path: str, fields: dict[str, Any]) -> Any:
        return write(method, path, change(fields) if "regular_price" in fields else fields)

    adapter.client.write = altered


STATUS = "test_the_status_follows_the_marketplace"
UPDATE = "test_an_update_is_stored_in_the_same_post"
MANY = "test_many_at_once_are_each_answered_in_their_place"
CALLS = "test_the_marketplace_calls_us_once_and_only_its_own_signature_counts"
RETRY = "test_a_retry_after_an_unknown_outcome_leaves_one_post"
SECRET = "test_no_error_and_no_log_shows_a_secret"
DEAD = "test_on_a_dead_line_every_call_says_so_and_tells_no_secret"
DEFECTS: dict[str, tuple[Sabotage, str]] = {
    "blind retry": (blind_retry, f"{RETRY}[lost_reply]"),
    "retry without a look": (retry_without_a_look, f"{RETRY}[lost_reply]"),
    "no total deadline": (no_total_deadline, f"{RETRY}[drip]"),
    "secret in an error": (secret_in_an_error, f"{SECRET}[lost_reply]"),
    "secret in the cause of an error": (secret_in_a_cause, f"{SECRET}[reset_before]"),
    "secret in the error of a look": (secret_in_the_error_of_a_look, DEAD),
    "looks past the guarded client": (looks_past_the_guarded_client, DEAD),
    "secret in a log": (secret_in_a_log, f"{SECRET}[rate_limited]"),
    "diacritics dropped": (diacritics_dropped, "test_stores_every_letter_of_the_listing"),
    "diacritics dropped from the text": (
        diacritics_dropped_from_the_text,
        "test_stores_every_letter_of_the_listing",
    ),
    "diacritics dropped from the story": (
        diacritics_dropped_from_the_story,
        "test_stores_every_letter_of_the_listing",
    ),
    "update that changes nothing": (
        _over_declared("_update", lambda self, remote_id, item, media: self._fetch_status(remote_id)),
        UPDATE,
    ),
    "withdraw that hides nothing": (
        _over_declared("_withdraw", lambda self, remote_id: None),
        "test_no_shopper_sees_what_was_withdrawn",
    ),
    "stock that changes nothing": (
        _over_declared("_set_stock", lambda self, remote_id, stock: None),
        "test_stock_that_was_set_is_stored",
    ),
    "status that never changes": (
        _over_declared("_fetch_status", lambda self, remote_id: Published(remote_id, "in_review")),
        STATUS,
    ),
    "status not written": (_over_declared("_fetch_status", _not_written), STATUS),
    "read-back of what was meant": (
        _over_declared("_read_back", lambda self, remote_id, url: Observed("Mắm", 1, 3, 3, url, "live")),
        "test_reading_back_tells_what_is_stored",
    ),
    "a SKU never found": (
        _over_declared("_find_by_sku", lambda self, sku: None),
        "test_a_post_is_found_by_its_sku_and_an_unknown_sku_is_not",
    ),
    "connection test that never looks": (
        _over_declared("_test_connection", lambda self: ShopFacts("Sàn tập dượt", "VND", "kg")),
        "test_the_connection_test_sees_that_a_credential_ended",
    ),
    "no categories": (
        _over_declared("_categories", lambda self: ()),
        "test_the_categories_can_be_chosen_from",
    ),
    "many that are none": (
        _over_declared(
            "_publish_many", lambda self, items, retry, media: tuple(Published("1", "draft") for _ in items)
        ),
        MANY,
    ),
    "a watch nobody keeps": (_over_declared("_watch", lambda self, url, secret: None), CALLS),
    "a signature nobody checks": (
        _over_declared("_heard", lambda self, headers, body, secret: "1"),
        CALLS,
    ),
    "price with a dot": (price_with_a_dot, "test_stores_the_price_in_whole_dong"),
    "image uploaded again on update": (
        image_uploaded_again_on_update,
        "test_an_update_sends_only_photos_that_are_new",
    ),
    "image uploaded again by a second publish": (
        image_uploaded_again_on_update,
        "test_publishing_twice_leaves_one_post",
    ),
    "live by every update": (live_by_every_update, UPDATE),
    "live without confirmation": (
        live_without_confirmation,
        "test_a_post_lives_only_once_shoppers_see_it",
    ),
    "live whatever was answered": (live_whatever_was_answered, f"{RETRY}[garbled]"),
}


class SabotagedMarket(WooMarket):
    """The practice shop with an adapter that somebody has broken."""

    sabotage: Sabotage | None = None

    def adapter(self) -> WooCommerceAdapter:
        adapter = super().adapter()
        if self.sabotage is not None:
            self.sabotage(adapter)
        return adapter


@pytest.fixture
def failing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Verdicts:
    """Runs tests of the contract, named as pytest names them, and returns those that failed."""

    def run(names: set[str], sabotage: Sabotage | None) -> set[str]:
        return {
            name
            for at, name in enumerate(sorted(names))
            if not _passes(name, sabotage, tmp_path / f"{at}-{sabotage is None}.db", caplog)
        }

    return run


def _passes(name: str, sabotage: Sabotage | None, db: Path, caplog: pytest.LogCaptureFixture) -> bool:
    method, _, parameter = name.rstrip("]").partition("[")
    test = getattr(Contract(), method)
    wanted = test.__wrapped__ if hasattr(test, "__wrapped__") else test
    with PracticeServer(db) as shop:
        market = SabotagedMarket(shop)
        (item,) = WooMarket(shop).adapter().items(listing())
        market.sabotage = sabotage
        given = {"item": item, "fault": parameter, "caplog": caplog}
        asked = wanted.__code__.co_varnames[: wanted.__code__.co_argcount]
        caplog.clear()
        try:
            test(market=market, **{key: value for key, value in given.items() if key in asked})
        except (Exception, pytest.fail.Exception):  # whatever turns a test red
            return False
    return True


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_turns_the_contract_red(failing: Verdicts, defect: str) -> None:
    sabotage, expected = DEFECTS[defect]

    failed = failing({expected}, sabotage)

    assert failed == {expected}


def test_without_a_defect_the_same_tests_are_green(failing: Verdicts) -> None:
    assert failing({expected for _, expected in DEFECTS.values()}, None) == set()
