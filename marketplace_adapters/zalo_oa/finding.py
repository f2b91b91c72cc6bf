"""Finding our own article again: by the exact SKU line in its text, which only `getdetail` shows.

A list of articles says titles, not texts, so every candidate costs a call. Articles with the listing's title come
first; when none of them is ours, the newest others are read, up to a bound: an OA that also carries a commune's
news has thousands, and reading them all would only earn a rate limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from marketplace_adapters.errors import ListingRejected, RemoteListingNotFound, UnexpectedResponse
from marketplace_adapters.types import Notice
from marketplace_adapters.zalo_oa.client import OaClient
from marketplace_adapters.zalo_oa.mapping import carried

OTHERS_READ = 200
_PAGE = 10  # the most that getslice gives at a time
_MOST_PAGES = 200
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


class ArticleFinder:
    """Reads articles of one OA."""

    def __init__(self, client: OaClient) -> None:
        self._client = client
        self._strange: dict[str, str] = {}  # article id -> its SKU: read once, however often we look

    def oldest(self, sku: str, title: str = "") -> tuple[dict[str, Any] | None, tuple[Notice, ...]]:
        """The oldest article with this SKU, and a notice about its doubles."""
        listed = list(self._listed())
        namesakes = [one for one in listed if title and one.get("title") == title]
        others = [one for one in listed if one not in namesakes][:OTHERS_READ]
        found = self._ours(namesakes, sku) or self._ours(others, sku)
        if not found:
            return None, ()
        doubles = tuple(str(one["id"]) for one in found[1:])
        return found[0], (Notice("duplicate_remote", {"sku": sku, "others": doubles}),) if doubles else ()

    def detail(self, article_id: str) -> dict[str, Any]:
        """The whole article. Raises RemoteListingNotFound: Zalo refuses an id it does not know as a bad parameter."""
        if not _ID.fullmatch(article_id):
            raise RemoteListingNotFound(remote_id=article_id[:40])
        try:
            found = self._client.get("article/getdetail", id=article_id)
        except ListingRejected as error:
            raise RemoteListingNotFound(remote_id=article_id) from error
        if not found:
            raise RemoteListingNotFound(remote_id=article_id)
        if str(found.get("id", article_id)) != article_id:
            raise UnexpectedResponse("echo_mismatch", field="id")
        return {**found, "id": article_id}

    def _ours(self, listed: list[dict[str, Any]], sku: str) -> list[dict[str, Any]]:
        """Those with this SKU, the oldest first; the list is newest first where it has no dates."""
        found = []
        for at, one in enumerate(listed):
            article_id = str(one["id"])
            if self._strange.get(article_id, sku) != sku:
                continue
            try:
                detail = self.detail(article_id)
            except RemoteListingNotFound:
                continue  # removed a moment ago
            self._strange[article_id] = carried(detail).sku
            if self._strange[article_id] == sku:
                found.append((_number(one.get("create_date")), -at, detail))
        return [detail for *_, detail in sorted(found, key=lambda entry: entry[:2])]

    def _listed(self) -> Iterator[dict[str, Any]]:
        for page in range(_MOST_PAGES):
            answer = self._client.get("article/getslice", offset=page * _PAGE, limit=_PAGE, type="normal")
            medias = answer.get("medias")
            if not isinstance(medias, list) or not all(
                isinstance(one, dict) and one.get("id") for one in medias
            ):
                raise UnexpectedResponse("reply_unreadable", status=200)
            yield from medias
            if len(medias) < _PAGE:
                return


def _number(value: Any) -> int:
    return int(value) if str(value).isdigit() else 0
