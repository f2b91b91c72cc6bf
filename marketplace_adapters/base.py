"""The contract every marketplace protocol keeps.

Authors write `_check` (optional), `_publish` and the underscored methods of the capabilities they declare.
The public methods are final: they refuse what is not declared and keep what every caller relies on.

Promises, each one a test in `testing/conformance.py`:

1. The same item published twice, even with the first reply lost, leaves ONE remote post per SKU.
2. `publish` returns only what the marketplace confirmed; a write without an understandable answer raises
   `OutcomeUnknown`, never success and never a plain failure.
3. Every call ends by its total deadline and reads at most a fixed number of bytes.
4. Nothing is sent that the listing does not say: no star, no price, no text of the adapter's own.
5. `check` is offline and gives the same answer for the same listing.
6. All text arrives in `_publish` and `_update` as single characters (NFC), however it was typed.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import ClassVar, TypeVar, final
from urllib.parse import urlsplit

from marketplace_adapters import checks
from marketplace_adapters.errors import (
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    UnsupportedFeature,
)
from marketplace_adapters.nfc import composed
from marketplace_adapters.tokens import PrivateKeeper, TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    Handoff,
    Item,
    ListingPayload,
    Observed,
    Problem,
    Published,
    RemoteCategory,
    ShopFacts,
)

_Result = TypeVar("_Result")
_HOST = re.compile(r"[\w.:-]+")  # a backslash, which is a slash to a browser, would lead to another host


class MarketplaceAdapter(ABC):
    """One booth on one marketplace. Cheap to make; holds no connection between calls."""

    protocol: ClassVar[str]
    delivery: ClassVar[Delivery]
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    required_settings: ClassVar[tuple[str, ...]] = ()
    optional_settings: ClassVar[tuple[str, ...]] = ()
    secret_settings: ClassVar[tuple[str, ...]] = ()
    says_paused: ClassVar[bool] = False  # the post's own text says "sold out" while `listing.paused`

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        """Raises ConfigurationError naming every missing setting at once."""
        missing = [name for name in self.required_settings if not settings.get(name, "").strip()]
        if missing:
            raise ConfigurationError(missing)
        self.channel = channel
        self.settings = dict(settings)
        self.keeper = keeper or PrivateKeeper(settings)

    @final
    def items(self, listing: ListingPayload) -> tuple[Item, ...]:
        """The remote posts this listing becomes: one for all variants, or one per variant."""
        if Capability.VARIATIONS in self.capabilities:
            return (Item(listing, listing.variants),)
        return tuple(Item(listing, (variant,)) for variant in listing.variants)

    @final
    def check(self, listing: ListingPayload) -> tuple[Problem, ...]:
        """What this channel still misses, easiest first. Offline and deterministic."""
        found = (*checks.check(listing, self.channel), *self._check(listing))
        return tuple(sorted(found, key=checks.easiest_first))

    @final
    def publish(
        self, item: Item, *, retry: bool = False, media: Mapping[str, str] | None = None
    ) -> Published | Handoff:
        """Put the item up, or bring the post that already carries its SKU up to date.

        `retry`: an earlier attempt may have reached the marketplace. `media`: photo sha256 -> remote media id
        from earlier answers. Raises any MarketplaceError; its `media` holds what was gained on the way.
        """
        self._refuse_blocked(item)
        known = dict(media or {})
        return self._keeping_media(known, lambda: self._publish(composed(item), retry, known))

    @final
    def update(self, remote_id: str, item: Item, *, media: Mapping[str, str] | None = None) -> Published:
        """Send the present wording, price and photos to an existing post. Repeating it is harmless."""
        self._require(Capability.UPDATE)
        self._refuse_blocked(item)
        known = dict(media or {})
        return self._keeping_media(known, lambda: self._update(remote_id, composed(item), known))

    @final
    def withdraw(self, remote_id: str) -> None:
        """After this no shopper sees the post. Repeating it is harmless, or RemoteListingNotFound where
        the marketplace can only remove a post for good; elsewhere `find_by_sku` still finds it."""
        self._require(Capability.WITHDRAW)
        self._withdraw(remote_id)

    @final
    def set_stock(self, remote_id: str, stock: int | None) -> None:
        """`stock` pieces are for sale; 0 is sold out, None is "ask the seller"."""
        self._require(Capability.SET_STOCK)
        if stock is not None and stock < 0:
            raise ValueError("stock is never negative")
        self._set_stock(remote_id, stock)

    @final
    def fetch_status(self, remote_id: str) -> Published:
        """Where the post stands now. Raises RemoteListingNotFound when it was removed."""
        self._require(Capability.FETCH_STATUS)
        return self._fetch_status(remote_id)

    @final
    def read_back(self, remote_id: str, url: str | None = None) -> Observed:
        """What can be seen there now: by API where there is one, else from the public page `url`."""
        self._require(Capability.READ_BACK)
        return self._read_back(remote_id, url)

    @final
    def find_by_sku(self, sku: str) -> Published | None:
        """The post that carries our SKU, in whatever state; the oldest, with a notice, when there are several."""
        self._require(Capability.FIND_BY_SKU)
        return self._find_by_sku(sku)

    @final
    def accepts_url(self, url: str) -> bool:
        """Whether an address belongs to this marketplace: one of its hosts or a name below it. Offline."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or parts.username or parts.password:
            return False
        host = (parts.hostname or "").lower()
        if not _HOST.fullmatch(host):
            return False
        return any(
            host == own or host.endswith(f".{own}") for own in (*self.channel.hosts, *self._own_hosts())
        )

    @final
    def find_by_url(self, url: str) -> Published | None:
        """The post behind an address somebody pasted, to adopt it; None when it is not one of this marketplace.

        The post need not carry our SKU yet; the next `update` gives it ours.
        """
        self._require(Capability.READ_BACK)
        return self._find_by_url(url) if self.accepts_url(url) else None

    @final
    def publish_many(
        self, items: Sequence[Item], *, retry: bool = False, media: Mapping[str, str] | None = None
    ) -> tuple[Published | MarketplaceError, ...]:
        """`publish` for many items in few calls: one answer an item, in their order; one item's fault is not
        the others'. Raises a MarketplaceError only when nothing was done for any of them."""
        self._require(Capability.BATCH)
        known = dict(media or {})
        sent = composed(tuple(items))
        answers = self._keeping_media(known, lambda: self._publish_many(sent, retry, known))
        for answer in answers:
            if isinstance(answer, MarketplaceError):
                answer.media = dict(known)
        return answers

    @final
    def categories(self) -> tuple[RemoteCategory, ...]:
        """The marketplace's own categories, for a person to choose from."""
        self._require(Capability.CATEGORIES)
        return self._categories()

    @final
    def watch(self, callback_url: str, secret: str) -> None:
        """Ask the marketplace to call `callback_url` whenever one of its posts changes. Repeating it is harmless.

        `secret` signs its calls; it is ours, one a booth, and is never shown again.
        """
        self._require(Capability.WATCH)
        self._watch(callback_url, secret)

    @final
    def heard(self, headers: Mapping[str, str], body: bytes, secret: str) -> str | None:
        """The remote id that a call to our `callback_url` speaks of; None when it is about no post (a ping).

        `headers` in any case; `body` exactly as it came. Offline. Raises AuthenticationError `bad_signature`:
        then believe nothing of it. What changed is not believed either way: look by `fetch_status`.
        """
        self._require(Capability.WATCH)
        return self._heard({name.lower(): value for name, value in headers.items()}, body, secret)

    @final
    def test_connection(self) -> ShopFacts:
        """Reach the marketplace with these settings and say what was found; raises what stands in the way."""
        self._require(Capability.TEST_CONNECTION)
        return self._test_connection()

    def _check(self, listing: ListingPayload) -> tuple[Problem, ...]:
        """Rules that a TOML file cannot express."""
        return ()

    @abstractmethod
    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published | Handoff:
        """Find by SKU before creating; add every new photo id to `media` at once."""

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        raise NotImplementedError

    def _withdraw(self, remote_id: str) -> None:
        raise NotImplementedError

    def _set_stock(self, remote_id: str, stock: int | None) -> None:
        raise NotImplementedError

    def _fetch_status(self, remote_id: str) -> Published:
        raise NotImplementedError

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        raise NotImplementedError

    def _find_by_sku(self, sku: str) -> Published | None:
        raise NotImplementedError

    def _find_by_url(self, url: str) -> Published | None:
        raise NotImplementedError

    def _publish_many(
        self, items: tuple[Item, ...], retry: bool, media: MutableMapping[str, str]
    ) -> tuple[Published | MarketplaceError, ...]:
        """Check each item by `_refuse_blocked` and put its ListingRejected in its place."""
        raise NotImplementedError

    def _categories(self) -> tuple[RemoteCategory, ...]:
        raise NotImplementedError

    def _watch(self, callback_url: str, secret: str) -> None:
        raise NotImplementedError

    def _heard(self, headers: Mapping[str, str], body: bytes, secret: str) -> str | None:
        """`headers` have lower-case names."""
        raise NotImplementedError

    def _own_hosts(self) -> tuple[str, ...]:
        """Hosts that come from the settings rather than from the channel's file."""
        return ()

    def _test_connection(self) -> ShopFacts:
        raise NotImplementedError

    def _require(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise UnsupportedFeature(self.protocol, capability.value)

    def _refuse_blocked(self, item: Item) -> None:
        """The last gate: a listing edited between the check and the send must not go out half-written."""
        blocking = [problem for problem in self.check(item.listing) if problem.severity == "blocking"]
        if blocking:
            raise ListingRejected(blocking, "check_failed")

    @staticmethod
    def _keeping_media(known: dict[str, str], act: Callable[[], _Result]) -> _Result:
        try:
            return act()
        except MarketplaceError as error:
            error.media = dict(known)
            raise
