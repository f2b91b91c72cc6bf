"""Everything of a producer in one ZIP, made while it is sent: for its owner, and for the operator."""

from __future__ import annotations

from flask import Response, render_template

from ocop.db.base import today
from ocop.portability import services
from ocop.portability.views.blueprint import bp, config
from ocop.producers import queries as producers
from ocop.producers.models import Producer
from ocop.web import access
from ocop.web.folding import fold
from ocop.web.unit_of_work import db, engine


@bp.get("/co-so/mang-di")
@access.producer("grant.give")
def take_away() -> str:
    producer = producers.current(db(), access.actor())
    return render_template("portability/take_away.html", producer=producer)


@bp.post("/co-so/mang-di.zip")
@access.producer("grant.give", stays=True)
def own_file() -> Response:
    return _sent(services.record_export(db(), access.actor()))


@bp.post("/van-hanh/co-so/<producer_id>/mang-di.zip")
@access.operator
def any_file(producer_id: str) -> Response:
    return _sent(services.record_export(db(), access.actor(), producer_id=producer_id))


def _sent(producer: Producer) -> Response:
    """The pieces are read in sessions of their own, after this request's work is kept."""
    pieces = services.export(engine(), config().media_dir, producer_id=producer.id)
    name = "-".join(fold(producer.name).split())[:60].strip("-")
    safe = "".join(letter for letter in name if letter.isalnum() or letter == "-")
    return Response(
        pieces,
        mimetype="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{safe or "co-so"}-{today():%Y%m%d}.zip"'},
    )
