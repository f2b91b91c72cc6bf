"""A declared capability has an effect that the counterpart can show."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from marketplace_adapters.errors import (
    AuthenticationError,
    ListingRejected,
    MarketplaceError,
    OutcomeUnknown,
    RemoteListingNotFound,
)
from marketplace_adapters.testing.market import Market, costs, maimed, needs, one_line
from marketplace_adapters.testing.samples import listing, variant
from marketplace_adapters.types import Capability, Item, Published

_CALLBACK = "https://htx-mau.example/moc/1"
_SECRET = "moc-bi-mat"  # noqa: S105 - signs made-up calls


class Effects:
    """Part of ApiConformance."""

    @needs(Capability.UPDATE)
    def test_an_update_is_stored_in_the_same_post(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        first = adapter.publish(item)
        changed = replace(
            item.listing,
            name="Mắm tép đồng, mẻ tháng mười",
            short_text="Mẻ mới: thính rang kỹ hơn.",
            variants=(variant(price_vnd=85_000),),
        )

        sent = adapter.update(first.remote_id, adapter.items(changed)[0], media=first.media)

        stored = market.stored(item.sku)
        seen = market.shopper_sees(first.remote_id)
        assert (sent.state == "live") == seen, "live is what a shopper can open, nothing else"
        assert (stored.remote_id, stored.name) == (first.remote_id, changed.name)
        assert changed.short_text in one_line(stored.text)
        assert costs(stored, 85_000), f"a price is whole đồng in digits alone, not {stored.price!r}"
        assert not maimed(changed, stored), "every letter: these stand there without their marks"
        assert stored.photos == len(item.listing.photos)
        assert market.count(item.sku) == 1

    @needs(Capability.UPDATE)
    def test_a_sale_that_ended_costs_the_full_price_again(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        first = adapter.publish(item)
        on_sale = replace(item.listing, variants=(variant(sale_vnd=65_000),))

        adapter.update(first.remote_id, adapter.items(on_sale)[0], media=first.media)
        reduced = costs(market.stored(item.sku), 65_000)
        adapter.update(first.remote_id, item, media=first.media)

        assert reduced
        assert costs(market.stored(item.sku), item.variant.price_vnd)
        assert not costs(market.stored(item.sku), 65_000)

    @needs(Capability.WITHDRAW)
    def test_no_shopper_sees_what_was_withdrawn(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.approve(sent.remote_id)
        before = market.shopper_sees(sent.remote_id)

        adapter.withdraw(sent.remote_id)

        assert before, "Market.approve must let a shopper see the post"
        assert not market.shopper_sees(sent.remote_id), "WITHDRAW is declared, but the post is still seen"

    @needs(Capability.SET_STOCK)
    def test_stock_that_was_set_is_stored(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        seen = []

        for pieces in (7, 0, None):
            adapter.set_stock(sent.remote_id, pieces)
            seen.append(market.stored(item.sku).stock)

        assert seen == [7, 0, None], "SET_STOCK is declared: what was set must be stored"
        with pytest.raises(ValueError, match="negative"):
            adapter.set_stock(sent.remote_id, -1)

    @needs(Capability.FETCH_STATUS)
    def test_the_status_follows_the_marketplace(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        before = adapter.fetch_status(sent.remote_id)
        seen_before = market.shopper_sees(sent.remote_id)

        market.approve(sent.remote_id)
        after = adapter.fetch_status(sent.remote_id)

        assert (before.state == "live") == seen_before, "live is what a shopper can open, nothing else"
        assert (after.remote_id, after.state) == (sent.remote_id, "live"), "FETCH_STATUS must ask there"
        assert after.url, "a live post has an address"

    @needs(Capability.READ_BACK, Capability.FETCH_STATUS)
    def test_reading_back_tells_what_is_stored(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.approve(sent.remote_id)
        url = adapter.fetch_status(sent.remote_id).url

        seen = adapter.read_back(sent.remote_id, url)

        stored = market.stored(item.sku)
        assert (seen.name, seen.state) == (stored.name, "live")
        assert seen.photo_count in (stored.photos, None)
        assert seen.price_vnd == item.variant.price_vnd
        assert seen.stars in (item.listing.stars, None)

    @needs(Capability.READ_BACK, Capability.FETCH_STATUS)
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

    @needs(Capability.FIND_BY_SKU)
    def test_a_post_is_found_by_its_sku_and_an_unknown_sku_is_not(self, market: Market, item: Item) -> None:
        sent = market.adapter().publish(item)

        found = market.adapter().find_by_sku(item.sku)

        assert found.remote_id == sent.remote_id
        assert market.adapter().find_by_sku("KHONG-CO") is None
        assert market.adapter().find_by_sku(item.sku[:-1]) is None

    def test_what_was_removed_there_is_said_to_be_gone(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.remove(sent.remote_id)
        calls: dict[Capability, Any] = {
            Capability.UPDATE: lambda: adapter.update(sent.remote_id, item),
            Capability.SET_STOCK: lambda: adapter.set_stock(sent.remote_id, 3),
            Capability.FETCH_STATUS: lambda: adapter.fetch_status(sent.remote_id),
            Capability.READ_BACK: lambda: adapter.read_back(sent.remote_id),
        }

        gone = {capability for capability, call in calls.items() if _is_gone(call)}

        assert gone == set(calls) & adapter.capabilities, "each must raise RemoteListingNotFound"
        if Capability.WITHDRAW in adapter.capabilities:
            with suppress(RemoteListingNotFound):
                adapter.withdraw(sent.remote_id)

    @needs(Capability.TEST_CONNECTION)
    def test_the_connection_test_sees_that_a_credential_ended(self, market: Market) -> None:
        before = market.adapter().test_connection()

        market.revoke()

        assert before.currency in ("VND", "")
        with pytest.raises(AuthenticationError):
            market.adapter().test_connection()

    @needs(Capability.CATEGORIES)
    def test_the_categories_can_be_chosen_from(self, market: Market) -> None:
        found = market.adapter().categories()

        assert found
        assert len({one.id for one in found}) == len(found)
        assert all(one.id and one.name for one in found)

    @needs(Capability.BATCH)
    def test_many_at_once_are_each_answered_in_their_place(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        known = adapter.publish(item)
        many = [*_many(adapter, 3), adapter.items(listing(name=""))[0], item]

        answers = adapter.publish_many(many, media=known.media)

        assert [type(one) for one in answers] == [*[Published] * 3, ListingRejected, Published]
        assert [one.remote_id for one in answers[:3]] == [
            market.stored(one.sku).remote_id for one in many[:3]
        ]
        assert answers[4].remote_id == known.remote_id
        assert [market.count(one.sku) for one in (*many[:3], item)] == [1] * 4
        assert market.media_count() == len(item.listing.photos)

    @needs(Capability.BATCH)
    def test_many_at_once_without_an_answer_are_each_unknown_and_a_retry_doubles_none(
        self, market: Market
    ) -> None:
        adapter = market.adapter()
        many = _many(adapter, 3)
        market.fail_next("lost_reply")

        lost = adapter.publish_many(many)
        found = adapter.publish_many(many, retry=True, media=lost[0].media)

        assert [type(one) for one in lost] == [OutcomeUnknown] * 3
        assert [type(one) for one in found] == [Published] * 3
        assert [market.count(one.sku) for one in many] == [1] * 3
        assert market.media_count() == len(many[0].listing.photos)

    @needs(Capability.WATCH)
    def test_the_marketplace_calls_us_once_and_only_its_own_signature_counts(
        self, market: Market, item: Item
    ) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)

        adapter.watch(_CALLBACK, _SECRET)
        watchers = sorted(market.watchers())
        market.adapter().watch(_CALLBACK, _SECRET)
        headers, body = market.tells(sent.remote_id, _SECRET)

        assert watchers
        assert set(watchers) == {_CALLBACK}
        assert sorted(market.watchers()) == watchers
        assert adapter.heard(headers, body, _SECRET) == sent.remote_id
        for forged in ((headers, body + b" "), ({}, body), market.tells(sent.remote_id, "khac")):
            with pytest.raises(AuthenticationError):
                adapter.heard(*forged, _SECRET)


def _many(adapter: Any, times: int) -> list[Item]:
    return [adapter.items(listing(variants=(variant(sku=f"LO-{at}"),)))[0] for at in range(times)]


def _is_gone(call: Any) -> bool:
    try:
        call()
    except RemoteListingNotFound:
        return True
    except MarketplaceError:
        return False
    return False
