"""Rolls of stamps: take numbers, print, activate, cancel."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from ocop.batches import queries, services
from ocop.batches.forms import ActivateForm, IssueForm, PrintForm, VoidForm
from ocop.batches.mapping import variant_name
from ocop.batches.models import StampRoll
from ocop.batches.queries import StampMode
from ocop.batches.rules import MOST_PER_FILE, count
from ocop.batches.views.blueprint import bp, mark, mode, secrets, stamp_keys
from ocop.db.actor import NotFound
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.producers.models import Producer
from ocop.web import access
from ocop.web.filters import number
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence
from traceability.layouts import layouts


def _to(roll_id: int) -> Response:
    return redirect(url_for("batches.roll", roll_id=roll_id), 303)


@bp.get("/tem")
@access.producer("producer.view")
def rolls() -> str:
    found = queries.rolls(db(), access.actor())
    waiting = {roll.id: count(queries.waiting(roll)) for roll in found}
    mine = Producer.id == access.actor().producer_id
    to_stop = sum(one.left for one in queries.stamps_to_stop(db(), mine, today()))
    return render_template(
        "batches/rolls.html", rolls=found, waiting=waiting, practice=mode().practice, to_stop=to_stop
    )


@bp.route("/tem/lay-so", methods=["GET", "POST"])
@access.producer("stamps.issue")
def issue() -> Any:
    now = mode()
    form = IssueForm.from_request(**_wanted(now))
    form.target.choices = _targets(now)
    if form.sent_and_valid():
        try:
            return _to(_issue(form, now).id)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template(
        "batches/issue.html", form=form, practice=now.practice
    ), 422 if form.errors else 200


def _wanted(now: StampMode) -> dict[str, Any]:
    """Coming from a lot's page, the lot and its packs without a stamp are filled in."""
    lot = request.args.get("lo")
    if not lot:
        return {}
    batch = queries.batch(db(), access.actor(), lot)
    left = queries.balance(db(), batch, practice=now.practice).to_issue
    return {"target": f"lot:{batch.id}", "size": left or None}


def _targets(now: StampMode) -> dict[str, list[tuple[str, str]]]:
    lots = [lot for lot in queries.batches(db(), access.actor()) if lot.recalled_at is None]
    balances = queries.balances(db(), lots, practice=now.practice)
    by_lot = [
        (f"lot:{lot.id}", f"Lô {lot.lot_number}: còn {number(left)} {lot.unit} chưa có tem")
        for lot in lots
        if (left := balances[lot.id].to_issue) or request.args.get("lo") == lot.id or request.method == "POST"
    ]
    if access.actor().on_behalf:  # a helper prints what a lot has packs for, nothing in advance
        return {sentence("target_group_lot"): by_lot}
    by_variant = [(f"variant:{v.id}", variant_name(v)) for v in queries.variants(db(), access.actor())]
    groups = {
        "target_group_lot": by_lot,
        "target_group_variant": by_variant,
        "target_group_blank": [("blank:", sentence("target_blank"))],
    }
    return {sentence(code): choices for code, choices in groups.items() if choices}


def _issue(form: IssueForm, now: StampMode) -> StampRoll:
    kind, _, thing = form.target.data.partition(":")
    return services.issue_roll(
        db(),
        access.actor(),
        key_version=secrets().newest_stamp_version,
        mark=mark(),
        size=form.size.data,
        variant_id=thing if kind == "variant" else None,
        batch_id=thing if kind == "lot" else None,
        base_url=now.base_url,
        practice=now.practice,
        note=form.note.data or "",
    )


@bp.get("/tem/<int:roll_id>")
@access.producer("producer.view")
def roll(roll_id: int) -> str:
    return _roll_page(queries.roll(db(), access.actor(), roll_id), None)


