"""One engine factory for web, worker and command line.

SQLite comes as a fixed build (the system's may carry the WAL-reset defect) with synchronous=FULL, because
with NORMAL a power cut loses commits that were already acknowledged. A transaction that may write starts with
BEGIN IMMEDIATE: the default deferred one fails under two writers whatever the timeout. Readers say so by the
execution option ``read_only`` and never wait for a writer.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.orm import Session

BUSY_TIMEOUT_MS = 10_000


def make_engine(url: str, *, must_exist: bool = False) -> Engine:
    """An engine for a SQLite or PostgreSQL URL.

    must_exist: a database file that is gone is an error like a server that does not answer. Otherwise SQLite makes
    an empty one in its place, and a program that goes on with it hides that everything is lost. Errors of an
    engine go to logs, so they name no value that was being stored.
    """
    if url.startswith("sqlite"):
        opened = _of_existing_file(url) if must_exist else url
        engine = create_engine(
            opened, module=sqlite, connect_args={"check_same_thread": False}, hide_parameters=True
        )
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        return engine
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "connect", _drop_nul)
    event.listen(engine, "handle_error", _name_no_values)
    return engine


def _drop_nul(connection: Any, _record: object) -> None:
    """PostgreSQL takes no NUL in a text. One in an address or a form finds nothing there, as on SQLite."""
    from psycopg.types.string import StrDumperUnknown

    class WithoutNul(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    connection.adapters.register_dumper(str, WithoutNul)


def _name_no_values(context: ExceptionContext) -> None:
    """PostgreSQL tells the whole row in the DETAIL of an error; only the first line goes further."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    told, first_line = str(error), getattr(getattr(error, "diag", None), "message_primary", None)
    if first_line:
        error.args = (first_line,)
        if wrapped is not None:
            wrapped.args = (str(wrapped.args[0]).replace(told, first_line),)


def _of_existing_file(url: str) -> str:
    return f"sqlite:///file:{quote(str(make_url(url).database))}?mode=rw&uri=true"


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
