from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.config import Config
from tests.features.batches.stamping import Shop, a_shop


@pytest.fixture
def shop(session: Session, engine: Engine, config: Config, app: Flask) -> Shop:
    return a_shop(session, engine, config, app)
