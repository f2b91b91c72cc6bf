"""Databases for tests. One is filled per test process; every test gets a copy of it, far cheaper than new tables.

OCOP_TEST_DATABASE_URL moves them all to a PostgreSQL server (tests/scale/with_postgres starts one).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url, text

import ocop.app  # noqa: F401 - brings in every model
from ocop.db import install
from ocop.db.base import Base
from ocop.db.engine import make_engine, open_session

SERVER = os.environ.get("OCOP_TEST_DATABASE_URL", "")


@contextmanager
def a_template(folder: Path) -> Iterator[str]:
    """The URL of a closed database with every table, one install row, and nothing else."""
    with _empty_on_server() if SERVER else _empty_file(folder / "template.db") as url:
        engine = make_engine(url)
        Base.metadata.create_all(engine)
        with open_session(engine) as session:
            install.ensure(session)
            session.commit()
        engine.dispose()
        yield url


@contextmanager
def a_copy(template: str, url: str) -> Iterator[Engine]:
    """An engine on a copy of the template: at ``url`` for a file, under a name of its own on the server."""
    if SERVER:
        with _empty_on_server(make_url(template).database) as here, _open(here) as engine:
            yield engine
        return
    file = Path(str(make_url(url).database))
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(str(make_url(template).database), file)
    with _open(url) as engine:
        yield engine


@contextmanager
def an_empty_one(folder: Path) -> Iterator[Engine]:
    """An engine on a database without a single table."""
    with _empty_on_server() if SERVER else _empty_file(folder / "empty.db") as url, _open(url) as engine:
        yield engine


@contextmanager
def _open(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _empty_file(path: Path) -> Iterator[str]:
    yield f"sqlite:///{path}"


@contextmanager
def _empty_on_server(template: str | None = None) -> Iterator[str]:
    """The URL of a new database on the server, gone afterwards whoever still holds it."""
    name = f"t_{os.getpid()}_{os.urandom(4).hex()}"
    _tell_server(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'} STRATEGY file_copy")
    try:
        yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        _tell_server(f"DROP DATABASE {name} WITH (FORCE)")


def _tell_server(command: str) -> None:
    """Databases are made and dropped outside any transaction."""
    engine = make_engine(SERVER)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(command))
    engine.dispose()
