"""/co-so: one's own producer, on one screen."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ocop.accounts.views import done
from ocop.db.base import EditConflict
from ocop.db.errors import Refused
from ocop.places.queries import full_address
from ocop.producers import queries, services
from ocop.producers.forms import Found, ProducerForm
from ocop.producers.mapping import shown_tax_code
from ocop.producers.models import Producer
from ocop.producers.rules import is_personal
from ocop.producers.views.blueprint import Answer, bp
from ocop.producers.views.conflict import both_versions, written
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence


@bp.route("/co-so", methods=["GET", "POST"])
@access.producer("producer.edit")
def edit() -> Answer:
    producer = queries.current(db(), access.actor())
    form = _form(producer)
    if not form.asks_for_places and form.sent_and_valid():
        try:
            return _save(form, producer)
        except EditConflict as conflict:
            return _conflict(form, conflict.thing)  # type: ignore[arg-type]
        except Refused as refusal:
            form.refuse(refusal)
    masked = shown_tax_code(producer) if is_personal(producer.tax_code) else ""
    page = render_template(
        "producers/edit.html", form=form, producer=producer, found=Found(form), masked=masked
    )
    return page, 422 if request.method == "POST" else 200


def _form(producer: Producer) -> ProducerForm:
    if request.method == "POST":
        form = ProducerForm(request.form)
        for number in (form.hotline, form.zalo):
            number.object_data = getattr(producer, number.short_name)
        return form
    return ProducerForm(obj=producer, data={"hotline_agreed": producer.hotline_consent_at is not None})


def _save(form: ProducerForm, producer: Producer) -> Answer:
    services.edit_producer(
        db(),
        access.actor(),
        version=form.version.data,
        tax_code=form.tax_code_for(producer),
        hotline_agreed=form.hotline_agreed.data,
        consent_wording=sentence("hotline_consent"),
        **form.facts,
    )
    return done("producers.edit", "producer")


def _conflict(form: ProducerForm, saved: Producer) -> tuple[str, int]:
    mine = form.facts
    if not (is_personal(saved.tax_code) or is_personal(form.tax_code.data)):
        mine["tax_code"] = form.tax_code.data  # a personal one is in no page: the saved one stays
    agreed = form.hotline_agreed.data and mine["hotline"] == saved.hotline
    return both_versions(form, saved, mine, words=_words, also={"hotline_agreed": "y"} if agreed else {})


def _words(name: str, value: Any) -> str:
    if name == "kind":
        return sentence(f"producer_kind_{value.value}")
    if name == "commune_code":
        return full_address(value)
    return written(value) or "(để trống)"
