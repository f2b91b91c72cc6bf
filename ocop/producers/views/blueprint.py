"""The blueprint, and what every page of it shares."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts.models import Delegation, OneTimeCode
from ocop.accounts.views import done
from ocop.db.actor import Actor, NotFound
from ocop.db.engine import open_session
from ocop.media import services as media
from ocop.producers import mapping, queries
from ocop.web import access
from ocop.web.filters import day as written_day
from ocop.web.unit_of_work import db, engine
from ocop.web.wording import sentence

bp = Blueprint("producers", __name__)

Answer = str | AnyResponse | tuple[str, int]


@bp.app_context_processor
def _acting() -> dict[str, Any]:
    """For whom somebody works, in the band on every page; nothing while the database cannot be asked."""
    who: Actor | None = g.get("actor")
    if who is None or not who.on_behalf:
        return {}
    try:
        with open_session(engine(), read_only=True) as session:
            name = queries.current(session, who).name
            given = accounts.delegation_acted_under(session, who)
    except (OperationalError, NotFound):
        return {}
    return {
        "acting_for": name,
        "acting_right": _right(given) if given else "",
        "stop_acting_url": url_for("producers.stop_acting"),
    }


def _right(given: Delegation) -> str:
    """On what paper, until when, and what it lets do."""
    until = written_day(given.valid_to)
    return sentence("acting_right", until=until, bundle=mapping.bundle_words(given.bundle))


def take_picture() -> media.TakenIn | None:
    """The picture sent with this form; None when there is none. Decoding takes long: call it before the first
    look into the database. Raises Refused(photo_…), field "photos"."""
    upload = request.files.get("photos")
    if upload is None or not upload.filename:
        return None
    return media.take_in(current_app.config["OCOP"].media_dir, upload.stream)


def keep_picture(taken: media.TakenIn | None, producer_id: str | None = None) -> str | None:
    """Its row, for the producer's own people only. ``producer_id``: whose it is, if not the one worked for."""
    if taken is None:
        return None
    who = access.actor()
    return media.keep(db(), who, taken, producer_id=producer_id or who.producer_id, public=False).id


def to_code_paper(code: OneTimeCode | None, endpoint: str, word: str, **values: Any) -> AnyResponse:
    """After somebody was let in: to the paper with their code, or back when they need none."""
    if code is None:
        return done(endpoint, word, **values)
    return done("accounts.code_paper", "code", code_id=code.id)
