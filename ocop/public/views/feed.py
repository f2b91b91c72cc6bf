"""Feeds for whoever shows goods elsewhere: Google, Facebook, a commune's portal. Anonymous, and made while they are
sent: neither a file nor a list of all products is ever held.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from marketplace_adapters.feed.items import FeedItem
from marketplace_adapters.feed.writers import FeedHead, meta_csv, rss
from ocop.db.base import VIETNAM, today
from ocop.db.engine import open_session
from ocop.public.queries import feed as queries
from ocop.public.queries.feed import WHOLE, Scope, Standing
from ocop.public.views.blueprint import bp
from ocop.web import access
from ocop.web.unit_of_work import engine
from ocop.web.wording import sentence

_TYPES = {"rss": "application/rss+xml", "csv": "text/csv"}
_FORMAT = 1  # raise it when the writers write otherwise, so that no reader keeps the old form
# A reader that takes its time holds a thread of the web server; the others are for people who scan.
_AT_ONCE = BoundedSemaphore(3)


@bp.get("/nguon-hang/xa/<code>.<any(rss,csv):form>")
@access.anonymous
def commune_feed(code: str, form: str) -> Response:
    return _answer(form, lambda session: queries.of_commune(code))


@bp.get("/nguon-hang/co-so/<producer_id>.<any(rss,csv):form>")
@access.anonymous
def producer_feed(producer_id: str, form: str) -> Response:
    return _answer(form, lambda session: queries.of_producer(session, producer_id))


@bp.get("/nguon-hang/tinh.<any(rss,csv):form>")
@access.anonymous
def whole_feed(form: str) -> Response:
    return _answer(form, lambda session: WHOLE)


def _answer(form: str, find: Callable[[Session], Scope]) -> Response:
    """304 when the reader has it already; that costs three sums and no product."""
    day = today()
    with open_session(engine(), read_only=True) as session:
        scope = find(session)
        rests_on = queries.standing(session, scope)
    tag = _tag(form, day, rests_on)
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    elif request.method == "HEAD":
        response = Response(mimetype=_TYPES[form])
    elif not _AT_ONCE.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "60", "Cache-Control": "no-store"})
    else:
        response = _streamed(form, scope, day)
        response.call_on_close(_AT_ONCE.release)
    response.set_etag(tag)
    response.last_modified = _last_change(rests_on, day)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _streamed(form: str, scope: Scope, day: dt.date) -> Response:
    base_url = current_app.config["OCOP"].base_url
    goods = queries.items(engine(), scope, base_url=base_url, day=day)
    return Response(_written(form, scope, goods, base_url), mimetype=_TYPES[form])


def _written(form: str, scope: Scope, goods: Iterator[FeedItem], base_url: str) -> Iterator[bytes]:
    if form == "csv":
        return meta_csv(goods)
    which = "" if scope.place else "_all"
    title, about = (sentence(f"{code}{which}", place=scope.place) for code in ("feed_head", "feed_about"))
    return rss(FeedHead(title, f"{base_url}/", about), goods)


def _tag(form: str, day: dt.date, rests_on: Standing) -> str:
    """Papers come into force and lapse by the day, so the day is part of it."""
    parts = (_FORMAT, form, day, current_app.config["OCOP"].base_url, rests_on.figures)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _last_change(rests_on: Standing, day: dt.date) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time(), VIETNAM)
    return max(filter(None, (rests_on.changed_at, midnight)))
