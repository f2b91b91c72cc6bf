"""The request's session: opened at first use, committed once after a successful POST, never on GET.

On GET the session is read-only at two levels: SQLite starts a deferred transaction and a flush is refused.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.db.engine import open_session


def engine() -> Engine:
    return current_app.extensions["ocop.engine"]


def db() -> Session:
    """This request's session."""
    if "db" not in g:
        g.db = open_session(engine(), read_only=request.method in ("GET", "HEAD", "OPTIONS"))
    return g.db


def commit(response: Response) -> Response:
    """After the view: keep the work of a POST that succeeded, drop everything else."""
    session: Session | None = g.get("db")
    if session is None:
        return response
    if request.method not in ("GET", "HEAD", "OPTIONS") and response.status_code < 400:
        session.commit()
    else:
        session.rollback()
    return response


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("db", None)
    if session is not None:
        session.close()


def init_app(app: Flask, the_engine: Engine) -> None:
    app.extensions["ocop.engine"] = the_engine
    app.teardown_request(_close)
