"""OAuth 1.0a, one-legged, HMAC-SHA256: what WooCommerce asks for over plain http (RFC 5849 §3.4).

Only used for shops on the local network. The signature covers method, address and query, not the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from urllib.parse import parse_qsl, quote, urlencode, urlsplit


def base_string(method: str, url: str, parameters: list[tuple[str, str]]) -> str:
    """The text that is signed (RFC 5849 §3.4.1.1); `url` without its query, `parameters` with it."""
    parts = urlsplit(url)
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    host = (parts.hostname or "").lower() + (
        f":{parts.port}" if parts.port not in (None, default_port) else ""
    )
    pairs = sorted((_escape(name), _escape(value)) for name, value in parameters)
    normalized = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join(
        map(_escape, (method.upper(), f"{parts.scheme.lower()}://{host}{parts.path}", normalized))
    )


def signature(secret: str, text: str) -> str:
    """HMAC-SHA256 in base64; WooCommerce v3 puts "&" after the secret because there is no token secret."""
    return base64.b64encode(hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha256).digest()).decode()


def signed_url(method: str, url: str, key: str, secret: str, *, nonce: str = "", timestamp: int = 0) -> str:
    """`url` with the OAuth parameters in its query."""
    bare, _, query = url.partition("?")
    parameters = parse_qsl(query, keep_blank_values=True) + [
        ("oauth_consumer_key", key),
        ("oauth_nonce", nonce or secrets.token_hex(16)),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", str(timestamp or int(time.time()))),
    ]
    parameters.append(("oauth_signature", signature(secret, base_string(method, bare, parameters))))
    return f"{bare}?{urlencode(parameters, quote_via=quote, safe='')}"


def _escape(text: str) -> str:
    return quote(text, safe="-._~")
