"""What is thrown away by itself. A sheet holds telephones and tax numbers of many people, so it is not kept for ever:
after ninety days the file, the texts of its rows and the ZIP go. What an applied import made, and that it did, stays
known, so that it can still be undone. One that nobody went on with is ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import undefer

from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.imports.rules.states import OPEN
from ocop.imports.services.asking import forget_rows

KEPT = dt.timedelta(days=90)
_STRAY = dt.timedelta(days=1)  # a ZIP without an import: its request did not live to the end


@dataclass(frozen=True)
class Cleaner:
    """``clock`` gives aware UTC instants."""

    folder: Path
    clock: Callable[[], dt.datetime] = utcnow

    def clean(self, engine: Engine) -> bool:
        """One import at a time; True when there may be more."""
        more = self._one(engine)
        if not more:
            self._zips(engine)
        return more

    def _one(self, engine: Engine) -> bool:
        old = select(DataImport).where(
            DataImport.state_since < self.clock() - KEPT, DataImport.content != b""
        )
        with open_session(engine) as session:
            data = session.scalars(old.options(undefer(DataImport.content)).limit(1)).first()
            if data is None:
                return False
            data.content = b""
            data.mapping = {}
            forget_rows(session, data.id)
            if data.state in OPEN:
                data.move_to(ImportState.DISCARDED)
            session.commit()
        return True

    def _zips(self, engine: Engine) -> None:
        """Those of imports that are over, and strays."""
        if not self.folder.is_dir():
            return
        with open_session(engine, read_only=True) as session:
            wanted = {
                f"{id}.zip" for id in session.scalars(select(DataImport.id).where(DataImport.state.in_(OPEN)))
            }
        before = (self.clock() - _STRAY).timestamp()
        for file in self.folder.iterdir():
            if file.name not in wanted and file.stat().st_mtime < before:
                file.unlink(missing_ok=True)
