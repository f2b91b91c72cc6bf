"""What the worker does for publishing: carries out what is wanted of one post at a time, and notices lapsed claims.

    take a row under a lease, commit -> talk to the marketplace with no transaction open -> record under the same
    lease, commit

A crash anywhere in between leaves the row wanted and leased; when the lease runs out it is taken again, and
the marketplace is asked for our SKU before anything is written there.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine

from marketplace_adapters import registry
from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.types import Delivery
from ocop.config import Config
from ocop.db.base import utcnow
from ocop.db.secrets import Secrets
from ocop.jobs.worker import Step
from ocop.publishing import services
from ocop.publishing.work import jobs, lapses, leases, recording, sending, sweeping, together
from ocop.publishing.work.leases import LeaseLost
from ocop.publishing.work.link_checks import LinkLooker
from ocop.publishing.work.outcomes import Outcome, after_error
from ocop.publishing.work.tokens import ChannelKeeper

__all__ = ["steps"]

log = logging.getLogger("ocop.publishing")

LOOK_FOR_LAPSES_SECONDS = 300.0
SWEEP_SECONDS = 300.0


def steps(config: Config, secrets: Secrets, *, clock: Callable[[], dt.datetime] = utcnow) -> list[Step]:
    """The worker's steps of this feature. ``clock`` gives aware UTC instants."""
    cipher = Fernet(secrets.channel)
    sender = Sender(cipher, config.media_dir, config.var, clock, config.base_url, secrets.session)
    sweeper = sweeping.Sweeper(config.var, clock)
    return [
        Step("publishing.send", sender.send_one, threads=leases.SENDERS),
        Step("publishing.lapses", lapses.PaperFollower(clock).follow, every=LOOK_FOR_LAPSES_SECONDS),
        Step("publishing.links", LinkLooker(clock).look_at_one, threads=1),
        Step("publishing.sweep", sweeper.sweep, every=SWEEP_SECONDS),
    ]


@dataclass(frozen=True)
class Sender:
    """Carries out what is wanted of one post, then says whether there was one. Safe in several threads."""

    cipher: Fernet
    media_dir: Path
    var: Path
    clock: Callable[[], dt.datetime]
    base_url: str = ""
    link_secret: bytes = field(default=b"", repr=False)

    def send_one(self, engine: Engine) -> bool:
        ticket = leases.take(engine, self.clock())
        if ticket is None:
            return False
        book = recording.Book(engine, ticket, self.var, self.clock)
        with leases.kept(engine, [ticket], self.clock):
            outcome = self._act(engine, ticket, book)
        self._close(book, outcome)
        return True

    def _close(self, book: recording.Book, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        try:
            book.close(outcome)
        except LeaseLost:
            _dropped(book.ticket)

    def _act(self, engine: Engine, ticket: leases.Ticket, book: recording.Book) -> Outcome | None:
        """None: another worker has taken the post over."""
        try:
            job = self._ready(engine, ticket)
            return job if isinstance(job, Outcome) else self._talk(engine, job, book)
        except MarketplaceError as error:
            log.info("post %s: %s", ticket.publication_id, error)
            return after_error(error, ticket)
        except InvalidToken:
            log.error("post %s: the channel's settings cannot be read with this key", ticket.publication_id)
            return Outcome.for_a_person("configuration", ticket)
        except LeaseLost:
            _dropped(ticket)
            return None
        except Exception:
            log.exception("post %s: defect while sending", ticket.publication_id)
            return Outcome.try_again("broken", ticket)

    def _ready(self, engine: Engine, ticket: leases.Ticket) -> jobs.Job | Outcome:
        """The job, or why nothing is sent."""
        job = jobs.load(engine, ticket, self.cipher, self.media_dir, self.clock(), base_url=self.base_url)
        if not job.channel_on:
            return Outcome.for_a_person("channel_off", ticket)
        if job.in_training and not job.info.training:
            return Outcome.for_a_person("training_only", ticket)
        if not job.still_asked:
            return Outcome.for_a_person("requester_gone", ticket)
        if not job.is_released and job.wanted in ("publish", "update"):
            return Outcome.for_a_person("not_read_aloud", ticket)
        return job

    def _with_reply(self, engine: Engine, job: jobs.Job) -> jobs.Job:
        """With the address that the parcel's guide prints for whoever posts."""
        url, picture = services.reply_address(
            engine, job.publication_id, base_url=self.base_url, secret=self.link_secret
        )
        return replace(job, reply_url=url, reply_qr_png=picture)

    def _talk(self, engine: Engine, job: jobs.Job, book: recording.Book) -> Outcome:
        keeper = ChannelKeeper(engine, job.channel_id, self.cipher, self.clock)
        adapter = registry.make_adapter(job.info, job.settings, keeper=keeper)
        if adapter.delivery is Delivery.HANDOFF and job.wanted in ("publish", "update"):
            job = self._with_reply(engine, job)
        # A page that does not open today is no reason to make no parcels for its marketplace.
        counts = adapter.delivery is Delivery.API
        try:
            if together.may_have_company(job, adapter):
                return self._with_company(engine, job, adapter, book)
            return replace(sending.act(job, adapter, book), reached=True if counts else None)
        except MarketplaceError as error:
            log.info("post %s: %s", job.publication_id, error)
            outcome = after_error(error, job)
            return outcome if counts else replace(outcome, reached=None)

    def _with_company(
        self, engine: Engine, job: jobs.Job, adapter: MarketplaceAdapter, book: recording.Book
    ) -> Outcome:
        """This post, and with it in the same calls others that wait for the same shop for the first time."""
        along = leases.take_along(engine, job.channel_id, self.clock(), together.MOST - 1)
        if not along:
            return replace(sending.act(job, adapter, book), reached=True)
        with leases.kept(engine, along, self.clock):
            party, books = [job], [book]
            for ticket in along:
                other = recording.Book(engine, ticket, self.var, self.clock)
                ready = self._ready(engine, ticket)
                if isinstance(ready, Outcome):
                    self._close(other, ready)
                else:
                    party.append(ready)
                    books.append(other)
            ends = together.put_up(party, adapter, books)
        outcomes = [_named(end, one) for end, one in zip(ends, party, strict=True)]
        for other, outcome in zip(books[1:], outcomes[1:], strict=True):
            self._close(other, outcome)
        if outcomes[0] is None:
            raise LeaseLost(job.publication_id)
        return outcomes[0]


def _named(end: Outcome | MarketplaceError | None, job: jobs.Job) -> Outcome | None:
    if isinstance(end, MarketplaceError):
        log.info("post %s: %s", job.publication_id, end)
        return after_error(end, job)
    return None if end is None else replace(end, reached=True)


def _dropped(ticket: leases.Ticket) -> None:
    log.warning("post %s: another worker took it over; this result is dropped", ticket.publication_id)
