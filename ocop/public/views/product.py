"""The public page of a product and the QR that leads to it. Anonymous, no cookie, no script, kept by whoever likes
for a minute."""

from __future__ import annotations

import gzip
import hashlib
import io
from urllib.parse import quote

import qrcode
from flask import Response, current_app, render_template, request
from qrcode.image.svg import SvgPathImage

from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.public.mapping.product import ProductPage
from ocop.public.queries import product as queries
from ocop.public.views.blueprint import bp
from ocop.web import access
from ocop.web.unit_of_work import engine

_FACEBOOK = "https://www.facebook.com/sharer/sharer.php?u="


@bp.get("/hang/<listing_id>")
@access.anonymous
def product(listing_id: str) -> Response:
    page = _found(listing_id)
    share = _FACEBOOK + quote(page.url, safe="")
    return _kept(
        render_template("public/product.html", page=page, listing_id=listing_id, share=share), "text/html"
    )


@bp.get("/hang/<listing_id>/ma-qr.svg")
@access.anonymous
def product_qr(listing_id: str) -> Response:
    drawn = io.BytesIO()
    qrcode.make(_found(listing_id).url, image_factory=SvgPathImage).save(drawn)
    return _kept(drawn.getvalue().decode(), "image/svg+xml")


def _found(listing_id: str) -> ProductPage:
    """Raises NotFound. The session is closed before anything is drawn."""
    with open_session(engine(), read_only=True) as session:
        return queries.product(session, listing_id, base_url=current_app.config["OCOP"].base_url, day=today())


def _kept(text: str, mimetype: str) -> Response:
    body = text.encode()
    response = Response(body, mimetype=mimetype)
    response.set_etag(hashlib.sha256(body).hexdigest()[:20], weak=True)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    if response.status_code == 200 and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
