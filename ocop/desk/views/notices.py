"""/thong-bao: what the producer's people, or this person, should know."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts.views import done
from ocop.desk import services
from ocop.desk.mapping.notices import notice_line
from ocop.desk.views.blueprint import bp, page_number
from ocop.web import access
from ocop.web.unit_of_work import db

PER_PAGE = 25


@bp.get("/thong-bao")
@access.signed_in
def notices() -> str:
    who, page = access.actor(), page_number()
    rows = db().scalars(accounts.notices_for(who).limit(PER_PAGE + 1).offset((page - 1) * PER_PAGE)).all()
    return render_template(
        "desk/notices.html",
        lines=[notice_line(row) for row in rows[:PER_PAGE]],
        unseen=accounts.unseen_notices(db(), who),
        page=page,
        more=len(rows) > PER_PAGE,
    )


@bp.post("/thong-bao/da-xem")
@access.signed_in
def seen() -> AnyResponse:
    ids = request.form.getlist("id")
    services.mark_seen(db(), access.actor(), notice_ids=ids or None)
    return done("desk.notices", "notices_seen")
