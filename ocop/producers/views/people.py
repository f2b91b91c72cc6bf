"""/nguoi-cung-dung: who may act for a producer; giving and taking back."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts import services as grants
from ocop.accounts.forms import PersonForm
from ocop.accounts.rules import Role, shown_phone
from ocop.accounts.views import done, session_secret
from ocop.db.errors import Refused
from ocop.producers import queries, services
from ocop.producers.views.blueprint import Answer, bp, to_code_paper
from ocop.producers.views.helpers import asked, name_of
from ocop.web import access
from ocop.web.unit_of_work import db

_PEOPLE = "producers.people"


@bp.get("/nguoi-cung-dung")
@access.producer("grant.give")
def people() -> str:
    producer = queries.current(db(), access.actor())
    found = accounts.people_of(db(), [producer.id])
    return render_template(
        "producers/people.html",
        producer=producer,
        own=found,
        helpers=[asked(given) for given in accounts.delegations_of(db(), producer.id)],
        offers=[(offer, name_of(offer)) for offer in accounts.offers_of(db(), producer.id)],
        me=access.actor().user_id,
        new_codes={g.user_id for g in found if grants.may_issue_first_code(db(), access.actor(), g.user)},
        owners=sum(grant.role is Role.PRODUCER_OWNER for grant in found),
        recoveries=services.recoveries(db(), access.actor()),
        shown_phone=shown_phone,
    )


@bp.route("/nguoi-cung-dung/them", methods=["GET", "POST"])
@access.producer("grant.give")
def add_member() -> Answer:
    form = PersonForm.from_request()
    if form.sent_and_valid():
        try:
            code = services.add_member(
                db(), access.actor(), name=form.name.data, phone=form.phone.data, secret=session_secret()
            )
            return to_code_paper(code, _PEOPLE, "member")
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("producers/add_member.html", form=form), 422 if form.errors else 200


@bp.post("/nguoi-cung-dung/thoi")
@access.producer("grant.give")
def revoke() -> AnyResponse:
    grants.revoke_grant(db(), access.actor(), grant_id=request.form.get("id", ""))
    return done(_PEOPLE, "revoked")


@bp.post("/nguoi-cung-dung/in-ma")
@access.producer("grant.give")
def member_code() -> AnyResponse:
    """A new first code for somebody who lost the paper before using it."""
    user_id = request.form.get("id", "")
    grants.issue_first_code(db(), access.actor(), user_id=user_id, secret=session_secret())
    return to_code_paper(grants.latest_code(db(), user_id), _PEOPLE, "member")
