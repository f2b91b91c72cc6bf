"""The one screen of a product, new or old: write it, keep the draft, save it, put it up everywhere at once.

Every POST first keeps what was typed and the photos that came, then does what its button says and redirects; so
whatever is wrong, nothing has to be typed or photographed twice, with or without JavaScript.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ocop.db.base import EditConflict, today
from ocop.db.errors import Refused
from ocop.listings import queries as listings
from ocop.listings import services
from ocop.listings.forms import ListingForm, sent_fields, sent_photos
from ocop.listings.mapping import packs
from ocop.listings.models import Draft, Listing
from ocop.listings.rules import answers_in_use, claim_words
from ocop.listings.views.photos import product_url, tiles
from ocop.publishing import queries
from ocop.publishing.services import request_publish
from ocop.publishing.views import bp
from ocop.publishing.views.product_page import ready_for, screen
from ocop.publishing.views.read_aloud import after_asking, to_reading
from ocop.web import access
from ocop.web.unit_of_work import db

_PAGE = 20
_ANCHORS = {
    "add_pack": "gia-va-goi",
    "remove_pack": "gia-va-goi",
    "price": "gia-va-goi",
    "set": "ten-va-loai",
}


@bp.get("/san-pham")
@access.producer("producer.view")
def products() -> str:
    """The producer's products with where each is on sale; `cat=1` for those put away."""
    page, put_away = max(1, request.args.get("trang", 1, int)), "cat" in request.args
    found = listings.mine(db(), access.actor(), archived=put_away)
    shown = found[(page - 1) * _PAGE : page * _PAGE]
    cards = [_card(listing) for listing in shown]
    more = len(found) > page * _PAGE
    others = [] if put_away else listings.others_drafts(db(), access.actor())
    return render_template(
        "publishing/products.html", cards=cards, page=page, more=more, put_away=put_away, others=others
    )


def _card(listing: Listing) -> dict[str, object]:
    posts = queries.publications_of(db(), access.actor(), listing.id)
    prices = [pack.price_vnd for pack in packs(listing) if pack.price_vnd]
    return {
        "listing": listing,
        "price": min(prices, default=None),
        "several": len(set(prices)) > 1,
        "posts": [(post.channel.name, queries.shown(post)) for post in posts],
    }


@bp.get("/san-pham/moi")
@access.producer("listing.edit")
def new_product() -> str:
    shown = screen(db(), access.actor(), None, review="xem" in request.args)
    return render_template("publishing/product.html", **shown)


@bp.post("/san-pham/moi")
@access.producer("listing.edit")
def create_product() -> Response:
    return _answer("")


@bp.get("/san-pham/<listing_id>")
@access.producer("listing.edit")
def product(listing_id: str) -> str:
    listing = listings.get(db(), access.actor(), listing_id)
    also = request.args.getlist("noi")
    shown = screen(db(), access.actor(), listing, review="xem" in request.args, also=also)
    return render_template("publishing/product.html", **shown)


@bp.post("/san-pham/<listing_id>")
@access.producer("listing.edit")
def edit_product(listing_id: str) -> Response:
    return _answer(listing_id)


@bp.post("/nhap")
@access.producer("listing.edit", once=False)
def autosave() -> str:
    """What draft.js sends as one types. Answers the parts of the page that speak of what is missing."""
    key = request.form.get("listing_key", "")
    services.save_draft(db(), access.actor(), listing_key=key, fields=sent_fields())
    listing = listings.get(db(), access.actor(), key) if key else None
    shown = screen(db(), access.actor(), listing)
    told, set_shown = request.form.getlist("words_shown"), request.form.get("set_shown", "")
    return render_template("publishing/product_parts.html", told=told, set_shown=set_shown, **shown)


def _answer(key: str) -> Response:
    """Keep everything that came, then do what the button says."""
    actor = access.actor()
    taken, refused = sent_photos(current_app.config["OCOP"].media_dir)  # decoding: before the session is used
    services.save_draft(db(), actor, listing_key=key, fields=sent_fields())
    draft = services.add_photos(db(), actor, listing_key=key, taken=taken, refused=refused)
    if "photo_action" in request.form:
        services.move_photo(db(), actor, listing_key=key, action=request.form["photo_action"])
        return redirect(product_url(key, anchor="anh"), 303)
    button = request.form.get("press", "draft")
    if button in ("publish", "save"):
        return _save(key, draft, publish=button == "publish")
    return _keep(key, button, said=bool(refused))


def _keep(key: str, button: str, *, said: bool) -> Response:
    """Buttons that change nothing but the draft."""
    if button == "discard":
        services.discard_draft(db(), access.actor(), listing_key=key)
        return redirect(product_url(key, xong="draft_discarded"), 303)
    services.press(db(), access.actor(), listing_key=key, button=button)
    if button == "choose_copy":
        return redirect(url_for("listings.choose_copy"), 303)
    if said:
        return redirect(product_url(key, anchor="errors", xem=1), 303)
    if button == "draft":
        return redirect(product_url(key, xong="draft_saved"), 303)
    return redirect(product_url(key, anchor=_ANCHORS.get(button.partition(":")[0])), 303)


def _save(key: str, draft: Draft, *, publish: bool) -> Response:
    """Make the draft a product, and put that up. What is wrong is said on the same screen, from the draft."""
    form = ListingForm.of(draft.data["fields"])
    if draft.data.get("said") or not form.validate():
        return redirect(product_url(key, anchor="errors", xem=1), 303)
    try:
        listing = _store(key, draft, form)
    except EditConflict:
        return redirect(url_for("listings.two_versions", listing_id=key), 303)
    except Refused as refusal:
        said = [{"code": refusal.code, "field": refusal.field, "params": refusal.params}]
        services.save_draft(db(), access.actor(), listing_key=key, said=said)
        return redirect(product_url(key, anchor="errors", xem=1), 303)
    channels = draft.data["fields"].get("channels", []) if publish else []
    services.discard_draft(db(), access.actor(), listing_key=key)
    if not publish:
        return redirect(product_url(listing.id, xong="product_saved"), 303)
    return _publish(listing, channels)


def _store(key: str, draft: Draft, form: ListingForm) -> Listing:
    actor = access.actor()
    values = form.listing_fields()
    said = claim_words("\n".join((values["name"], values["short_text"], values["story"])))
    values["word_acks"] = answers_in_use(draft.data["fields"].get("ack", []), said)
    return services.save_listing(
        db(),
        actor,
        listing_id=key or None,
        version=form.opened_with() if key else None,
        fields=values,
        variants=form.packs(),
        photo_ids=[(tile["id"], tile["shot"]) for tile in tiles(db(), actor, draft)],
    )


def _publish(listing: Listing, channel_ids: Sequence[str]) -> Response:
    """Put it up where nothing is missing; where something is, say what."""
    actor = access.actor()
    chosen = [channel for channel in queries.channel_choices(db(), actor) if channel.id in channel_ids]
    if not chosen:
        return redirect(product_url(listing.id, xong="product_saved_no_place"), 303)
    gaps = queries.readiness(db(), listing, chosen, today())
    ready = [channel.id for channel in chosen if ready_for(gaps[channel.id])]
    waiting = [channel.id for channel in chosen if channel.id not in ready]
    if ready and queries.must_read_aloud(db(), actor, listing, ready):
        return to_reading(listing.id, ready, waiting=waiting)
    if ready:
        request_publish(db(), actor, listing=listing, channel_ids=ready)
    return after_asking(listing.id, ready, waiting)
