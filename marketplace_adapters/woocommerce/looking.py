"""What a shopper meets beyond the product's own data: a search that does not find, photos that do not open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.http_base import HttpClient
from marketplace_adapters.nfc import composed, toneless
from marketplace_adapters.page.scanner import unescaped


def found_by(http: HttpClient, pattern: str, base_url: str, name: str, link: str) -> dict[str, bool]:
    """Whether the shop's own search finds the post, by words. `pattern` holds `{words}`; "/…" is below the shop."""
    if not (pattern and link):
        return {}
    address = base_url + pattern if pattern.startswith("/") else pattern
    answers: dict[str, bool] = {}
    for words in dict.fromkeys((composed(name), toneless(name))):
        try:
            reply = http.call("GET", address.replace("{words}", quote(words, safe="")), writes=False)
        except MarketplaceError:
            continue
        if 300 <= reply.status < 400:  # many shops open the only hit at once
            answers[words] = urlsplit(reply.headers.get("location", "")).path == urlsplit(link).path
        elif reply.status == 200:
            answers[words] = _links_to(unescaped(reply.body.decode("utf-8", "replace")), link)
    return answers


def _links_to(page: str, link: str) -> bool:
    path = urlsplit(link).path.rstrip("/")
    return re.search(re.escape(path) + r"/?[\"'?#]", page) is not None


def photo_addresses(remote: Mapping[str, Any]) -> Iterator[str]:
    """Where the shop shows the product's photos from."""
    for image in remote.get("images") or []:
        if isinstance(image, dict) and isinstance(image.get("src"), str):
            yield image["src"]
