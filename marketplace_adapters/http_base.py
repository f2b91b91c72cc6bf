"""What every adapter that speaks HTTP shares: one call, one deadline, one small answer, named errors.

A *write* is a call that may change something at the marketplace. Once a write has left us, silence, a cut
connection, a 5xx or an answer that is not JSON all mean `OutcomeUnknown`: only a look by SKU can tell. The
same faults on a read mean `MarketplaceUnavailable` or `UnexpectedResponse`, and nothing was changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, SSLError

from marketplace_adapters.connection import DeadlinePassed, Exchange, ForbiddenAddress, Transport
from marketplace_adapters.errors import (
    LONGEST_WAIT_SECONDS,
    AuthenticationError,
    ConfigurationError,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
)

DEADLINE_SECONDS = 30.0
REPLY_CAP_BYTES = 1_000_000
DEFAULT_RETRY_AFTER_SECONDS = 60
UNREADABLE = (
    ValueError,
    RecursionError,
)  # what json.loads and decode raise; the second for brackets without end
_CHUNK = 16_384
_USER_AGENT = "ocop-len-san/1 (+marketplace adapter)"


@dataclass(frozen=True)
class Reply:
    """A complete answer within the size cap. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    writes: bool

    def json(self) -> Any:
        """The answer as JSON; otherwise UnexpectedResponse (read) or OutcomeUnknown (write)."""
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except UNREADABLE as error:
            raise garbled(self.writes, self.status) from error

    def error_envelope(self) -> dict[str, Any] | None:
        """The `{code, message, data}` of an error answer, or None when the body is something else."""
        try:
            body = json.loads(self.body.decode("utf-8-sig"))
        except UNREADABLE:
            return None
        return body if isinstance(body, dict) and isinstance(body.get("code"), str) else None


class HttpClient:
    """Calls to one host. `lan` opens private addresses; `deadline` is seconds for a whole call."""

    def __init__(
        self, *, lan: bool = False, deadline: float = DEADLINE_SECONDS, cap: int = REPLY_CAP_BYTES
    ) -> None:
        self.lan = lan
        self.deadline = deadline
        self.cap = cap

    def call(
        self,
        method: str,
        url: str,
        *,
        writes: bool,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        cap: int | None = None,
    ) -> Reply:
        """Send one request and read the whole answer, whatever its status. Redirects are not followed. `cap`: bytes
        of an answer that is known to be long."""
        sent = {
            "User-Agent": _USER_AGENT,
            "Accept-Encoding": "identity",
            "Connection": "close",
            **(headers or {}),
        }
        lan = self.lan or named_private(url)
        with Exchange(self.deadline, lan) as exchange, requests.Session() as session:
            session.trust_env = False  # no proxy, no .netrc: what leaves is what this file says
            session.verify = (
                os.environ.get("SSL_CERT_FILE") or True
            )  # a shop behind an authority of one's own
            session.mount("http://", Transport(exchange))
            session.mount("https://", Transport(exchange))
            try:
                answer = session.request(
                    method,
                    url,
                    headers=sent,
                    data=body,
                    stream=True,
                    allow_redirects=False,
                    timeout=exchange.left(),
                )
                return self._read(answer, exchange, writes, cap or self.cap)
            except (requests.RequestException, HTTPError, OSError) as error:
                raise _transport_error(error, exchange, writes) from error

    def _read(self, answer: requests.Response, exchange: Exchange, writes: bool, cap: int) -> Reply:
        body = bytearray()
        for chunk in answer.raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > cap:
                answer.close()
                raise (OutcomeUnknown if writes else UnexpectedResponse)("reply_too_large", cap=cap)
        if exchange.expired:
            raise TimeoutError  # a shut socket can look like a short but complete body
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, headers, bytes(body), writes)


def raise_for_status(
    reply: Reply, explain: Callable[[Reply, dict[str, Any]], MarketplaceError | None] | None = None
) -> Reply:
    """Turn an error answer into its named error. `explain` knows the protocol's own codes and goes first."""
    if 200 <= reply.status < 300:
        return reply
    envelope = reply.error_envelope()
    if envelope is not None and explain is not None and (known := explain(reply, envelope)):
        raise known
    raise _status_error(reply, envelope)


