"""Who may use the practice shop's interface: Basic for everything, or a signed address for `wc/v3`."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl

from marketplace_adapters.oauth import base_string, signature
from marketplace_adapters.practice.api import Refused


class Door:
    """One pair of user and password; over OAuth 1.0a they are the consumer key and its secret."""

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password

    def admits(self, authorization: str) -> bool:
        """Whether a Basic header carries the pair."""
        expected = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return hmac.compare_digest(authorization.encode(), f"Basic {expected}".encode())

    def token(self) -> str:
        """Proof in the admin page's forms that the page was ours (a cross-site form cannot know it)."""
        return hmac.new(self.password.encode(), b"practice-admin", "sha256").hexdigest()

    def require(self, method: str, url: str, query: str, headers: Mapping[str, str]) -> None:
        """Raises Refused with WooCommerce's code for what is wrong."""
        if self.admits(headers.get("authorization", "")):
            return
        parameters = parse_qsl(query, keep_blank_values=True)
        given = dict(parameters)
        if "/wp-json/wp/" in url or "oauth_signature" not in given:
            code = "invalid_username" if "/wp-json/wp/" in url else "woocommerce_rest_cannot_view"
            raise Refused(401, code, "Sorry, you cannot list resources.")
        unsigned = [(name, value) for name, value in parameters if name != "oauth_signature"]
        right = signature(self.password, base_string(method, url, unsigned))
        same_key = hmac.compare_digest(given.get("oauth_consumer_key", "").encode(), self.user.encode())
        if not (same_key and hmac.compare_digest(given["oauth_signature"].encode(), right.encode())):
            raise Refused(
                401,
                "woocommerce_rest_authentication_error",
                "Invalid signature - provided signature does not match.",
            )
