"""Photos of a product that is being written: taken in one at a time by photos.js, put in order, taken out."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ocop.db.actor import Actor
from ocop.listings import queries, services
from ocop.listings.forms import sent_photos
from ocop.listings.models import Draft
from ocop.listings.rules import SHOTS, drafting
from ocop.listings.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

SHOT_WORDS = {"front": "Mặt trước", "back_label": "Mặt sau", "making": "Lúc làm", "other": "Khác"}


@bp.post("/nhap/anh")
@access.producer("listing.edit")
def draft_photos() -> Response | str | tuple[str, int, dict[str, str]]:
    """Takes `photos` and `photo_action`; `cho` is the listing's id, empty for a new product."""
    taken, refused = sent_photos(current_app.config["OCOP"].media_dir)
    key = request.args.get("cho", "")
    draft = services.add_photos(db(), access.actor(), listing_key=key, taken=taken, refused=refused)
    if "photo_action" in request.form:
        draft = services.move_photo(
            db(), access.actor(), listing_key=key, action=request.form["photo_action"]
        )
    if "X-Requested-With" not in request.headers:
        return redirect(product_url(key, anchor="anh"), 303)
    if refused and not taken:
        return (
            sentence(refused[0].code, **refused[0].params),
            422,
            {"Content-Type": "text/plain; charset=utf-8"},
        )
    return render_template("listings/photos.html", photos=tiles(db(), access.actor(), draft))


def product_url(listing_key: str, *, anchor: str | None = None, **args: Any) -> str:
    """Where the screen of a product, or of the new one, is."""
    if listing_key:
        return url_for("publishing.product", listing_id=listing_key, _anchor=anchor, **args)
    return url_for("publishing.new_product", _anchor=anchor, **args)


def tiles(session: Session, actor: Actor, draft: Draft) -> list[dict[str, Any]]:
    """The photos of a draft as the page shows them."""
    return photo_tiles(session, actor, draft.media_ids, draft.data.get("fields", {}))


def photo_tiles(
    session: Session, actor: Actor, media_ids: list[str], fields: drafting.Fields
) -> list[dict[str, Any]]:
    shown = []
    for place, media in enumerate(queries.photos(session, actor, media_ids)):
        shot = drafting.shot_of(fields, media.id, place)
        shown.append(
            {
                "id": media.id,
                "media": media,
                "url": url_for("media.public_picture", media_id=media.id, size="thumb", extension="webp"),
                "shot": shot,
                "place": place + 1,
                "alt": f"Ảnh {place + 1}: {SHOT_WORDS[shot].lower()}",
                "choices": [(one, SHOT_WORDS[one]) for one in SHOTS],
            }
        )
    return shown
