"""New posts of many producers to one shop in few calls: what a whole commune asks for on one evening.

Only posts that were never tried go together: there is nothing to reconcile, and whatever goes wrong with one is
tried again alone, the ordinary way. Each post keeps its own lease and its own record.
"""

from __future__ import annotations

from collections.abc import Sequence

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import ListingRejected, MarketplaceError
from marketplace_adapters.types import Capability, Item, Published
from ocop.publishing.work import leases
from ocop.publishing.work.jobs import Job
from ocop.publishing.work.looking import Notebook
from ocop.publishing.work.outcomes import Outcome, after_error
from ocop.publishing.work.sending import as_sent, named, standing_of

MOST = 20

Answer = Published | MarketplaceError
Sent = list[tuple[Item, Answer]]


def may_have_company(job: Job, adapter: MarketplaceAdapter) -> bool:
    """Whether this post is one that may go together with others."""
    fresh = job.wanted == "publish" and not job.retry and not job.known and not job.pause
    return fresh and Capability.BATCH in adapter.capabilities


def put_up(
    jobs: Sequence[Job], adapter: MarketplaceAdapter, books: Sequence[Notebook]
) -> list[Outcome | MarketplaceError | None]:
    """One outcome a job, in their order; the error where only the caller can name it as an outcome, None where
    another worker has taken the post over."""
    items = [[*adapter.items(job.payload)] for job in jobs]
    media = {sha: remote for job in jobs for sha, remote in job.media.items()}
    leases.crash_point("before_send")
    try:
        answers = iter(adapter.publish_many([item for each in items for item in each], media=media))
    except MarketplaceError as error:
        return [error for _ in jobs]
    leases.crash_point("after_send")
    sent: list[Sent] = [[(item, next(answers)) for item in each] for each in items]
    return [_kept(job, each, book) for job, each, book in zip(jobs, sent, books, strict=True)]


def _kept(job: Job, sent: Sent, book: Notebook) -> Outcome | MarketplaceError | None:
    try:
        for item, answer in sent:
            if isinstance(answer, Published):
                book.item(item.sku, answer, sent_version=job.listing_version)
            else:
                book.media(item.sku, dict(answer.media))
    except leases.LeaseLost:
        return None
    problems = [
        one
        for item, answer in sent
        if isinstance(answer, ListingRejected)
        for one in named(answer.problems, item)
    ]
    if problems:
        return after_error(ListingRejected(problems), job)
    failed = [answer for _, answer in sent if isinstance(answer, MarketplaceError)]
    if failed:
        return failed[0]
    return as_sent(standing_of([answer for _, answer in sent if isinstance(answer, Published)], job), job)
