"""/giay-to: the papers of a producer and its products."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ocop.accounts.views import done
from ocop.db.base import EditConflict, today
from ocop.db.errors import Refused
from ocop.producers import mapping, queries, services
from ocop.producers.forms import CertificateForm
from ocop.producers.models import Certificate
from ocop.producers.views.blueprint import Answer, bp, keep_picture, take_picture
from ocop.producers.views.conflict import both_versions, written
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence


@bp.get("/giay-to")
@access.producer("producer.view")
def certificates() -> str:
    producer = queries.current(db(), access.actor())
    products = queries.product_names(db(), producer.id)
    rows = queries.certificates_of(db(), producer.id)
    papers = mapping.papers(rows, today(), products)
    may_edit = access.actor().may("certificate.edit")
    return render_template("producers/certificates.html", papers=papers, may_edit=may_edit)


@bp.route("/giay-to/moi", methods=["GET", "POST"])
@access.producer("certificate.edit")
def new_certificate() -> Answer:
    form = CertificateForm.from_request()
    if form.sent_and_valid():
        try:
            return _add(form)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(form, None)


def _add(form: CertificateForm) -> Answer:
    taken = take_picture()  # before the first look into the database
    facts = {name: value for name, value in form.facts.items() if name != "revoked_on"}
    services.add_certificate(db(), access.actor(), media_id=keep_picture(taken), **facts)
    return done("producers.certificates", "certificate")


@bp.route("/giay-to/<certificate_id>", methods=["GET", "POST"])
@access.producer("certificate.edit")
def certificate(certificate_id: str) -> Answer:
    form = CertificateForm.from_request()
    if form.sent_and_valid():
        try:
            return _edit(form, certificate_id)
        except EditConflict as conflict:
            return both_versions(form, conflict.thing, form.facts, words=_words)
        except Refused as refusal:
            form.refuse(refusal)
    row = queries.certificate(db(), access.actor(), certificate_id)
    return _page(form if request.method == "POST" else CertificateForm(obj=row), row)


def _edit(form: CertificateForm, certificate_id: str) -> Answer:
    taken = take_picture()
    services.edit_certificate(
        db(),
        access.actor(),
        certificate_id=certificate_id,
        version=form.version.data,
        media_id=keep_picture(taken),
        **form.facts,
    )
    return done("producers.certificates", "certificate")


def _page(form: CertificateForm, row: Certificate | None) -> tuple[str, int]:
    form.offer(queries.product_names(db(), access.actor().require("certificate.edit")))
    page = render_template("producers/certificate.html", form=form, row=row)
    return page, 422 if form.errors else 200


def _words(name: str, value: Any) -> str:
    if name == "kind":
        return sentence(f"certificate_kind_{value.value}")
    if name == "listing_id":
        products = queries.product_names(db(), access.actor().producer_id or "")
        return products.get(value or "", "Của cả cơ sở")
    return written(value) or "(để trống)"
