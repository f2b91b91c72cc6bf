"""Migrations on PostgreSQL. tests/unit/db/test_migrate.py asks the same of SQLite, and more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import ocop.app  # noqa: F401 - brings in every model
from ocop.config import Config
from ocop.db import migrate
from ocop.db.base import Base
from tests import databases

ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    """An engine on a PostgreSQL database without a single table."""
    with databases.an_empty_one(tmp_path) as engine:
        assert engine.dialect.name == "postgresql", "run by tests/scale/with_postgres (make scale)"
        yield engine


def test_an_empty_database_becomes_what_the_models_say(empty: Engine) -> None:
    migrate.upgrade(empty)

    assert migrate.current(empty) == migrate.newest() != ""
    assert migrate.differences(empty, Base.metadata) == []


def test_a_missing_column_does_not_go_unnoticed(empty: Engine) -> None:
    migrate.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("ALTER TABLE install DROP COLUMN stamp_base_url"))

    found = migrate.differences(empty, Base.metadata)

    assert [(what, table, column.name) for what, _schema, table, column in found] == [
        ("add_column", "install", "stamp_base_url")
    ]


def test_processes_that_start_at_once_set_up_one_after_the_other(empty: Engine, config: Config) -> None:
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "OCOP_VAR": str(config.var),
        "OCOP_DATABASE_URL": empty.url.render_as_string(hide_password=False),
        "OCOP_DEMO": "0",
    }
    command = [sys.executable, "-m", "ocop", "upgrade"]

    both = [subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=60)[1].decode() for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert migrate.differences(empty, Base.metadata) == []
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM install")).scalar_one() == 1
