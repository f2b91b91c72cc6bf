"""Migrations on SQLite. tests/scale/test_migrations.py asks the same of PostgreSQL."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    text,
)

import ocop.app  # noqa: F401 - brings in every model
from ocop.db import migrate
from ocop.db.base import Base
from ocop.db.engine import make_engine

HEAD = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = {revision!r}, {down!r}
def upgrade():
"""
TWO_TABLES = """
    op.create_table("mother", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(9)))
    op.create_table(
        "child",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("mother_id", sa.Integer, sa.ForeignKey("mother.id", ondelete="CASCADE"), nullable=False),
    )
"""
MOTHER_COPIED = """
    with op.batch_alter_table("mother", recreate="always") as batch:
        batch.alter_column("name", type_=sa.String(99), existing_type=sa.String(9))
"""
MOTHER_LOST = """
    op.add_column("child", sa.Column("note", sa.String(9)))
    op.execute("DELETE FROM mother")
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def family(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database at version 0001 of other migrations, with one mother and two children; the place of the next."""
    scripts = tmp_path / "migrations"
    (scripts / "versions").mkdir(parents=True)
    shutil.copyfile(migrate._SCRIPTS / "env.py", scripts / "env.py")
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)
    _write(scripts / "versions", "0001", None, TWO_TABLES)
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO mother VALUES (1, 'mẹ')"))
        connection.execute(text("INSERT INTO child VALUES (1, 1), (2, 1)"))
    return scripts / "versions"


def _write(versions: Path, revision: str, down: str | None, body: str) -> None:
    (versions / f"{revision}.py").write_text(HEAD.format(revision=revision, down=down) + body, "utf-8")


def _count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_an_empty_database_becomes_what_the_models_say(engine: Engine) -> None:
    migrate.upgrade(engine)

    assert migrate.current(engine) == migrate.newest() != ""
    assert migrate.differences(engine, Base.metadata) == []


