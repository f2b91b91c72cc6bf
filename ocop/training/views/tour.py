"""The buttons of the tour's card. It works without JavaScript: each leads to a page."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from ocop.accounts.rules import own_path
from ocop.accounts.views import done
from ocop.training import services
from ocop.training.rules import tour
from ocop.training.views.blueprint import bp
from ocop.training.views.frame import kind_of
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.post("/huong-dan/tiep")
@access.signed_in
def next_step() -> Response:
    """To the page of the next step; from the last one to where the guides are."""
    who, seen = access.actor(), request.form.get("buoc", 0, int)
    person = services.next_step(db(), who, seen=seen)
    steps = tour(kind_of(who) or "producer")
    if 0 < person.tour < len(steps):
        return redirect(url_for(steps[person.tour].endpoint), 303)
    return done("training.guides", "tour")


@bp.post("/huong-dan/tat")
@access.signed_in
def turn_off() -> Response:
    services.tour_off(db(), access.actor())
    return redirect(own_path(request.form.get("ve")), 303)


@bp.post("/huong-dan/bat")
@access.signed_in
def turn_on() -> Response:
    services.tour_on(db(), access.actor())
    return redirect(url_for("public.home"), 303)
