"""Talking to one marketplace about one post. No transaction is open in here; every item's result is kept at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    ListingRejected,
    MarketplaceError,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.types import Capability, Delivery, Handoff, Item, Problem, Published
from ocop.publishing.rules import State, look_wait
from ocop.publishing.work import leases, looking
from ocop.publishing.work.jobs import Job, Known
from ocop.publishing.work.looking import Notebook, standing
from ocop.publishing.work.outcomes import Outcome


def act(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    """Do what is wanted. Raises MarketplaceError for what only the caller can name as an outcome."""
    if job.wanted in ("withdraw", "suspend"):
        return _withdraw(job, adapter, book)
    if job.wanted == "look":
        return looking.look(job, adapter, book)
    if job.wanted == "pause":
        return _pause(job, adapter, book)
    if job.wanted == "resume":
        return _resume(job, adapter, book)
    if adapter.delivery is Delivery.HANDOFF:
        return _hand_off(job, adapter)
    return _put_up(job, adapter, book)


def _put_up(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    if job.pause and not _can_stay_paused(adapter):
        return _paused(job)  # it is down for the time being; "Bán lại" sends what stands here then
    if not job.is_released:  # reached by pausing and resuming
        return Outcome.for_a_person("not_read_aloud", job)
    media, done, problems = dict(job.media), [], []
    for item in adapter.items(job.payload):
        known = job.known.get(item.sku)
        if known is not None and _done_already(known, job):
            done.append(Published(known.remote_id, known.state))
            continue
        try:
            published = _send(job, adapter, book, item, media)
        except ListingRejected as rejected:
            problems += named(rejected.problems, item)
            continue
        media.update(published.media)
        done.append(published)
    if problems:
        raise ListingRejected(problems)
    _take_down(adapter, book, job, _left_out(job))
    outcome = as_sent(standing_of(done, job), job)
    if adapter.delivery is Delivery.FEED:
        return replace(outcome, wanted="none", wait=None)  # others fetch it from us: nothing there to look at
    return outcome


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
    if job.pause and adapter.delivery is Delivery.API and Capability.SET_STOCK in adapter.capabilities:
        adapter.set_stock(published.remote_id, 0)  # a new version of what is sold out stays sold out
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
    parcel = adapter.publish(replace(item, reply_url=job.reply_url, reply_qr_png=job.reply_qr_png))
    if not isinstance(parcel, Handoff):
        raise UnexpectedResponse("no_parcel")
    leases.crash_point("after_send")
    if job.clerk_task != "update":
        return as_sent(Outcome("handed_off", State.HANDED_OFF, url=job.url, parcel=parcel), job)
    # What is online already stays there as it was until a person changes it.
    wait = look_wait(training=job.info.training, first=False) if job.url else None
    changed = Outcome(
        "handed_off", State.NEEDS_UPDATE, parcel=parcel, wanted="look" if wait else "none", wait=wait
    )
    return as_sent(changed, job)


def _withdraw(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    skus = {item.sku for item in adapter.items(job.payload)} | set(job.known)
    if not _take_down(adapter, book, job, skus) and job.url and adapter.delivery is Delivery.API:
        return Outcome.for_a_person("unsupported", job)  # an adopted page that we never found our way into
    if job.wanted == "suspend":
        return Outcome("suspended", State.SUSPENDED)
    return Outcome("withdrawn", State.WITHDRAWN)


def _can_stay_paused(adapter: MarketplaceAdapter) -> bool:
    counted = Capability.SET_STOCK in adapter.capabilities
    return adapter.delivery is not Delivery.API or counted or adapter.says_paused


def _pause(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    """Sold out: no stock where the marketplace counts it, said in the post's own text where that can be, else
    taken down for the time being."""
    if Capability.SET_STOCK not in adapter.capabilities and adapter.says_paused:
        return _put_up(job, adapter, book) if job.known else _no_way_in(job)
    if Capability.SET_STOCK not in adapter.capabilities:
        return _paused(job) if _take_down(adapter, book, job, job.known) else _no_way_in(job)
    there = _there(job, adapter)
    for remote_id in there.values():
        adapter.set_stock(remote_id, 0)
    return _paused(job) if there else _no_way_in(job)


def _resume(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    """On sale again, and seen to be so."""
    if Capability.SET_STOCK not in adapter.capabilities:
        return _put_up(job, adapter, book)
    there = _there(job, adapter)
    for variant in job.payload.variants:
        if variant.sku in there:
            adapter.set_stock(there[variant.sku], variant.stock)
    if not there:
        return _no_way_in(job)
    return replace(looking.look(replace(job, state=State.LIVE), adapter, book), quiet=False)


def _there(job: Job, adapter: MarketplaceAdapter) -> dict[str, str]:
    """sku -> remote id of the packs that are online."""
    found = {sku: one.remote_id for sku, one in job.known.items() if one.state != "withdrawn"}
    if not found and Capability.FIND_BY_SKU in adapter.capabilities:
        answers = {item.sku: adapter.find_by_sku(item.sku) for item in adapter.items(job.payload)}
        found = {sku: one.remote_id for sku, one in answers.items() if one is not None}
    return {sku: remote_id for sku, remote_id in found.items() if remote_id}


def _paused(job: Job) -> Outcome:
    wait = look_wait(training=job.info.training, first=False)
    return Outcome("paused", State.PAUSED, wanted="look", wait=wait)


def _no_way_in(job: Job) -> Outcome:
    return Outcome.for_a_person("unsupported", job)


def _take_down(adapter: MarketplaceAdapter, book: Notebook, job: Job, skus: Iterable[str]) -> int:
    """How many posts there were."""
    there = 0
    for sku in sorted(skus):
        known = job.known.get(sku)
        remote_id = known.remote_id if known and adapter.delivery is Delivery.API else ""
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


def standing_of(done: Sequence[Published], job: Job) -> Outcome:
    """Where a post stands after its items were sent. What was only tried out is a person's to release."""
    if any(notice.code == "dry_run" for one in done for notice in one.warnings):
        return Outcome.for_a_person("dry_run", job)
    url = next((one.url for one in done if one.url), job.url)
    return standing([one.state for one in done], job, url=url)


def as_sent(outcome: Outcome, job: Job) -> Outcome:
    return replace(outcome, sent_version=job.listing_version, claims=job.claims, quiet=False)


def _done_already(known: Known, job: Job) -> bool:
    """This very request has put this item up before it was cut short."""
    asked = job.asked_at is not None and known.sent_at is not None and known.sent_at >= job.asked_at
    return asked and known.sent_version == job.listing_version and known.state in ("live", "in_review")


def _left_out(job: Job) -> set[str]:
    """Packs that were online and are no longer in the listing."""
    kept = {variant.sku for variant in job.payload.variants}
    return {sku for sku, known in job.known.items() if sku not in kept and known.state != "withdrawn"}


def named(problems: Sequence[Problem], item: Item) -> list[Problem]:
    """Problems that say which kind of pack they speak of, counted from 1."""
    skus = [variant.sku for variant in item.listing.variants]
    packs = [skus.index(one.params.get("sku", item.sku)) + 1 for one in problems]
    return [
        replace(one, params={**one.params, "pack": pack}) for one, pack in zip(problems, packs, strict=True)
    ]
