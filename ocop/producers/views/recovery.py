"""/khoi-phuc: a lost password, never by one person alone."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.rules import shown_phone
from ocop.accounts.views import done, session_secret
from ocop.db.actor import NotAllowed
from ocop.producers import services
from ocop.producers.views.blueprint import bp, to_code_paper
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/khoi-phuc")
@access.signed_in
def recoveries() -> str:
    who = access.actor()
    if not (who.communes or who.operator or who.may("grant.give")):
        raise NotAllowed("official")
    waiting = services.recoveries(db(), who)
    return render_template(
        "producers/recoveries.html", waiting=waiting, me=who.user_id, shown_phone=shown_phone
    )


@bp.post("/khoi-phuc/xin")
@access.signed_in
def ask_recovery() -> AnyResponse:
    services.ask_recovery(db(), access.actor(), user_id=request.form.get("id", ""), secret=session_secret())
    return done("producers.recoveries", "recovery_asked")


@bp.post("/khoi-phuc/dong-y")
@access.signed_in
def agree_to_recovery() -> AnyResponse:
    row = services.agree_to_recovery(db(), access.actor(), code_id=request.form.get("id", ""))
    return to_code_paper(row, "producers.recoveries", "recovery_asked")
