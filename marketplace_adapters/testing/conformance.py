"""The promises of base.py as tests. An adapter is done when a subclass of these passes.

    class TestMyAdapter(DeliveringContract):
        protocol = "my_protocol"

        @pytest.fixture
        def market(self): ...        # a `Market` over a counterpart that really stores what it is sent

`AdapterContract` is for everybody, `DeliveringContract` for adapters that publish by themselves,
`HandoffContract` for those that prepare a parcel. The counterpart can produce every fault of `FAULTS`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Protocol

import pytest

from marketplace_adapters import registry
from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnsupportedFeature,
)
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.types import Capability, Delivery, Handoff, Item, Published

UNKNOWN_OUTCOME = ("lost_reply", "error_after", "garbled", "html", "drip", "oversized", "hang")
NOTHING_DONE = {"rate_limited": RateLimited, "expired_key": AuthenticationError}
FAULTS = (*UNKNOWN_OUTCOME, *NOTHING_DONE, "reset_before", "error_before")


class Market(Protocol):
    """What a test needs of the counterpart."""

    def adapter(self) -> MarketplaceAdapter:
        """A fresh adapter with working settings and a deadline under a second."""

    def fail_next(self, fault: str) -> None:
        """The next creating write meets this fault."""

    def count(self, sku: str) -> int:
        """How many posts with this SKU the marketplace holds, in whatever state."""

    def media_count(self) -> int:
        """How many photos it stores."""

    def double(self, sku: str) -> None:
        """Add a second post with the SKU of an existing one, behind the adapter's back."""

    def remove(self, remote_id: str) -> None:
        """Remove a post for good, behind the adapter's back."""

    def approve(self, remote_id: str) -> None:
        """The marketplace's reviewer lets the post live."""


class AdapterContract:
    """What every adapter keeps."""

    protocol: ClassVar[str]

    @pytest.fixture
    def market(self) -> Market:
        raise NotImplementedError("a contract class provides its market")

    def test_is_the_class_the_registry_names(self, market: Market) -> None:
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
        }

        refused = {capability for capability, call in calls.items() if _is_unsupported(call)}

        assert refused == set(calls) - adapter.capabilities

    def test_makes_one_item_a_sku_unless_it_has_variations(self, market: Market) -> None:
        adapter = market.adapter()
        two = listing(variants=(variant(), variant(sku="TT-MT-500", label="Hũ 500 g")))

        items = adapter.items(two)

        expected = [2] if Capability.VARIATIONS in adapter.capabilities else [1, 1]
        assert [len(item.variants) for item in items] == expected


