"""OAuth v4 of a Zalo OA: first connection with PKCE, then pairs of tokens that replace each other.

An access token lives about 25 hours (`expires_in` is what counts), a refresh token three months and for ONE
exchange. So an exchange happens under the keeper's lock, and its pair is stored before anybody uses it.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from marketplace_adapters.errors import AuthenticationError, RateLimited, UnexpectedResponse
from marketplace_adapters.http_base import HttpClient, checked_base_url, raise_for_status, retry_after_seconds

OAUTH_URL = "https://oauth.zaloapp.com"
REFRESH_TOKEN_SECONDS = 90 * 86_400
_RATE_LIMITED = -32


def authorise_url(app_id: str, redirect_uri: str, verifier: str, state: str) -> str:
    """Where the OA's owner says yes. `verifier`: 43 to 128 random letters and digits, kept until `exchange`."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    asked = {
        "app_id": app_id,
        "redirect_uri": redirect_uri,
        "code_challenge": challenge,
        "state": state,
    }
    return f"{OAUTH_URL}/v4/oa/permission?{urlencode(asked)}"


def exchange(
    settings: Mapping[str, str], code: str, verifier: str, *, lan: bool = False, now: float | None = None
) -> dict[str, str]:
    """The settings of a first connection: `settings` (app_id, app_secret…) and the pair that `code` buys.

    Raises AuthenticationError `reconnect_needed` when Zalo refuses the code, MarketplaceUnavailable…
    """
    fields = {"code": code, "grant_type": "authorization_code", "code_verifier": verifier}
    return {**settings, **_pair(settings, fields, HttpClient(lan=lan), lan, now)}


def refreshed(
    settings: Mapping[str, str], http: HttpClient, *, lan: bool = False, now: float | None = None
) -> dict[str, str]:
    """The next pair. The refresh token of `settings` is used up by asking. Raises as `exchange`."""
    fields = {"refresh_token": settings["refresh_token"], "grant_type": "refresh_token"}
    return _pair(settings, fields, http, lan, now)


def _pair(
    settings: Mapping[str, str], fields: Mapping[str, str], http: HttpClient, lan: bool, now: float | None
) -> dict[str, str]:
    other = settings.get("oauth_url") if lan else ""  # a counterpart for training, never for a real channel
    base = checked_base_url(other or OAUTH_URL, lan=lan, setting="oauth_url")
    reply = http.call(
        "POST",
        f"{base}/v4/oa/access_token",
        writes=False,  # no listing is changed, whatever becomes of the answer
        headers={"secret_key": settings["app_secret"], "Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode({**fields, "app_id": settings["app_id"]}).encode(),
    )
    body = raise_for_status(reply).json()
    if not isinstance(body, dict):
        raise UnexpectedResponse("reply_unreadable", status=reply.status)
    if body.get("error") == _RATE_LIMITED:
        raise RateLimited(retry_after_seconds(reply.headers.get("retry-after")))
    if body.get("error"):
        raise AuthenticationError("reconnect_needed", remote_code=body["error"])
    return _stored(body, time.time() if now is None else now)


def _stored(body: Mapping[str, Any], now: float) -> dict[str, str]:
    pair = body.get("access_token"), body.get("refresh_token")
    if not all(isinstance(token, str) and token for token in pair):
        raise UnexpectedResponse("reply_unreadable", status=200)
    ends = {"expires_at": _end(body.get("expires_in"), now, 0)}
    ends["refresh_expires_at"] = _end(body.get("refresh_token_expires_in"), now, REFRESH_TOKEN_SECONDS)
    return {"access_token": pair[0], "refresh_token": pair[1], **ends}


def _end(seconds: Any, now: float, otherwise: int) -> str:
    """Epoch seconds as text; empty when nobody says how long."""
    try:
        left = int(seconds)
    except (TypeError, ValueError):
        left = otherwise
    return str(int(now) + left) if left > 0 else ""
