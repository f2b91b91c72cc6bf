"""The connection test: what exactly stands between us and a shop we may publish to.

| code                        | error                | what is wrong                                              |
|-----------------------------|----------------------|------------------------------------------------------------|
| unreachable, timeout, tls, server_error, blocked_by_host, rate_limited… | MarketplaceUnavailable: no answer     |
| forbidden_address           | ConfigurationError   | a private address, and the channel is not on the network    |
| use_https                   | ConfigurationError   | the shop sends http on to https; `location`                 |
| redirected                  | ConfigurationError   | the shop lives at another address; `location`               |
| not_wordpress               | ConfigurationError   | a web page answers, WordPress does not                      |
| rest_api_closed             | ConfigurationError   | WordPress, but somebody closed its interface                |
| not_woocommerce             | ConfigurationError   | WordPress without WooCommerce (`wc/v3` missing)             |
| unknown_user                | AuthenticationError  | no user of that name                                        |
| wrong_password              | AuthenticationError  | that is not one of the user's application passwords         |
| application_passwords_off   | AuthenticationError  | switched off for the site or the user                       |
| password_needs_https        | AuthenticationError  | over plain http WordPress takes no application password     |
| credential_not_seen         | AuthenticationError  | the host drops the Authorization header                     |
| wrong_key                   | AuthenticationError  | consumer key or secret wrong                                |
| clock_skew                  | AuthenticationError  | signature refused while the clocks differ; `seconds`        |
| no_product_rights           | AuthenticationError  | signed in, but may not see products                         |
| read_only                   | AuthenticationError  | may see products, not change them                           |
| no_media_rights             | AuthenticationError  | may change products, not upload photos                      |

Warnings: currency_not_vnd {currency}, weight_unit_unknown {unit}, weight_unit_odd {unit} (pounds, ounces),
settings_unreadable, plain_permalinks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceUnavailable,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.types import Notice, ShopFacts
from marketplace_adapters.woocommerce.client import WP, ShopClient
from marketplace_adapters.woocommerce.mapping import GRAMS_PER_UNIT
from marketplace_adapters.woocommerce.shelf import Shelf

_SKEW_SECONDS = 600
_PASSWORD_CODES = ("unknown_user", "wrong_password", "application_passwords_off")


def diagnose(client: ShopClient, shelf: Shelf) -> ShopFacts:
    """Raises the first thing that is wrong, in the order in which a person can mend it. Changes nothing."""
    index = _index(client)
    may = _signed_in(client, index)
    _sees_products(client)
    _writes_products(client, may)
    _uploads(client)
    currency, unit, unread = _measures(shelf)
    notices = (*unread, *_odd(client, currency, unit))
    return ShopFacts(str(index.get("name", "")), currency, unit, notices)


def _index(client: ShopClient) -> Mapping[str, Any]:
    try:
        index = client.index()
    except ConfigurationError as error:
        location = urlsplit(str(error.params.get("location", "")))
        ours = urlsplit(client.base_url)
        if error.code == "redirected" and (ours.scheme, location.scheme) == ("http", "https"):
            raise ConfigurationError(["base_url"], "use_https", location=error.params["location"]) from error
        raise
    except AuthenticationError as error:
        raise ConfigurationError(["base_url"], "rest_api_closed") from error
    except (UnexpectedResponse, RemoteListingNotFound) as error:
        raise ConfigurationError(["base_url"], "not_wordpress") from error
    if not isinstance(index, dict) or not isinstance(index.get("namespaces"), list):
        raise ConfigurationError(["base_url"], "not_wordpress")
    if "wc/v3" not in index["namespaces"]:
        raise ConfigurationError(["base_url"], "not_woocommerce")
    return index


def _signed_in(client: ShopClient, index: Mapping[str, Any]) -> Mapping[str, bool] | None:
    """The user's rights by their WordPress names; None where a plugin hides users, then others must tell."""
    try:
        me = client.get("users/me", api=WP, context="edit", _fields="id,capabilities")
    except AuthenticationError as error:
        if error.code in _PASSWORD_CODES:
            raise
        if error.code == "credential_not_seen":
            raise AuthenticationError(_why_unseen(client, index)) from error
        return None
    except (ConfigurationError, RemoteListingNotFound, UnexpectedResponse):
        return None
    except MarketplaceUnavailable as error:
        if error.code != "blocked_by_host":
            raise
        return None
    rights = me.get("capabilities") if isinstance(me, dict) else None
    return rights if isinstance(rights, dict) else None


def _why_unseen(client: ShopClient, index: Mapping[str, Any]) -> str:
    ways = index.get("authentication")
    if isinstance(ways, dict) and "application-passwords" in ways:
        return "credential_not_seen"
    return "password_needs_https" if client.base_url.startswith("http://") else "application_passwords_off"


def _sees_products(client: ShopClient) -> None:
    try:
        client.get("products", per_page=1, _fields="id")
    except AuthenticationError as error:
        if client.signs and abs(client.clock_skew) > _SKEW_SECONDS:
            raise AuthenticationError("clock_skew", seconds=int(client.clock_skew)) from error
        if error.params.get("status") == 403:
            raise AuthenticationError("no_product_rights") from error
        raise AuthenticationError("wrong_key" if client.signs else "credential_not_seen") from error


def _writes_products(client: ShopClient, may: Mapping[str, bool] | None) -> None:
    """The user's rights say it without a write. A key has rights of its own, and the owner of a network of
    shops has them without a list: then a batch of nothing tells."""
    if not client.signs and may and may.get("edit_products") and may.get("publish_products"):
        return
    try:
        client.may_write()
    except AuthenticationError as error:
        raise AuthenticationError("read_only") from error
    except (ListingRejected, UnexpectedResponse):
        return  # understood and refused as empty: the right is there
    except MarketplaceUnavailable as error:
        if error.code != "server_error":
            raise


def _uploads(client: ShopClient) -> None:
    try:
        with suppress(ListingRejected, UnexpectedResponse):  # a file without a name is never stored
            client.may_upload()
    except AuthenticationError as error:
        code = error.code if error.code in _PASSWORD_CODES else "no_media_rights"
        raise AuthenticationError(code) from error


def _measures(shelf: Shelf) -> tuple[str, str, tuple[Notice, ...]]:
    """Currency and weight unit; shop settings may be closed to somebody who only keeps products."""
    try:
        currency = shelf.setting("general", "woocommerce_currency")
        return currency, shelf.setting("products", "woocommerce_weight_unit"), ()
    except (AuthenticationError, RemoteListingNotFound):
        return "", "", (Notice("settings_unreadable"),)


def _odd(client: ShopClient, currency: str, unit: str) -> Iterator[Notice]:
    if currency not in ("VND", ""):
        yield Notice("currency_not_vnd", {"currency": currency})
    if unit and unit not in GRAMS_PER_UNIT:
        yield Notice("weight_unit_unknown", {"unit": unit})
    if unit in ("lbs", "oz"):
        yield Notice("weight_unit_odd", {"unit": unit})
    if client.plain:
        yield Notice("plain_permalinks")
