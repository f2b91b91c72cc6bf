"""Lots: list, new, page with its diary, hold and recall."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from ocop.batches import queries, services
from ocop.batches.forms import BatchForm, EventForm, RecallForm
from ocop.batches.models import Batch, TraceEvent
from ocop.batches.rules import UNITS, Step, good_until, suggest_lot_number
from ocop.batches.views.blueprint import bp, config, mode
from ocop.db.actor import NotFound
from ocop.db.base import EditConflict, today
from ocop.db.errors import Refused
from ocop.media import services as media
from ocop.places import queries as places
from ocop.producers import queries as producers
from ocop.producers.views.conflict import both_versions, written
from ocop.web import access
from ocop.web.unit_of_work import db


def _to(batch_id: str, anchor: str | None = None) -> Response:
    return redirect(url_for("batches.lot", batch_id=batch_id, _anchor=anchor), 303)


@bp.get("/lo")
@access.producer("producer.view")
def lots() -> str:
    found = queries.batches(db(), access.actor())
    balances = queries.balances(db(), found, practice=mode().practice)
    return render_template("batches/lots.html", lots=found, balances=balances)


@bp.route("/lo/moi", methods=["GET", "POST"])
@access.producer("batch.edit")
def new_lot() -> Any:
    actor = access.actor()
    variants = queries.variants(db(), actor)
    chosen = request.values.get("loai") or (variants[0].id if len(variants) == 1 else None)
    if chosen is None:
        return render_template("batches/choose_variant.html", variants=variants)
    variant = queries.variant(db(), actor, chosen)
    form = BatchForm.from_request(**_suggested(variant))
    if form.sent_and_valid():
        try:
            return _to(services.create_batch(db(), actor, variant_id=variant.id, **_values(form)).id)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("batches/lot_form.html", form=form, variant=variant, batch=None)
    return page, 422 if form.errors else 200


def _suggested(variant: Any) -> dict[str, Any]:
    taken = queries.lot_numbers(db(), access.actor())
    word = (variant.label or "").split(" ")[0].lower()
    return {
        "lot_number": suggest_lot_number(variant.listing.name, today(), taken),
        "made_on": today(),
        "expires_on": good_until(today(), variant.listing.shelf_life_days),
        "unit": word if word in UNITS else "gói",
    }


def _values(form: BatchForm) -> dict[str, Any]:
    names = ("lot_number", "made_on", "expires_on", "quantity", "unit", "note")
    values = {name: form[name].data for name in names}
    return {**values, "note": values["note"] or ""}


@bp.get("/lo/<batch_id>")
@access.producer("producer.view")
def lot(batch_id: str) -> str:
    batch = queries.batch(db(), access.actor(), batch_id)
    return render_template("batches/lot.html", batch=batch, **_around(batch))


def _around(batch: Batch) -> dict[str, Any]:
    rolls = [r for r in queries.rolls(db(), access.actor()) if r.for_batch_id == batch.id or _bound(r, batch)]
    return {
        "balance": queries.balance(db(), batch, practice=mode().practice),
        "rolls": rolls,
        "steps": list(Step),
        "done_steps": {event.step for event in batch.events},
        "replaced": {event.corrects_id for event in batch.events},
        "today": today(),
    }


def _bound(roll: Any, batch: Batch) -> bool:
    return any(one.batch_id == batch.id for one in roll.ranges)


@bp.route("/lo/<batch_id>/sua", methods=["GET", "POST"])
@access.producer("batch.edit")
def edit_lot(batch_id: str) -> Any:
    batch = queries.batch(db(), access.actor(), batch_id)
    form = BatchForm.from_request(obj=batch)
    if form.sent_and_valid():
        values, version = _values(form), form.version.data
        try:
            services.edit_batch(db(), access.actor(), batch_id=batch.id, version=version, **values)
            return _to(batch.id)
        except EditConflict as conflict:
            return both_versions(
                form, conflict.thing, values, words=lambda _name, value: written(value) or "(để trống)"
            )
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("batches/lot_form.html", form=form, variant=batch.variant, batch=batch)
    return page, 422 if form.errors else 200


@bp.route("/lo/<batch_id>/nhat-ky", methods=["GET", "POST"])
@access.producer("batch.edit")
def diary(batch_id: str) -> Any:
    batch = queries.batch(db(), access.actor(), batch_id)
    old = _old_event(batch, request.values.get("sua"))
    form = EventForm.from_request(obj=old, **({} if old else _first_words()))
    if form.sent_and_valid():
        try:
            _add_event(form, batch, old)
            return _to(batch.id, "nhat-ky")
        except Refused as refusal:
            form.refuse(refusal)
    return render_template(
        "batches/event_form.html", form=form, batch=batch, old=old
    ), 422 if form.errors else 200


def _old_event(batch: Batch, event_id: str | None) -> TraceEvent | None:
    if not event_id:
        return None
    for event in batch.events:
        if event.id == event_id:
            return event
    raise NotFound()


def _first_words() -> dict[str, Any]:
    producer = producers.current(db(), access.actor())
    place = ", ".join(part for part in (producer.hamlet, places.full_address(producer.commune_code)) if part)
    return {"step": request.args.get("viec", Step.PRODUCTION), "happened_on": today(), "place": place}


def _add_event(form: EventForm, batch: Batch, old: TraceEvent | None) -> None:
    actor = access.actor()
    upload = request.files.get("photo")
    kept = None
    if upload is not None and upload.filename:
        db().rollback()  # a picture is decoded with no transaction open
        taken = media.take_in(config().media_dir, upload.stream)
        kept = media.keep(db(), actor, taken, producer_id=actor.producer_id, public=True).id
    services.add_event(
        db(),
        actor,
        batch_id=batch.id,
        step=form.step.data,
        happened_on=form.happened_on.data,
        place=form.place.data,
        text=form.text.data or "",
        media_id=kept or (old.media_id if old else None),
        corrects_id=old.id if old else None,
    )


@bp.post("/lo/<batch_id>/tam-ngung")
@access.producer("batch.edit")
def hold(batch_id: str) -> Response:
    return _to(services.hold(db(), access.actor(), batch_id=batch_id).id)


@bp.post("/lo/<batch_id>/ban-lai")
@access.producer("stamps.activate")
def unhold(batch_id: str) -> Response:
    return _to(services.unhold(db(), access.actor(), batch_id=batch_id).id)


@bp.route("/lo/<batch_id>/thu-hoi", methods=["GET", "POST"])
@access.producer("stamps.activate")
def recall(batch_id: str) -> Any:
    batch = queries.batch(db(), access.actor(), batch_id)
    form = RecallForm.from_request()
    if form.sent_and_valid():
        try:
            return _to(services.recall(db(), access.actor(), batch_id=batch.id, reason=form.reason.data).id)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("batches/recall.html", form=form, batch=batch), 422 if form.errors else 200


@bp.post("/lo/<batch_id>/thu-hoi-xong")
@access.producer("stamps.activate")
def close_recall(batch_id: str) -> Response:
    return _to(services.close_recall(db(), access.actor(), batch_id=batch_id).id)
