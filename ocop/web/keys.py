"""Two hidden fields in every form: one proves that the form came from our page (CSRF), one makes sending the
same form twice harmless: a 3G phone that re-sends is shown the result of the first time.

The CSRF token is an HMAC over the sign-in (or visitor) cookie. The sending-twice key is remembered with the
redirect it led to, in the same transaction as the work.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from flask import Flask, Response, current_app, g, redirect, request
from markupsafe import Markup
from sqlalchemy import String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ocop.db.base import Base, utcnow
from ocop.db.engine import open_session
from ocop.web import access, cookies, unit_of_work


class StaleForm(Exception):
    """The form's hidden fields are missing or belong to another sign-in."""


class SentForm(Base):
    """A form that was carried out, and where it led."""

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    location: Mapped[str] = mapped_column(String(500))
    at: Mapped[dt.datetime] = mapped_column(default=utcnow)


def csrf_token() -> str:
    secret: bytes = current_app.extensions["ocop.secrets"].session
    return hmac.new(secret, b"csrf|" + _tied_to().encode(), hashlib.sha256).hexdigest()[:32]


def _tied_to() -> str:
    """What this page's forms belong to: the browser's cookie, or the address where that is the key."""
    mark = access.access_of(request.endpoint)
    if mark is None or not mark.address:
        return cookies.browser_token()
    return f"address|{(request.view_args or {})[mark.address]}"


def form_keys() -> Markup:
    """The two hidden inputs; call it inside every form."""
    return Markup(
        '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="once" value="{}">'
    ).format(csrf_token(), secrets.token_urlsafe(12))


def check() -> Response | None:
    """Before a POST: refuse a foreign form; answer a repeated one with what the first led to."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return None
    # As bytes: of texts only ASCII ones can be compared, and anybody can send another.
    if not hmac.compare_digest(request.form.get("csrf", "").encode(), csrf_token().encode()):
        raise StaleForm()
    mark = access.access_of(request.endpoint)
    if mark is not None and not mark.once:
        return None
    once = request.form.get("once", "")
    if not 8 <= len(once) <= 64:
        raise StaleForm()
    # The path is part of the key: one form's key cannot answer for another's.
    said = sorted(request.form.items()) if mark is not None and mark.stays else ""
    g.once = hashlib.sha256(f"{once}|{cookies.browser_token()}|{request.path}|{said}".encode()).hexdigest()
    return _answer_again()


def _answer_again() -> Response | None:
    with open_session(unit_of_work.engine(), read_only=True) as session:
        sent = session.get(SentForm, g.once)
    return redirect(sent.location, 303) if sent else None


def remember_and_commit(response: Response) -> Response:
    """After the view: note the form as carried out and commit everything at once."""
    location = response.headers.get("Location", "")
    if "once" in g and 300 <= response.status_code < 400 and len(location) <= 500:
        unit_of_work.db().add(SentForm(key=g.once, location=location))
    try:
        return unit_of_work.commit(response)
    except IntegrityError:
        unit_of_work.db().rollback()
        again = _answer_again() if "once" in g else None
        if again is None:
            raise
        return again


def forget_old(session: Session, before: dt.datetime) -> None:
    session.execute(delete(SentForm).where(SentForm.at < before))


def init_app(app: Flask) -> None:
    app.jinja_env.globals["form_keys"] = form_keys
    app.jinja_env.globals["csrf_token"] = csrf_token
