"""What a crash may leave behind: half-written parcels, and a post that says "sent" while nobody is at it."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from ocop.db.engine import open_session
from ocop.publishing.models import Parcel, Publication
from ocop.publishing.rules import State, parcel_path

log = logging.getLogger("ocop.publishing")

_KEPT = dt.timedelta(days=1)  # whatever is younger may still be in somebody's hands


@dataclass(frozen=True)
class Sweeper:
    """Rows under a lease that ran out need no sweeping: leases.take retakes them."""

    var: Path
    clock: Callable[[], dt.datetime]

    def sweep(self, engine: Engine) -> bool:
        """Never more to do at once."""
        _look_at_forgotten(engine, self.clock())
        _remove_files(engine, self.var, self.clock())
        return False


def _look_at_forgotten(engine: Engine, now: dt.datetime) -> None:
    """No code path leaves such a row; a restored backup or a hand in the database may. What is there is asked for."""
    forgotten = select(Publication).where(
        Publication.state == State.SENT, Publication.wanted == "none", Publication.lease_token.is_(None)
    )
    with open_session(engine, read_only=True) as session:
        if session.scalars(forgotten.limit(1)).first() is None:
            return
    with open_session(engine) as session:
        for publication in session.scalars(forgotten.with_for_update(skip_locked=True)):
            log.warning("post %s said sent and nobody was at it: looking", publication.id)
            publication.ask("look", now)
        session.commit()


def _remove_files(engine: Engine, var: Path, now: dt.datetime) -> None:
    """Parcels that no row speaks of, and files that were being written when the power went."""
    folder = parcel_path(var, "x").parent
    old = [path for path in folder.glob("*") if path.stat().st_mtime < (now - _KEPT).timestamp()]
    if not old:
        return
    with open_session(engine, read_only=True) as session:
        known = set(session.scalars(select(Parcel.sha256)))
    for path in old:
        if path.name.startswith("in-") or path.stem not in known:
            path.unlink(missing_ok=True)
