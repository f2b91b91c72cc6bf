"""/xa/co-so/…/thong-bao: the reminder letter of one producer, to print, to save, and noted as handed over."""

from __future__ import annotations

from flask import Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.dossiers import mapping, queries, services
from ocop.dossiers.views.blueprint import bp, file
from ocop.producers import queries as producers
from ocop.producers.rules import terms
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence


@bp.get("/xa/co-so/<producer_id>/thong-bao")
@access.official
def letter(producer_id: str) -> str:
    return _page(producer_id)


def _page(producer_id: str, refused: str = "") -> str:
    producer = producers.in_own_commune(db(), access.actor(), producer_id)
    return render_template(
        "dossiers/letter.html",
        producer=producer,
        letter=queries.reminder(db(), producer, today()),
        sent_at=queries.last_reminded(db(), [producer.id]).get(producer.id),
        reminder_days=terms().reminder_days,
        refused=refused,
    )


@bp.get("/xa/co-so/<producer_id>/thong-bao.docx")
@access.official
def letter_file(producer_id: str) -> Response:
    producer = producers.in_own_commune(db(), access.actor(), producer_id)
    found = queries.reminder(db(), producer, today())
    if found is None:
        raise NotFound()
    return file(mapping.letter_file(found), mapping.DOCX, f"thong-bao-{today():%Y-%m-%d}.docx")


@bp.post("/xa/co-so/<producer_id>/thong-bao")
@access.official
def letter_sent(producer_id: str) -> AnyResponse | tuple[str, int]:
    try:
        services.send_reminder(db(), access.actor(), producer_id=producer_id, day=today())
    except Refused as refusal:
        return _page(producer_id, sentence(refusal.code, **refusal.params)), 422
    return done("dossiers.letter", "reminder", producer_id=producer_id)
