"""The shared makers, with no transaction left open behind them: on SQLite a reader of ours would be a writer
that the browser waits for."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from tests import factories


def an_owner(session: Session, **values: Any):
    return _done(session, factories.an_owner(session, **values))


def an_officer(session: Session, commune_code: str = "15286"):
    return _done(session, factories.an_officer(session, commune_code))


def an_operator(session: Session):
    return _done(session, factories.an_operator(session))


def _done(session: Session, made: Any) -> Any:
    session.commit()
    return made
