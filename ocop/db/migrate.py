"""Bringing a database to the newest version: forward only, one process at a time, all or nothing.

On SQLite a table is changed by copying it; with foreign keys on, dropping the old copy would delete the children
by cascade. So they go off before BEGIN (inside a transaction the pragma is ignored) and are checked after.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

_SCRIPTS = Path(__file__).with_name("migrations")
_LOCK = 0x0C0B  # PostgreSQL advisory lock; SQLite's BEGIN IMMEDIATE is lock enough


class BrokenReferences(RuntimeError):
    """After a migration some row points at nothing; the migration was rolled back."""


def alembic_config(connection: Connection, metadata: MetaData | None = None) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def newest() -> str:
    """The version this program expects."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """The version the database is at; None for an empty one."""
    with engine.execution_options(read_only=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, to: str = "head") -> None:
    """Raises BrokenReferences, and then leaves the database as it was."""
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                one_at_a_time(connection)
                command.upgrade(alembic_config(connection), to)
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise BrokenReferences("foreign_key_check found rows that point at nothing")
        finally:
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def one_at_a_time(connection: Connection) -> None:
    """Wait until no other process upgrades or sets up this database; holds until the transaction ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def differences(engine: Engine, metadata: MetaData) -> list[object]:
    """What the models have and the migrations do not make, or the other way round; empty when they agree."""
    with engine.execution_options(read_only=True).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))
