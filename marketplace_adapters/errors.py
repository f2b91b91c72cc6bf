"""Everything that can go wrong at a marketplace, named by who must act.

| error                    | who acts                                             |
|--------------------------|------------------------------------------------------|
| ConfigurationError       | the operator: a setting is missing or wrong           |
| ListingRejected          | the co-op: edit the listing                           |
| AuthenticationError      | the co-op: reconnect the booth                        |
| UnsupportedFeature       | nobody: offer a hand-off instead                      |
| RemoteListingNotFound    | the caller: publish anew                              |
| MarketplaceUnavailable   | we: nothing was done there, try again later           |
| RateLimited              | we: nothing was done there, try after `retry_after`   |
| UnexpectedResponse       | a maintainer: the marketplace answered nonsense       |
| OutcomeUnknown           | we: it may have been done; ask by SKU before any retry |

Each carries a `code` and `params`; the text is for logs. No error ever holds a secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace_adapters.types import Problem

LONGEST_WAIT_SECONDS = 3600


class MarketplaceError(Exception):
    """The base of all named errors. `media` holds photo ids gained before things went wrong: keep them."""

    default_code = "marketplace_error"

    def __init__(self, code: str = "", **params: Any) -> None:
        self.code = code or self.default_code
        self.params: dict[str, Any] = params
        self.media: Mapping[str, str] = {}
        super().__init__(f"{self.code} {params}" if params else self.code)


class ConfigurationError(MarketplaceError):
    """A setting is missing or cannot work; `settings` names them."""

    default_code = "settings_missing"

    def __init__(self, settings: Sequence[str], code: str = "", **params: Any) -> None:
        self.settings = tuple(settings)
        super().__init__(code, settings=self.settings, **params)


class ListingRejected(MarketplaceError):
    """The marketplace, or our own check, refuses this listing as it is written."""

    default_code = "listing_rejected"

    def __init__(self, problems: Sequence[Problem], code: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__(code, problems=tuple(problem.code for problem in self.problems))


class AuthenticationError(MarketplaceError):
    """The credential is wrong, revoked, or may not write."""

    default_code = "credential_refused"


class UnsupportedFeature(MarketplaceError):
    """This protocol cannot do that."""

    default_code = "unsupported"

    def __init__(self, protocol: str, capability: str) -> None:
        super().__init__("", protocol=protocol, capability=capability)


class RemoteListingNotFound(MarketplaceError):
    """The post with this id is not there any more."""

    default_code = "remote_not_found"


class MarketplaceUnavailable(MarketplaceError):
    """Could not be reached, or a read failed. Nothing was written. Codes: unreachable, timeout, tls, server_error…"""

    default_code = "unreachable"


class RateLimited(MarketplaceUnavailable):
    """Too many calls. `retry_after` is in seconds, 1 to 3600 whatever the marketplace said."""

    default_code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        self.retry_after = max(1, min(retry_after, LONGEST_WAIT_SECONDS))
        super().__init__("", retry_after=self.retry_after)


class UnexpectedResponse(MarketplaceError):
    """An answer that the protocol does not know. For a write it means: refused, not done."""

    default_code = "unexpected_response"


class OutcomeUnknown(MarketplaceError):
    """A write left us and no understandable answer came back. Ask by SKU before writing again."""

    default_code = "outcome_unknown"