def garbled(writes: bool, status: int) -> MarketplaceError:
    """The error for an answer that nobody can read."""
    return (OutcomeUnknown if writes else UnexpectedResponse)("reply_unreadable", status=status)


def retry_after_seconds(value: str | None, now: datetime | None = None) -> int:
    """`Retry-After` in seconds or as a date, made safe: 1 to 3600; 60 when missing, past or nonsense."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return max(1, min(int(text[:12]), LONGEST_WAIT_SECONDS))
    try:
        wait = (parsedate_to_datetime(text) - (now or datetime.now(UTC))).total_seconds()
    except (TypeError, ValueError):
        return DEFAULT_RETRY_AFTER_SECONDS
    return min(int(wait) + 1, LONGEST_WAIT_SECONDS) if wait > 0 else DEFAULT_RETRY_AFTER_SECONDS


def named_private(url: str) -> bool:
    """Whether an operator named this host in OCOP_PRIVATE_HOSTS (`shop.lan, 192.168.1.20`): only then may a
    channel that is not the practice one lead to a private address, and speak plain http there."""
    named = os.environ.get("OCOP_PRIVATE_HOSTS", "").lower().replace(",", " ").split()
    try:
        return (urlsplit(url).hostname or "") in named
    except ValueError:
        return False


def checked_base_url(url: str, *, lan: bool, setting: str = "base_url") -> str:
    """An operator's address without its last slash. Raises ConfigurationError: scheme, user part, plain http."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError([setting], "bad_url")
    if parts.scheme == "http" and not (lan or named_private(url)):
        raise ConfigurationError([setting], "needs_https")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _transport_error(error: Exception, exchange: Exchange, writes: bool) -> MarketplaceError:
    if isinstance(error, requests.exceptions.InvalidURL | UnicodeError):
        return ConfigurationError(["base_url"], "bad_url")
    if _caused_by(error, ForbiddenAddress):
        return ConfigurationError(["base_url"], "forbidden_address")
    timed_out = exchange.expired or _caused_by(error, requests.Timeout, TimeoutError, DeadlinePassed)
    if exchange.sent and writes:
        return OutcomeUnknown("timeout" if timed_out else "connection_lost")
    if timed_out:
        return MarketplaceUnavailable("timeout")
    if _caused_by(error, SSLError, requests.exceptions.SSLError):
        return MarketplaceUnavailable("tls")
    return MarketplaceUnavailable("connection_lost" if exchange.sent else "unreachable")


def _caused_by(error: BaseException | None, *kinds: type[BaseException]) -> bool:
    """Whether one of `kinds` is in the chain, including the exceptions requests keeps in `args` and `reason`."""
    todo, seen = [error], set()
    while todo:
        current = todo.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, kinds):
            return True
        inner = [current.__cause__, current.__context__, getattr(current, "reason", None), *current.args]
        todo += [one for one in inner if isinstance(one, BaseException)]
    return False


def _status_error(reply: Reply, envelope: dict[str, Any] | None) -> MarketplaceError:
    status = reply.status
    params = {"status": status, **({"remote_code": envelope["code"][:80]} if envelope else {})}
    if status == 429:
        return RateLimited(retry_after_seconds(reply.headers.get("retry-after")))
    if 300 <= status < 400:
        return ConfigurationError(
            ["base_url"], "redirected", location=reply.headers.get("location", "")[:200]
        )
    if status >= 500:
        return (
            OutcomeUnknown("server_error", **params)
            if reply.writes
            else MarketplaceUnavailable("server_error", **params)
        )
    if status in (401, 403):
        # A firewall in front of the shop answers in HTML; the shop itself answers in JSON.
        return (
            AuthenticationError(**params) if envelope else MarketplaceUnavailable("blocked_by_host", **params)
        )
    if status in (404, 410) and envelope:
        return RemoteListingNotFound(**params)
    if envelope:
        return UnexpectedResponse("refused", **params)
    return garbled(reply.writes, status)