def test_a_missing_column_does_not_go_unnoticed(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE install DROP COLUMN stamp_base_url"))

    found = migrate.differences(engine, Base.metadata)

    assert [(what, table, column.name) for what, _schema, table, column in found] == [
        ("add_column", "install", "stamp_base_url")
    ]


def test_upgrading_twice_is_harmless(engine: Engine) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO install VALUES (1, 'ABCD', '', NULL, NULL, '2026-01-01')"))

    migrate.upgrade(engine)

    assert _count(engine, "install") == 1
    assert migrate.differences(engine, Base.metadata) == []


def test_copying_a_table_keeps_the_rows_that_hang_on_it(engine: Engine, family: Path) -> None:
    _write(family, "0002", "0001", MOTHER_COPIED)

    migrate.upgrade(engine)

    assert migrate.current(engine) == "0002"
    assert (_count(engine, "mother"), _count(engine, "child")) == (1, 2)


def test_foreign_keys_hold_again_after_a_migration(engine: Engine, family: Path) -> None:
    _write(family, "0002", "0001", MOTHER_COPIED)
    migrate.upgrade(engine)

    with engine.begin() as connection:
        connection.execute(text("DELETE FROM mother"))

    assert _count(engine, "child") == 0


def test_a_migration_that_leaves_orphans_changes_nothing(engine: Engine, family: Path) -> None:
    _write(family, "0002", "0001", MOTHER_LOST)

    with pytest.raises(migrate.BrokenReferences):
        migrate.upgrade(engine)

    with engine.connect() as connection:
        columns = connection.execute(text("SELECT * FROM child")).keys()
    assert migrate.current(engine) == "0001"
    assert (_count(engine, "mother"), _count(engine, "child")) == (1, 2)
    assert list(columns) == ["id", "mother_id"]


def test_a_filled_first_version_becomes_the_newest_with_every_row_kept(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first"
    shutil.copytree(
        migrate._SCRIPTS, first, ignore=lambda _folder, names: [n for n in names if "0002" <= n < "9"]
    )
    with monkeypatch.context() as only_the_first:
        only_the_first.setattr(migrate, "_SCRIPTS", first)
        migrate.upgrade(engine)
    _fill(engine, "producer", "listing", "channel", "publication", "attempt")

    migrate.upgrade(engine)

    with engine.connect() as connection:
        post = connection.execute(text("SELECT * FROM publication")).mappings().one()
        channel = connection.execute(text("SELECT * FROM channel")).mappings().one()
    assert migrate.differences(engine, Base.metadata) == []
    assert (post["state"], post["wanted"], post["state_since"]) == ("live", "look", post["sent_at"])
    assert (post["differences"], channel["category_map"], channel["failures"]) == ("[]", "{}", 0)
    assert _count(engine, "attempt") == 1


def _fill(engine: Engine, *tables: str) -> None:
    """One row in each table, pointing at the row with id 'x' of every other; a post that is on sale."""
    values = {"state": "live", "wanted": "none", "due_at": None, "lease_until": None, "archived_at": None}
    with engine.begin() as connection:
        known = MetaData()
        known.reflect(connection, only=list(tables))
        for table in (known.tables[name] for name in tables):
            row = {column.name: values.get(column.name, _something(column)) for column in table.columns}
            connection.execute(table.insert(), row)


def _something(column: Column[Any]) -> Any:
    if column.foreign_keys or column.primary_key:
        known = {key.column.table.name for key in column.foreign_keys}
        return (
            "x" if column.primary_key or known & {"producer", "listing", "channel", "publication"} else None
        )
    if isinstance(column.type, JSON):
        return []
    if isinstance(column.type, DateTime):
        return dt.datetime(2026, 11, 21, 9, 0)
    if isinstance(column.type, Date):
        return dt.date(2026, 11, 21)
    return (
        1
        if isinstance(column.type, Integer | Boolean)
        else b"x"
        if isinstance(column.type, LargeBinary)
        else "x"
    )


def test_help_asked_of_a_person_becomes_a_delegation_and_the_rights_of_others_stay(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "before"
    shutil.copytree(
        migrate._SCRIPTS, before, ignore=lambda _folder, names: [n for n in names if "0003" <= n < "9"]
    )
    with monkeypatch.context() as only_before:
        only_before.setattr(migrate, "_SCRIPTS", before)
        migrate.upgrade(engine)
    _fill(engine, "producer", "user_account")
    _grants(engine)

    migrate.upgrade(engine)

    with engine.connect() as connection:
        kept = connection.execute(text("SELECT id FROM access_grant ORDER BY id")).scalars().all()
        moved = connection.execute(text("SELECT * FROM delegation ORDER BY id")).mappings().all()
    assert kept == ["member", "officer"]
    assert [(row["id"], row["bundle"], row["ended_why"]) for row in moved] == [
        ("helper", "publish", ""),
        ("was-helper", "write", "revoked"),
    ]
    helper = moved[0]
    assert (helper["producer_id"], helper["helper_kind"], helper["helper_id"]) == ("x", "person", "x")
    assert (str(helper["valid_from"]), str(helper["valid_to"])) == ("2026-11-01", "2027-11-01")
    assert (helper["given_how"], helper["given_by"]) == ("before", "owner")


def _grants(engine: Engine) -> None:
    """An officer asked by name and a volunteer no longer asked; an officer's and a member's own rights."""
    with engine.begin() as connection:
        for id, role, kind, scope, revoked in (
            ("helper", "commune_officer", "producer", "x", None),
            ("was-helper", "village_volunteer", "producer", "x", "2026-11-20 00:00:00"),
            ("officer", "commune_officer", "commune", "15286", None),
            ("member", "producer_member", "producer", "x", None),
        ):
            connection.execute(
                text(
                    "INSERT INTO access_grant (id, user_id, role, scope_kind, scope_id, valid_from, valid_to, given_by,"
                    " given_how, created_at, revoked_at)"
                    " VALUES (:id, 'x', :role, :kind, :scope, '2026-11-01', '2027-11-01', 'owner', 'account',"
                    " '2026-11-01 00:00:00', :revoked)"
                ),
                {"id": id, "role": role, "kind": kind, "scope": scope, "revoked": revoked},
            )
