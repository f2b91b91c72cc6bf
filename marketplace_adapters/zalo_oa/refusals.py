"""Zalo's error numbers as our named errors. They come with HTTP 200; a missing number means nothing was refused.

Source: ZaloOAException of the Python package zalo_sdk 0.3.0 and public logs of other OA programs; -200 comes
from `verify` when Zalo could not fetch a photo.
"""

from __future__ import annotations

from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
    UnsupportedFeature,
)
from marketplace_adapters.types import Problem

_OPERATOR = {
    -221: "oa_not_verified",
    -224: "oa_package_missing",
    -320: "oa_billing_stopped",
    -321: "oa_billing_stopped",
}
_QUOTA_WAIT_SECONDS = 3600


class TokenRefused(AuthenticationError):
    """-216: the access token is not accepted. Worth one refresh."""


class StillProcessing(MarketplaceUnavailable):
    """-214: an earlier create or update of this article is not finished."""

    default_code = "still_processing"


class NeverCameToBe(RemoteListingNotFound):
    """Zalo took the article and dropped it later. There is nothing to update: it is to be published anew."""

    def __init__(self, why: ListingRejected) -> None:
        self.why = why
        super().__init__(remote_code="never_came_to_be")


def named(number: int, said: str, path: str, wait: int) -> MarketplaceError:
    """The error behind a number. `said` is Zalo's own sentence, without secrets; `wait` in seconds."""
    if number == -32:
        return RateLimited(wait)
    if number == -211:
        return RateLimited(_QUOTA_WAIT_SECONDS)
    if number == -214:
        return StillProcessing()
    if number == -216:
        return TokenRefused(remote_code=number)
    if number == -209:
        return UnsupportedFeature("zalo_oa", path)
    if number in _OPERATOR:
        return ConfigurationError([], _OPERATOR[number], remote_code=number)
    if number == -201:
        return ListingRejected((Problem("field_refused", {"field": "", "said": said}),))
    if number == -200 and path.endswith("/verify"):
        return ListingRejected((Problem("photo_refused", {"remote_code": number, "said": said}, "photos"),))
    return UnexpectedResponse("refused", remote_code=number, said=said)
