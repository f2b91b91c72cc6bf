"""What is thrown away by itself: remembered forms after two days."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine

from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.jobs.worker import Step
from ocop.web import keys


def steps() -> list[Step]:
    return [Step("forget old forms", _forget_forms, every=3600)]


def _forget_forms(engine: Engine) -> bool:
    with open_session(engine) as session:
        keys.forget_old(session, utcnow() - dt.timedelta(days=2))
        session.commit()
    return False
