"""Every registered protocol keeps the shipped contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.handoff.adapter import HandoffAdapter
from marketplace_adapters.http_base import HttpClient, Reply
from marketplace_adapters.memory.adapter import MemoryAdapter, MemoryShop
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.testing.conformance import AdapterContract, DeliveringContract, HandoffContract
from marketplace_adapters.testing.samples import channel, listing, photo, variant
from marketplace_adapters.types import ListingPayload
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


class HandoffMarket:
    def adapter(self) -> HandoffAdapter:
        return HandoffAdapter(registry.channels()["thanh_hoa"], {})


class TestMemory(DeliveringContract):
    protocol = "memory"

    @pytest.fixture
    def market(self) -> Iterator[MemoryMarket]:
        MemoryShop.forget("contract")
        yield MemoryMarket()
        MemoryShop.forget("contract")


class TestWooCommerceWithAnApplicationPassword(DeliveringContract):
    protocol = "woocommerce"

    @pytest.fixture
    def market(self, shop: PracticeServer) -> WooMarket:
        return WooMarket(shop)


class TestWooCommerceSignedByOAuth(DeliveringContract):
    protocol = "woocommerce"

    @pytest.fixture
    def market(self, shop: PracticeServer) -> WooMarket:
        return WooMarket(shop, consumer_key=shop.user, consumer_secret=shop.password)


class TestHandoff(HandoffContract):
    protocol = "handoff"

    @pytest.fixture
    def market(self) -> HandoffMarket:
        return HandoffMarket()


def test_a_storm_of_faults_leaves_one_product_a_sku(shop: PracticeServer) -> None:
    market, storm = WooMarket(shop), Random(20261121)
    one_photo = listing(photos=(photo("front", "#FBF8F1"), photo("back_label", "#EAF2F7")))
    skus = [f"BAO-{at}" for at in range(15)]

    for sku in skus:
        for fault in storm.choices(
            ["lost_reply", "error_after", "garbled", "html", "reset_before", "rate_limited"], k=2
        ):
            shop.faults.add(
                fault, storm.choice(["POST", "GET"]), storm.choice(["/wc/v3/products", "/wp/v2/media"])
            )
        _insist(market, replace(one_photo, variants=(variant(sku=sku),)))

    assert [market.count(sku) for sku in skus] == [1] * len(skus)
    assert market.media_count() == 2


def _insist(market: WooMarket, offered: ListingPayload) -> None:
    """Publish as a worker does: again after every error, keeping the photo ids that were gained."""
    for attempt in range(12):
        adapter = market.adapter()
        try:
            market.media = adapter.publish(
                adapter.items(offered)[0], retry=attempt > 0, media=market.media
            ).media
            return
        except MarketplaceError as error:
            market.media = error.media
    raise AssertionError("never got through")


def test_every_registered_protocol_keeps_the_contract() -> None:
    covered = {contract.protocol for contract in _below(AdapterContract) if hasattr(contract, "protocol")}

    assert covered == set(registry.protocols())


def _below(contract: type) -> set[type]:
    return {*contract.__subclasses__(), *(one for sub in contract.__subclasses__() for one in _below(sub))}
