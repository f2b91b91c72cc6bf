"""Looking at what stands at a marketplace: as it is reviewed, where a person put it up, and daily ever after.

What a stranger sees there is compared with what was sent. What differs makes the post drifted; once it does not
any more, the post is on sale again, without anybody pressing anything. A page that cannot be opened says nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Protocol

from marketplace_adapters import compare
from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import MarketplaceError, RemoteListingNotFound
from marketplace_adapters.types import Capability, Delivery, Observed, Published
from ocop.publishing import mapping
from ocop.publishing.rules import DAY, SETTLED, State, look_wait, review_wait
from ocop.publishing.work.jobs import Job
from ocop.publishing.work.outcomes import Outcome

_GONE = (404, 410)
_SEEN = ("name", "price_vnd", "photo_count", "stars", "in_stock", "url", "state", "dead_photos")


class Notebook(Protocol):
    """Where results are kept the moment they are known. Raises LeaseLost when they are no longer ours to keep."""

    def item(self, sku: str, published: Published, *, sent_version: int | None = None) -> None: ...
    def media(self, sku: str, media: dict[str, str]) -> None: ...
    def item_withdrawn(self, sku: str) -> None: ...


def look(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    """What there is to see now. Raises MarketplaceError."""
    if adapter.delivery is Delivery.FEED:
        return Outcome("live", None if job.state in SETTLED else State.LIVE, quiet=True)
    if adapter.delivery is Delivery.HANDOFF:
        return _look_at_page(job, adapter)
    known = {sku: one for sku, one in job.known.items() if one.remote_id and one.state != "withdrawn"}
    if not known and job.state in SETTLED:
        return Outcome("withdrawn", quiet=True)  # taken down for the time being
    if not known:
        return _look_for_adopted(job, adapter, book)
    posts = {sku: Published(one.remote_id, one.state or "live", job.url) for sku, one in known.items()}
    if Capability.FETCH_STATUS in adapter.capabilities:
        posts = {sku: adapter.fetch_status(one.remote_id) for sku, one in known.items()}
        for sku, published in posts.items():
            book.item(sku, published)
    return _stands(job, adapter, posts, next((one.url for one in posts.values() if one.url), job.url))


def standing(states: list[str], job: Job, *, url: str) -> Outcome:
    """The post stands as its weakest item stands."""
    training = job.info.training
    if "draft" in states:
        return Outcome("not_accepted", State.REJECTED, url=url, failed=True)
    if "in_review" in states:
        wait = review_wait(job.tries if job.wanted == "look" else 0, training=training)
        state = State.PAUSED if job.pause else State.IN_REVIEW
        return Outcome("in_review", state, url=url, wanted="look", wait=wait, quiet=True)
    wait = look_wait(training=training, first=True)
    if job.pause:
        return Outcome("paused", State.PAUSED, url=url, wanted="look", wait=wait)
    return Outcome("live", State.LIVE, url=url, wanted="look", wait=wait)


def _look_for_adopted(job: Job, adapter: MarketplaceAdapter, book: Notebook) -> Outcome:
    """A post that was there before us: by our SKU, else by its address where the protocol can."""
    items, found = adapter.items(job.payload), {}
    if Capability.FIND_BY_SKU in adapter.capabilities:
        answers = {item.sku: adapter.find_by_sku(item.sku) for item in items}
        found = {sku: one for sku, one in answers.items() if one is not None}
    if not found and Capability.READ_BACK in adapter.capabilities:
        one = adapter.find_by_url(job.url)
        found = {items[0].sku: one} if one is not None else {}
    if not found:
        return _link_waits(job, "link_not_open")
    for sku, one in found.items():
        book.item(sku, one)
    return _stands(job, adapter, found, job.url)


def _stands(job: Job, adapter: MarketplaceAdapter, posts: Mapping[str, Published], url: str) -> Outcome:
    """How it stands by its own word, and when it is on sale, what is to be seen there."""
    outcome = standing([one.state for one in posts.values()], job, url=url)
    if outcome.state is State.REJECTED or outcome.code == "in_review":
        return replace(outcome, state=None) if _stays(job, outcome) else outcome
    observed = {}
    if Capability.READ_BACK in adapter.capabilities:
        observed = {sku: adapter.read_back(one.remote_id, one.url or url) for sku, one in posts.items()}
    return _compared(job, adapter, observed, url)


def _stays(job: Job, outcome: Outcome) -> bool:
    return job.state in SETTLED and outcome.state is not State.REJECTED


def _look_at_page(job: Job, adapter: MarketplaceAdapter) -> Outcome:
    """The public page behind a link: on sale only when it opens and names our product."""
    try:
        seen = adapter.read_back("", job.url)
    except RemoteListingNotFound as error:
        return _page_missing(job, error)
    except MarketplaceError:
        return _link_waits(job, "link_not_open")
    ours = mapping.same_product(job.payload.name, seen.name)
    if not ours and job.state is State.POSTED_NO_LINK:
        return _link_waits(job, "link_other")
    (item,) = adapter.items(job.payload)
    return _compared(job, adapter, {item.sku: seen}, job.url)


def _page_missing(job: Job, error: RemoteListingNotFound) -> Outcome:
    """A page that was there and answers "no such page" on two different days is gone; once may be a mishap."""
    waits = _link_waits(job, "link_not_open")
    if job.state is State.POSTED_NO_LINK or error.params.get("status") not in _GONE:
        return waits
    first = job.seen.get("missing_on", job.day.isoformat())
    noticed = {"missing_on": first}
    if first == job.day.isoformat():
        return replace(waits, noticed=noticed)
    state = None if job.state in SETTLED else State.DRIFTED
    quiet = job.state is State.DRIFTED
    return replace(waits, code="page_gone", state=state, noticed=noticed, quiet=quiet)


def _compared(job: Job, adapter: MarketplaceAdapter, observed: Mapping[str, Observed], url: str) -> Outcome:
    found = [
        {"sku": item.sku, **_plain(asdict(difference))}
        for item in adapter.items(job.payload)
        if item.sku in observed
        for difference in compare.differences(
            item, observed[item.sku], max_photos=adapter.channel.images.max_count
        )
    ]
    wrong = any(one["severity"] == "wrong" for one in found)
    state = State.DRIFTED if wrong and not job.edited_since else State.LIVE
    done = bool(job.clerk_task == "update" and job.wrong and not wrong)
    if job.state in SETTLED and not done:
        state = job.state
    return Outcome(
        "drifted" if state is State.DRIFTED else "live",
        state,
        params={"differences": found} if state is State.DRIFTED else {},
        wanted="look",
        wait=look_wait(training=job.info.training, first=False),
        url=url,
        quiet=state is job.state,
        task_done=done,
        seen={"posts": [_what(sku, one) for sku, one in observed.items()]} if observed else None,
        differences=tuple(found),
    )


def _what(sku: str, observed: Observed) -> dict[str, Any]:
    plain = {name: getattr(observed, name) for name in _SEEN}
    return {"sku": sku, **plain, "found_by": dict(observed.found_by)}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in values.items()
    }


def _link_waits(job: Job, code: str) -> Outcome:
    quiet = job.tries > 1 or job.state is not State.POSTED_NO_LINK
    return Outcome(code, wanted="look", wait=_next_day(job), url=job.url, failed=True, quiet=quiet)


def _next_day(job: Job) -> dt.timedelta:
    return (
        look_wait(training=job.info.training, first=False) if job.state is not State.POSTED_NO_LINK else DAY
    )
