"""«Đã có trên sàn? Dán đường dẫn»: a post that was online before us is taken up, not doubled."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from ocop.accounts.views import done
from ocop.db.errors import Refused
from ocop.listings import queries as listings
from ocop.publishing import queries, services
from ocop.publishing.forms import AdoptForm
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.route("/san-pham/<listing_id>/da-co-tren-san", methods=["GET", "POST"])
@access.producer("publish")
def adopt(listing_id: str) -> str | Response | tuple[str, int]:
    listing = listings.get(db(), access.actor(), listing_id)
    form = AdoptForm.from_request()
    form.offer(queries.places_without_post(db(), access.actor(), listing.id))
    if form.sent_and_valid():
        try:
            post = services.adopt_link(
                db(),
                access.actor(),
                listing_id=listing.id,
                channel_id=form.channel_id.data,
                url=form.url.data,
            )
            return done("publishing.post", "post_adopted", publication_id=post.id)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("publishing/adopt.html", form=form, listing=listing)
    return (page, 422) if form.errors else page
