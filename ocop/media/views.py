"""Pictures at /anh/{id}-{size}.{ext} for everybody, and scans of papers for the producer's own people."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, send_from_directory

from ocop.db.actor import NotFound
from ocop.db.engine import open_session
from ocop.media import queries
from ocop.media.models import Media
from ocop.media.rules import BY_NAME, rendition_file
from ocop.web import access, unit_of_work

bp = Blueprint("media", __name__)


@bp.get("/anh/<media_id>-<size>.<extension>")
@access.anonymous
def public_picture(media_id: str, size: str, extension: str) -> Response:
    with open_session(unit_of_work.engine(), read_only=True) as session:
        media = queries.visible(session, None, media_id)
    return _send(media, size, extension, "public, max-age=31536000, immutable")


@bp.get("/anh-rieng/<media_id>-<size>.<extension>")
@access.producer("producer.view")
def private_picture(media_id: str, size: str, extension: str) -> Response:
    media = queries.visible(unit_of_work.db(), access.actor(), media_id)
    return _send(media, size, extension, "no-store")


def _send(media: Media, size: str, extension: str, cache: str) -> Response:
    if size not in BY_NAME or BY_NAME[size].extension != extension:
        raise NotFound()
    folder = current_app.config["OCOP"].media_dir
    response = send_from_directory(folder, rendition_file(media.sha256, size))
    response.headers["Cache-Control"] = cache
    return response
