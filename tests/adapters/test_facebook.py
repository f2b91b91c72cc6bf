"""A Facebook page and its catalog: the contract, and what only Graph does."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.facebook.adapter import FacebookAdapter
from marketplace_adapters.http_base import HttpClient, Reply
from marketplace_adapters.testing.conformance import ApiConformance, Stored
from marketplace_adapters.testing.graph_server import GraphServer
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.types import Capability, Item, ListingPayload

SKU = "TT-MT-250"


class HurriedClient(HttpClient):
    """Patient, but for the one write that is going to meet silence."""

    def __init__(self, silence_ahead: bool) -> None:
        super().__init__(lan=True, deadline=20)
        self.silence_ahead = silence_ahead
        self.urls: list[str] = []

    def call(self, method: str, url: str, **options: object) -> Reply:
        self.urls.append(url)
        self.deadline = 0.3 if self.silence_ahead and method == "POST" and url.endswith("/feed") else 20
        return super().call(method, url, **options)


class PageMarket:
    def __init__(self, graph: GraphServer, **settings: str) -> None:
        self.graph = graph
        self.settings = graph.settings(**settings)
        self.silence_ahead = False
        self.media: Mapping[str, str] = {}

    def adapter(self, **settings: str) -> FacebookAdapter:
        info = replace(registry.channels()["facebook"], lan=True, training=True)
        adapter = FacebookAdapter(info, {**self.settings, **settings})
        adapter.client.http = HurriedClient(self.silence_ahead)
        if adapter.catalog is not None:
            adapter.catalog.pause_seconds = 0
        self.silence_ahead = False
        return adapter

    def fail_next(self, fault: str) -> None:
        self.graph.faults.add(fault, "POST", "/feed")
        self.silence_ahead = fault in ("hang", "drip")

    def stored(self, sku: str) -> Stored:
        post = self.graph.with_line(f"Mã hàng: {sku}")[0]
        name, _, text = post.message.partition("\n")
        item = self.graph.items.get(sku, {})
        return Stored(post.id, name, text, None, len(post.photos), item.get("inventory"))

    def shopper_sees(self, remote_id: str) -> bool:
        return remote_id in self.graph.posts

    def count(self, sku: str) -> int:
        return len(self.graph.with_line(f"Mã hàng: {sku}"))

    def media_count(self) -> int:
        return self.graph.handed

    def double(self, sku: str) -> None:
        first = self.graph.with_line(f"Mã hàng: {sku}")[0]
        self.graph.add(first.message, first.photos)

    def remove(self, remote_id: str) -> None:
        del self.graph.posts[remote_id]

    def approve(self, remote_id: str) -> None:
        """Nobody reviews a page's own posts."""

    def revoke(self) -> None:
        self.graph.token = "EAAkhac-hoan-toan"  # noqa: S105


@pytest.fixture
def graph() -> Iterator[GraphServer]:
    with GraphServer() as server:
        yield server


@pytest.fixture
def market(graph: GraphServer) -> PageMarket:
    return PageMarket(graph)


class PagePosts(ApiConformance):
    """A page's posts cannot do two things; each is replaced by what they do instead."""

    protocol = "facebook"

    def test_an_update_sends_only_photos_that_are_new(self, market: PageMarket, item: Item) -> None:
        """The photos of a post cannot be changed: none is sent, and the difference is told."""
        adapter = market.adapter()
        first = adapter.publish(item)
        more = replace(item.listing, photos=(*item.listing.photos, photo("other", "#A32D1D")))
        other = replace(item.listing, photos=(photo("other", "#A32D1D"), *item.listing.photos[1:]))

        same = adapter.update(first.remote_id, item, media=first.media)
        added = adapter.update(first.remote_id, adapter.items(more)[0], media=first.media)
        swapped = adapter.update(first.remote_id, adapter.items(other)[0], media=first.media)

        assert [[notice.code for notice in one.warnings] for one in (same, added, swapped)] == [
            [],
            ["photos_not_updated"],
            ["photos_not_updated"],
        ]
        assert market.media_count() == len(item.listing.photos)
        assert market.stored(item.sku).photos == len(item.listing.photos)

    @pytest.mark.parametrize("fault", ["lost_reply", "reset_before"])
    def test_photo_ids_lost_with_the_reply_do_not_double_the_photos(
        self, market: PageMarket, item: Item, fault: str
    ) -> None:
        """Graph lists no unpublished photos: forgotten ones stay invisible, and the post shows each photo once."""
        market.fail_next(fault)

        with pytest.raises(MarketplaceError):
            market.adapter().publish(item)
        market.adapter().publish(item, retry=True)

        assert market.count(item.sku) == 1
        assert market.stored(item.sku).photos == len(item.listing.photos)


