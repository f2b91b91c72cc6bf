"""The counterparts of our own protocols, as the contract tests need them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import requests

from marketplace_adapters.http_base import HttpClient, Reply
from marketplace_adapters.memory.adapter import MemoryAdapter, MemoryShop
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.practice.access import Door
from marketplace_adapters.practice.webhooks import delivery
from marketplace_adapters.testing.market import Stored
from marketplace_adapters.testing.samples import channel
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter


class MemoryMarket:
    def __init__(self) -> None:
        self.shop = MemoryShop.named("contract")

    def adapter(self) -> MemoryAdapter:
        return MemoryAdapter(channel("memory"), {"shop": "contract"})

    def fail_next(self, fault: str) -> None:
        self.shop.fail_next(fault)

    def count(self, sku: str) -> int:
        return len(self.shop.with_sku(sku))

    def media_count(self) -> int:
        return len(self.shop.media)

    def double(self, sku: str) -> None:
        self.shop.double(sku)

    def remove(self, remote_id: str) -> None:
        del self.shop.posts[remote_id]

    def approve(self, remote_id: str) -> None:
        self.shop.approve(remote_id)

    def stored(self, sku: str) -> Stored:
        post = self.shop.with_sku(sku)[0]
        return Stored(post.remote_id, post.name, post.text, str(post.price_vnd), post.photo_count, post.stock)

    def shopper_sees(self, remote_id: str) -> bool:
        return self.shop.posts[remote_id].state == "live"

    def revoke(self) -> None:
        self.shop.locked = True


class HurriedClient(HttpClient):
    """Patient, but for the one write that is going to meet silence: so a busy machine fails no test."""

    def __init__(self) -> None:
        super().__init__(lan=True, deadline=20)
        self.silence_ahead = False

    def call(self, method: str, url: str, **options: object) -> Reply:
        self.deadline = 0.3 if self.silence_ahead and method == "POST" and "/wc/v3/products" in url else 20
        return super().call(method, url, **options)


class WooMarket:
    def __init__(self, shop: PracticeServer, **settings: str) -> None:
        self.shop = shop
        self.silence_ahead = False
        self.media: Mapping[str, str] = {}
        pair = {"username": shop.user, "application_password": shop.password}
        self.settings = {"base_url": shop.base_url, **pair, **settings}

    def adapter(self) -> WooCommerceAdapter:
        adapter = WooCommerceAdapter(channel("woocommerce"), self.settings)
        adapter.client.http = HurriedClient()
        adapter.client.http.silence_ahead, self.silence_ahead = self.silence_ahead, False
        return adapter

    def fail_next(self, fault: str) -> None:
        self.shop.faults.add(fault)
        self.silence_ahead = fault in ("hang", "drip")

    def count(self, sku: str) -> int:
        return sum(self.shop.store.products(sku=sku, status=status)[1] for status in ("any", "trash"))

    def media_count(self) -> int:
        return len(self.shop.store.media())

    def double(self, sku: str) -> None:
        (first,) = self.shop.store.products(sku=sku)[0]
        self.shop.store.add_product({name: first[name] for name in first if name != "id"})

    def remove(self, remote_id: str) -> None:
        self.shop.store.remove_product(int(remote_id))

    def approve(self, remote_id: str) -> None:
        self.shop.store.change_product(int(remote_id), {"status": "publish"})

    def stored(self, sku: str) -> Stored:
        held = [
            one for status in ("any", "trash") for one in self.shop.store.products(sku=sku, status=status)[0]
        ]
        product = min(held, key=lambda one: one["id"])
        facts = [f"{fact['name']}: {', '.join(fact['options'])}" for fact in product["attributes"]]
        text = "\n".join([product["short_description"], product["description"], *facts])
        counted = product["stock_quantity"] if product["manage_stock"] else None
        price = product["sale_price"] or product["regular_price"]
        plain = unescape(re.sub(r"<[^>]+>", "\n", text))
        return Stored(
            str(product["id"]), unescape(product["name"]), plain, price, len(product["images"]), counted
        )

    def shopper_sees(self, remote_id: str) -> bool:
        product = self.shop.store.product(int(remote_id))
        return (
            requests.get(f"{self.shop.base_url}/san-pham/{product['slug']}", timeout=5).status_code == 200
            if product
            else False
        )

    def revoke(self) -> None:
        self.shop.door = Door(self.shop.user, "mat-khau-khac")

    def watchers(self) -> list[str]:
        return [hook["delivery_url"] for hook in self.shop.store.webhooks()]

    def tells(self, remote_id: str, secret: str) -> tuple[Mapping[str, str], bytes]:
        return delivery(self.shop.store.product(int(remote_id)), "product.updated", secret)
