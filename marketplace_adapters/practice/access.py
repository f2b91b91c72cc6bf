"""Who may use the practice shop's interface: Basic for everything, or a signed address for `wc/v3`."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from marketplace_adapters.oauth import base_string, signature
from marketplace_adapters.practice.refused import Refused

RIGHTS = ("all", "no_media", "read", "none")
_OAUTH_TOLERANCE_SECONDS = 900
_WRONG_KEY = "woocommerce_rest_authentication_error"


class Door:
    """One pair of user and password; over OAuth 1.0a they are the consumer key and its secret.

    `rights` is what that user may do. `sees_header` False: the host drops the Authorization header on its way.
    """

    def __init__(self, user: str, password: str, *, clock: Callable[[], float] = time.time) -> None:
        self.user = user
        self.password = password
        self.rights = "all"
        self.sees_header = True
        self._clock = clock

    def admits(self, authorization: str) -> bool:
        """Whether a Basic header carries the pair."""
        expected = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return hmac.compare_digest(authorization.encode(), f"Basic {expected}".encode())

    def token(self) -> str:
        """Proof in the admin page's forms that the page was ours (a cross-site form cannot know it)."""
        return hmac.new(self.password.encode(), b"practice-admin", "sha256").hexdigest()

    def capabilities(self) -> dict[str, bool]:
        """What `wp/v2/users/me` says of the user, in WordPress's words."""
        writes = self.rights in ("all", "no_media")
        return {
            "read": True,
            "edit_products": writes,
            "publish_products": writes,
            "upload_files": self.rights == "all",
        }

    def require(self, method: str, url: str, query: str, headers: Mapping[str, str]) -> None:
        """Raises Refused with WordPress's or WooCommerce's code for what is wrong."""
        media = "/wp/v2/" in url or "rest_route=%2Fwp%2Fv2" in query or "rest_route=/wp/v2" in query
        authorization = headers.get("authorization", "") if self.sees_header else ""
        given = dict(parse_qsl(query, keep_blank_values=True))
        if authorization:
            self._by_password(authorization)
            signed = False
        elif "oauth_signature" in given and not media:
            self._by_signature(method, url, query, given)
            signed = True
        else:
            code = "rest_not_logged_in" if media else "woocommerce_rest_cannot_view"
            raise Refused(401, code, "Sorry, you cannot list resources.")
        self._right(method, media, signed)

    def _by_password(self, authorization: str) -> None:
        if self.admits(authorization):
            return
        try:
            user = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")[0]
        except ValueError:
            user = ""
        code = "incorrect_password" if user == self.user else "invalid_username"
        raise Refused(401, code, "The provided password is an invalid application password.")

    def _by_signature(self, method: str, url: str, query: str, given: Mapping[str, str]) -> None:
        unsigned = [
            (name, value)
            for name, value in parse_qsl(query, keep_blank_values=True)
            if name != "oauth_signature"
        ]
        right = signature(self.password, base_string(method, url, unsigned))
        if not hmac.compare_digest(given.get("oauth_consumer_key", "").encode(), self.user.encode()):
            raise Refused(401, _WRONG_KEY, "Consumer key is invalid.")
        if not hmac.compare_digest(given["oauth_signature"].encode(), right.encode()):
            raise Refused(401, _WRONG_KEY, "Invalid signature - provided signature does not match.")
        stamp = given.get("oauth_timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) - self._clock()) > _OAUTH_TOLERANCE_SECONDS:
            raise Refused(401, _WRONG_KEY, "Invalid timestamp.")

    def _right(self, method: str, media: bool, signed: bool) -> None:
        writes = method not in ("GET", "HEAD")
        if media:
            if writes and self.rights != "all":
                raise Refused(403, "rest_cannot_create", "Sorry, you are not allowed to create posts.")
        elif writes and self.rights == "read" and signed:
            raise Refused(401, _WRONG_KEY, "The API key provided does not have write permissions.")
        elif self.rights == "none" or (writes and self.rights == "read"):
            code = "woocommerce_rest_cannot_create" if writes else "woocommerce_rest_cannot_view"
            raise Refused(403, code, "Sorry, you are not allowed to do that.")


def me(door: Door) -> dict[str, Any]:
    """The body of `GET /wp/v2/users/me?context=edit`."""
    return {"id": 1, "name": door.user, "capabilities": door.capabilities()}