class TestFacebookPage(PagePosts):
    @pytest.fixture
    def market(self, graph: GraphServer) -> PageMarket:
        return PageMarket(graph)


class TestFacebookPageWithACatalog(PagePosts):
    @pytest.fixture
    def market(self, graph: GraphServer) -> PageMarket:
        return PageMarket(graph, catalog_id=graph.catalog_id, app_secret=graph.app_secret)


def one_item(**changes: object) -> Item:
    offered = listing(**changes)
    return Item(offered, offered.variants[:1])


# --- posts -----------------------------------------------------------------------------------------


def test_the_post_is_the_share_text_with_its_sku_last(market: PageMarket) -> None:
    market.adapter().publish(one_item())

    (post,) = market.graph.with_line(f"Mã hàng: {SKU}")
    lines = post.message.splitlines()
    assert lines[0] == listing().name
    assert lines[-2:] == [listing().page_url, f"Mã hàng: {SKU}"]
    assert {"Giá (Hũ 250 g): 70.000 đồng", "Hạng OCOP: 3 sao"} <= set(lines)


def test_photos_go_up_unseen_and_in_order(market: PageMarket) -> None:
    item = one_item()

    sent = market.adapter().publish(item)

    (post,) = market.graph.posts.values()
    assert post.photos == [sent.media[one.sha256] for one in item.listing.photos]


def test_photos_of_a_try_that_failed_are_taken_again(market: PageMarket) -> None:
    market.fail_next("reset_before")
    with pytest.raises(OutcomeUnknown) as caught:
        market.adapter().publish(one_item())

    market.adapter().publish(one_item(), retry=True, media=caught.value.media)

    assert market.media_count() == 3


def test_a_lost_photo_reply_costs_a_copy_nobody_sees_and_no_second_post(market: PageMarket) -> None:
    market.graph.faults.add("lost_reply", "POST", "/photos")

    with pytest.raises(OutcomeUnknown) as caught:
        market.adapter().publish(one_item())
    market.adapter().publish(one_item(), retry=True, media=caught.value.media)

    assert (market.count(SKU), market.stored(SKU).photos, market.media_count()) == (1, 3, 4)


def test_ids_that_vanished_with_an_earlier_post_are_replaced(market: PageMarket) -> None:
    first = market.adapter().publish(one_item())
    market.adapter().withdraw(first.remote_id)

    again = market.adapter().publish(one_item(), media=first.media)

    assert again.created
    assert not set(again.media.values()) & set(first.media.values())
    assert market.stored(SKU).photos == 3


def test_a_post_is_found_on_a_later_page_of_the_list(market: PageMarket) -> None:
    sent = market.adapter().publish(one_item())
    for at in range(8):
        market.graph.add(f"Tin của trang số {at}\nMã hàng: KHAC-{at}")

    found = market.adapter().find_by_sku(SKU)

    assert found.remote_id == sent.remote_id


def test_a_sku_inside_another_or_in_the_middle_of_a_line_is_not_ours(market: PageMarket) -> None:
    market.graph.add(f"Hỏi về hàng\nMã hàng: {SKU}-A")
    market.graph.add(f"Ai có Mã hàng: {SKU} không?")

    sent = market.adapter().publish(one_item())

    assert sent.created


def test_taking_down_is_for_good_and_says_so_the_second_time(market: PageMarket) -> None:
    sent = market.adapter().publish(one_item())

    market.adapter().withdraw(sent.remote_id)

    assert not market.graph.posts
    with pytest.raises(RemoteListingNotFound):
        market.adapter().withdraw(sent.remote_id)


def test_a_post_nobody_could_look_at_afterwards_waits(market: PageMarket) -> None:
    market.graph.faults.add("error_before", "GET", f"/{market.graph.page_id}_")

    sent = market.adapter().publish(one_item())
    later = market.adapter().fetch_status(sent.remote_id)

    assert (sent.state, sent.url) == ("in_review", None)
    assert later.state == "live"


def test_a_post_the_page_does_not_show_is_not_live(market: PageMarket) -> None:
    sent = market.adapter().publish(one_item())
    market.graph.posts[sent.remote_id].published = False

    seen = market.adapter().fetch_status(sent.remote_id)

    assert (seen.state, seen.url) == ("draft", None)


