"""The receipt of a star's next dossier, and a result that is no star: by the producer, or by the commune's office."""

from __future__ import annotations

from flask import render_template, url_for

from ocop.accounts.views import done
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.producers import mapping, queries, services
from ocop.producers.forms import ReassessmentForm, ResultForm
from ocop.producers.models import Certificate
from ocop.producers.rules import terms, window
from ocop.producers.views.blueprint import Answer, bp, keep_picture, take_picture
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.route("/giay-to/<certificate_id>/nop-lai", methods=["GET", "POST"])
@access.producer("certificate.edit")
def reassessment(certificate_id: str) -> Answer:
    form = ReassessmentForm.from_request()
    if form.sent_and_valid():
        try:
            _record(form, certificate_id, as_official=False)
            return done("producers.certificates", "reassessment")
        except Refused as refusal:
            form.refuse(refusal)
    row = queries.certificate(db(), access.actor(), certificate_id)
    return _page(form, row, "producers.reassessment", "producers.reassessment_ended")


@bp.post("/giay-to/<certificate_id>/co-ket-qua")
@access.producer("certificate.edit")
def reassessment_ended(certificate_id: str) -> Answer:
    form = ResultForm.from_request()
    if form.sent_and_valid():
        try:
            _end(form, certificate_id, as_official=False)
            return done("producers.certificates", "reassessment_ended")
        except Refused as refusal:
            form.refuse(refusal)
    row = queries.certificate(db(), access.actor(), certificate_id)
    return _page(ReassessmentForm(), row, "producers.reassessment", "producers.reassessment_ended", form)


@bp.route("/xa/giay-to/<certificate_id>/nop-lai", methods=["GET", "POST"])
@access.official
def office_reassessment(certificate_id: str) -> Answer:
    form = ReassessmentForm.from_request()
    if form.sent_and_valid():
        try:
            row = _record(form, certificate_id, as_official=True)
            return done("producers.look", "reassessment", producer_id=row.producer_id)
        except Refused as refusal:
            form.refuse(refusal)
    row = queries.certificate_in_own_commune(db(), access.actor(), certificate_id)
    return _page(form, row, "producers.office_reassessment", "producers.office_reassessment_ended")


@bp.post("/xa/giay-to/<certificate_id>/co-ket-qua")
@access.official
def office_reassessment_ended(certificate_id: str) -> Answer:
    form = ResultForm.from_request()
    if form.sent_and_valid():
        try:
            row = _end(form, certificate_id, as_official=True)
            return done("producers.look", "reassessment_ended", producer_id=row.producer_id)
        except Refused as refusal:
            form.refuse(refusal)
    row = queries.certificate_in_own_commune(db(), access.actor(), certificate_id)
    return _page(
        ReassessmentForm(), row, "producers.office_reassessment", "producers.office_reassessment_ended", form
    )


def _record(form: ReassessmentForm, certificate_id: str, *, as_official: bool) -> Certificate:
    taken = take_picture()  # before the first look into the database
    look = queries.certificate_in_own_commune if as_official else queries.certificate
    producer_id = look(db(), access.actor(), certificate_id).producer_id
    return services.record_reassessment(
        db(),
        access.actor(),
        certificate_id=certificate_id,
        filed_on=form.filed_on.data,
        receipt=form.receipt.data or "",
        media_id=keep_picture(taken, producer_id),
        as_official=as_official,
    )


def _end(form: ResultForm, certificate_id: str, *, as_official: bool) -> Certificate:
    return services.end_reassessment(
        db(),
        access.actor(),
        certificate_id=certificate_id,
        ended_on=form.ended_on.data,
        as_official=as_official,
    )


def _page(
    form: ReassessmentForm, row: Certificate, here: str, ended: str, result: ResultForm | None = None
) -> tuple[str, int]:
    opens, closes = window(row.expires_on) if row.expires_on else (None, None)
    page = render_template(
        "producers/reassessment.html",
        form=form,
        result=result or ResultForm(),
        row=row,
        standing=mapping.standing_words(row, today()),
        opens=opens,
        closes=closes,
        terms=terms(),
        action=url_for(here, certificate_id=row.id),
        ended_action=url_for(ended, certificate_id=row.id),
        back=url_for("producers.certificates")
        if here == "producers.reassessment"
        else url_for("producers.look", producer_id=row.producer_id),
    )
    return page, 422 if form.errors or (result is not None and result.errors) else 200
