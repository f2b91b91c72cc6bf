"""A WooCommerce shop: one *simple* product per SKU.

Why not a variable product with variations: there the SKUs sit one level down, where `?sku=` finds the
variation but a lost reply can leave a parent without children; a simple product is one write, one id, one
SKU, and the shop's own theme shows it everywhere. The price is a few more products in the list.

Why withdraw means *draft*: trash hides the product from `?sku=` and is emptied by WordPress, so a later
publish would make a second product with a new address; a draft keeps id, address, reviews and photos.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    OutcomeUnknown,
    RemoteListingNotFound,
    UnexpectedResponse,
)
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
from marketplace_adapters.woocommerce import mapping
from marketplace_adapters.woocommerce.client import ShopClient
from marketplace_adapters.woocommerce.media import image_ids
from marketplace_adapters.woocommerce.refusals import SkuTaken, StaleImage

_LONGEST_LINK = 500
_STATUSES = ("pending", "publish")


class WooCommerceAdapter(MarketplaceAdapter):
    """Settings: `base_url`, `username`, `application_password`; `status` is pending (default) or publish."""

    protocol = "woocommerce"
    delivery = Delivery.API
    capabilities = frozenset(Capability) - {Capability.VARIATIONS, Capability.CATEGORIES, Capability.BATCH}
    required_settings = ("base_url", "username", "application_password")
    optional_settings = ("status", "consumer_key", "consumer_secret")
    secret_settings = ("application_password", "consumer_secret")

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        super().__init__(channel, settings, keeper)
        self._status = settings.get("status") or "pending"
        if self._status not in _STATUSES:
            raise ConfigurationError(["status"], "bad_choice", choices=_STATUSES)
        self.client = ShopClient(settings, lan=channel.lan)
        self._units: mapping.ShopUnits | None = None
        self._category_ids: dict[str, int | None] = {}

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        found, notices = self._lookup(item.sku, trash=retry)
        if found is not None:
            return self._bring_up(found, item, media, notices)
        fields = {"type": "simple", "status": self._status, **mapping.stock(item.variant.stock)}
        try:
            return self._send("POST", "products", item, fields, media, search_first=retry)
        except SkuTaken as taken:
            # Another writer was faster, or the trash holds it. The SKU is the key: it is ours, take it up.
            holder, notices = self._holder(item.sku, taken)
            return self._bring_up(holder, item, media, notices)

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        return self._send("PUT", f"products/{_number(remote_id)}", item, {}, media, search_first=True)

    def _withdraw(self, remote_id: str) -> None:
        remote = self._put(remote_id, {"status": "draft"})
        if remote.get("status") != "draft":
            raise OutcomeUnknown("echo_mismatch", field="status")

    def _set_stock(self, remote_id: str, stock: int | None) -> None:
        self._put(remote_id, mapping.stock(stock))

    def _fetch_status(self, remote_id: str) -> Published:
        return self._seen(self._fetch(remote_id))

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        return mapping.observed(self._fetch(remote_id))

    def _find_by_sku(self, sku: str) -> Published | None:
        found, notices = self._lookup(sku, trash=False)
        return None if found is None else self._seen(found, notices)

    def _find_by_url(self, url: str) -> Published | None:
        slug = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        found = self._list(slug=slug) if slug else []
        return next((self._seen(one) for one in found if one.get("status") in mapping.STATES), None)

    def _own_hosts(self) -> tuple[str, ...]:
        return ((urlsplit(self.client.base_url).hostname or "").removeprefix("www."),)

    def _test_connection(self) -> ShopFacts:
        index = self.client.index()
        if not isinstance(index, dict) or "wc/v3" not in (index.get("namespaces") or ()):
            raise ConfigurationError(["base_url"], "not_woocommerce")
        currency = str(self._setting("general", "woocommerce_currency"))
        weight_unit = str(self._setting("products", "woocommerce_weight_unit"))
        notices = () if currency == "VND" else (Notice("currency_not_vnd", {"currency": currency}),)
        return ShopFacts(str(index.get("name", "")), currency, weight_unit, notices)

    def _bring_up(
        self,
        found: Mapping[str, Any],
        item: Item,
        media: MutableMapping[str, str],
        notices: tuple[Notice, ...],
    ) -> Published:
        """Send today's listing to the product that is already there; one on sale stays on sale."""
        fields: dict[str, Any] = {}
        if found.get("status") not in ("publish", self._status):
            fields = {"status": self._status, **mapping.stock(item.variant.stock)}
        # Photos it already shows may be ours from an answer that was lost, so look before uploading.
        return self._send("PUT", f"products/{found['id']}", item, fields, media, notices, search_first=True)

    def _send(
        self,
        method: str,
        path: str,
        item: Item,
        fields: Mapping[str, Any],
        media: MutableMapping[str, str],
        notices: tuple[Notice, ...] = (),
        *,
        search_first: bool,
    ) -> Published:
        category_id, lacking = self._category(item)
        for attempt in (1, 2):
            ids = image_ids(
                self.client,
                item.listing.photos,
                self.channel.images,
                media,
                search_first=search_first and attempt == 1,
            )
            sent = {**mapping.product(item, self._shop_units(), category_id, ids), **fields}
            try:
                remote = _echo(self.client.write(method, path, sent), path, item.sku)
                break
            except StaleImage:
                if attempt == 2:
                    raise
                for photo in item.listing.photos:
                    media.pop(photo.sha256, None)
        said = (*notices, *lacking, *mapping.echo_notices(sent, remote))
        return self._seen(remote, said, media, created=method == "POST")

    def _seen(
        self,
        remote: Mapping[str, Any],
        notices: tuple[Notice, ...] = (),
        media: Mapping[str, str] | None = None,
        *,
        created: bool = False,
    ) -> Published:
        """What the shop says of a product; its link only when it leads to this shop, for people press it."""
        published = _published(remote, notices, media, created=created)
        link = published.url
        own = isinstance(link, str) and len(link) <= _LONGEST_LINK and self.accepts_url(link)
        return published if own else replace(published, url=None)

    def _lookup(self, sku: str, *, trash: bool) -> tuple[dict[str, Any] | None, tuple[Notice, ...]]:
        """The oldest product with exactly this SKU. The trash is only looked at on a retry."""
        found = self._list(sku=sku)
        if not found and trash:
            found = self._list(sku=sku, status="trash")
        found = sorted((one for one in found if one.get("sku") == sku), key=lambda one: one["id"])
        if not found:
            return None, ()
        doubles = tuple(str(one["id"]) for one in found[1:])
        return found[0], (Notice("duplicate_remote", {"sku": sku, "others": doubles}),) if doubles else ()

    def _holder(self, sku: str, taken: SkuTaken) -> tuple[dict[str, Any], tuple[Notice, ...]]:
        if taken.resource_id is not None:
            return self._fetch(str(taken.resource_id), trash=True), ()
        found, notices = self._lookup(sku, trash=True)
        if found is None:
            raise UnexpectedResponse("sku_held_by_nobody", sku=sku)
        return found, notices

    def _list(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.client.get("products", per_page=100, **query)
        if not isinstance(answer, list) or not all(isinstance(one, dict) and "id" in one for one in answer):
            raise UnexpectedResponse("reply_unreadable", status=200)
        return answer

    def _fetch(self, remote_id: str, *, trash: bool = False) -> dict[str, Any]:
        remote = self.client.get(f"products/{_number(remote_id)}")
        if not isinstance(remote, dict) or str(remote.get("id")) != remote_id:
            raise UnexpectedResponse("echo_mismatch", field="id")
        if remote.get("status") == "trash" and not trash:
            raise RemoteListingNotFound(remote_code="trash")
        return remote

    def _put(self, remote_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        path = f"products/{_number(remote_id)}"
        return _echo(self.client.write("PUT", path, fields), path, None)

    def _category(self, item: Item) -> tuple[int | None, tuple[Notice, ...]]:
        """The shop's own category of that name. An unknown id would silently become "Uncategorized"."""
        name = self.channel.categories.get(item.listing.set_no or 0) or item.listing.category
        if not name:
            return None, ()
        if name not in self._category_ids:
            answer = self.client.get("products/categories", search=name, per_page=100)
            same = [one["id"] for one in answer if str(one.get("name", "")).casefold() == name.casefold()]
            self._category_ids[name] = min(same, default=None)
        category_id = self._category_ids[name]
        return category_id, () if category_id else (Notice("category_not_found", {"category": name}),)

    def _shop_units(self) -> mapping.ShopUnits:
        """Asked once; a credential without the right to read settings costs the weight, not the listing."""
        if self._units is None:
            try:
                weight = str(self._setting("products", "woocommerce_weight_unit"))
                self._units = mapping.ShopUnits(
                    weight, str(self._setting("products", "woocommerce_dimension_unit"))
                )
            except (AuthenticationError, RemoteListingNotFound):
                self._units = mapping.ShopUnits()
        return self._units

    def _setting(self, group: str, name: str) -> Any:
        answer = self.client.get(f"settings/{group}/{name}")
        return answer.get("value", "") if isinstance(answer, dict) else ""


def _number(remote_id: str) -> str:
    """Only digits ever become part of an address."""
    if not (remote_id.isascii() and remote_id.isdigit()):
        raise RemoteListingNotFound(remote_id=remote_id[:40])
    return remote_id


def _echo(remote: Any, path: str, sku: str | None) -> dict[str, Any]:
    """The answer to a write must speak of the product we wrote; anything else proves nothing."""
    if not isinstance(remote, dict) or not isinstance(remote.get("id"), int):
        raise OutcomeUnknown("reply_unreadable", status=200)
    asked = path.rpartition("/")[2]
    if asked.isdigit() and str(remote["id"]) != asked:
        raise OutcomeUnknown("echo_mismatch", field="id")
    if sku is not None and remote.get("sku") != sku:
        raise OutcomeUnknown("echo_mismatch", field="sku")
    return remote


def _published(
    remote: Mapping[str, Any],
    notices: tuple[Notice, ...] = (),
    media: Mapping[str, str] | None = None,
    *,
    created: bool = False,
) -> Published:
    status = str(remote.get("status"))
    if status == "trash":
        raise RemoteListingNotFound(remote_code="trash")
    state = mapping.STATES.get(status)
    if state is None:
        raise UnexpectedResponse("unknown_status", status=status[:40])
    url = remote.get("permalink") if state == "live" else None
    return Published(str(remote["id"]), state, url or None, notices, dict(media or {}), created)