def test_a_text_that_facebook_changed_is_told(market: PageMarket) -> None:
    sent = market.adapter().publish(one_item())
    adapter = market.adapter()
    read = adapter.client.get
    adapter.client.get = lambda path, **query: {**read(path, **query), "message": "Khác"}

    updated = adapter.update(sent.remote_id, one_item())

    assert [notice.code for notice in updated.warnings] == ["echo_differs"]


def test_a_link_with_a_readers_trail_leads_to_its_post(market: PageMarket) -> None:
    sent = market.adapter().publish(one_item())

    found = market.adapter().find_by_url(f"{sent.url}/?ref=share&fbclid=abc")

    assert found.remote_id == sent.remote_id


@pytest.mark.parametrize(
    ("name", "value"), [("page_id", "trang-cua-toi"), ("catalog_id", "1/2"), ("graph_version", "24")]
)
def test_a_setting_that_cannot_be_right_is_named(market: PageMarket, name: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        market.adapter(**{name: value})

    assert caught.value.settings == (name,)


def test_another_graph_version_is_a_setting(market: PageMarket) -> None:
    adapter = market.adapter(graph_version="v26.0")

    adapter.test_connection()

    assert "/v26.0/" in adapter.client.http.urls[0]


def test_a_page_that_is_not_open_is_told(market: PageMarket) -> None:
    market.graph.page_published = False

    assert [notice.code for notice in market.adapter().test_connection().warnings] == ["page_not_published"]


# --- catalog ---------------------------------------------------------------------------------------


@pytest.fixture
def shop(graph: GraphServer) -> PageMarket:
    return PageMarket(graph, catalog_id=graph.catalog_id)


def test_the_catalog_holds_one_item_a_sku(shop: PageMarket) -> None:
    shop.adapter().publish(one_item())
    shop.adapter().publish(one_item(variants=(variant(sale_vnd=65_000),)))

    (item,) = shop.graph.items.values()
    assert (item["id"], item["price"], item["availability"]) == (SKU, "65000 VND", "in stock")
    assert item["link"] == listing().page_url
    assert item["image_link"] == listing().photos[0].url
    assert len(item["additional_image_link"]) == 2
    assert (item["brand"], item["mpn"], item["visibility"]) == ("Đồng Trũng", SKU, "published")


def test_a_barcode_takes_the_place_of_our_number(shop: PageMarket) -> None:
    shop.adapter().publish(one_item(variants=(variant(gtin="9521234000013"),)))

    assert shop.graph.items[SKU]["gtin"] == "9521234000013"
    assert "mpn" not in shop.graph.items[SKU]


def test_sold_out_and_paused_are_out_of_stock(shop: PageMarket) -> None:
    shop.adapter().publish(one_item(paused=True))
    paused = shop.graph.items[SKU]["availability"]
    sent = shop.adapter().publish(one_item())
    shop.adapter().set_stock(sent.remote_id, 0)

    assert paused == shop.graph.items[SKU]["availability"] == "out of stock"


def test_what_is_taken_down_is_hidden_in_the_catalog_too(shop: PageMarket) -> None:
    sent = shop.adapter().publish(one_item())

    shop.adapter().withdraw(sent.remote_id)

    assert (shop.graph.items[SKU]["visibility"], shop.graph.posts) == ("hidden", {})


def test_what_the_catalog_refuses_is_named_before_a_post_is_seen(shop: PageMarket) -> None:
    shop.graph.item_errors = ["Image could not be fetched"]

    with pytest.raises(ListingRejected) as caught:
        shop.adapter().publish(one_item())

    (problem,) = caught.value.problems
    assert (problem.code, problem.params["said"]) == ("catalog_refused", "Image could not be fetched")
    assert not shop.graph.posts


def test_a_batch_still_at_work_is_told_and_the_post_goes_out(shop: PageMarket) -> None:
    shop.graph.looks_needed = 99

    sent = shop.adapter().publish(one_item())

    assert sent.state == "live"
    assert [notice.code for notice in sent.warnings] == ["catalog_in_progress"]


def test_a_catalog_needs_public_addresses_and_plain_room(shop: PageMarket, market: PageMarket) -> None:
    hidden = replace(photo("front", "#FBF8F1"), url="")
    private = listing(photos=(hidden,), page_url="", story="c" * 5001)

    needed = {problem.code for problem in shop.adapter().check(private)}

    assert {"page_not_public", "photos_not_public", "story_too_long"} <= needed
    assert not {problem.code for problem in market.adapter().check(private)} & needed


def test_stock_needs_a_catalog(shop: PageMarket, market: PageMarket) -> None:
    assert Capability.SET_STOCK in shop.adapter().capabilities
    assert Capability.SET_STOCK not in market.adapter().capabilities
    assert Capability.SET_STOCK not in FacebookAdapter.capabilities


# --- Graph's codes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "subcode", "error"),
    [
        *[(code, 0, RateLimited) for code in (4, 17, 32, 341, 613, 80001, 80004, 80014)],
        *[(190, subcode, AuthenticationError) for subcode in (0, 452, 458, 460, 464, 465)],
        *[(code, 0, AuthenticationError) for code in (10, 102, 200, 299)],
        (100, 33, RemoteListingNotFound),
        (100, 0, ListingRejected),
        (1, 0, OutcomeUnknown),
        (2, 0, OutcomeUnknown),
        (506, 0, OutcomeUnknown),
        (368, 0, UnexpectedResponse),
        (300, 0, UnexpectedResponse),
    ],
)
def test_each_code_is_an_error_by_who_must_act(
    market: PageMarket, code: int, subcode: int, error: type[MarketplaceError]
) -> None:
    sent = market.adapter().publish(one_item())
    adapter = market.adapter()
    adapter._post = lambda remote_id: {}
    market.graph.refuse_next(code, subcode)

    with pytest.raises(error) as caught:
        adapter.update(sent.remote_id, one_item())

    assert type(caught.value) is error
    assert market.graph.token not in f"{caught.value!r}{caught.value.params}"
    assert market.stored(SKU).remote_id == sent.remote_id


