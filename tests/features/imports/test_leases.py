"""Two workers and one import: it is done once, whoever is slow, and a dead worker is not waited for for long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from threading import Event

import pytest
from sqlalchemy import Engine, func, select

from ocop.config import Config
from ocop.db import secrets
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.imports import work
from ocop.imports.models import DataImport, ImportedThing
from ocop.imports.rules import ImportState
from ocop.imports.services import applying
from ocop.imports.work import leases
from ocop.listings.models import Listing
from tests.browser_client import Browser
from tests.features.imports.flow import previewed
from tests.features.imports.sheets import three_producers


@pytest.fixture
def pressed(desk: Browser, worker: Callable[..., None]) -> str:
    """The path of an import whose rows somebody said to take; the worker has not looked yet."""
    return previewed(desk, worker, three_producers()).form(action_contains="/lay").submit().path


def another_worker(engine: Engine, config: Config, ahead: dt.timedelta) -> bool:
    step = work.steps(config, secrets.load(config.secrets_dir), clock=lambda: utcnow() + ahead)[0]
    return step.run(engine)


def stored(engine: Engine) -> tuple[int, int]:
    with open_session(engine, read_only=True) as session:
        return tuple(
            session.scalar(select(func.count()).select_from(one)) or 0 for one in (Listing, ImportedThing)
        )  # type: ignore[return-value]


def test_a_worker_that_was_thought_dead_stores_nothing_once_another_did(
    pressed: str, engine: Engine, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, overtaken = work.prepare, []

    def slow(*args: object, **kw: object) -> applying.Prepared:
        found = prepare(*args, **kw)  # type: ignore[arg-type]
        monkeypatch.setattr(work, "prepare", prepare)
        overtaken.append(another_worker(engine, config, leases.LEASE * 2))
        overtaken.append(stored(engine))
        return found

    monkeypatch.setattr(work, "prepare", slow)
    another_worker(engine, config, dt.timedelta())

    assert overtaken == [True, (6, 15)]
    assert stored(engine) == (6, 15)
    with open_session(engine, read_only=True) as session:
        assert session.scalars(select(DataImport)).one().state is ImportState.APPLIED


def test_while_a_step_takes_its_time_its_lease_is_prolonged(
    pressed: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "BEAT_SECONDS", 0.01)
    ticket = leases.take(engine, utcnow())
    assert ticket is not None
    later = utcnow() + leases.LEASE * 3
    beaten, beat_again, real = Event(), Event(), leases.prolong

    def noted(*args: object) -> bool:
        kept = real(*args)  # type: ignore[arg-type]
        (beat_again if beaten.is_set() else beaten).set()
        return kept

    monkeypatch.setattr(leases, "prolong", noted)
    with leases.held(engine, ticket, lambda: later):
        assert beat_again.wait(20)
        in_vain = leases.take(engine, later + leases.LEASE / 2)
    after = leases.take(engine, later + leases.LEASE * 2)

    assert in_vain is None
    assert after is not None


def test_a_lease_that_went_to_another_is_prolonged_no_more(pressed: str, engine: Engine) -> None:
    first = leases.take(engine, utcnow())
    second = leases.take(engine, utcnow() + leases.LEASE * 2)
    assert first is not None
    assert second is not None

    kept = [leases.prolong(engine, one, utcnow()) for one in (first, second)]

    assert kept == [False, True]


def test_a_dead_worker_is_waited_for_half_a_minute_and_no_longer(pressed: str, engine: Engine) -> None:
    now = utcnow()
    leases.take(engine, now)

    soon = leases.take(engine, now + dt.timedelta(seconds=20))
    later = leases.take(engine, now + dt.timedelta(seconds=31))

    assert soon is None
    assert later is not None
