"""Two producers that know nothing of each other, each with one of everything."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.rules import Role, ScopeKind
from ocop.config import Config
from tests.browser_client import Browser
from tests.factories import a_grant, a_user
from tests.quality.world import World, build


@dataclass(frozen=True)
class Tenant:
    """A producer's world and a browser whose person works for it."""

    world: World
    user_id: str
    browser: Browser

    def id(self, thing: str) -> str:
        return self.world.ids[thing]


@pytest.fixture
def ours(session: Session, config: Config, app: Flask, engine: Engine) -> Tenant:
    world = build(session, config)
    user = a_user(session, "Chủ cơ sở A")
    a_grant(session, user, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, world.producer_id)
    session.commit()
    return Tenant(world, user.id, Browser(app, engine).sign_in(user))
