"""What a shopper meets beyond the product's own data: photos that do not open, a search that does not find."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.http_base import HttpClient
from marketplace_adapters.nfc import composed, toneless
from marketplace_adapters.page.scanner import unescaped

_MOST_PHOTOS = 10
_GONE = (404, 410)


def dead_photos(http: HttpClient, remote: Mapping[str, Any], base_url: str) -> int | None:
    """How many photos on the shop's own host do not open; None where that could not be found out.

    The first silence ends the search: a shop that is down has no dead photos, it is down.
    """
    own = urlsplit(base_url).netloc
    judged: list[bool] = []
    for source in list(_sources(remote))[:_MOST_PHOTOS]:
        if urlsplit(source).netloc != own:
            continue
        try:
            reply = http.call("HEAD", source, writes=False)
        except MarketplaceError:
            return None
        if reply.status in _GONE:
            judged.append(True)
        elif 200 <= reply.status < 300:
            judged.append(not reply.headers.get("content-type", "image/").startswith("image/"))
    return sum(judged) if judged else None


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


def _sources(remote: Mapping[str, Any]) -> Iterator[str]:
    for image in remote.get("images") or []:
        if isinstance(image, dict) and isinstance(image.get("src"), str):
            yield image["src"]
