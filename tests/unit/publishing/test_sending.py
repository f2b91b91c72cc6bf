"""Talking to a marketplace about one post, against a shop in memory: which item is sent, and what it comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, MutableMapping
from dataclasses import replace

import pytest

from marketplace_adapters import errors
from marketplace_adapters.memory.adapter import MemoryAdapter, MemoryShop
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Item,
    ListingPayload,
    Problem,
    ProducerPayload,
    Published,
    VariantPayload,
)
from ocop.publishing.rules import State
from ocop.publishing.work import sending
from ocop.publishing.work.jobs import Job, Known
from ocop.publishing.work.outcomes import after_error

CHANNEL = ChannelInfo(code="memory", name="Sàn nhớ", protocol="memory", last_checked=dt.date(2026, 11, 21))
NOON = dt.datetime(2026, 11, 21, 5, tzinfo=dt.UTC)


class Notes:
    """A notebook that remembers."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}

    def item(self, sku: str, published: Published, *, sent_version: int | None = None) -> None:
        self.items[sku] = published.state

    def media(self, sku: str, media: Mapping[str, str]) -> None:
        pass

    def item_withdrawn(self, sku: str) -> None:
        self.items[sku] = "withdrawn"


class Picky(MemoryAdapter):
    """Refuses one SKU."""

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        if item.sku == "BAD":
            raise errors.ListingRejected((Problem("gtin_taken_remotely", {"remote_id": 9}, "gtin"),))
        return super()._publish(item, retry, media)


@pytest.fixture
def adapter():
    MemoryShop.forget("unit")
    yield Picky(CHANNEL, {"shop": "unit"})
    MemoryShop.forget("unit")


def a_job(*skus: str, wanted: str = "publish", **values) -> Job:
    packs = tuple(VariantPayload(sku, f"Gói {sku}", 250, "g", 70_000) for sku in skus)
    listing = ListingPayload("Mắm tép", "Mắm.", ProducerPayload("Hộ Mẫu", "household"), packs)
    job = Job(
        publication_id="post00000001", token="t", wanted=wanted, tries=1, retry=False, asked_at=NOON, url="",
        channel_on=True, info=CHANNEL, listing_version=3, payload=listing, claims=("paper",), settings={},
        known={}, media={},
    )  # fmt: skip
    return replace(job, **values)


def test_one_refused_pack_does_not_hold_back_the_others_and_is_named(adapter):
    notes = Notes()

    with pytest.raises(errors.ListingRejected) as rejected:
        sending.act(a_job("GOOD-1", "BAD", "GOOD-2"), adapter, notes)

    assert set(notes.items) == {"GOOD-1", "GOOD-2"}
    assert [(one.code, one.params["pack"]) for one in rejected.value.problems] == [("gtin_taken_remotely", 2)]


def test_the_post_is_live_only_when_every_pack_is(adapter):
    shop = MemoryShop.named("unit")
    job, notes = a_job("A", "B"), Notes()
    sending.act(job, adapter, notes)
    known = {sku: Known(str(at), "in_review", None, None) for at, sku in enumerate("AB", 1)}
    look = replace(job, wanted="look", known=known)

    shop.posts["1"] = replace(shop.posts["1"], state="live")
    half = sending.act(look, adapter, notes)
    shop.posts["2"] = replace(shop.posts["2"], state="live")
    whole = sending.act(look, adapter, notes)

    assert (half.state, half.wanted) == (State.IN_REVIEW, "look")
    assert (whole.state, whole.wanted) == (State.LIVE, "look")


def test_what_this_request_has_put_up_already_is_not_sent_again(adapter):
    done = Known("1", "in_review", NOON + dt.timedelta(seconds=1), 3)
    notes = Notes()

    sending.act(a_job("A", "B", known={"A": done}), adapter, notes)

    assert set(notes.items) == {"B"}


@pytest.mark.parametrize(
    "stale",
    [Known("1", "in_review", NOON - dt.timedelta(seconds=1), 3), Known("1", "in_review", NOON, 2)],
    ids=["an earlier request", "an older version"],
)
def test_what_an_earlier_request_or_version_put_up_is_sent_again(stale, adapter):
    notes = Notes()
    sending.act(a_job("A"), adapter, notes)
    notes.items.clear()

    sending.act(a_job("A", known={"A": stale}), adapter, notes)

    assert set(notes.items) == {"A"}
    assert len(MemoryShop.named("unit").posts) == 1


def test_the_outcome_carries_what_went_out(adapter):
    outcome = sending.act(a_job("A"), adapter, Notes())

    assert (outcome.sent_version, outcome.claims, outcome.quiet) == (3, ("paper",), False)


def test_taking_down_finds_what_an_unknown_try_may_have_left(adapter):
    sending.act(a_job("A"), adapter, Notes())

    outcome = sending.act(a_job("A", wanted="withdraw"), adapter, Notes())

    assert outcome.state is State.WITHDRAWN
    assert MemoryShop.named("unit").posts["1"].state == "draft"


def test_an_adopted_page_we_have_no_way_into_is_not_called_taken_down(adapter):
    outcome = sending.act(a_job("A", wanted="withdraw", url="https://san.vn/p"), adapter, Notes())

    assert (outcome.code, outcome.state) == ("unsupported", None)


@pytest.mark.parametrize(
    "error, code, state, wanted",
    [
        (errors.MarketplaceUnavailable(), "unavailable", State.FAILED, "publish"),
        (errors.RateLimited(60), "rate_limited", State.FAILED, "publish"),
        (errors.OutcomeUnknown(), "outcome_unknown", State.FAILED, "publish"),
        (errors.UnexpectedResponse(), "unexpected", State.FAILED, "publish"),
        (errors.AuthenticationError(), "auth", State.FAILED, "none"),
        (errors.ConfigurationError(["base_url"]), "configuration", State.FAILED, "none"),
        (errors.UnsupportedFeature("x", Capability.UPDATE), "unsupported", State.FAILED, "none"),
        (errors.ListingRejected(()), "rejected", State.REJECTED, "none"),
        (errors.RemoteListingNotFound(), "remote_gone", State.REJECTED, "none"),
        (errors.MarketplaceError("new_kind"), "unexpected", State.FAILED, "publish"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_says_who_must_act(error, code, state, wanted):
    outcome = after_error(error, a_job("A"))

    assert (outcome.code, outcome.state, outcome.wanted) == (code, state, wanted)
    assert (outcome.wait is not None) == (wanted != "none")


def test_a_wait_a_marketplace_asks_for_is_taken_as_it_is():
    outcome = after_error(errors.RateLimited(1234), a_job("A"))

    assert outcome.wait == dt.timedelta(seconds=1234)


def test_a_post_that_could_not_be_taken_down_keeps_its_state():
    outcome = after_error(errors.AuthenticationError(), a_job("A", wanted="withdraw"))

    assert (outcome.state, outcome.wanted, outcome.failed) == (None, "none", True)


def test_a_look_that_needs_a_person_is_repeated_the_next_day():
    outcome = after_error(errors.AuthenticationError(), a_job("A", wanted="look"))

    assert (outcome.state, outcome.wanted) == (None, "look")
