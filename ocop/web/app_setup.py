"""Everything every feature shares over HTTP, put into a Flask application in the right order."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, g, request
from sqlalchemy import Engine

from ocop.db.actor import Actor
from ocop.web import access, cookies, errors, filters, headers, keys, static_files, unit_of_work

# A plain form is taken apart in memory all at once; only people who are signed in send photos.
MAX_BYTES_WITHOUT_PHOTOS = 2_000_000


def init_app(app: Flask, engine: Engine, load_actor: Callable[[], Actor | None]) -> None:
    unit_of_work.init_app(app, engine)
    filters.init_app(app)
    static_files.init_app(app)
    headers.init_app(app)
    keys.init_app(app)
    errors.init_app(app)

    @app.before_request
    def _who_and_whether() -> Response | None:
        mark = access.access_of(request.endpoint)
        if request.endpoint == "static" or (mark is not None and mark.kind == "anonymous"):
            return None
        g.actor = load_actor()
        if g.actor is None or request.mimetype != "multipart/form-data":
            request.max_content_length = MAX_BYTES_WITHOUT_PHOTOS
        access.enforce()
        return keys.check()

    @app.after_request
    def _finish(response: Response) -> Response:
        return cookies.set_visitor(keys.remember_and_commit(response))