def test_their_trouble_with_a_read_changes_nothing(market: PageMarket) -> None:
    sent = market.adapter().publish(one_item())
    market.graph.refuse_next(2)

    with pytest.raises(MarketplaceUnavailable):
        market.adapter().fetch_status(sent.remote_id)


def test_a_wrong_app_secret_is_refused(market: PageMarket) -> None:
    assert market.adapter(app_secret=market.graph.app_secret).test_connection().name

    with pytest.raises(ConfigurationError) as caught:
        market.adapter(app_secret="sai").test_connection()
    assert (caught.value.settings, caught.value.code) == (("app_secret",), "app_secret_wrong")


def test_no_token_is_in_an_address_an_error_or_a_log(
    market: PageMarket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for at in range(8):
        market.graph.add(f"Tin {at}")
    adapter = market.adapter(app_secret=market.graph.app_secret, catalog_id=market.graph.catalog_id)
    sent = adapter.publish(one_item())
    adapter.update(sent.remote_id, one_item())
    adapter.withdraw(sent.remote_id)
    market.graph.refuse_next(300)

    with pytest.raises(UnexpectedResponse) as caught:
        adapter.publish(one_item())

    told = "\n".join([*traceback.format_exception(caught.value), caplog.text, *adapter.client.http.urls])
    assert "…" in caught.value.params["said"]
    assert not [secret for secret in (market.graph.token, market.graph.app_secret) if secret in told]
    assert "access_token" not in told


# --- a storm ---------------------------------------------------------------------------------------


def test_a_storm_of_faults_leaves_one_post_a_sku(shop: PageMarket) -> None:
    storm = Random(20261121)
    skus = [f"BAO-{at}" for at in range(15)]
    one_photo = listing(photos=(photo("front", "#FBF8F1"),))

    for sku in skus:
        for fault in storm.choices(
            ["lost_reply", "error_after", "garbled", "html", "reset_before", "rate_limited"], k=3
        ):
            method, path = storm.choice(
                [
                    ("POST", "/feed"),
                    ("POST", "/photos"),
                    ("GET", "/published_posts"),
                    ("POST", "/items_batch"),
                ]
            )
            shop.graph.faults.add(fault, method, path)
        _insist(shop, replace(one_photo, variants=(variant(sku=sku),)))

    assert [shop.count(sku) for sku in skus] == [1] * len(skus)
    assert set(shop.graph.items) == set(skus)
    assert [shop.stored(sku).photos for sku in skus] == [1] * len(skus)


def _insist(market: PageMarket, offered: ListingPayload) -> None:
    """As a worker does: again after every error, with the photo ids that were gained."""
    for attempt in range(12):
        adapter = market.adapter()
        try:
            (item,) = adapter.items(offered)
            market.media = adapter.publish(item, retry=attempt > 0, media=market.media).media
            return
        except MarketplaceError as error:
            market.media = error.media
    raise AssertionError("never got through")
