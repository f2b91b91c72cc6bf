"""/xa/nhap-excel/…/bo: what stands in the way of undoing an import, and undoing it."""

from __future__ import annotations

from flask import render_template, request

from ocop.accounts.views import done
from ocop.db.errors import Refused
from ocop.imports import queries, services
from ocop.imports.services.undoing import MOST_NAMED, obstacle_code
from ocop.imports.views.blueprint import Answer, bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence


@bp.get("/xa/nhap-excel/<import_id>/bo")
@access.official
def ask_undo(import_id: str) -> str:
    return _page(import_id)


@bp.post("/xa/nhap-excel/<import_id>/bo")
@access.official
def undo(import_id: str) -> Answer:
    try:
        services.undo(db(), access.actor(), import_id=import_id, agreed=request.form.get("agreed", ""))
    except Refused as refusal:
        if refusal.code == "import_moved_on":
            raise
        return _page(import_id), 422
    return done("imports.every", "import_undone")


def _page(import_id: str) -> str:
    how = services.standing(db(), access.actor(), import_id=import_id)
    return render_template(
        "imports/undo.html",
        data=queries.get(db(), access.actor(), import_id),
        in_the_way=[sentence(obstacle_code(table), name=name) for table, name in how.in_the_way],
        edited=how.edited[:MOST_NAMED],
        more=max(0, len(how.edited) - MOST_NAMED),
        agreed=how.agreed,
    )
