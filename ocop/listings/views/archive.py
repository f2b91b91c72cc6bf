"""Putting a product away and taking it back."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from ocop.listings import services
from ocop.listings.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.post("/san-pham/<listing_id>/cat")
@access.producer("listing.edit")
def archive(listing_id: str) -> Response:
    services.archive(db(), access.actor(), listing_id=listing_id)
    return redirect(url_for("publishing.products", xong="product_archived"), 303)


@bp.post("/san-pham/<listing_id>/lay-lai")
@access.producer("listing.edit")
def restore(listing_id: str) -> Response:
    services.restore(db(), access.actor(), listing_id=listing_id)
    return redirect(url_for("publishing.product", listing_id=listing_id, xong="product_restored"), 303)
