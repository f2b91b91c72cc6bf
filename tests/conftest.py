"""Fixtures every suite shares: a fresh database, the settings, the application and a browser of our own.

OCOP_TEST_DATABASE_URL points the whole suite at another engine (PostgreSQL in .ci/run).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

import ocop.app  # noqa: F401 - brings in every model
from ocop.app import create_app
from ocop.config import Config
from ocop.config import load as load_config
from ocop.db import install, secrets
from ocop.db.base import Base
from ocop.db.engine import make_engine, open_session
from tests.browser_client import Browser
from traceability.highwater import HighWater

_MAY_TALK = ("adapters", "journeys", "browser", "scale")  # only to the project's own servers, on this machine


@pytest.fixture(autouse=True)
def _closed_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test reaches the network; some folders may reach servers they started on 127.0.0.1."""
    folder = request.path.relative_to(Path(__file__).parent).parts[0]
    if folder in _MAY_TALK:
        socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of an install in an empty folder, its keys and its mark made."""
    env = {"OCOP_VAR": str(tmp_path / "var"), "OCOP_DEMO": "0", "OCOP_HELP_PHONE": "0237 000 000"}
    config = load_config(env)
    secrets.make_missing(config.secrets_dir)
    config.mark_file.parent.mkdir(parents=True)
    HighWater(config.mark_file).create(0)
    return config


@pytest.fixture
def engine(config: Config) -> Iterator[Engine]:
    """An engine on a database with every table, one install row, and nothing else."""
    elsewhere = os.environ.get("OCOP_TEST_DATABASE_URL")
    if elsewhere:
        yield from _schema_of_its_own(elsewhere)
        return
    engine = make_engine(config.database_url)
    _fill(engine)
    yield engine
    engine.dispose()


def _schema_of_its_own(url: str) -> Iterator[Engine]:
    """On a server: one schema per test, dropped after it."""
    name = f"t_{os.getpid()}_{os.urandom(4).hex()}"
    owner = make_engine(url)
    with owner.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    here = make_url(url).update_query_dict({"options": f"-csearch_path={name}"})
    engine = make_engine(here.render_as_string(hide_password=False))
    _fill(engine)
    yield engine
    engine.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    owner.dispose()


def _fill(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with open_session(engine) as session:
        install.ensure(session)
        session.commit()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that may write. Commit before the browser is to see it."""
    with open_session(engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def app(config: Config, engine: Engine) -> Iterator[Flask]:
    app = create_app(config, engine, testing=True)
    yield app


@pytest.fixture
def browser(app: Flask, engine: Engine) -> Browser:
    return Browser(app, engine)
