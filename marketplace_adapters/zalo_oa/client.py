"""Calls to Zalo's open API with a token that is renewed in time. The token travels in a header, never in a URL."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.http_base import (
    UNREADABLE,
    HttpClient,
    Reply,
    checked_base_url,
    garbled,
    raise_for_status,
    retry_after_seconds,
)
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.zalo_oa import refusals
from marketplace_adapters.zalo_oa.session import refreshed

API_URL = "https://openapi.zalo.me"
RENEW_BEFORE_END_SECONDS = 3600
_LONGEST_SAID = 200
_SECRETS = ("access_token", "refresh_token", "app_secret")


class OaClient:
    """`settings` is the adapter's own mapping: a renewed pair is written into it once the keeper has stored it."""

    def __init__(
        self,
        settings: MutableMapping[str, str],
        keeper: TokenKeeper,
        *,
        lan: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        other = settings.get("api_url") if lan else ""  # a counterpart for training, never for a real channel
        self.base_url = checked_base_url(other or API_URL, lan=lan, setting="api_url")
        self.http = HttpClient(lan=lan)
        self.clock = clock
        self._keeper = keeper
        self._lan = lan
        self._renewal_failed = False

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """The `data` of a reading call."""
        asked = "?" + urlencode(query) if query else ""
        return self._call("GET", path, asked, None, writes=False)

    def post(self, path: str, fields: dict[str, Any], *, writes: bool = True) -> dict[str, Any]:
        """The `data` of a call with a JSON body."""
        return self._call("POST", path, "", json.dumps(fields, ensure_ascii=False).encode(), writes=writes)

    def _call(
        self, method: str, path: str, asked: str, body: bytes | None, *, writes: bool
    ) -> dict[str, Any]:
        self._renew_in_time()
        try:
            return self._once(method, path, asked, body, writes=writes)
        except refusals.TokenRefused:
            self._renew()  # it was refused, so nothing was done: the same call may go out once more
            return self._once(method, path, asked, body, writes=writes)

    def _once(
        self, method: str, path: str, asked: str, body: bytes | None, *, writes: bool
    ) -> dict[str, Any]:
        headers = {"access_token": self.settings["access_token"], "Content-Type": "application/json"}
        url = f"{self.base_url}/v2.0/{path}{asked}"
        reply = self.http.call(method, url, writes=writes, headers=headers, body=body)
        return self._data(reply, path)

    def _data(self, reply: Reply, path: str) -> dict[str, Any]:
        number = _error_number(reply)
        if number:
            wait = retry_after_seconds(reply.headers.get("retry-after"))
            raise refusals.named(number, self._said(reply), path, wait)
        body = raise_for_status(reply).json()
        if number is None:
            raise garbled(reply.writes, reply.status)
        data = body.get("data")
        return data if isinstance(data, dict) else {}

    def _said(self, reply: Reply) -> str:
        """Zalo's sentence, short, and without anything that must stay secret."""
        said = str(reply.json().get("message", ""))
        for name in _SECRETS:
            said = said.replace(self.settings.get(name) or "\0", "…")
        return said[:_LONGEST_SAID]

    def _renew_in_time(self) -> None:
        """An hour before the end, so that a refresh that fails leaves time: until then the old token serves."""
        left = self._seconds_left()
        if left is None or left > RENEW_BEFORE_END_SECONDS or (left > 0 and self._renewal_failed):
            return
        with suppress(*((MarketplaceError,) if left > 0 else ())):
            self._renew()

    def _renew(self) -> None:
        try:
            newest = self._keeper.renewed(
                dict(self.settings),
                lambda stored: refreshed(stored, self.http, lan=self._lan, now=self.clock()),
            )
        except MarketplaceError:
            self._renewal_failed = True
            raise
        self.settings.update(newest)

    def _seconds_left(self) -> float | None:
        ends = self.settings.get("expires_at", "")
        return int(ends) - self.clock() if ends.isascii() and ends.isdigit() else None


def _error_number(reply: Reply) -> int | None:
    """0 is success; None when the body is not one of Zalo's."""
    try:
        body = json.loads(reply.body.decode("utf-8-sig"))
    except UNREADABLE:
        return None
    number = body.get("error") if isinstance(body, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