class DeliveringContract(AdapterContract):
    """What adapters keep that publish by themselves."""

    @pytest.fixture
    def item(self, market: Market) -> Item:
        (item,) = market.adapter().items(listing())
        return item

    def test_declares_that_it_delivers(self, market: Market) -> None:
        assert market.adapter().delivery is Delivery.API

    def test_publishes_and_says_what_was_confirmed(self, market: Market, item: Item) -> None:
        published = market.adapter().publish(item)

        assert isinstance(published, Published)
        assert published.created
        assert set(published.media) == {photo.sha256 for photo in item.listing.photos}
        assert market.count(item.sku) == 1

    def test_publishing_twice_leaves_one_post(self, market: Market, item: Item) -> None:
        first = market.adapter().publish(item)

        second = market.adapter().publish(item)

        assert second.remote_id == first.remote_id
        assert not second.created
        assert market.count(item.sku) == 1

    def test_each_variant_is_its_own_post(self, market: Market) -> None:
        adapter = market.adapter()
        two = listing(variants=(variant(), variant(sku="TT-MT-500", label="Hũ 500 g")))

        published = [adapter.publish(item) for item in adapter.items(two)]

        assert len({one.remote_id for one in published}) == 2
        assert [market.count(sku) for sku in ("TT-MT-250", "TT-MT-500")] == [1, 1]

    @pytest.mark.parametrize("fault", UNKNOWN_OUTCOME)
    def test_a_retry_after_an_unknown_outcome_leaves_one_post(
        self, market: Market, item: Item, fault: str
    ) -> None:
        market.fail_next(fault)

        with pytest.raises(OutcomeUnknown) as caught:
            market.adapter().publish(item)
        again = market.adapter().publish(item, retry=True, media=caught.value.media)

        assert market.count(item.sku) == 1
        assert market.media_count() == len(item.listing.photos)
        assert market.adapter().find_by_sku(item.sku).remote_id == again.remote_id

    @pytest.mark.parametrize("fault", ["lost_reply", "reset_before"])
    def test_photo_ids_lost_with_the_reply_do_not_double_the_photos(
        self, market: Market, item: Item, fault: str
    ) -> None:
        market.fail_next(fault)

        with pytest.raises(MarketplaceError):
            market.adapter().publish(item)
        market.adapter().publish(item, retry=True)

        assert market.media_count() == len(item.listing.photos)

    def test_an_error_hands_back_the_photo_ids_gained_before_it(self, market: Market, item: Item) -> None:
        market.fail_next("lost_reply")

        with pytest.raises(OutcomeUnknown) as caught:
            market.adapter().publish(item)

        assert set(caught.value.media) == {photo.sha256 for photo in item.listing.photos}

    @pytest.mark.parametrize("fault", NOTHING_DONE)
    def test_a_refusal_to_act_is_named_and_does_nothing(self, market: Market, item: Item, fault: str) -> None:
        market.fail_next(fault)

        with pytest.raises(NOTHING_DONE[fault]):
            market.adapter().publish(item)

        assert market.count(item.sku) == 0

    @pytest.mark.parametrize("fault", ["reset_before", "error_before"])
    def test_a_cut_before_acting_is_never_taken_for_success(
        self, market: Market, item: Item, fault: str
    ) -> None:
        market.fail_next(fault)

        with pytest.raises((OutcomeUnknown, MarketplaceUnavailable)):
            market.adapter().publish(item)

        assert market.count(item.sku) == 0

    def test_the_wait_of_a_rate_limit_is_passed_on(self, market: Market, item: Item) -> None:
        market.fail_next("rate_limited")

        with pytest.raises(RateLimited) as caught:
            market.adapter().publish(item)

        assert caught.value.retry_after == 7

    def test_no_error_shows_a_secret(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        market.fail_next("expired_key")

        with pytest.raises(AuthenticationError) as caught:
            adapter.publish(item)

        secrets = [adapter.settings[name] for name in adapter.secret_settings if adapter.settings.get(name)]
        assert not [secret for secret in secrets if secret in repr(caught.value) + str(caught.value.params)]

    def test_doubles_made_by_others_are_met_by_the_oldest_and_a_notice(
        self, market: Market, item: Item
    ) -> None:
        oldest = market.adapter().publish(item)
        market.double(item.sku)

        found = market.adapter().find_by_sku(item.sku)
        again = market.adapter().publish(item)

        assert found.remote_id == again.remote_id == oldest.remote_id
        assert {notice.code for notice in found.warnings} == {"duplicate_remote"}
        assert "duplicate_remote" in {notice.code for notice in again.warnings}
        assert market.count(item.sku) == 2

    def test_an_unknown_sku_is_not_found(self, market: Market) -> None:
        assert market.adapter().find_by_sku("KHONG-CO") is None

    def test_an_update_reaches_the_same_post(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        first = adapter.publish(item)
        dearer = replace(item.listing, variants=(variant(price_vnd=85_000),))

        adapter.update(first.remote_id, adapter.items(dearer)[0], media=first.media)

        assert adapter.read_back(first.remote_id).price_vnd == 85_000
        assert market.count(item.sku) == 1

    def test_an_update_sends_only_photos_that_are_new(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        first = adapter.publish(item)
        more = replace(item.listing, photos=(*item.listing.photos, photo("other", "#A32D1D")))

        adapter.update(first.remote_id, adapter.items(more)[0], media=first.media)

        assert market.media_count() == len(item.listing.photos) + 1
        assert adapter.read_back(first.remote_id).photo_count == len(item.listing.photos) + 1

    def test_a_star_is_shown_only_while_the_listing_has_one(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        first = adapter.publish(item)
        starred = adapter.read_back(first.remote_id).stars

        adapter.update(
            first.remote_id, adapter.items(replace(item.listing, stars=None))[0], media=first.media
        )

        assert starred == 3
        assert adapter.read_back(first.remote_id).stars is None

    def test_a_post_lives_only_once_the_marketplace_says_so(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)

        market.approve(sent.remote_id)
        confirmed = adapter.fetch_status(sent.remote_id)

        assert (sent.state, sent.url) == ("in_review", None)
        assert confirmed.state == "live"
        assert confirmed.url

    def test_a_pasted_address_leads_to_its_post_and_a_strange_one_to_none(
        self, market: Market, item: Item
    ) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.approve(sent.remote_id)
        url = adapter.fetch_status(sent.remote_id).url

        found = adapter.find_by_url(url)

        assert (found.remote_id, found.state) == (sent.remote_id, "live")
        assert adapter.accepts_url(url)
        assert adapter.find_by_url("https://khac.example/1") is None
        assert adapter.find_by_url("https://[hong") is None

    def test_publishing_again_does_not_take_a_live_post_off(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.approve(sent.remote_id)

        again = adapter.publish(item)

        assert again.state == "live"

    def test_withdrawn_is_hidden_still_found_and_comes_back_by_publishing(
        self, market: Market, item: Item
    ) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.approve(sent.remote_id)

        adapter.withdraw(sent.remote_id)
        adapter.withdraw(sent.remote_id)
        hidden = adapter.find_by_sku(item.sku)
        back = adapter.publish(item)

        assert (hidden.remote_id, hidden.state) == (sent.remote_id, "draft")
        assert (back.remote_id, back.state) == (sent.remote_id, "in_review")
        assert market.count(item.sku) == 1

    def test_stock_can_be_set_to_none_left_and_to_uncounted(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)

        adapter.set_stock(sent.remote_id, 0)
        adapter.set_stock(sent.remote_id, None)

        assert adapter.fetch_status(sent.remote_id).remote_id == sent.remote_id
        with pytest.raises(ValueError, match="negative"):
            adapter.set_stock(sent.remote_id, -1)

    def test_what_was_removed_there_is_said_to_be_gone(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.remove(sent.remote_id)
        calls = (
            lambda: adapter.update(sent.remote_id, item),
            lambda: adapter.withdraw(sent.remote_id),
            lambda: adapter.set_stock(sent.remote_id, 3),
            lambda: adapter.fetch_status(sent.remote_id),
            lambda: adapter.read_back(sent.remote_id),
            lambda: adapter.fetch_status("../1"),
        )

        gone = [_raises(RemoteListingNotFound, call) for call in calls]

        assert gone == [True] * len(calls)

    def test_the_connection_test_learns_the_currency(self, market: Market) -> None:
        assert market.adapter().test_connection().currency == "VND"


class HandoffContract(AdapterContract):
    """What adapters keep that prepare a parcel for a person."""

    def test_declares_that_a_person_uploads(self, market: Market) -> None:
        assert market.adapter().delivery is Delivery.HANDOFF

    def test_prepares_files_and_steps(self, market: Market) -> None:
        adapter = market.adapter()

        parcel = adapter.publish(adapter.items(listing())[0])

        assert isinstance(parcel, Handoff)
        assert parcel.files
        assert parcel.steps

    def test_prepares_the_same_bytes_for_the_same_listing(self, market: Market) -> None:
        first, second = (
            adapter.publish(adapter.items(listing())[0]) for adapter in (market.adapter(), market.adapter())
        )

        assert [file.content for file in first.files] == [file.content for file in second.files]


def _is_unsupported(call) -> bool:
    return _raises(UnsupportedFeature, call)


def _raises(kind: type[MarketplaceError], call) -> bool:
    try:
        call()
    except MarketplaceError as error:
        return isinstance(error, kind)
    return False
