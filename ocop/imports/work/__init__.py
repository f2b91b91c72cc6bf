"""What the worker does for imports: one small step of one import at a time, in a thread of its own.

sent -> asking: the columns are guessed. checking: the rows are stored, read some hundred at a time, compared. photos:
one picture at a time. applying: everything in one transaction. What a step did is kept with the step or not at all.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from ocop.config import Config
from ocop.db.base import VIETNAM, utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.db.secrets import Secrets
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.imports.services.applying import ChangedMeanwhile, apply, note_verdicts, prepare
from ocop.imports.work import checking, cleaning, leases, reading
from ocop.imports.work.leases import LeaseLost, Ticket
from ocop.jobs.worker import Step

__all__ = ["steps"]

log = logging.getLogger("ocop.imports")

CLEAN_SECONDS = 3600.0


def steps(config: Config, secrets: Secrets, *, clock: Callable[[], dt.datetime] = utcnow) -> list[Step]:
    """The worker's steps of this feature. ``clock`` gives aware UTC instants."""
    folder = config.var / "imports"
    importer = Importer(folder, config.media_dir, clock)
    return [
        Step("imports", importer.go_on, threads=1),
        Step("imports.clean", cleaning.Cleaner(folder, clock).clean, every=CLEAN_SECONDS),
    ]


@dataclass(frozen=True)
class Importer:
    """Does the next step of the import that has waited longest, then says whether there was one."""

    folder: Path
    media_dir: Path
    clock: Callable[[], dt.datetime]

    def go_on(self, engine: Engine) -> bool:
        now = self.clock()
        ticket = leases.take(engine, now)
        if ticket is None:
            return False
        try:
            with leases.held(engine, ticket, self.clock):
                self._step(engine, ticket, now.astimezone(VIETNAM).date())
        except (ChangedMeanwhile, IntegrityError):  # between working it out and storing it: work it out again
            leases.give_back(engine, ticket)
        except Refused as refusal:
            self._fail(engine, ticket, refusal.code)
        except LeaseLost:
            log.info("import %s was taken over or ended by somebody", ticket.import_id)
        return True

    def _step(self, engine: Engine, ticket: Ticket, day: dt.date) -> None:
        if ticket.state is ImportState.SENT:
            reading.look(engine, ticket)
        elif ticket.state is ImportState.PHOTOS:
            checking.take_one_picture(engine, ticket, self.folder, self.media_dir)
        elif ticket.state is ImportState.APPLYING:
            self._apply(engine, ticket, day)
        else:
            self._check(engine, ticket, day)

    def _check(self, engine: Engine, ticket: Ticket, day: dt.date) -> None:
        with open_session(engine, read_only=True) as session:
            wanted = select(DataImport.progress, DataImport.total).where(DataImport.id == ticket.import_id)
            progress, total = session.execute(wanted).one()
        if total == 0:
            reading.store_rows(engine, ticket)
        elif progress < total:
            checking.read_cells(engine, ticket, day)
        else:
            checking.compare(engine, ticket, self.folder, day)

    def _apply(self, engine: Engine, ticket: Ticket, day: dt.date) -> None:
        """All good rows, or none. When something of the commune has changed since the preview, so that other rows
        would be taken than a person agreed to, they are shown again."""
        with open_session(engine, read_only=True) as session:
            data = session.get(DataImport, ticket.import_id)
            assert data is not None
            agreed = data.counts
            officer = checking.officer(session, data)
            prepared = prepare(session, officer, data=data, day=day, to_store=True)
        with open_session(engine) as session:
            data = leases.mine(session, ticket)
            if any(
                agreed[name] != count
                for name, count in prepared.plan.counts.items()
                if name != "listing_photo"
            ):
                note_verdicts(session, data, prepared)
                data.move_to(ImportState.CHECKED)
                data.reason = "import_changed"
            else:
                apply(session, officer, data=data, prepared=prepared, day=day)
            leases.kept(session, data)

    def _fail(self, engine: Engine, ticket: Ticket, code: str) -> None:
        with open_session(engine) as session:
            data = leases.mine(session, ticket)
            leases.fail(data, code)
            session.commit()
