"""One post a SKU, stored as the listing says it, on sale only when shoppers can see it."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from marketplace_adapters.errors import RemoteListingNotFound
from marketplace_adapters.facts import words
from marketplace_adapters.testing.market import Market, costs, maimed, needs, one_line
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.types import Capability, Item, Published


class Posts:
    """Part of ApiConformance."""

    photos_have_ids: ClassVar[bool]

    def test_publishes_and_says_what_was_confirmed(self, market: Market, item: Item) -> None:
        published = market.adapter().publish(item)

        assert isinstance(published, Published)
        assert published.created, "created: a first post is a new one"
        assert published.remote_id == market.stored(item.sku).remote_id
        assert market.count(item.sku) == 1, "one post per SKU"
        if self.photos_have_ids:
            every = {photo.sha256 for photo in item.listing.photos}
            assert set(published.media) == every, "media: the id of every photo is handed back"

    def test_stores_every_letter_of_the_listing(self, market: Market, item: Item) -> None:
        market.adapter().publish(item)

        stored = market.stored(item.sku)
        assert stored.name == item.title, "every letter: the name is stored as the listing has it"
        assert one_line(item.listing.short_text) in one_line(stored.text), "every letter: the short text"
        assert not maimed(item.listing, stored), "every letter: these stand there without their marks"
        assert stored.photos == len(item.listing.photos)

    def test_letters_and_their_marks_travel_as_one(self, market: Market) -> None:
        adapter = market.adapter()
        apart = unicodedata.normalize("NFD", listing().name)
        (item,) = adapter.items(listing(name=apart))

        adapter.publish(item)

        assert market.stored(item.sku).name == unicodedata.normalize("NFC", apart)

    def test_stores_the_price_in_whole_dong(self, market: Market) -> None:
        adapter = market.adapter()
        (item,) = adapter.items(listing(variants=(variant(price_vnd=1_250_000),)))

        adapter.publish(item)

        stored = market.stored(item.sku)
        assert costs(stored, 1_250_000), f"a price is whole đồng in digits alone, not {stored.price!r}"

    def test_publishing_twice_leaves_one_post(self, market: Market, item: Item) -> None:
        first = market.adapter().publish(item)

        second = market.adapter().publish(item, media=first.media)

        assert market.count(item.sku) == 1, "one post per SKU: look for it before creating, every time"
        assert second.remote_id == first.remote_id
        assert not second.created, "created is False when the post was there already"
        if self.photos_have_ids:
            assert market.media_count() == len(item.listing.photos), "photos once: `media` names these"

    def test_each_packing_can_be_bought(self, market: Market) -> None:
        adapter = market.adapter()
        two = listing(variants=(variant(), variant(sku="TT-MT-500", label="Hũ 500 g", price_vnd=130_000)))
        items = adapter.items(two)

        published = [adapter.publish(item) for item in items]

        assert len({one.remote_id for one in published}) == len(items)
        for item in items:
            assert market.count(item.sku) == 1
            prices = [one.price_vnd for one in item.variants]
            assert all(costs(replace(market.stored(item.sku), price=None), price) for price in prices) or (
                len(prices) == 1 and costs(market.stored(item.sku), prices[0])
            )

    def test_a_post_lives_only_once_shoppers_see_it(self, market: Market, item: Item) -> None:
        sent = market.adapter().publish(item)

        seen = market.shopper_sees(sent.remote_id)
        assert (sent.state == "live") == seen, "live is what a shopper can open, nothing else"
        assert (sent.url is not None) == (sent.state == "live"), "the address comes with live, not before"

    def test_publishing_again_does_not_take_a_live_post_off(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.approve(sent.remote_id)

        again = adapter.publish(item)

        assert again.state == "live"
        assert market.shopper_sees(sent.remote_id), "publishing again hid a post that was on sale"

    @needs(Capability.FIND_BY_SKU)
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

    @needs(Capability.UPDATE)
    def test_an_update_sends_only_photos_that_are_new(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        first = adapter.publish(item)
        more = replace(item.listing, photos=(*item.listing.photos, photo("other", "#A32D1D")))

        adapter.update(first.remote_id, item, media=first.media)
        unchanged = market.media_count()
        adapter.update(first.remote_id, adapter.items(more)[0], media=first.media)

        assert unchanged == len(item.listing.photos), "photos once: an update sent known photos again"
        assert market.media_count() == len(item.listing.photos) + 1, "photos once: one was new"
        assert market.stored(item.sku).photos == len(item.listing.photos) + 1

    @needs(Capability.UPDATE)
    def test_a_star_is_shown_only_while_the_listing_has_one(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        first = adapter.publish(item)
        star = words()["stars"]["value"].format(stars=3)
        starred = star in market.stored(item.sku).text

        adapter.update(
            first.remote_id, adapter.items(replace(item.listing, stars=None))[0], media=first.media
        )

        assert starred, "the facts of facts.py belong into the text"
        assert star not in market.stored(item.sku).text, "a star the listing no longer has is still shown"

    @needs(Capability.WITHDRAW)
    def test_withdrawn_is_hidden_and_comes_back_by_publishing(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        sent = adapter.publish(item)
        market.approve(sent.remote_id)

        adapter.withdraw(sent.remote_id)
        with suppress(RemoteListingNotFound):
            adapter.withdraw(sent.remote_id)
        hidden = not market.shopper_sees(sent.remote_id)
        found = adapter.find_by_sku(item.sku) if Capability.FIND_BY_SKU in adapter.capabilities else None
        back = adapter.publish(item, retry=True)
        market.approve(back.remote_id)

        assert hidden
        assert found is None or (found.remote_id, found.state) == (sent.remote_id, "draft")
        assert found is None or back.remote_id == sent.remote_id
        assert market.shopper_sees(back.remote_id)
        assert market.count(item.sku) == 1
