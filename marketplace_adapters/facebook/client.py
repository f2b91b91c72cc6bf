"""Calls to the Graph API. The token travels in the Authorization header; `paging.next` is never followed, for it
would carry the token in its address: pages are turned by cursor."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from urllib3.filepost import encode_multipart_formdata

from marketplace_adapters.errors import ConfigurationError, UnexpectedResponse
from marketplace_adapters.facebook import refusals
from marketplace_adapters.http_base import (
    UNREADABLE,
    HttpClient,
    Reply,
    checked_base_url,
    garbled,
    raise_for_status,
    retry_after_seconds,
)

API_URL = "https://graph.facebook.com"
GRAPH_VERSION = "v24.0"  # last checked 2026-11-21; v24 to v26 were in use then
_VERSION = re.compile(r"v\d{1,3}\.\d")
_LONGEST_SAID = 200
_MOST_PAGES = 100
_FORM = "application/x-www-form-urlencoded"


class GraphClient:
    """Calls as one page."""

    def __init__(self, settings: Mapping[str, str], *, lan: bool) -> None:
        version = settings.get("graph_version") or GRAPH_VERSION
        if not _VERSION.fullmatch(version):
            raise ConfigurationError(["graph_version"], "bad_choice", choices=(GRAPH_VERSION,))
        other = settings.get("api_url") if lan else ""  # a counterpart for training, never for a real channel
        base = checked_base_url(other or API_URL, lan=lan, setting="api_url")
        self.base_url = f"{base}/{version}"
        self.http = HttpClient(lan=lan)
        self._token = settings["page_token"]
        self._secrets = [settings[name] for name in ("page_token", "app_secret") if settings.get(name)]
        self._proof = _proof(self._token, settings.get("app_secret", ""))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Read an object."""
        asked = urlencode({**query, **self._proof})
        return self._call("GET", f"{path}?{asked}" if asked else path, writes=False)

    def listed(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every entry of an edge, page by page."""
        for _ in range(_MOST_PAGES):
            answer = self.get(path, **query)
            data = answer.get("data")
            if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
                raise UnexpectedResponse("reply_unreadable", status=200)
            yield from data
            paging = answer.get("paging")
            after = paging.get("cursors", {}).get("after") if isinstance(paging, dict) else None
            if not after or "next" not in paging:
                return
            query["after"] = after

    def post(self, path: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """Write a form."""
        body = urlencode({**fields, **self._proof}).encode()
        return self._call("POST", path, writes=True, body=body, media_type=_FORM)

    def post_json(self, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Write JSON."""
        body = json.dumps({**fields, **self._proof}, ensure_ascii=False).encode()
        return self._call("POST", path, writes=True, body=body, media_type="application/json")

    def upload(self, path: str, fields: Mapping[str, str], filename: str, content: bytes) -> dict[str, Any]:
        """Write a form with a JPEG as `source`."""
        parts = {**fields, **self._proof, "source": (filename, content, "image/jpeg")}
        body, media_type = encode_multipart_formdata(parts)
        return self._call("POST", path, writes=True, body=body, media_type=media_type)

    def delete(self, path: str) -> dict[str, Any]:
        """Remove an object for good."""
        asked = f"?{urlencode(self._proof)}" if self._proof else ""
        return self._call("DELETE", f"{path}{asked}", writes=True)

    def _call(
        self, method: str, path: str, *, writes: bool, body: bytes | None = None, media_type: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}"}
        if media_type:
            headers["Content-Type"] = media_type
        url = f"{self.base_url}/{path}"
        reply = self.http.call(method, url, writes=writes, headers=headers, body=body)
        if error := _error(reply):
            wait = retry_after_seconds(reply.headers.get("retry-after"))
            raise refusals.named(error, self._said(error), writes=writes, wait=wait)
        answer = raise_for_status(reply).json()
        if not isinstance(answer, dict):
            raise garbled(writes, reply.status)
        return answer

    def _said(self, error: Mapping[str, Any]) -> str:
        """Graph's sentence, short, and without anything that must stay secret."""
        said = str(error.get("message", ""))
        for secret in self._secrets:
            said = said.replace(secret, "…")
        return said[:_LONGEST_SAID]


def _proof(token: str, app_secret: str) -> dict[str, str]:
    """Shows that the caller knows the app's secret; worthless without the token."""
    if not app_secret:
        return {}
    return {"appsecret_proof": hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()}


def _error(reply: Reply) -> dict[str, Any] | None:
    try:
        body = json.loads(reply.body.decode("utf-8-sig"))
    except UNREADABLE:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else None
