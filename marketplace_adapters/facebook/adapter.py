"""A Facebook page: one post with photos per SKU, and the page's catalog where it has one.

Why withdraw *deletes*: Meta's page documentation lets an unpublished post be published, never the other way
round ("unpublishing a post is not supported"), and hiding from the timeline leaves the address open. What a
lapsed star needs is that nobody reads it any more. The price: comments and address are gone, and publishing
again makes a new post with photos uploaded anew.

What cannot be changed: the photos of a post. An update sends the text and says `photos_not_updated`.

The catalog (setting `catalog_id`) goes first: what Meta refuses there is known before anybody sees a post, and
an item is hidden there before its post, which alone remembers the SKU, is deleted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    OutcomeUnknown,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.facebook import mapping
from marketplace_adapters.facebook.catalog import Catalog
from marketplace_adapters.facebook.client import GraphClient
from marketplace_adapters.facebook.photos import uploaded
from marketplace_adapters.sharing.text import said
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    Item,
    ListingPayload,
    Notice,
    Observed,
    Problem,
    Published,
    ShopFacts,
)

_POST_ID = re.compile(r"\d{1,25}(_\d{1,25})?")
_OBJECT_ID = re.compile(r"\d{1,25}")
_LIST_FIELDS = "id,message,created_time,permalink_url"


class FacebookAdapter(MarketplaceAdapter):
    """Settings: `page_id`, `page_token` (pages_manage_posts, pages_read_engagement); `app_secret` adds a proof to
    every call, `catalog_id` opens the catalog, `graph_version` another Graph version. On a training channel `api_url`
    names a counterpart. With a catalog the adapter can also SET_STOCK."""

    protocol = "facebook"
    delivery = Delivery.API
    capabilities = frozenset(
        {
            Capability.UPDATE,
            Capability.WITHDRAW,
            Capability.FETCH_STATUS,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.TEST_CONNECTION,
        }
    )
    required_settings = ("page_id", "page_token")
    optional_settings = ("app_secret", "catalog_id", "graph_version")
    secret_settings = ("page_token", "app_secret")
    says_paused = True

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        super().__init__(channel, settings, keeper)
        wrong = [name for name in ("page_id", "catalog_id") if not _is_id(settings.get(name) or "0")]
        if wrong:
            raise ConfigurationError(wrong, "not_a_number")
        self.page_id = settings["page_id"]
        self.client = GraphClient(settings, lan=channel.lan)
        self.catalog = Catalog(self.client, settings["catalog_id"]) if settings.get("catalog_id") else None
        if self.catalog is not None:
            self.capabilities = type(self).capabilities | {Capability.SET_STOCK}

    def _check(self, listing: ListingPayload) -> tuple[Problem, ...]:
        found = []
        if self.catalog is None:
            return tuple(found)
        if not listing.page_url.startswith("https://"):
            found.append(Problem("page_not_public", {}, effort=4))
        hidden = sum(1 for photo in listing.photos if not photo.url.startswith("https://"))
        if hidden or not listing.photos:
            found.append(Problem("photos_not_public", {"count": hidden}, "photos", effort=4))
        longest = max((len(mapping.description(item)) for item in self.items(listing)), default=0)
        if longest > mapping.DESCRIPTION_LIMIT:
            params = {"max": mapping.DESCRIPTION_LIMIT, "now": longest}
            found.append(Problem("story_too_long", params, "story", effort=3))
        return tuple(found)

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        found, notices = self._lookup(item.sku)
        if found is not None:
            return self._edit(str(found["id"]), item, media, notices)
        notices = self._put_in_catalog(item)
        answer = self._post_with_photos(item, media)
        remote_id = str(answer.get("id", ""))
        if not _POST_ID.fullmatch(remote_id):
            raise OutcomeUnknown("reply_unreadable", status=200)
        return self._confirmed(remote_id, item, media, notices, created=True)

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        self._post(remote_id)
        return self._edit(remote_id, item, media, ())

    def _withdraw(self, remote_id: str) -> None:
        post = self._post(remote_id)
        sku = said(str(post.get("message", ""))).sku
        if self.catalog is not None and sku:
            self.catalog.put({"id": sku, "visibility": "hidden", **mapping.stock(0)})
        if self.client.delete(remote_id).get("success") is not True:
            raise OutcomeUnknown("echo_mismatch", field="success")

    def _set_stock(self, remote_id: str, stock: int | None) -> None:
        sku = said(str(self._post(remote_id).get("message", ""))).sku
        if not sku:
            raise RemoteListingNotFound(remote_id=remote_id)
        if self.catalog is not None:
            self.catalog.put({"id": sku, **mapping.stock(stock)})

    def _fetch_status(self, remote_id: str) -> Published:
        return self._seen(self._post(remote_id))

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        post = self._post(remote_id)
        return mapping.observed(post, self._seen(post).state)

    def _find_by_sku(self, sku: str) -> Published | None:
        found, notices = self._lookup(sku)
        return None if found is None else self._seen(self._post(str(found["id"])), notices)

    def _find_by_url(self, url: str) -> Published | None:
        wanted = _address(url)
        for post in self._own_posts():
            if _address(str(post.get("permalink_url", ""))) == wanted:
                return self._seen(self._post(str(post["id"])))
        return None

    def _own_hosts(self) -> tuple[str, ...]:
        return (urlsplit(self.client.base_url).hostname or "",) if self.channel.lan else ()

    def _test_connection(self) -> ShopFacts:
        page = self.client.get(self.page_id, fields="id,name,is_published")
        if str(page.get("id")) != self.page_id:
            raise UnexpectedResponse("echo_mismatch", field="id")
        if self.catalog is not None:
            self.catalog.name()
        notices = (Notice("page_not_published"),) if page.get("is_published") is False else ()
        # A post has no currency of its own; its text says đồng because we write it.
        return ShopFacts(str(page.get("name", "")), "VND", "", notices)

    def _post_with_photos(self, item: Item, media: MutableMapping[str, str]) -> dict[str, Any]:
        remembered = set(media)
        for attempt in (1, 2):
            ids = uploaded(self.client, self.page_id, item.listing.photos, self.channel.images, media)
            attached = {
                f"attached_media[{at}]": json.dumps({"media_fbid": media_id})
                for at, media_id in enumerate(ids)
            }
            try:
                return self.client.post(
                    f"{self.page_id}/feed", {"message": mapping.message(item), **attached}
                )
            except ListingRejected:
                # Photos vanish with the post that showed them: ids from another day may lead nowhere.
                stale = [photo.sha256 for photo in item.listing.photos if photo.sha256 in remembered]
                if attempt == 2 or not stale:
                    raise
                for digest in stale:
                    media.pop(digest, None)
        raise AssertionError("unreachable")

    def _edit(
        self, remote_id: str, item: Item, media: MutableMapping[str, str], notices: tuple[Notice, ...]
    ) -> Published:
        """Today's text for the post that is already there."""
        notices = (*notices, *self._put_in_catalog(item))
        if self.client.post(remote_id, {"message": mapping.message(item)}).get("success") is not True:
            raise OutcomeUnknown("echo_mismatch", field="success")
        return self._confirmed(remote_id, item, media, notices, created=False)

    def _confirmed(
        self,
        remote_id: str,
        item: Item,
        media: Mapping[str, str],
        notices: tuple[Notice, ...],
        *,
        created: bool,
    ) -> Published:
        """What stands there now. The write is done; when Graph will not say more, a later look will."""
        try:
            post = self._post(remote_id)
        except MarketplaceError:
            return Published(remote_id, "in_review", None, notices, dict(media), created)
        photos = item.listing.photos[: self.channel.images.max_count]
        if mapping.photos_differ([media.get(one.sha256) for one in photos], mapping.photo_ids(post)):
            notices = (*notices, Notice("photos_not_updated"))
        if str(post.get("message", "")).split() != mapping.message(item).split():
            notices = (*notices, Notice("echo_differs", {"field": "message"}))
        return replace(self._seen(post, notices), media=dict(media), created=created)

    def _put_in_catalog(self, item: Item) -> tuple[Notice, ...]:
        return () if self.catalog is None else self.catalog.put(mapping.catalog_item(item))

    def _lookup(self, sku: str) -> tuple[dict[str, Any] | None, tuple[Notice, ...]]:
        """The oldest post of this page whose SKU line is exactly this one."""
        ours = [post for post in self._own_posts() if said(str(post.get("message", ""))).sku == sku]
        ours.sort(key=lambda post: (str(post.get("created_time", "")), str(post["id"])))
        if not ours:
            return None, ()
        doubles = tuple(str(post["id"]) for post in ours[1:])
        return ours[0], (Notice("duplicate_remote", {"sku": sku, "others": doubles}),) if doubles else ()

    def _own_posts(self) -> list[dict[str, Any]]:
        return list(self.client.listed(f"{self.page_id}/published_posts", fields=_LIST_FIELDS, limit=100))

    def _post(self, remote_id: str) -> dict[str, Any]:
        if not _POST_ID.fullmatch(remote_id):
            raise RemoteListingNotFound(remote_id=remote_id[:40])
        post = self.client.get(remote_id, fields=mapping.POST_FIELDS)
        if str(post.get("id")) != remote_id:
            raise UnexpectedResponse("echo_mismatch", field="id")
        return post

    def _seen(self, post: Mapping[str, Any], notices: tuple[Notice, ...] = ()) -> Published:
        state = "live" if post.get("is_published") is True else "draft"
        link = post.get("permalink_url")
        own = isinstance(link, str) and self.accepts_url(link)
        return Published(str(post["id"]), state, link if own and state == "live" else None, notices)


def _is_id(text: str) -> bool:
    return bool(_OBJECT_ID.fullmatch(text))


def _address(url: str) -> str:
    """An address without what tells where a reader came from; `permalink.php` names its post in the query."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.path.endswith(".php") else ""
    return f"{(parts.hostname or '').removeprefix('www.').removeprefix('m.')}{parts.path.rstrip('/')}{query}"
