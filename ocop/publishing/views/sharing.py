"""/san-pham/<id>/chia-se: words to copy and a picture to save, for any group or page. No marketplace, no account."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import qrcode
from flask import Response, current_app, render_template

import traceability
from marketplace_adapters.feed.items import without_stars
from marketplace_adapters.sharing.card import FRAMES, Fonts, card_of, draw
from marketplace_adapters.sharing.portal import portal_text
from marketplace_adapters.sharing.text import share_text
from marketplace_adapters.types import ListingPayload
from ocop.db.actor import NotFound
from ocop.db.base import today
from ocop.listings import queries as listings
from ocop.listings.models import Listing
from ocop.listings.rules import ad_is_barred
from ocop.publishing import mapping, queries
from ocop.publishing.queries.public_side import has_public_page, is_paused, places_on_sale
from ocop.publishing.queries.readiness import papers_of
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

_FONTS = Path(traceability.__file__).with_name("fonts")
_SHAPES = {"vuong": "square", "ngang": "wide"}


@bp.get("/san-pham/<listing_id>/chia-se")
@access.producer("producer.view")
def share(listing_id: str) -> str:
    listing = listings.get(db(), access.actor(), listing_id)
    if ad_is_barred(listing.set_no, listing.ethanol):
        return render_template("publishing/share.html", listing=listing, barred=sentence("share_barred"))
    if not _may_share(listing):
        said = {"heading": "Chưa chia sẻ được", "barred": sentence("share_not_read")}
        return render_template("publishing/share.html", listing=listing, **said)
    public = has_public_page(db(), listing)
    seen = _seen(listing)
    link = seen.page_url if public else next((url for _, url in places_on_sale(db(), listing.id)), "")
    texts = {"group": share_text(seen, url=link), "portal": portal_text(seen, url=link)}
    return render_template("publishing/share.html", listing=listing, texts=texts, link=link, public=public)


@bp.get("/san-pham/<listing_id>/the-<any(vuong,ngang):shape>.jpg")
@access.producer("producer.view")
def share_card(listing_id: str, shape: str) -> Response:
    listing = listings.get(db(), access.actor(), listing_id)
    if ad_is_barred(listing.set_no, listing.ethanol) or not _may_share(listing):
        raise NotFound()
    seen = _seen(listing)
    symbol = _symbol(seen.page_url) if has_public_page(db(), listing) else b""
    db().close()  # drawing takes a while; nobody waits for our transaction meanwhile
    fonts = Fonts(_FONTS / "BeVietnamPro-Regular.ttf", _FONTS / "BeVietnamPro-Bold.ttf")
    card = card_of(seen, photo=_front(seen), qr_png=symbol)
    return Response(draw(card, FRAMES[_SHAPES[shape]], fonts), mimetype="image/jpeg")


def _may_share(listing: Listing) -> bool:
    """A helper passes on only what the producer has written, sent or heard."""
    who = access.actor()
    return not who.on_behalf or queries.is_released(db(), who, listing)


def _seen(listing: Listing) -> ListingPayload:
    """As anybody may see it today. A star that somebody typed into the words is no valid decision."""
    config = current_app.config["OCOP"]
    seen = mapping.payload(
        listing,
        papers_of(db(), listing),
        day=today(),
        media_dir=config.media_dir,
        base_url=config.base_url,
        paused=is_paused(db(), listing),
    )
    bare = {name: without_stars(getattr(seen, name)) for name in ("name", "short_text", "story")}
    return replace(seen, **bare)


def _front(seen: ListingPayload) -> bytes:
    """The photo of the front; none where there is no photo, or its file is gone (a restored backup)."""
    photos = sorted(seen.photos, key=lambda photo: photo.role != "front")
    try:
        return photos[0].open() if photos else b""
    except OSError:
        return b""


def _symbol(url: str) -> bytes:
    drawn = io.BytesIO()
    qrcode.make(url, border=2).save(drawn, "PNG")
    return drawn.getvalue()
