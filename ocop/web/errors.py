"""Errors become pages here and nowhere else: a sentence that says what happened, what was kept, what to do."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ocop.db.actor import NotAllowed, NotFound
from ocop.db.base import EditConflict
from ocop.db.errors import Refused
from ocop.web.access import SignInFirst
from ocop.web.keys import StaleForm
from ocop.web.wording import sentence

log = logging.getLogger("ocop.web")

_BY_STATUS = {400: "bad_request", 403: "not_allowed", 404: "not_found", 405: "wrong_method", 413: "too_large"}


def page(status: int, text: str, *, title: str = "Chưa làm được") -> Response:
    response = make_response(render_template("errors/error.html", title=title, text=text), status)
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response


def _sign_in(_error: SignInFirst) -> Response:
    door = "accounts.locked" if g.get("locked") else "accounts.sign_in"
    if request.method == "GET":
        return redirect(url_for(door, tiep=request.full_path.rstrip("?")), 303)
    return page(401, sentence("machine_locked" if g.get("locked") else "sign_in_first"))


def _not_found(_error: NotFound) -> Response:
    """The same for what is not there and what is not ours; only a right that has just ended is named."""
    if g.get("lost_producer"):
        return page(404, sentence("lost_producer"), title="Đã thôi làm cho cơ sở này")
    return page(404, sentence("not_found"), title="Không có trang này")


def _busy(error: OperationalError) -> Response:
    log.warning("database busy: %s", error.orig)
    return page(503, sentence("busy"))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    code = _BY_STATUS.get(status, "bad_request" if status < 500 else "broken")
    return page(status, sentence(code), title="Không có trang này" if status == 404 else "Chưa làm được")


def _broken(error: Exception) -> Response:
    # The rule and not the path: some addresses are keys (the link of a first sign-in).
    log.exception("unhandled: %s %s", request.method, request.url_rule, exc_info=error)
    return page(500, sentence("broken"))


def init_app(app: Flask) -> None:
    handle = app.register_error_handler
    handle(SignInFirst, _sign_in)
    handle(NotFound, _not_found)
    handle(NotAllowed, lambda _e: page(403, sentence("not_allowed")))
    handle(StaleForm, lambda _e: page(400, sentence("stale_form")))
    handle(EditConflict, lambda _e: page(409, sentence("edit_conflict")))
    handle(Refused, lambda e: page(422, sentence(e.code, **e.params)))
    handle(RequestEntityTooLarge, lambda _e: page(413, sentence("too_large")))
    handle(OperationalError, _busy)
    handle(HTTPException, _http)
    if not app.config.get("TESTING"):
        handle(Exception, _broken)
