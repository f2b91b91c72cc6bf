"""Headers on every answer: nothing from elsewhere, no inline script, no framing, no sniffing."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

_CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)


def add(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    # same-origin, not no-referrer: a form POST then still carries its Origin; scan pages set no-referrer
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(), microphone=(), camera=(self)"
    if current_app.config["OCOP"].https:
        headers["Strict-Transport-Security"] = "max-age=63072000"
    if request.endpoint != "static" and (g.get("actor") is not None or request.method == "POST"):
        # Phones and commune PCs are shared: the back button must not show somebody else's page.
        headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    app.after_request(add)
