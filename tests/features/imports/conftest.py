"""An officer at the desk, and the worker beside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.config import Config
from ocop.db import secrets
from ocop.db.base import utcnow
from ocop.imports import work
from ocop.imports.decoder import limited
from ocop.jobs.worker import run_until_idle
from tests.browser_client import Browser
from tests.factories import an_officer


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet is read without a process of its own, which would take longer than all the rest of a test.
    tests/unit/imports/test_limited.py has the process."""
    monkeypatch.setattr(limited, "in_a_child", limited.main)


@pytest.fixture
def officer(session: Session) -> User:
    user, _actor = an_officer(session)
    return user


@pytest.fixture
def desk(browser: Browser, officer: User) -> Browser:
    """The officer's browser."""
    return browser.sign_in(officer)


@pytest.fixture
def worker(engine: Engine, config: Config) -> Callable[..., None]:
    """Let the worker do all there is to do for imports; ``ahead``: its clock is that far on."""

    def run(ahead: dt.timedelta = dt.timedelta()) -> None:
        steps = work.steps(config, secrets.load(config.secrets_dir), clock=lambda: utcnow() + ahead)
        run_until_idle(engine, steps, rounds=1_000)

    return run
