"""/nguoi-cung-dung/…: the owner asks the commune's office or a village group for help, and ends it with one tap."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts import services as grants
from ocop.accounts.models import Delegation, DelegationOffer
from ocop.accounts.rules import Bundle, HelperKind, shown_code
from ocop.accounts.views import done, session_secret
from ocop.db.errors import Refused
from ocop.producers import mapping, queries, services
from ocop.producers.forms import HelpForm
from ocop.producers.views.blueprint import Answer, bp
from ocop.web import access
from ocop.web.unit_of_work import db

_PEOPLE = "producers.people"


@bp.route("/nguoi-cung-dung/nho-lam-ho", methods=["GET", "POST"])
@access.producer("grant.give")
def ask_help() -> Answer:
    """Asking at once, or by a code to read out: the same questions, two buttons."""
    form = HelpForm.among(services.helpers(db(), queries.current(db(), access.actor())))
    if form.sent_and_valid():
        try:
            return _offer(form) if "code" in request.form else _ask(form)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("producers/ask_help.html", form=form), 422 if form.errors else 200


def _ask(form: HelpForm) -> AnyResponse:
    services.ask_for_help(
        db(),
        access.actor(),
        helper_key=form.helper.data,
        bundle=Bundle(form.bundle.data),
        valid_to=form.valid_to.data,
    )
    return done(_PEOPLE, "help_asked")


def _offer(form: HelpForm) -> AnyResponse:
    offer = services.offer_help(
        db(),
        access.actor(),
        helper_key=form.helper.data,
        bundle=Bundle(form.bundle.data),
        valid_to=form.valid_to.data,
        secret=session_secret(),
    )
    return redirect(url_for("producers.help_code", offer_id=offer.id), 303)


@bp.get("/nguoi-cung-dung/ma-nho/<offer_id>")
@access.producer("grant.give")
def help_code(offer_id: str) -> str:
    """The code in large type, until it is used."""
    offer = accounts.own_offer(db(), access.actor(), offer_id)
    return render_template(
        "producers/help_code.html",
        offer=offer,
        code=shown_code(grants.offer_code(offer, session_secret())),
        helper=name_of(offer),
        what=mapping.bundle_words(offer.bundle),
    )


@bp.post("/nguoi-cung-dung/ma-nho/<offer_id>/bo")
@access.producer("grant.give")
def drop_help_code(offer_id: str) -> AnyResponse:
    grants.drop_offer(db(), access.actor(), offer_id=offer_id)
    return done(_PEOPLE, "help_code_dropped")


@bp.post("/nguoi-cung-dung/gia-han")
@access.producer("grant.give")
def renew_help() -> AnyResponse:
    services.renew_help(db(), access.actor(), delegation_id=request.form.get("id", ""))
    return done(_PEOPLE, "help_renewed")


@bp.post("/nguoi-cung-dung/thoi-nho")
@access.producer("grant.give")
def end_help() -> AnyResponse:
    given = accounts.own_delegation(db(), access.actor(), request.form.get("id", ""))
    grants.end_delegation(db(), access.actor(), delegation_id=given.id)
    return done(_PEOPLE, "help_ended")


def asked(given: Delegation) -> mapping.Help:
    """Help as its producer reads it, with who would act on it today."""
    people = accounts.helpers_today(db(), given.helper_kind, given.helper_id)
    return mapping.help_asked(given, name_of(given), people)


def name_of(given: Delegation | DelegationOffer) -> str:
    """ "UBND xã Hoạt Giang", the group's name, or that of one person (from before)."""
    if given.helper_kind is HelperKind.OFFICE:
        return mapping.office(given.helper_id).name
    if given.helper_kind is HelperKind.GROUP:
        return next(group.name for group in accounts.groups_named(db(), [given.helper_id]))
    return accounts.user(db(), given.helper_id).name
