"""/xa: the commune desk. Officials look at the producers they are there for and make new ones. Acting for one needs
its paper, its signature or its code (signing.py) or the owner's tap (helpers.py), nothing less."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts.rules import shown_phone
from ocop.accounts.views import done
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.producers import mapping, queries, services
from ocop.producers.forms import Found, ProducerForm
from ocop.producers.models import Producer
from ocop.producers.views.blueprint import Answer, bp
from ocop.producers.views.helpers import asked
from ocop.web import access
from ocop.web.unit_of_work import db

PER_PAGE = 25


@bp.get("/xa")
@access.official
def desk() -> str:
    who = access.actor()
    text, page = request.args.get("q", "")[:100], request.args.get("trang", 1, int)
    found = queries.visible(db(), who, text)
    start = (max(page, 1) - 1) * PER_PAGE
    return render_template(
        "producers/desk.html",
        rows=found[start : start + PER_PAGE],
        total=len(found),
        page=max(page, 1),
        pages=-(-len(found) // PER_PAGE),
        text=text,
        helps=accounts.workplaces(db(), who.user_id or ""),
        may_create=bool(who.communes),
        kind_word=mapping.kind_word,
        address=lambda producer: mapping.address_lines(producer, today())[0],
    )


@bp.route("/xa/them", methods=["GET", "POST"])
@access.official
def create() -> Answer:
    form = ProducerForm.from_request()
    if not form.asks_for_places and form.sent_and_valid():
        try:
            producer = services.create_producer(
                db(), access.actor(), tax_code=form.tax_code.data or "", **form.facts
            )
            return done("producers.look", "created", producer_id=producer.id)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("producers/create.html", form=form, found=Found(form))
    return page, 422 if request.method == "POST" else 200


@bp.get("/xa/co-so/<producer_id>")
@access.official
def look(producer_id: str) -> str:
    who = access.actor()
    producer = queries.in_reach(db(), who, producer_id)
    products = queries.product_names(db(), producer.id)
    rows = queries.certificates_of(db(), producer.id)
    return render_template(
        "producers/look.html",
        facts=_facts(producer),
        producer=producer,
        papers=mapping.papers(rows, today(), products),
        people=accounts.people_of(db(), [producer.id]),
        asked=[asked(given) for given in accounts.delegations_of(db(), producer.id)],
        is_officer=producer.commune_code in who.communes,
        helps=producer.id in accounts.workplaces(db(), who.user_id or ""),
    )


def _facts(producer: Producer) -> list[tuple[str, str]]:
    new, old_note = mapping.address_lines(producer, today())
    return [
        ("Loại", mapping.kind_word(producer)),
        ("Người đại diện", producer.representative),
        ("Địa chỉ", f"{new} ({old_note})" if old_note else new),
        ("Mã số thuế", mapping.shown_tax_code(producer)),
        ("Số công khai", shown_phone(mapping.public_phone(producer))),
    ]


@bp.post("/xa/giay-to/<certificate_id>/da-xem")
@access.official
def original_seen(certificate_id: str) -> AnyResponse:
    row = services.mark_original_seen(db(), access.actor(), certificate_id=certificate_id)
    return redirect(url_for("producers.look", producer_id=row.producer_id, xong="seen"), 303)
