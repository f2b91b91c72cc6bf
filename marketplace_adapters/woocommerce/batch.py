"""Many products in few calls.

At most 25 a call, although WooCommerce takes 100: each costs the shop up to half a second and up to 20 kB of
answer, and a call has one deadline and one size cap. The shop answers 200 whatever happens; each item's own
error stands in its place. A batch skips the checks of a single call (a number as a price passes), so the same
mapping and the same comparison with the echo are used as for one.
"""

from __future__ import annotations

import json
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace_adapters.errors import (
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
)
from marketplace_adapters.http_base import Reply, raise_for_status
from marketplace_adapters.types import Item, Notice, Published
from marketplace_adapters.woocommerce.refusals import SkuTaken, StaleImage, explain
from marketplace_adapters.woocommerce.shelf import echo

if TYPE_CHECKING:
    from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter

AT_ONCE = 25
Answer = Published | MarketplaceError


@dataclass(frozen=True)
class _Order:
    """One line of a batch: where its answer belongs and what is sent. `remote_id` None creates."""

    at: int
    item: Item
    sent: dict[str, Any]
    remote_id: str | None
    notices: tuple[Notice, ...]


class Batch:
    """One run of `publish_many`."""

    def __init__(self, shop: WooCommerceAdapter, retry: bool, media: MutableMapping[str, str]) -> None:
        self._shop = shop
        self._retry = retry
        self._media = media
        self._answers: dict[int, Answer] = {}

    def run(self, items: Sequence[Item]) -> tuple[Answer, ...]:
        """One answer an item. A fault of the line or of the credential ends the run; what was not tried gets it too."""
        todo, alone = self._sorted_out(items)
        try:
            for start in range(0, len(todo), AT_ONCE):
                self._chunk([(at, items[at]) for at in todo[start : start + AT_ONCE]])
            for at in alone:
                self._singly(at, items[at])
        except MarketplaceError as error:
            if not self._answers:
                raise
            for at in range(len(items)):
                self._answers.setdefault(at, error)
        return tuple(self._answers[at] for at in range(len(items)))

    def _sorted_out(self, items: Sequence[Item]) -> tuple[list[int], list[int]]:
        """Positions that may go together, and those whose SKU another one has: they must wait for it."""
        together: dict[str, int] = {}
        alone: list[int] = []
        for at, item in enumerate(items):
            try:
                self._shop._refuse_blocked(item)
            except ListingRejected as error:
                self._answers[at] = error
                continue
            if together.setdefault(item.sku, at) != at:
                alone.append(at)
        return list(together.values()), alone

    def _chunk(self, chunk: list[tuple[int, Item]]) -> None:
        found = self._shop.shelf.by_skus([item.sku for _, item in chunk], trash=self._retry)
        orders: list[_Order] = []
        for at, item in chunk:
            product, notices = found[item.sku]
            search_first = self._retry or product is not None
            try:
                sent, lacking = self._shop.prepare(item, product, self._media, search_first=search_first)
            except ListingRejected as error:
                self._answers[at] = error
                continue
            remote_id = str(product["id"]) if product else None
            orders.append(_Order(at, item, sent, remote_id, (*notices, *lacking)))
        if orders:
            self._send(orders)

    def _send(self, orders: list[_Order]) -> None:
        created = [order for order in orders if order.remote_id is None]
        changed = [order for order in orders if order.remote_id is not None]
        body = {
            "create": [order.sent for order in created],
            "update": [{"id": int(order.remote_id or 0), **order.sent} for order in changed],
        }
        try:
            answer = self._shop.client.write(
                "POST", "products/batch", {name: sent for name, sent in body.items() if sent}
            )
        except OutcomeUnknown as error:
            for order in orders:
                self._answers[order.at] = error
            raise MarketplaceUnavailable("shop_silent") from error  # for those whose turn had not come
        for name, sent_orders in (("create", created), ("update", changed)):
            said = answer.get(name, []) if isinstance(answer, dict) else []
            complete = isinstance(said, list) and len(said) == len(sent_orders)
            for order, one in zip(sent_orders, said if complete else [None] * len(sent_orders), strict=True):
                self._answers[order.at] = self._judged(order, one)

    def _judged(self, order: _Order, one: Any) -> Answer:
        try:
            if isinstance(one, dict) and isinstance(one.get("error"), dict):
                raise_for_status(_as_reply(one["error"]), explain)
            remote = echo(one, order.remote_id, order.item.sku)
            created = order.remote_id is None
            return self._shop.told(order.sent, remote, order.notices, self._media, created=created)
        except StaleImage:
            for photo in order.item.listing.photos:
                self._media.pop(photo.sha256, None)
            return self._again(order.item)
        except SkuTaken:
            return self._again(order.item)
        except MarketplaceError as error:
            return error

    def _singly(self, at: int, item: Item) -> None:
        self._answers[at] = self._again(item)

    def _again(self, item: Item) -> Answer:
        """The way of a single item, which knows what to do about a taken SKU or a photo that is gone."""
        try:
            return self._shop._publish(item, True, self._media)
        except MarketplaceError as error:
            return error


def _envelope(error: dict[str, Any]) -> dict[str, Any]:
    return {"code": str(error.get("code", "")), "data": error.get("data")}


def _as_reply(error: dict[str, Any]) -> Reply:
    """The error of one line as if it had been the answer to a single call."""
    data = error.get("data")
    status = data.get("status") if isinstance(data, dict) else None
    code = status if isinstance(status, int) and 400 <= status < 600 else 400
    return Reply(code, {}, json.dumps(_envelope(error)).encode(), writes=True)
