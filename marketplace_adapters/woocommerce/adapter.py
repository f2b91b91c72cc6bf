"""A WooCommerce shop: one *simple* product per SKU.

Why not a variable product with variations: there the SKUs sit one level down, where `?sku=` finds the
variation but a lost reply can leave a parent without children; a simple product is one write, one id, one
SKU, and the shop's own theme shows it everywhere. The price is a few more products in the list.

Why withdraw means *draft*: trash hides the product from `?sku=` and is emptied by WordPress, so a later
publish would make a second product with a new address; a draft keeps id, address, reviews and photos.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    MarketplaceError,
    OutcomeUnknown,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.public_page import dead_photos
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    Item,
    Notice,
    Observed,
    Published,
    RemoteCategory,
    ShopFacts,
)
from marketplace_adapters.woocommerce import looking, mapping, webhooks
from marketplace_adapters.woocommerce.batch import Batch
from marketplace_adapters.woocommerce.client import ShopClient
from marketplace_adapters.woocommerce.diagnosis import diagnose
from marketplace_adapters.woocommerce.media import image_ids
from marketplace_adapters.woocommerce.refusals import SkuTaken, StaleImage
from marketplace_adapters.woocommerce.shelf import Found, Product, Shelf, echo, number

_LONGEST_LINK = 500
_STATUSES = ("pending", "publish")


class WooCommerceAdapter(MarketplaceAdapter):
    """Settings: `base_url`, `username`, `application_password`; `without_review` "1" puts products on sale without
    review, `status` says pending or publish outright.

    `consumer_key` and `consumer_secret` only for a shop without TLS on the local network; photos still go by the
    application password, which WordPress takes there only when it is told to be a local environment.
    """

    protocol = "woocommerce"
    delivery = Delivery.API
    capabilities = frozenset(Capability) - {Capability.VARIATIONS}
    required_settings = ("base_url", "username", "application_password")
    optional_settings = ("status", "without_review", "consumer_key", "consumer_secret")
    secret_settings = ("application_password", "consumer_secret")

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        super().__init__(channel, settings, keeper)
        usual = "publish" if settings.get("without_review") == "1" else "pending"
        self._status = settings.get("status") or usual
        if self._status not in _STATUSES:
            raise ConfigurationError(["status"], "bad_choice", choices=_STATUSES)
        self.client = ShopClient(settings, lan=channel.lan)
        self.shelf = Shelf(self.client)

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        found, notices = self._lookup(item.sku, trash=retry)
        try:
            # Photos it already shows may be ours from an answer that was lost, so look before uploading.
            return self._put_up(item, found, media, notices, search_first=retry or found is not None)
        except SkuTaken as taken:
            # Another writer was faster, or the trash holds it. The SKU is the key: it is ours, take it up.
            holder, notices = self.shelf.holder(item.sku, taken)
            return self._put_up(item, holder, media, notices, search_first=True)

    def _publish_many(
        self, items: tuple[Item, ...], retry: bool, media: MutableMapping[str, str]
    ) -> tuple[Published | MarketplaceError, ...]:
        return Batch(self, retry, media).run(items)

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        standing = {"id": int(number(remote_id)), "status": self._status}  # leaves its status as it is
        return self._put_up(item, standing, media, (), search_first=True)

    def _withdraw(self, remote_id: str) -> None:
        remote = self.shelf.change(remote_id, {"status": "draft"})
        if remote.get("status") != "draft":
            raise OutcomeUnknown("echo_mismatch", field="status")

    def _set_stock(self, remote_id: str, stock: int | None) -> None:
        sent = mapping.stock(stock)
        remote = self.shelf.change(remote_id, sent)
        # A shop with counting switched off says manage_stock False whatever is sent, and keeps the word only.
        field = "stock_quantity" if sent["manage_stock"] and remote.get("manage_stock") else "stock_status"
        if remote.get(field) != sent[field]:
            raise UnexpectedResponse("echo_mismatch", field=field)

    def _fetch_status(self, remote_id: str) -> Published:
        return self._seen(self.shelf.one(remote_id))

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        remote = self.shelf.one(remote_id)
        seen = mapping.observed(remote)
        if seen.state != "live":
            return seen
        http, base_url = self.client.http, self.client.base_url
        return replace(
            seen,
            dead_photos=dead_photos(http, looking.photo_addresses(remote), self.accepts_url),
            found_by=looking.found_by(http, self.channel.search, base_url, seen.name, seen.url or ""),
        )

    def _find_by_sku(self, sku: str) -> Published | None:
        found, notices = self._lookup(sku, trash=False)
        return None if found is None else self._seen(found, notices)

    def _find_by_url(self, url: str) -> Published | None:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query))  # a shop without pretty permalinks names its products there
        slug = asked.get("product") or parts.path.rstrip("/").rpartition("/")[2]
        found: list[Product] = []
        with suppress(RemoteListingNotFound):
            if "p" in asked:
                found = [self.shelf.one(asked["p"])]
            elif slug:
                found = self.shelf.by_slug(slug)
        return next((self._seen(one) for one in found if one.get("status") in mapping.STATES), None)

    def _categories(self) -> tuple[RemoteCategory, ...]:
        return self.shelf.categories()

    def _watch(self, callback_url: str, secret: str) -> None:
        webhooks.register(self.client, callback_url, secret)

    def _heard(self, headers: Mapping[str, str], body: bytes, secret: str) -> str | None:
        if webhooks.is_ping(body):
            return None
        if not webhooks.verify(secret, body, headers.get("x-wc-webhook-signature", "")):
            raise AuthenticationError("bad_signature")
        return webhooks.subject(body, headers)

    def _own_hosts(self) -> tuple[str, ...]:
        return ((urlsplit(self.client.base_url).hostname or "").removeprefix("www."),)

    def _test_connection(self) -> ShopFacts:
        return diagnose(self.client, self.shelf)

    def _lookup(self, sku: str, *, trash: bool) -> Found:
        return self.shelf.by_sku(sku, trash=trash)

    def _put_up(
        self,
        item: Item,
        found: Mapping[str, Any] | None,
        media: MutableMapping[str, str],
        notices: tuple[Notice, ...],
        *,
        search_first: bool,
    ) -> Published:
        """Send today's listing as a new product, or to the one that is already there."""
        remote_id = None if found is None else str(found["id"])
        method, path = ("POST", "products") if remote_id is None else ("PUT", f"products/{remote_id}")
        for attempt in (1, 2):
            sent, lacking = self.prepare(item, found, media, search_first=search_first and attempt == 1)
            try:
                remote = echo(self.client.write(method, path, sent), remote_id, item.sku)
                break
            except StaleImage:
                if attempt == 2:
                    raise
                for photo in item.listing.photos:
                    media.pop(photo.sha256, None)
        return self.told(sent, remote, (*notices, *lacking), media, created=found is None)

    def prepare(
        self,
        item: Item,
        found: Mapping[str, Any] | None,
        media: MutableMapping[str, str],
        *,
        search_first: bool,
    ) -> tuple[dict[str, Any], tuple[Notice, ...]]:
        """The fields to send, after the photos are in the shop. `found`: the product there now, None for a new one."""
        if found is not None and found.get("type") == "variation":
            raise SkuTaken(found["id"])  # a part of somebody's own product: not ours to change
        photos, limits = item.listing.photos, self.channel.images
        ids = image_ids(self.client, photos, limits, media, search_first=search_first)
        category_id, lacking = self._category(item)
        fields = mapping.product(item, self.shelf.units(), category_id, ids)
        return {**fields, **mapping.opening(item, found, self._status)}, lacking

    def told(
        self,
        sent: Mapping[str, Any],
        remote: Product,
        notices: tuple[Notice, ...],
        media: Mapping[str, str],
        *,
        created: bool,
    ) -> Published:
        """The answer for a product whose echo is known."""
        said = (*notices, *mapping.echo_notices(sent, remote))
        return replace(self._seen(remote, said), media=dict(media), created=created)

    def _seen(self, remote: Mapping[str, Any], notices: tuple[Notice, ...] = ()) -> Published:
        """What the shop says of a product; its link only when it leads to this shop, for people press it."""
        status = str(remote.get("status"))
        if status == "trash":
            raise RemoteListingNotFound(remote_code="trash")
        state = mapping.STATES.get(status)
        if state is None:
            raise UnexpectedResponse("unknown_status", status=status[:40])
        link = remote.get("permalink")
        own = isinstance(link, str) and len(link) <= _LONGEST_LINK and self.accepts_url(link)
        return Published(str(remote["id"]), state, link if own and state == "live" else None, notices)

    def _category(self, item: Item) -> tuple[int | None, tuple[Notice, ...]]:
        name = self.channel.categories.get(item.listing.set_no or 0) or item.listing.category
        if not name:
            return None, ()
        category_id = self.shelf.category_id(name)
        return category_id, () if category_id else (Notice("category_not_found", {"category": name}),)
