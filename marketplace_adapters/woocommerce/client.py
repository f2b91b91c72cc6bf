"""Signed calls to one WooCommerce shop."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from marketplace_adapters.http_base import HttpClient, Reply, checked_base_url, raise_for_status
from marketplace_adapters.oauth import signed_url
from marketplace_adapters.woocommerce.refusals import explain

WC = "wc/v3"
WP = "wp/v2"


class ShopClient:
    """One credential for two interfaces: a WordPress application password opens `wc/v3` and `wp/v2`.

    A shop on the local network without TLS ignores Basic for WooCommerce keys; with `consumer_key` and
    `consumer_secret` set, `wc/v3` calls to such a shop are signed by OAuth 1.0a instead.
    """

    def __init__(self, settings: Mapping[str, str], *, lan: bool) -> None:
        self.base_url = checked_base_url(settings["base_url"], lan=lan)
        self.http = HttpClient(lan=lan)
        pair = f"{settings['username']}:{settings['application_password']}".encode()
        self._basic = "Basic " + base64.b64encode(pair).decode()
        self._oauth = (settings.get("consumer_key", ""), settings.get("consumer_secret", ""))

    def index(self) -> Any:
        """The shop's public index; needs no credential."""
        return self._checked("GET", f"{self.base_url}/wp-json/", False, {}).json()

    def get(self, path: str, *, api: str = WC, **query: Any) -> Any:
        """Read JSON."""
        url = self._url(api, path, query)
        return self._checked("GET", url, False, self._credential(api)).json()

    def write(self, method: str, path: str, fields: Mapping[str, Any]) -> Any:
        """Send JSON that changes something and return the JSON answer."""
        url = self._url(WC, path, {})
        headers = {"Content-Type": "application/json; charset=utf-8", **self._credential(WC)}
        body = json.dumps(fields, ensure_ascii=False).encode()
        return self._checked(method, url, True, headers, body).json()

    def upload(self, filename: str, content: bytes) -> Any:
        """Put JPEG bytes into the media library."""
        url = self._url(WP, "media", {})
        headers = {
            "Authorization": self._basic,
            "Content-Type": "image/jpeg",
            "Content-Disposition": f'attachment; filename="{quote(filename)}"',
        }
        return self._checked("POST", url, True, headers, content).json()

    def _url(self, api: str, path: str, query: Mapping[str, Any]) -> str:
        asked = "?" + urlencode(query) if query else ""
        return f"{self.base_url}/wp-json/{api}/{path}{asked}"

    def _credential(self, api: str) -> dict[str, str]:
        return {} if self._by_oauth(api) else {"Authorization": self._basic}

    def _by_oauth(self, api: str) -> bool:
        return api == WC and all(self._oauth) and self.base_url.startswith("http://")

    def _checked(
        self, method: str, url: str, writes: bool, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        if f"/wp-json/{WC}/" in url and self._by_oauth(WC):
            url = signed_url(method, url, *self._oauth)
        return raise_for_status(
            self.http.call(method, url, writes=writes, headers=headers, body=body), explain
        )
