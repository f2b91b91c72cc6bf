"""Every registered protocol keeps the shipped contract."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import Random

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.handoff.adapter import HandoffAdapter
from marketplace_adapters.memory.adapter import MemoryShop
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.testing.conformance import (
    AdapterConformance,
    ApiConformance,
    HandoffConformance,
)
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.types import ListingPayload
from tests.adapters.markets import MemoryMarket, WooMarket


class HandoffMarket:
    def adapter(self) -> HandoffAdapter:
        return HandoffAdapter(registry.channels()["thanh_hoa"], {})


class TestMemory(ApiConformance):
    protocol = "memory"

    @pytest.fixture
    def market(self) -> Iterator[MemoryMarket]:
        MemoryShop.forget("contract")
        yield MemoryMarket()
        MemoryShop.forget("contract")


class TestWooCommerceWithAnApplicationPassword(ApiConformance):
    protocol = "woocommerce"

    @pytest.fixture
    def market(self, shop: PracticeServer) -> WooMarket:
        return WooMarket(shop)


class TestWooCommerceSignedByOAuth(ApiConformance):
    protocol = "woocommerce"

    @pytest.fixture
    def market(self, shop: PracticeServer) -> WooMarket:
        return WooMarket(shop, consumer_key=shop.user, consumer_secret=shop.password)


class TestHandoff(HandoffConformance):
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
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        if file.resolve() != Path(__file__).resolve() and "Conformance" in file.read_text(encoding="utf-8"):
            _run(file)

    covered = {contract.protocol for contract in _below(AdapterConformance) if hasattr(contract, "protocol")}

    assert covered == set(registry.protocols())


def _run(file: Path) -> None:
    """Other protocols keep their contract classes in files of their own, which pytest may not have read yet."""
    spec = spec_from_file_location(f"covered_{file.stem}", file)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)


def _below(contract: type) -> set[type]:
    return {*contract.__subclasses__(), *(one for sub in contract.__subclasses__() for one in _below(sub))}
