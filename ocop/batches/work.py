"""The worker's share: bring scans from the spool into the database."""

from __future__ import annotations

import datetime as dt
import logging
from pathlib import Path

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from ocop.batches.models import Scan, SpoolPosition
from ocop.batches.rules import ScanLine, scan_line
from ocop.config import Config
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.db.secrets import Secrets
from ocop.jobs.worker import Step

log = logging.getLogger("ocop.scans")

_AT_ONCE = 256 * 1024  # bytes: some 2,500 scans in one transaction
KEPT_FOR = dt.timedelta(days=7)  # so that a database restored from a backup gets its scans again


def steps(config: Config, secrets: Secrets) -> list[Step]:
    return [Step("scans", lambda engine: import_some(engine, config.spool_dir), every=2.0)]


def import_some(engine: Engine, folder: Path) -> bool:
    """A portion of one spool file, its position moved in the same transaction. True when there may be more.

    Killed at any point it has imported a line or has not; the next run goes on where the position says.
    """
    with open_session(engine, read_only=True) as session:
        done = {row.file: row.offset for row in session.scalars(select(SpoolPosition))}
    files = sorted(folder.glob("scans-*.tsv"))
    for file in files:
        start = done.get(file.name, 0)
        lines = _whole_lines(file, start)
        if lines:
            _import(engine, file.name, start, lines)
            return True
    _tidy(engine, folder, files, done)
    return False


def _whole_lines(file: Path, start: int) -> bytes:
    """What was added since, up to the last newline: the line after it may still be on its way."""
    with file.open("rb") as spool:
        spool.seek(start)
        added = spool.read(_AT_ONCE)
    return added[: added.rfind(b"\n") + 1]


def _import(engine: Engine, name: str, start: int, lines: bytes) -> None:
    with open_session(engine) as session:
        position = session.scalars(
            select(SpoolPosition).where(SpoolPosition.file == name).with_for_update()
        ).one_or_none()
        if position is None:
            position = SpoolPosition(file=name, offset=0)
            session.add(position)
        if position.offset != start:
            return  # another worker was here first
        _keep(session, lines.splitlines(), name)
        position.offset = start + len(lines)
        session.commit()


def _keep(session: Session, raw: list[bytes], name: str) -> None:
    lines: dict[str, ScanLine] = {}
    for text in raw:
        line = scan_line(text)
        if line is None:
            log.warning("a broken line in %s was passed over", name)
        else:
            lines[line.key] = line
    known = set(session.scalars(select(Scan.key).where(Scan.key.in_(list(lines)))))
    session.add_all(
        Scan(
            key=line.key,
            roll_id=line.roll,
            index=line.index,
            at=line.at,
            device=line.device,
            verdict=line.verdict,
        )
        for line in lines.values()
        if line.key not in known
    )


def _tidy(engine: Engine, folder: Path, files: list[Path], done: dict[str, int]) -> None:
    """When nothing is left to import: take old spool files away, and positions of files that are gone."""
    oldest = f"scans-{today() - KEPT_FOR:%Y%m%d}"
    for file in files:
        if file.name < oldest:
            file.unlink()
    gone = [name for name in done if name < oldest and not (folder / name).exists()]
    if gone:
        with open_session(engine) as session:
            session.execute(delete(SpoolPosition).where(SpoolPosition.file.in_(gone)))
            session.commit()
