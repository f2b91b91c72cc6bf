"""Nobody rewrites the audit trail, not even the program: the database itself refuses. ``make scale`` asks the same of
PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import DBAPIError

import ocop.app  # noqa: F401 - brings in every model
from ocop.db import audit, migrate
from ocop.db.actor import SYSTEM
from ocop.db.audit import AuditEntry
from ocop.db.engine import open_session
from ocop.producers.models import Producer
from ocop.producers.rules import ProducerKind
from tests import databases

STATEMENTS = (
    "UPDATE audit_entry SET user_name = 'người khác'",
    "UPDATE audit_entry SET new = '{}' WHERE id = 1",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE id = 1",
)


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Engine]:
    """A database that was brought to the newest version by its migrations, as every install is."""
    with databases.an_empty_one(tmp_path) as engine:
        migrate.upgrade(engine)
        yield engine


def _one_entry(engine: Engine) -> None:
    with open_session(engine) as session:
        producer = Producer(kind=ProducerKind.HOUSEHOLD, name="Hộ mẫu", commune_code="15286")
        session.add(producer)
        audit.record(session, SYSTEM, "producer.create", producer)
        session.commit()


def _told(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT action, user_name FROM audit_entry"))]


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("made_by", ["engine", "migrated"])
def test_the_database_refuses_to_change_or_delete_an_entry(
    made_by: str, statement: str, request: pytest.FixtureRequest
) -> None:
    engine: Engine = request.getfixturevalue(made_by)
    _one_entry(engine)

    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))

    assert _told(engine) == [("producer.create", "máy")]


def test_the_program_is_refused_like_anybody(engine: Engine) -> None:
    _one_entry(engine)

    for attempt in (update(AuditEntry).values(user_name="x"), delete(AuditEntry)):
        with open_session(engine) as session, pytest.raises(DBAPIError, match="append-only"):
            session.execute(attempt)

    assert _told(engine) == [("producer.create", "máy")]


def test_an_entry_loaded_and_changed_cannot_be_stored(engine: Engine) -> None:
    _one_entry(engine)

    with open_session(engine) as session:
        entry = session.query(AuditEntry).one()
        entry.user_name = "người khác"
        with pytest.raises(DBAPIError, match="append-only"):
            session.commit()

    assert _told(engine) == [("producer.create", "máy")]


def test_new_entries_are_still_taken(engine: Engine) -> None:
    _one_entry(engine)
    _one_entry(engine)

    assert len(_told(engine)) == 2
