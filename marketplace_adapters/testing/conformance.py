"""The promises of base.py as tests. An adapter is done when a subclass of these passes.

    class TestMyAdapter(ApiConformance):
        protocol = "my_protocol"

        @pytest.fixture
        def market(self): ...        # a `Market` over a counterpart that really stores what it is sent

`ApiConformance` is for adapters that publish by themselves, `HandoffConformance` for those that prepare a
parcel, `FeedConformance` for those whose posts others fetch. What is judged is what the counterpart stores and
shows (`Market.stored`, `Market.shopper_sees`), not what the adapter says about it.
"""

from __future__ import annotations

import socket
from typing import Any, ClassVar

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    UnsupportedFeature,
)
from marketplace_adapters.testing.effects import Effects
from marketplace_adapters.testing.market import (
    FAULTS,
    NOTHING_DONE,
    UNKNOWN_OUTCOME,
    FeedMarket,
    Market,
    Stored,
)
from marketplace_adapters.testing.posts import Posts
from marketplace_adapters.testing.samples import listing, variant
from marketplace_adapters.testing.troubles import Troubles
from marketplace_adapters.types import Capability, Delivery, Handoff, Item

__all__ = [
    "FAULTS",
    "NOTHING_DONE",
    "UNKNOWN_OUTCOME",
    "AdapterConformance",
    "ApiConformance",
    "FeedConformance",
    "FeedMarket",
    "HandoffConformance",
    "Market",
    "Stored",
]


class AdapterConformance:
    """What every adapter keeps."""

    protocol: ClassVar[str]

    @pytest.fixture
    def market(self) -> Any:
        raise NotImplementedError("a contract class provides its market")

    @pytest.fixture
    def item(self, market: Any) -> Item:
        (item,) = market.adapter().items(listing())
        return item

    def test_is_the_class_the_registry_names(self, market: Market) -> None:
        assert self.protocol in registry.protocols(), f"name {self.protocol!r} in registry.PROTOCOLS"
        known = registry.adapter_class(self.protocol)

        assert type(market.adapter()) is known
        assert known.protocol == self.protocol

    def test_names_every_missing_setting_at_once(self, market: Market) -> None:
        adapter = market.adapter()
        if not adapter.required_settings:
            assert type(adapter)(adapter.channel, {}).settings == {}
            return

        with pytest.raises(ConfigurationError) as caught:
            type(adapter)(adapter.channel, {})

        assert caught.value.settings == adapter.required_settings

    def test_checks_the_same_listing_to_the_same_answer(self, market: Market) -> None:
        adapter = market.adapter()
        unready = listing(name="", photos=(), variants=(variant(price_vnd=0),))

        first, second = adapter.check(unready), adapter.check(unready)

        assert first == second
        assert {"name_missing", "price_missing"} <= {problem.code for problem in first}

    def test_refuses_to_publish_what_its_own_check_blocks(self, market: Market) -> None:
        adapter = market.adapter()
        (item,) = adapter.items(listing(name=""))

        with pytest.raises(ListingRejected) as caught:
            adapter.publish(item)

        assert "name_missing" in {problem.code for problem in caught.value.problems}

    def test_refuses_what_it_does_not_declare(self, market: Market) -> None:
        adapter = market.adapter()
        (item,) = adapter.items(listing())
        calls = {
            Capability.UPDATE: lambda: adapter.update("1", item),
            Capability.WITHDRAW: lambda: adapter.withdraw("1"),
            Capability.SET_STOCK: lambda: adapter.set_stock("1", 1),
            Capability.FETCH_STATUS: lambda: adapter.fetch_status("1"),
            Capability.READ_BACK: lambda: adapter.find_by_url("https://khac.example/1"),
            Capability.FIND_BY_SKU: lambda: adapter.find_by_sku("A"),
            Capability.TEST_CONNECTION: adapter.test_connection,
            Capability.CATEGORIES: adapter.categories,
            Capability.BATCH: lambda: adapter.publish_many([]),
            Capability.WATCH: lambda: adapter.heard({}, b"", "bi-mat"),
        }

        refused = {capability for capability, call in calls.items() if _is_unsupported(call)}

        assert refused == set(calls) - adapter.capabilities, "`capabilities` declares exactly what is written"

    def test_makes_one_item_a_sku_unless_it_has_variations(self, market: Market) -> None:
        adapter = market.adapter()
        two = listing(variants=(variant(), variant(sku="TT-MT-500", label="Hũ 500 g")))

        items = adapter.items(two)

        expected = [2] if Capability.VARIATIONS in adapter.capabilities else [1, 1]
        assert [len(item.variants) for item in items] == expected


class ApiConformance(Posts, Effects, Troubles, AdapterConformance):
    """What adapters keep that publish by themselves.

    `photos_have_ids`: the marketplace gives uploaded photos ids of their own (else `Published.media` may stay empty).
    `patience_seconds`: when a call that does not end fails its test instead of holding the run.
    """

    photos_have_ids: ClassVar[bool] = True
    patience_seconds: ClassVar[float] = 10

    def test_declares_that_it_delivers(self, market: Market) -> None:
        assert market.adapter().delivery is Delivery.API


class HandoffConformance(AdapterConformance):
    """What adapters keep that prepare a parcel for a person."""

    def test_declares_that_a_person_uploads(self, market: Market) -> None:
        assert market.adapter().delivery is Delivery.HANDOFF

    def test_prepares_files_and_steps(self, market: Market, item: Item) -> None:
        adapter = market.adapter()

        parcel = adapter.publish(item)

        assert isinstance(parcel, Handoff)
        assert parcel.files
        assert parcel.steps

    def test_prepares_the_same_bytes_for_the_same_listing(self, market: Market, item: Item) -> None:
        first, second = (adapter.publish(item) for adapter in (market.adapter(), market.adapter()))

        assert [file.content for file in first.files] == [file.content for file in second.files]


class FeedConformance(AdapterConformance):
    """What adapters keep whose posts are fetched by others: nothing is sent, so nothing can be lost."""

    @pytest.fixture(autouse=True)
    def _no_line_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any) -> None:
            raise AssertionError("a feed sends nothing")

        monkeypatch.setattr(socket.socket, "connect", refuse)

    def test_declares_that_others_fetch(self, market: FeedMarket) -> None:
        assert market.adapter().delivery is Delivery.FEED

    def test_publishing_twice_is_one_live_post(self, market: FeedMarket, item: Item) -> None:
        first, second = market.publish(item), market.publish(item)

        assert first.remote_id == second.remote_id
        assert (first.state, first.url) == (second.state, second.url) == ("live", item.listing.page_url)
        assert market.feed().count(item.sku.encode()) == 1

    def test_a_listing_without_a_page_of_its_own_has_no_line(self, market: FeedMarket) -> None:
        (homeless,) = market.adapter().items(listing(page_url=""))

        market.publish(homeless)

        assert homeless.sku.encode() not in market.feed()

    def test_withdrawing_takes_it_out_and_again_is_harmless(self, market: FeedMarket, item: Item) -> None:
        sent = market.publish(item)

        market.withdraw(sent.remote_id)
        market.withdraw(sent.remote_id)

        assert item.sku.encode() not in market.feed()

    def test_the_same_products_make_the_same_feed(self, market: FeedMarket, item: Item) -> None:
        market.publish(item)

        first, second = market.feed(), market.feed()

        assert item.title.encode() in first
        assert first == second


def _is_unsupported(call: Any) -> bool:
    try:
        call()
    except UnsupportedFeature:
        return True
    except MarketplaceError:
        return False
    return False
