"""Talking to one marketplace about one post. No transaction is open in here; every item's result is kept at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.types import Capability, Delivery, Handoff, Item, Problem, Published
from ocop.publishing import mapping
from ocop.publishing.rules import State, review_wait
from ocop.publishing.work import leases
from ocop.publishing.work.jobs import Job, Known
from ocop.publishing.work.outcomes import Outcome

_LOOK_AT_A_LINK_AGAIN = dt.timedelta(days=1)


class Notebook(Protocol):
    """Where results are kept the moment they are known. Raises LeaseLost when they are no longer ours to keep."""

    def item(self, sku: str, published: Published, *, sent_version: int | None = None) -> None: ...
    def media(self, sku: str, media: dict[str, str]) -> None: ...
    def item_withdrawn(self, sku: str) -> None: ...


def act(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    """Do what is wanted. Raises MarketplaceError for what only the caller can name as an outcome."""
    if job.wanted == "withdraw":
        return _withdraw(job, adapter, book)
    if job.wanted == "look":
        return _look(job, adapter, book)
    if adapter.delivery is Delivery.HANDOFF:
        return _hand_off(job, adapter)
    return _put_up(job, adapter, book)


def _put_up(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    media, states, urls, problems = dict(job.media), [], [], []
    for item in adapter.items(job.payload):
        known = job.known.get(item.sku)
        if known is not None and _done_already(known, job):
            states.append(known.state)
            continue
        try:
            published = _send(job, adapter, book, item, media)
        except ListingRejected as rejected:
            problems += _named(rejected.problems, item)
            continue
        media.update(published.media)
        states.append(published.state)
        urls.append(published.url or "")
    if problems:
        raise ListingRejected(problems)
    _take_down(adapter, book, job, _left_out(job))
    return _as_sent(_standing(states, job, url=next(filter(None, urls), job.url)), job)


def _send(
    job: Job, adapter: MarketplaceAdapter, book: Notebook, item: Item, media: dict[str, str]
) -> Published:
    """One item up, its result kept. The adapter finds our SKU before it creates, so a repeat is the same post."""
    known = job.known.get(item.sku)
    leases.crash_point("before_send")
    try:
        published = _update_or_publish(job, adapter, item, known.remote_id if known else "", media)
    except MarketplaceError as error:
        book.media(item.sku, dict(error.media))
        raise
    leases.crash_point("after_send")
    book.item(item.sku, published, sent_version=job.listing_version)
    return published


def _update_or_publish(
    job: Job, adapter: MarketplaceAdapter, item: Item, remote_id: str, media: dict[str, str]
) -> Published:
    if remote_id and Capability.UPDATE in adapter.capabilities:
        try:
            updated = adapter.update(remote_id, item, media=media)
        except RemoteListingNotFound:
            return _published(adapter.publish(item, retry=True, media=media))
        if updated.state != "draft":
            return updated
        # It was taken down earlier: an update alone leaves it hidden. It carries our SKU now, so publish finds it.
        media = {**media, **updated.media}
        return _published(adapter.publish(item, retry=True, media=media))
    return _published(adapter.publish(item, retry=job.retry, media=media))


def _published(answer: Published | Handoff) -> Published:
    if isinstance(answer, Handoff):
        raise UnexpectedResponse("parcel_from_an_api")
    return answer


def _hand_off(job: Job, adapter: MarketplaceAdapter) -> Outcome:
    (item,) = adapter.items(job.payload)
    leases.crash_point("before_send")
    parcel = adapter.publish(item)
    if not isinstance(parcel, Handoff):
        raise UnexpectedResponse("no_parcel")
    leases.crash_point("after_send")
    return _as_sent(Outcome("handed_off", State.HANDED_OFF, url=job.url, parcel=parcel), job)


def _withdraw(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    skus = {item.sku for item in adapter.items(job.payload)} | set(job.known)
    if not _take_down(adapter, book, job, skus) and job.url:
        return Outcome.for_a_person("unsupported", job)  # an adopted page that we never found our way into
    return Outcome("withdrawn", State.WITHDRAWN)


def _take_down(adapter: MarketplaceAdapter, book: Notebook, job: Job, skus: Iterable[str]) -> int:
    """How many posts there were."""
    there = 0
    for sku in sorted(skus):
        known = job.known.get(sku)
        remote_id = known.remote_id if known else ""
        if not remote_id and Capability.FIND_BY_SKU in adapter.capabilities:
            found = adapter.find_by_sku(sku)  # an earlier try may have made it and lost the reply
            remote_id = found.remote_id if found else ""
        if remote_id:
            there += 1
            with suppress(RemoteListingNotFound):  # gone is what was wanted
                adapter.withdraw(remote_id)
        if known:
            book.item_withdrawn(sku)
    return there


def _look(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    if adapter.delivery is Delivery.HANDOFF:
        return _look_at_page(job, adapter)
    known = {sku: item for sku, item in job.known.items() if item.remote_id and item.state != "withdrawn"}
    if not known:
        return _look_for_adopted(job, adapter, book)
    seen = []
    for sku, item in known.items():
        published = adapter.fetch_status(item.remote_id)
        book.item(sku, published)
        seen.append(published)
    return _standing(
        [one.state for one in seen], job, url=next((one.url for one in seen if one.url), job.url)
    )


def _look_for_adopted(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    """A post that was there before us: by our SKU, else by its address where the protocol can."""
    found = {}
    for item in adapter.items(job.payload):
        one = adapter.find_by_sku(item.sku)
        if one is not None:
            found[item.sku] = one
    find_by_url = getattr(adapter, "find_by_url", None)
    if not found and find_by_url is not None and (one := find_by_url(job.url)) is not None:
        found[adapter.items(job.payload)[0].sku] = one
    if not found:
        return _link_waits(job, "link_not_open")
    for sku, one in found.items():
        book.item(sku, one)
    return _standing([one.state for one in found.values()], job, url=job.url)


def _look_at_page(job: Job, adapter: MarketplaceAdapter) -> Outcome:
    """The public page behind a link: live only when it opens and names our product."""
    try:
        seen = adapter.read_back("", job.url)
    except (RemoteListingNotFound, MarketplaceUnavailable, UnexpectedResponse):
        return _link_waits(job, "link_not_open")
    if not mapping.same_product(job.payload.name, seen.name):
        return _link_waits(job, "link_other")
    return Outcome("live", State.LIVE, url=job.url)


def _link_waits(job: Job, code: str) -> Outcome:
    return Outcome(
        code, wanted="look", wait=_LOOK_AT_A_LINK_AGAIN, url=job.url, failed=True, quiet=job.tries > 1
    )


def _as_sent(outcome: Outcome, job: Job) -> Outcome:
    return replace(outcome, sent_version=job.listing_version, claims=job.claims, quiet=False)


def _standing(states: list[str], job: Job, *, url: str) -> Outcome:
    """The post stands as its weakest item stands."""
    if "draft" in states:
        return Outcome("not_accepted", State.REJECTED, url=url, failed=True)
    if "in_review" in states:
        looks = job.tries if job.wanted == "look" else 0
        wait = review_wait(looks, training=job.info.training)
        return Outcome("in_review", State.IN_REVIEW, url=url, wanted="look", wait=wait, quiet=True)
    return Outcome("live", State.LIVE, url=url)


def _done_already(known: Known, job: Job) -> bool:
    """This very request has put this item up before it was cut short."""
    asked = job.asked_at is not None and known.sent_at is not None and known.sent_at >= job.asked_at
    return asked and known.sent_version == job.listing_version and known.state in ("live", "in_review")


def _left_out(job: Job) -> set[str]:
    """Packs that were online and are no longer in the listing."""
    kept = {variant.sku for variant in job.payload.variants}
    return {sku for sku, known in job.known.items() if sku not in kept and known.state != "withdrawn"}


def _named(problems: Sequence[Problem], item: Item) -> list[Problem]:
    """Problems that say which kind of pack they speak of, counted from 1."""
    skus = [variant.sku for variant in item.listing.variants]
    packs = [skus.index(one.params.get("sku", item.sku)) + 1 for one in problems]
    return [
        replace(one, params={**one.params, "pack": pack}) for one, pack in zip(problems, packs, strict=True)
    ]
