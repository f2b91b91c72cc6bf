"""Choosing an older product whose answers a new one takes over. What was typed so far waits in the draft."""

from __future__ import annotations

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from ocop.listings import queries, services
from ocop.listings.views import bp
from ocop.listings.views.photos import product_url
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/nhap/chep")
@access.producer("listing.edit")
def choose_copy() -> str:
    return render_template("listings/copy.html", sources=queries.mine(db(), access.actor())[:40])


@bp.post("/nhap/chep")
@access.producer("listing.edit")
def copy() -> Response:
    services.copy(db(), access.actor(), source_id=request.form.get("source", ""))
    return redirect(product_url("", xong="product_copied"), 303)
