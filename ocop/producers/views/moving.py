"""Moving one producer to another commune, and merging a whole commune into another."""

from __future__ import annotations

from flask import render_template, request

from ocop.accounts.views import done
from ocop.db.errors import Refused
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace
from ocop.producers import queries, services
from ocop.producers.forms import Found, MergeForm, MoveForm, offered
from ocop.producers.views.blueprint import Answer, bp
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.route("/xa/co-so/<producer_id>/chuyen", methods=["GET", "POST"])
@access.official
def move(producer_id: str) -> Answer:
    producer = queries.in_own_commune(db(), access.actor(), producer_id)
    form = MoveForm.from_request(hamlet=producer.hamlet)
    if not form.asks_for_places and form.sent_and_valid():
        try:
            services.move_producer(
                db(),
                access.actor(),
                producer_id=producer_id,
                commune_code=form.commune_code.data,
                hamlet=form.hamlet.data or "",
                why=form.why.data,
            )
            return done("producers.desk", "moved")
        except Refused as refusal:
            form.refuse(refusal)
    here = places.full_address(producer.commune_code)
    page = render_template("producers/move.html", form=form, producer=producer, here=here, found=Found(form))
    return page, 422 if request.method == "POST" else 200


@bp.route("/van-hanh/gop-xa", methods=["GET", "POST"])
@access.operator
def merge() -> Answer:
    in_use = queries.communes_in_use(db())
    form = MergeForm.from_request()
    form.old_code.choices = offered(
        [("", "Chọn xã"), *((code, f"{_name(code)} – {count} cơ sở") for code, count in in_use.items())]
    )
    if not form.asks_for_places and form.sent_and_valid():
        try:
            count = services.merge_communes(
                db(), access.actor(), old_code=form.old_code.data or "", new_code=form.commune_code.data
            )
            return done("producers.all_producers", "merged" if count else "merged_none")
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("producers/merge.html", form=form, found=Found(form))
    return page, 422 if request.method == "POST" else 200


def _name(code: str) -> str:
    try:
        return places.full_address(code)
    except UnknownPlace:
        return code
