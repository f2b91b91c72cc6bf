"""The feed as a marketplace: putting a product up is our own doing, so it succeeds at once and needs no network.

What a reader of the feed sees is made anew at each fetch from the listing as it then stands. So an update, a
change of stock and a withdrawal have nothing to send: the caller's own record of them is all there is.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.types import Capability, Delivery, Item, Published


class FeedAdapter(MarketplaceAdapter):
    """No settings. One item a SKU; packings of one product share a group id in the feed."""

    protocol = "feed"
    delivery = Delivery.FEED
    capabilities = frozenset({Capability.UPDATE, Capability.WITHDRAW, Capability.SET_STOCK})

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        return self._shown(item)

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        return self._shown(item)

    def _withdraw(self, remote_id: str) -> None:
        """Nothing stands elsewhere: readers drop an item that is missing at their next fetch."""

    def _set_stock(self, remote_id: str, stock: int | None) -> None:
        """The feed reads stock from the listing itself."""

    @staticmethod
    def _shown(item: Item) -> Published:
        """The address is that of our own page; None on an install that does not know its own."""
        return Published(item.sku, "live", item.listing.page_url or None)
