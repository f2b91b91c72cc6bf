"""What classes and the tour put on everybody's pages: the band, and the card of the next step."""

from __future__ import annotations

from typing import Any

from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from ocop.accounts import queries as accounts
from ocop.db.actor import Actor
from ocop.training import queries
from ocop.training.rules import TourStep, tour, tour_step
from ocop.training.views.blueprint import bp
from ocop.web.unit_of_work import db


@bp.app_context_processor
def frame() -> dict[str, Any]:
    who: Actor | None = g.get("actor")
    if who is None or who.user_id is None:
        return {}
    try:
        return {"in_class": queries.practises(db(), who), "tour_card": _card(who)}
    except SQLAlchemyError:  # the page that says the machine is busy is drawn all the same
        return {}


def kind_of(who: Actor) -> str:
    """Which tour somebody takes: "producer", "officer", or "" for those who need none."""
    if who.producer_id is not None and not who.on_behalf:
        return "producer"
    return "officer" if who.communes else ""


def _card(who: Actor) -> TourStep | None:
    kind = kind_of(who)
    if not kind or request.method != "GET" or request.endpoint not in {one.endpoint for one in tour(kind)}:
        return None
    return tour_step(kind, accounts.user(db(), who.user_id or "").tour, request.endpoint)
