"""One engine factory for web, worker and command line.

SQLite comes as a fixed build (the system's may carry the WAL-reset defect) with synchronous=FULL, because
with NORMAL a power cut loses commits that were already acknowledged. A transaction that may write starts with
BEGIN IMMEDIATE: the default deferred one fails under two writers whatever the timeout. Readers say so by the
execution option ``read_only`` and never wait for a writer.
"""

from __future__ import annotations

from typing import Any

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

BUSY_TIMEOUT_MS = 10_000


def make_engine(url: str) -> Engine:
    """An engine for a SQLite or PostgreSQL URL."""
    if url.startswith("sqlite"):
        engine = create_engine(url, module=sqlite, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        return engine
    return create_engine(url, pool_pre_ping=True)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def open_session(engine: Engine, *, read_only: bool = False) -> Session:
    """A session; with read_only its flush is refused, so that a GET can never write."""
    bind = engine.execution_options(read_only=True) if read_only else engine
    session = Session(bind, expire_on_commit=False)
    if read_only:
        event.listen(session, "before_flush", _refuse_flush)
    return session


def _refuse_flush(session: Session, _context: object, _instances: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError(
            f"a read-only session was asked to write: {list(session.new) + list(session.dirty)}"
        )
