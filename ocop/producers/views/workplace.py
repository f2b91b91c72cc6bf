"""/chon-co-so: for whom one works, and the way out of helping."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts import services as sign_in
from ocop.accounts.rules import own_path
from ocop.accounts.views import done, session_secret
from ocop.db.actor import NotFound
from ocop.producers import mapping, queries
from ocop.producers.views.blueprint import bp
from ocop.producers.views.helpers import name_of
from ocop.web import access, cookies
from ocop.web.unit_of_work import db


@bp.get("/chon-co-so")
@access.signed_in
def choose() -> str:
    who = access.actor()
    places = accounts.workplaces(db(), who.user_id or "")
    producers = queries.named(db(), list(places))
    asked = {
        producer_id: [mapping.help_asked(one, name_of(one), []) for one in given]
        for producer_id, given in accounts.help_through(db(), who).items()
    }
    return render_template(
        "producers/choose.html",
        own=[producer for producer in producers if places[producer.id]],
        helped=[(producer, asked.get(producer.id, [])) for producer in producers if not places[producer.id]],
        groups=accounts.groups_named(db(), who.groups),
        may_take_codes=bool(who.communes or who.groups),
        may_sign=bool(who.groups),
        here=who.producer_id,
        kind_word=mapping.kind_word,
    )


@bp.post("/chon-co-so")
@access.signed_in
def work_for() -> AnyResponse:
    producer_id = request.form.get("id", "")
    if not producer_id:
        raise NotFound()
    _choose(producer_id)
    return redirect(own_path(request.form.get("tiep")), 303)


@bp.post("/thoi-lam-ho")
@access.signed_in
def stop_acting() -> AnyResponse:
    _choose(None)
    who = access.actor()
    if who.communes or who.provinces:
        return done("producers.desk", "stopped")
    return redirect(url_for("producers.choose", xong="stopped"), 303)


def _choose(producer_id: str | None) -> None:
    token = cookies.sign_in_token() or ""
    sign_in.choose_producer(
        db(), access.actor(), token=token, producer_id=producer_id, secret=session_secret()
    )
