"""/tem-ngung-dung: printed stamps with stars that hold no more."""

from __future__ import annotations

from flask import render_template

from ocop.batches import queries as batches
from ocop.db.base import today
from ocop.dossiers.views.blueprint import bp
from ocop.producers.models import Producer
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/tem-ngung-dung")
@access.producer("producer.view")
def stamps_to_stop() -> str:
    mine = Producer.id == access.actor().require("producer.view")
    return render_template(
        "dossiers/stamps_to_stop.html",
        stamps=batches.stamps_to_stop(db(), mine, today()),
        may_void=access.actor().may("stamps.activate"),
    )
