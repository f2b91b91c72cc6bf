"""The one cookie. Signed in, it is the sign-in token; before that, a visitor token that ties forms to a browser.
Public pages (scans) never ask for it and so never set it. A shared machine has one more, which names the machine
and nobody: its lock page lists who may go on there."""

from __future__ import annotations

import secrets

from flask import Response, current_app, g, request

SIGN_IN_SECONDS = 30 * 24 * 3600


def _names() -> tuple[str, str]:
    prefix = "__Host-" if current_app.config["OCOP"].https else ""
    return f"{prefix}ocop", f"{prefix}ocop_visitor"


def sign_in_token() -> str | None:
    return request.cookies.get(_names()[0])


def browser_token() -> str:
    """What this browser's forms are tied to; a new visitor token is set with the response."""
    if g.get("actor") is not None:
        return sign_in_token() or ""
    if "visitor" not in g:
        g.visitor = request.cookies.get(_names()[1])
        if not g.visitor:
            g.visitor = g.new_visitor = secrets.token_urlsafe(24)
    return g.visitor


def machine_token() -> str | None:
    """Set once somebody said, when signing in, that this machine is shared."""
    return request.cookies.get(f"{_names()[0]}_may")


def set_machine(response: Response, token: str) -> Response:
    response.set_cookie(
        f"{_names()[0]}_may",
        token,
        max_age=SIGN_IN_SECONDS,
        secure=current_app.config["OCOP"].https,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def set_sign_in(response: Response, token: str, *, keep: bool) -> Response:
    response.set_cookie(
        _names()[0],
        token,
        max_age=SIGN_IN_SECONDS if keep else None,
        secure=current_app.config["OCOP"].https,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def drop_sign_in(response: Response) -> Response:
    response.delete_cookie(_names()[0], path="/", secure=current_app.config["OCOP"].https, samesite="Lax")
    return response


def set_visitor(response: Response) -> Response:
    if "new_visitor" in g:
        response.set_cookie(
            _names()[1],
            g.new_visitor,
            secure=current_app.config["OCOP"].https,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response
