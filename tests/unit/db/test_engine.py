from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from ocop.db import install
from ocop.db.base import Base
from ocop.db.engine import make_engine, open_session


@pytest.fixture
def fresh(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_sqlite_keeps_acknowledged_work_through_a_power_cut(fresh) -> None:
    with fresh.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_bundled_sqlite_has_the_wal_reset_repair(fresh) -> None:
    with fresh.connect() as connection:
        version = connection.scalar(text("SELECT sqlite_version()"))

    assert tuple(int(part) for part in version.split(".")) >= (3, 51, 3)


def test_read_then_write_by_many_threads_never_fails(fresh) -> None:
    with open_session(fresh) as session:
        install.ensure(session)
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
        session.commit()

    def add_one_many_times() -> None:
        for _ in range(25):
            with open_session(fresh) as session:
                n = session.scalar(text("SELECT n FROM counter"))
                session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})
                session.commit()

    threads = [threading.Thread(target=add_one_many_times) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with open_session(fresh, read_only=True) as session:
        assert session.scalar(text("SELECT n FROM counter")) == 100


def test_a_read_only_session_refuses_to_write(fresh) -> None:
    with open_session(fresh, read_only=True) as session, pytest.raises(RuntimeError, match="read-only"):
        session.add(install.Install(id=1, prefix="TEST"))
        session.flush()


def test_a_reader_does_not_wait_for_a_writer(fresh) -> None:
    with open_session(fresh) as writer:
        install.ensure(writer)
        with open_session(fresh, read_only=True) as reader:
            seen = reader.get(install.Install, 1)
        writer.commit()

    assert seen is None
