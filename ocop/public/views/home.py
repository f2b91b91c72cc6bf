"""The front page, and the answer to whoever watches whether the program lives."""

from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as AnyResponse

from ocop.batches.queries import stamp_mode
from ocop.db.actor import Actor
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.public.queries import home as queries
from ocop.public.views.blueprint import bp
from ocop.web import access
from ocop.web.unit_of_work import db, engine
from ocop.web.wording import sentence


@bp.get("/")
@access.public
def home() -> str | AnyResponse:
    actor: Actor | None = g.get("actor")
    if actor is None:
        return render_template("public/welcome.html")
    if actor.producer_id is None and (actor.communes or actor.provinces):
        return redirect(url_for("desk.today_s_work", xong=request.args.get("xong")), 303)
    if not actor.may("producer.view"):
        return render_template("public/choose_work.html", actor=actor)
    practice = stamp_mode(db(), current_app.config["OCOP"].base_url, actor.producer_id).practice
    day = queries.day(db(), actor, date=today(), practice=practice)
    return render_template("public/home.html", day=day, sentence=sentence)


@bp.get("/healthz")
@access.anonymous
def healthz() -> tuple[str, int, dict[str, str]]:
    plain = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
    try:
        with open_session(engine(), read_only=True) as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "database does not answer", 503, plain
    return "ok", 200, plain
