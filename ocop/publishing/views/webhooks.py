"""/moc/<booth>: a marketplace tells us that one of its posts changed."""

from __future__ import annotations

from cryptography.fernet import Fernet
from flask import Response, current_app, request

from ocop.db.engine import open_session
from ocop.publishing.models import Channel
from ocop.publishing.services.calls import BadSignature, look_soon, what_changed
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db, engine

MOST_BYTES = 1_000_000  # a product with its description; what is longer is not read


# Marked anonymous on purpose: a machine calls, without cookie and so without a form's CSRF key. Its signature over
# the body takes their place, and all it can bring about is that we look at a post of ours.
@bp.post("/moc/<channel_id>")
@access.anonymous
def told(channel_id: str) -> Response:
    request.max_content_length = MOST_BYTES
    body = request.get_data(cache=False)
    cipher = Fernet(current_app.extensions["ocop.secrets"].channel)
    # Looked at in a session that only reads: whoever floods this address with junk holds no write lock.
    with open_session(engine(), read_only=True) as session:
        try:
            remote_id = what_changed(session.get(Channel, channel_id), request.headers, body, cipher)
        except BadSignature:
            return Response(status=401)
    if remote_id is not None:
        look_soon(db(), db().get_one(Channel, channel_id), remote_id)
    return Response(status=200)