def _roll_page(one: StampRoll, form: PrintForm | None) -> str:
    ahead = queries.unprinted(one)
    first = ahead[0].first if ahead else 1
    last = min(ahead[0].last if ahead else one.size, first + MOST_PER_FILE - 1)
    form = form or PrintForm(first=first, last=last, layout=next(iter(layouts())), start_at=1)
    form.layout.choices = _layouts()
    lot = queries.batch(db(), access.actor(), one.for_batch_id) if one.for_batch_id else None
    return render_template(
        "batches/roll.html", roll=one, form=form, lot=lot, waiting=queries.waiting(one), all_printed=not ahead
    )


def _layouts() -> list[tuple[str, str]]:
    return [(name, sentence(f"layout_{name}")) for name in layouts()]


@bp.post("/tem/<int:roll_id>/in")
@access.producer("stamps.issue", stays=True)
def print_roll(roll_id: int) -> Any:
    form = PrintForm.from_request()
    form.layout.choices = _layouts()
    if form.sent_and_valid():
        try:
            printed = services.record_print(db(), access.actor(), roll_id=roll_id, **_print_values(form))
            return redirect(url_for("batches.sheet", roll_id=roll_id, print_id=printed.id), 303)
        except Refused as refusal:
            form.refuse(refusal)
    return _roll_page(queries.roll(db(), access.actor(), roll_id), form), 422


def _print_values(form: PrintForm) -> dict[str, Any]:
    values = {name: form[name].data for name in ("first", "last", "layout", "start_at")}
    return {**values, "reason": form.reason.data or ""}


@bp.get("/tem/<int:roll_id>/in/<print_id>.pdf")
@access.producer("stamps.issue")
def sheet(roll_id: int, print_id: str) -> Response:
    order = queries.sheet_order(
        db(), access.actor(), roll_id, print_id, blank_words=sentence("blank_face"), today=today()
    )
    db().close()  # drawing takes seconds: no transaction stays open over it
    response = Response(services.draw_sheet(order, stamp_keys()), mimetype="application/pdf")
    name = f"tem-{roll_id}-{order.layout}-ban-{order.copy_number}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.route("/tem/kich-hoat", methods=["GET", "POST"])
@access.producer("stamps.activate")
def activate() -> Any:
    form = ActivateForm.from_request(**_next_span())
    form.batch_id.choices = [
        (lot.id, f"Lô {lot.lot_number}, {variant_name(lot.variant)}")
        for lot in queries.batches(db(), access.actor())
        if lot.recalled_at is None
    ]
    if form.sent_and_valid():
        try:
            roll_id, span = _found(form)
            services.activate(
                db(),
                access.actor(),
                roll_id=roll_id,
                first=span.first,
                last=span.last,
                batch_id=form.batch_id.data,
            )
            return _to(roll_id)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("batches/activate.html", form=form), 422 if form.errors else 200


@bp.route("/tem/huy", methods=["GET", "POST"])
@access.producer("stamps.activate")
def void() -> Any:
    roll_id = request.values.get("cuon", "")
    form = VoidForm.from_request(roll_id=roll_id)
    if form.sent_and_valid():
        try:
            roll_id, span = _found(form)
            services.void(
                db(),
                access.actor(),
                roll_id=roll_id,
                first=span.first,
                last=span.last,
                reason=form.reason.data,
            )
            return _to(roll_id)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("batches/void.html", form=form), 422 if form.errors else 200


def _next_span() -> dict[str, Any]:
    """Coming from a roll's page, the stamps not activated yet and the lot they were printed for are filled in."""
    wanted = request.args.get("cuon", "")
    if not re.fullmatch(r"[0-9]{1,8}", wanted):
        return {}
    one = queries.roll(db(), access.actor(), int(wanted))
    waiting = queries.waiting(one)
    span = {"first": str(waiting[0].first), "last": str(waiting[0].last)} if waiting else {}
    return {"roll_id": str(one.id), "batch_id": one.for_batch_id, **span}


def _found(form: Any) -> tuple[int, Any]:
    text = form.roll_id.data or ""
    if text and not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise NotFound()
    return services.find_stamps(
        db(),
        access.actor(),
        keys=stamp_keys(),
        first=form.first.data,
        last=form.last.data or "",
        roll_id=int(text) if text else None,
    )
