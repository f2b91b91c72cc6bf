"""Making an install ready: keys, mark, migrated database, its row and its channels, demo or first account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from ocop.accounts import services as accounts
from ocop.accounts.models import User
from ocop.config import Config
from ocop.db import install, migrate, secrets
from ocop.db.engine import make_engine, open_session
from ocop.publishing import services as publishing
from traceability.highwater import HighWater


@dataclass(frozen=True)
class Ready:
    engine: Engine
    secrets: secrets.Secrets
    new: bool


def prepare(config: Config) -> Ready:
    """Everything a start needs, made or brought up to date. Raises KeysMissing when an install that holds data
    has lost its keys: new ones would turn every printed stamp into an unknown one."""
    for folder in (config.var, config.media_dir, config.spool_dir, config.mark_file.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = make_engine(config.database_url)
    new = migrate.current(engine) is None
    if new:
        secrets.make_missing(config.secrets_dir)
        if not config.mark_file.exists():
            HighWater(config.mark_file).create(0)
    keys = secrets.load(config.secrets_dir)
    migrate.upgrade(engine)
    with open_session(engine) as session:
        migrate.one_at_a_time(session.connection())
        install.ensure(session)
        publishing.seed_channels(session, config)
        session.commit()
    return Ready(engine, keys, new)


def has_accounts(engine: Engine) -> bool:
    with open_session(engine, read_only=True) as session:
        return bool(session.scalar(select(func.count()).select_from(User)))


def somebody_can_sign_in(engine: Engine) -> bool:
    """Whether any account has a password and a phone; the first one is made without and waits for its link."""
    known = select(User.id).where(User.password_hash.is_not(None), User.phone != "")
    with open_session(engine, read_only=True) as session:
        return session.scalars(known).first() is not None


def first_account_link(ready: Ready, config: Config) -> str:
    """A one-time link that makes the first operator."""
    with open_session(ready.engine) as session:
        code = accounts.first_operator(session, name="Người vận hành", phone="", secret=ready.secrets.session)
        session.commit()
    return f"{config.base_url}/lan-dau/{code}"
