"""/xa/gia-han: papers that end soon, renewed at one meeting with one list."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.models import Delegation
from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.producers import mapping, services
from ocop.producers.forms import RenewalForm, offered
from ocop.producers.models import Producer
from ocop.producers.views.blueprint import Answer, bp, take_picture
from ocop.web import access
from ocop.web.filters import day as written_day
from ocop.web.unit_of_work import db


@bp.route("/xa/gia-han", methods=["GET", "POST"])
@access.official
def renewals() -> Answer:
    form, commune = RenewalForm.from_request(), _commune()
    if form.sent_and_valid():
        try:
            return _renew(form, commune)
        except Refused as refusal:
            form.refuse(refusal)
    found = services.to_renew(db(), access.actor(), commune)
    rows = found[: services.MOST_AT_ONE_MEETING]
    form.signed.choices = offered((given.id, _words(given, producer)) for given, producer in rows)
    page = render_template(
        "producers/renewals.html",
        form=form,
        rows=rows,
        more=len(found) - len(rows),
        commune=commune,
        office=mapping.office(commune).name,
        others=[
            (code, mapping.office(code).name) for code in sorted(access.actor().communes) if code != commune
        ],
    )
    return page, 422 if form.errors or form.form_errors else 200


def _words(given: Delegation, producer: Producer) -> str:
    parts = [producer.name, producer.representative, mapping.bundle_words(given.bundle)]
    return " · ".join([*filter(None, parts), f"đến {written_day(given.valid_to)}"])


def _renew(form: RenewalForm, commune: str) -> AnyResponse:
    taken = take_picture()  # before the first look into the database
    services.renew_together(
        db(),
        access.actor(),
        commune_code=commune,
        delegation_ids=form.signed.data or [],
        valid_to=form.valid_to.data,
        taken=taken,
    )
    return done("producers.renewals", "renewed", xa=commune)


@bp.get("/xa/gia-han/in")
@access.official
def renewal_list() -> str:
    """The list to sign at the meeting: the words once, then one line a producer."""
    commune = _commune()
    found = services.to_renew(db(), access.actor(), commune)
    office = mapping.office(commune).name
    return render_template(
        "producers/renewal_list.html",
        rows=found[: services.MOST_AT_ONE_MEETING],
        office=office,
        words=mapping.help_words(office, RenewalForm().valid_to.data, publish=False, stamps=False),
    )


def _commune() -> str:
    """The one asked for, else the first one looked after. Province officers have none. Raises NotFound."""
    mine = access.actor().communes
    wanted = request.args.get("xa") or min(mine, default="")
    if wanted not in mine:
        raise NotFound()
    return wanted
