"""The smallest complete adapter, over a shop in memory that can fail on demand.

shop = MemoryShop.named("a")
shop.fail_next("lost_reply")          # the next write acts, then its answer is lost
adapter = MemoryAdapter(channel, {"shop": "a"})
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    AuthenticationError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
)
from marketplace_adapters.facts import facts
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    Item,
    Notice,
    Observed,
    Published,
    ShopFacts,
)

FAULTS_BEFORE = ("hang", "reset_before", "error_before", "rate_limited", "expired_key")
FAULTS_AFTER = ("lost_reply", "error_after", "garbled", "html", "drip", "oversized")


@dataclass(frozen=True)
class Post:
    """What the shop holds for one id."""

    remote_id: str
    sku: str
    name: str
    text: str
    price_vnd: int
    photo_count: int
    stars: int | None
    stock: int | None
    state: str


@dataclass
class MemoryShop:
    """Accepts several posts with one SKU, as the worst real shops do. `locked`: it lets nobody in any more."""

    posts: dict[str, Post] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)
    locked: bool = False
    _named: ClassVar[dict[str, MemoryShop]] = {}

    @classmethod
    def named(cls, name: str) -> MemoryShop:
        """The shop of that name, made at first use: settings are texts, so they carry a name."""
        return cls._named.setdefault(name, cls())

    @classmethod
    def forget(cls, name: str) -> None:
        cls._named.pop(name, None)

    def fail_next(self, *faults: str) -> None:
        """Each fault meets one write, in order."""
        unknown = set(faults) - {*FAULTS_BEFORE, *FAULTS_AFTER}
        if unknown:
            raise ValueError(f"unknown faults {sorted(unknown)}")
        self.faults.extend(faults)

    def double(self, sku: str) -> None:
        """A second post with the same SKU, as if somebody had typed it in by hand."""
        first = self.with_sku(sku)[0]
        number = str(len(self.posts) + 1)
        self.posts[number] = replace(first, remote_id=number)

    def approve(self, remote_id: str) -> None:
        """The reviewer lets the post live."""
        self.posts[remote_id] = replace(self.posts[remote_id], state="live")

    def with_sku(self, sku: str) -> list[Post]:
        return [post for post in self.posts.values() if post.sku == sku]


class MemoryAdapter(MarketplaceAdapter):
    """Setting: `shop`, the name of a MemoryShop. Posts wait for review until a test lets them live."""

    protocol = "memory"
    delivery = Delivery.API
    capabilities = frozenset(Capability) - {
        Capability.VARIATIONS,
        Capability.CATEGORIES,
        Capability.BATCH,
        Capability.WATCH,
    }
    required_settings = ("shop",)

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        super().__init__(channel, settings, keeper)
        self._shop = MemoryShop.named(settings["shop"])

    @property
    def shop(self) -> MemoryShop:
        """Every look into the shop goes through its door."""
        if self._shop.locked:
            raise AuthenticationError
        return self._shop

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        found, notices = self._lookup(item.sku)
        if found is not None:
            state = found.state if found.state == "live" else "in_review"
            return self._write(item, found.remote_id, state, media, notices)
        return self._write(item, str(len(self.shop.posts) + 1), "in_review", media, created=True)

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        return self._write(item, remote_id, self._post(remote_id).state, media)

    def _withdraw(self, remote_id: str) -> None:
        self._store(replace(self._post(remote_id), state="draft"))

    def _set_stock(self, remote_id: str, stock: int | None) -> None:
        self._store(replace(self._post(remote_id), stock=stock))

    def _fetch_status(self, remote_id: str) -> Published:
        return self._told(self._post(remote_id))

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        post = self._post(remote_id)
        return Observed(post.name, post.price_vnd, post.photo_count, post.stars, self._url(post), post.state)

    def _find_by_sku(self, sku: str) -> Published | None:
        found, notices = self._lookup(sku)
        return None if found is None else self._told(found, notices)

    def _find_by_url(self, url: str) -> Published | None:
        post = self.shop.posts.get(url.rpartition("/")[2])
        return None if post is None else self._told(post)

    def _own_hosts(self) -> tuple[str, ...]:
        return (f"{self.settings['shop']}.memory",)

    def _test_connection(self) -> ShopFacts:
        return ShopFacts(f"{self.settings['shop']}, {len(self.shop.posts)}", "VND", "g")

    def _lookup(self, sku: str) -> tuple[Post | None, tuple[Notice, ...]]:
        found = sorted(self.shop.with_sku(sku), key=lambda post: int(post.remote_id))
        if not found:
            return None, ()
        doubles = tuple(post.remote_id for post in found[1:])
        return found[0], (Notice("duplicate_remote", {"sku": sku, "others": doubles}),) if doubles else ()

    def _post(self, remote_id: str) -> Post:
        if remote_id not in self.shop.posts:
            raise RemoteListingNotFound(remote_id=remote_id)
        return self.shop.posts[remote_id]

    def _write(
        self,
        item: Item,
        remote_id: str,
        state: str,
        media: MutableMapping[str, str],
        notices: tuple[Notice, ...] = (),
        *,
        created: bool = False,
    ) -> Published:
        photos = item.listing.photos[: self.channel.images.max_count]
        for photo in photos:
            media[photo.sha256] = self.shop.media.setdefault(photo.sha256, f"m{len(self.shop.media) + 1}")
        price = item.variant.sale_vnd or item.variant.price_vnd
        said = [item.listing.short_text, item.listing.story]
        said += [f"{label}: {value}" for label, value in facts(item.listing, item.variant)]
        listing = item.listing
        fresh = Post(
            remote_id, item.sku, item.title, "\n".join(said), price, len(photos), listing.stars,
            item.variant.stock, state,
        )  # fmt: skip
        self._store(fresh)
        return replace(self._told(fresh, notices), media=dict(media), created=created)

    def _told(self, post: Post, notices: tuple[Notice, ...] = ()) -> Published:
        return Published(post.remote_id, post.state, self._url(post), notices)

    def _url(self, post: Post) -> str | None:
        return f"https://{self.settings['shop']}.memory/{post.remote_id}" if post.state == "live" else None

    def _store(self, post: Post) -> None:
        """The only place that changes the shop, so the only place where a write can fail."""
        fault = self.shop.faults.popleft() if self.shop.faults else ""
        if fault not in FAULTS_BEFORE:
            self.shop.posts[post.remote_id] = post
        _fail(fault)


def _fail(fault: str) -> None:
    if fault == "rate_limited":
        raise RateLimited(7)
    if fault == "expired_key":
        raise AuthenticationError
    if fault == "reset_before":
        raise MarketplaceUnavailable
    if fault:
        raise OutcomeUnknown(fault)
