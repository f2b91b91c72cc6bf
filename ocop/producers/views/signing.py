"""The helper's side of Nhờ làm hộ: the sheet to sign by hand, its photo, a signature on the screen, and the code that
a producer reads out."""

from __future__ import annotations

from flask import redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import services as grants
from ocop.accounts.rules import own_path
from ocop.accounts.views import done, session_secret
from ocop.db.actor import NotAllowed
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.producers import mapping, queries, services
from ocop.producers.forms import HelpCodeForm, SignedForm
from ocop.producers.models import Producer
from ocop.producers.views.blueprint import Answer, bp, keep_picture, take_picture
from ocop.web import access
from ocop.web.unit_of_work import db, engine


@bp.get("/xa/co-so/<producer_id>/phieu")
@access.signed_in
def request_paper(producer_id: str) -> str:
    """The sheet a producer signs by hand, with nothing ticked: the producer ticks."""
    producer, helper = _to_sign(producer_id)
    new, _ = mapping.address_lines(producer, today())
    return render_template(
        "producers/request_paper.html",
        producer=producer,
        address=new,
        helper=helper,
        words=mapping.help_words(helper.name, SignedForm().valid_to.data, publish=False, stamps=False),
    )


@bp.route("/xa/co-so/<producer_id>/ghi-phieu", methods=["GET", "POST"])
@access.signed_in
def record_paper(producer_id: str) -> Answer:
    return _signing("producers/record_paper.html", producer_id, "paper")


@bp.route("/xa/co-so/<producer_id>/ky", methods=["GET", "POST"])
@access.signed_in
def sign_on_screen(producer_id: str) -> Answer:
    return _signing("producers/sign_on_screen.html", producer_id, "signature")


def _signing(template: str, producer_id: str, how: str) -> Answer:
    form = SignedForm.from_request()
    if form.sent_and_valid():
        try:
            return _record(form, producer_id, how)
        except Refused as refusal:
            form.refuse(refusal)
    producer, helper = _to_sign(producer_id)
    others = [one for one in services.helpers(db(), producer) if one.key != helper.key]
    page = render_template(
        template,
        form=form,
        producer=producer,
        helper=helper,
        others=others,
        is_officer=producer.commune_code in access.actor().communes,
        next=request.args.get("tiep"),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _to_sign(producer_id: str) -> tuple[Producer, mapping.Helper]:
    """The producer, and whom it is to ask: ?to= names a village group, without it the commune's office."""
    producer = queries.to_sign_for_help(db(), access.actor(), producer_id)
    return producer, services.helper(db(), producer, request.args.get("to", ""))


def _record(form: SignedForm, producer_id: str, how: str) -> AnyResponse:
    taken = take_picture()  # before the first look into the database
    _to_sign(producer_id)  # nobody leaves pictures with somebody else's producer
    services.record_signed(
        db(),
        access.actor(),
        producer_id=producer_id,
        helper_key=request.args.get("to", ""),
        publish=form.may_publish.data,
        stamps=form.may_stamp.data,
        valid_to=form.valid_to.data,
        media_id=keep_picture(taken, producer_id),
        how=how,
    )
    if following := request.args.get("tiep"):  # from the list of an import: on to the next producer there
        return redirect(own_path(following), 303)
    if access.actor().communes:
        return done("producers.look", "paper", producer_id=producer_id)
    return done("producers.choose", "paper")


@bp.route("/lam-ho/ma", methods=["GET", "POST"])
@access.signed_in
def type_help_code() -> Answer:
    who = access.actor()
    if not (who.communes or who.groups):
        raise NotAllowed("helper")
    form = HelpCodeForm.from_request()
    if form.sent_and_valid():
        try:
            return _use_code(form.code.data)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("producers/type_help_code.html", form=form), 422 if form.errors else 200


def _use_code(code: str) -> AnyResponse:
    address = request.remote_addr or ""
    offer_id = grants.check_offer(
        engine(), access.actor(), code=code, address=address, secret=session_secret()
    )
    services.accept_code(db(), access.actor(), offer_id=offer_id)
    return done("producers.choose", "help_code_used")


@bp.post("/lam-ho/thoi")
@access.signed_in
def end_help_for() -> AnyResponse:
    """A producer said so to its helper: what was asked ends."""
    given = grants.end_delegation(db(), access.actor(), delegation_id=request.form.get("id", ""))
    if access.actor().communes:
        return done("producers.look", "help_ended", producer_id=given.producer_id)
    return done("producers.choose", "help_ended")
