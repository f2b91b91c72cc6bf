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
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine

from marketplace_adapters import registry
from marketplace_adapters.errors import MarketplaceError
from ocop.config import Config
from ocop.db.base import utcnow
from ocop.db.secrets import Secrets
from ocop.jobs.worker import Step
from ocop.publishing.work import jobs, lapses, leases, recording, sending
from ocop.publishing.work.leases import LeaseLost
from ocop.publishing.work.outcomes import Outcome, after_error

__all__ = ["steps"]

log = logging.getLogger("ocop.publishing")

LOOK_FOR_LAPSES_SECONDS = 300.0


def steps(config: Config, secrets: Secrets, *, clock: Callable[[], dt.datetime] = utcnow) -> list[Step]:
    """The worker's steps of this feature. ``clock`` gives aware UTC instants."""
    sender = Sender(Fernet(secrets.channel), config.media_dir, config.var, clock)
    return [
        Step("publishing.send", sender.send_one),
        Step("publishing.lapses", lapses.mark_lapsed, every=LOOK_FOR_LAPSES_SECONDS),
    ]


@dataclass(frozen=True)
class Sender:
    """Carries out what is wanted of one post, then says whether there was one."""

    cipher: Fernet
    media_dir: Path
    var: Path
    clock: Callable[[], dt.datetime]

    def send_one(self, engine: Engine) -> bool:
        ticket = leases.take(engine, self.clock())
        if ticket is None:
            return False
        book = recording.Book(engine, ticket, self.var, self.clock)
        try:
            with leases.kept(engine, ticket, self.clock):
                outcome = self._act(engine, ticket, book)
            book.close(outcome)
        except LeaseLost:
            log.warning("post %s: another worker took it over; this result is dropped", ticket.publication_id)
        return True

    def _act(self, engine: Engine, ticket: leases.Ticket, book: recording.Book) -> Outcome:
        try:
            job = jobs.load(engine, ticket, self.cipher, self.media_dir, self.clock())
            if not job.channel_on:
                return Outcome.for_a_person("channel_off", ticket)
            if not job.still_asked:
                return Outcome.for_a_person("requester_gone", ticket)
            return sending.act(job, registry.make_adapter(job.info, job.settings), book)
        except MarketplaceError as error:
            log.info("post %s: %s", ticket.publication_id, error)
            return after_error(error, ticket)
        except InvalidToken:
            log.error("post %s: the channel's settings cannot be read with this key", ticket.publication_id)
            return Outcome.for_a_person("configuration", ticket)
        except LeaseLost:
            raise
        except Exception:
            log.exception("post %s: defect while sending", ticket.publication_id)
            return Outcome.try_again("broken", ticket)
