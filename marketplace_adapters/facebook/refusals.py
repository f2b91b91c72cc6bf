"""Graph's error codes as our named errors.

Source: facebook-for-woocommerce 3.7.6 (throttling and token codes); 80014 is the catalog's own limit; 100 with
subcode 33 is an object that does not exist; 506 is a post like the one before it; 1 and 2 are Meta's own troubles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.types import Problem

_THROTTLED = frozenset({4, 17, 32, 341, 613, 80001, 80004, 80014})
_CREDENTIAL = frozenset({10, 102, 190, *range(200, 300)})
_THEIR_TROUBLE = frozenset({1, 2})
_BAD_PARAMETER = 100
_NO_SUCH_OBJECT = 33
_SAME_AGAIN = 506


def named(error: Mapping[str, Any], said: str, *, writes: bool, wait: int) -> MarketplaceError:
    """`said`: Graph's own sentence without secrets; `wait` in seconds."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    params = {"remote_code": code, **({"subcode": subcode} if subcode else {})}
    if code in _THROTTLED:
        return RateLimited(wait)
    if code in _CREDENTIAL:
        return AuthenticationError(**params)
    if code in _THEIR_TROUBLE:
        kind = OutcomeUnknown if writes else MarketplaceUnavailable
        return kind("server_error", **params)
    if code == _SAME_AGAIN:
        # The same text stands there already: perhaps ours, from a reply that was lost. A look by SKU tells.
        return OutcomeUnknown("same_post_exists", **params)
    if code == _BAD_PARAMETER and subcode == _NO_SUCH_OBJECT:
        return RemoteListingNotFound(**params)
    if code == _BAD_PARAMETER and "appsecret_proof" in said:
        return ConfigurationError(["app_secret"], "app_secret_wrong")
    if code == _BAD_PARAMETER:
        return ListingRejected((Problem("field_refused", {"field": "", "said": said}),))
    return UnexpectedResponse("refused", said=said, **params)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
