"""Fixtures every suite shares: a fresh database, the settings, the application and a browser of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.services import passwords
from ocop.app import create_app
from ocop.config import Config
from ocop.config import load as load_config
from ocop.db import secrets
from ocop.db.engine import open_session
from tests import databases
from tests.browser_client import Browser
from traceability.highwater import HighWater

# Property tests in every suite: a busy machine is no fault (no deadline), and one run is like another.
settings.register_profile("calm", deadline=None, derandomize=True)
settings.load_profile("calm")

_SCALE = Path(__file__).with_name("scale")
_MAY_TALK = (
    "adapters",
    "journeys",
    "browser",
    "faults",
    "scale",
)  # only to the project's own servers, on this machine


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a database server only what meets the database is worth a second run."""
    if not databases.SERVER:
        return
    meets = {item for item in items if "_template" in item.fixturenames or item.path.is_relative_to(_SCALE)}
    config.hook.pytest_deselected(items=[item for item in items if item not in meets])
    items[:] = [item for item in items if item in meets]


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


@pytest.fixture(autouse=True, scope="session")
def _quick_argon2() -> Iterator[None]:
    """Argon2 with tiny costs: what these tests ask is who gets in, not how long a guess takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of an install in an empty folder, its keys and its mark made."""
    env = {"OCOP_VAR": str(tmp_path / "var"), "OCOP_DEMO": "0", "OCOP_HELP_PHONE": "0237 000 000"}
    config = load_config(env)
    secrets.make_missing(config.secrets_dir)
    config.mark_file.parent.mkdir(parents=True)
    HighWater(config.mark_file).create(0)
    return config


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with databases.a_template(tmp_path_factory.mktemp("template")) as url:
        yield url


@pytest.fixture
def engine(config: Config, _template: str) -> Iterator[Engine]:
    """An engine on a database with every table, one install row, and nothing else."""
    with databases.a_copy(_template, config.database_url) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that may write. Commit before the browser is to see it."""
    with open_session(engine) as session:
        yield session
        session.rollback()


class _CompiledOnce(BytecodeCache):
    """Templates are compiled once per test process, not once per application."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_templates = _CompiledOnce()


@pytest.fixture
def app(config: Config, engine: Engine) -> Flask:
    app = create_app(config, engine, testing=True)
    app.jinja_env.bytecode_cache = _templates
    return app


@pytest.fixture
def browser(app: Flask, engine: Engine) -> Browser:
    return Browser(app, engine)
