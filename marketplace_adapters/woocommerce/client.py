"""Signed calls to one WooCommerce shop."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.http_base import HttpClient, Reply, checked_base_url, raise_for_status
from marketplace_adapters.oauth import signed_url
from marketplace_adapters.woocommerce.refusals import explain

WC = "wc/v3"
WP = "wp/v2"
# A shop's index names every route of every plugin, a megabyte and more; this asks for the few words we read.
_INDEX_FIELDS = "name,url,namespaces,authentication"
_INDEX_CAP = 8_000_000  # for a host that gives the whole of it all the same


class ShopClient:
    """One credential for two interfaces: a WordPress application password opens `wc/v3` and `wp/v2`.

    A shop on the local network without TLS ignores Basic for WooCommerce keys; with `consumer_key` and
    `consumer_secret` set, `wc/v3` calls to such a shop are signed by OAuth 1.0a instead. A shop without pretty
    permalinks answers at `?rest_route=`; that is found out by the first read.

    `plain`: it is such a shop. `clock_skew`: by how many seconds its clock is ahead of ours; known after `index`.
    """

    def __init__(self, settings: Mapping[str, str], *, lan: bool) -> None:
        self.base_url = checked_base_url(settings["base_url"], lan=lan)
        self.http = HttpClient(lan=lan)
        self.plain = False
        self.clock_skew = 0.0
        # People paste an application password with the blanks it is shown with; WordPress ignores them, so do we.
        pair = f"{settings['username'].strip()}:{settings['application_password'].strip()}".encode()
        self._basic = "Basic " + base64.b64encode(pair).decode()
        self._oauth = (settings.get("consumer_key", "").strip(), settings.get("consumer_secret", "").strip())

    @property
    def signs(self) -> bool:
        """Whether calls to `wc/v3` go by key and signature."""
        return all(self._oauth) and self.base_url.startswith("http://")

    def index(self) -> Any:
        """The shop's public index; needs no credential."""
        asked = f"{self.base_url}/wp-json/?_fields={_INDEX_FIELDS}"
        reply = self.http.call("GET", asked, writes=False, cap=_INDEX_CAP)
        with suppress(TypeError, ValueError, KeyError):
            self.clock_skew = parsedate_to_datetime(reply.headers["date"]).timestamp() - time.time()
        if _is_a_page(reply) and (index := self._plain_index()) is not None:
            return index
        return raise_for_status(reply, explain).json()

    def get(self, path: str, *, api: str = WC, **query: Any) -> Any:
        """Read JSON."""
        reply = self._call("GET", api, path, query, writes=False)
        if _is_a_page(reply) and not self.plain and self._plain_index() is not None:
            reply = self._call("GET", api, path, query, writes=False)
        return raise_for_status(reply, explain).json()

    def write(self, method: str, path: str, fields: Mapping[str, Any]) -> Any:
        """Send JSON that changes something and return the JSON answer."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        body = json.dumps(fields, ensure_ascii=False).encode()
        return raise_for_status(self._call(method, WC, path, {}, True, headers, body), explain).json()

    def upload(self, filename: str, content: bytes) -> Any:
        """Put JPEG bytes into the media library."""
        headers = {
            "Content-Type": "image/jpeg",
            "Content-Disposition": f'attachment; filename="{quote(filename)}"',
        }
        return raise_for_status(self._call("POST", WP, "media", {}, True, headers, content), explain).json()

    def may_write(self) -> None:
        """Ask for the right to write products by a batch of nothing. Raises AuthenticationError."""
        headers = {"Content-Type": "application/json"}
        raise_for_status(self._call("POST", WC, "products/batch", {}, False, headers, b"{}"), explain)

    def may_upload(self) -> None:
        """Ask for the right to upload by a file without a name, which nobody stores. Raises AuthenticationError,
        and PhotoRefused when only the name was wrong."""
        headers = {"Content-Type": "image/jpeg"}
        raise_for_status(self._call("POST", WP, "media", {}, False, headers, b"\xff\xd8\xff"), explain)

    def _call(
        self,
        method: str,
        api: str,
        path: str,
        query: Mapping[str, Any],
        writes: bool,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        url = self._url(api, path, query)
        sent = dict(headers or {})
        if self.signs and api == WC:
            url = signed_url(method, url, *self._oauth)
        else:
            sent["Authorization"] = self._basic
        return self.http.call(method, url, writes=writes, headers=sent, body=body)

    def _url(self, api: str, path: str, query: Mapping[str, Any]) -> str:
        if self.plain:
            return f"{self.base_url}/?" + urlencode({"rest_route": f"/{api}/{path}", **query})
        return f"{self.base_url}/wp-json/{api}/{path}" + ("?" + urlencode(query) if query else "")

    def _plain_index(self) -> dict[str, Any] | None:
        """The index at the address that needs no pretty permalinks; from then on that way is taken."""
        try:
            asked = f"{self.base_url}/?rest_route=/&_fields={_INDEX_FIELDS}"
            reply = self.http.call("GET", asked, writes=False, cap=_INDEX_CAP)
            index = raise_for_status(reply).json()
        except MarketplaceError:
            return None
        if not isinstance(index, dict) or not isinstance(index.get("namespaces"), list):
            return None
        self.plain = True
        return index


def _is_a_page(reply: Reply) -> bool:
    """Whether a web page came where JSON was asked for: nothing of WordPress's interface lives there."""
    return reply.status in (200, 404) and reply.body.lstrip()[:1] not in (b"{", b"[")
