"""Two people changed the same product: both versions side by side, and a choice. Nothing is lost before it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from ocop.db.actor import NotFound
from ocop.listings import queries, services
from ocop.listings.forms import ListingForm
from ocop.listings.mapping import typed
from ocop.listings.models import Draft, Listing
from ocop.listings.rules import drafting, product_set
from ocop.listings.views import bp
from ocop.listings.views.photos import product_url
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/san-pham/<listing_id>/hai-ban")
@access.producer("listing.edit")
def two_versions(listing_id: str) -> str:
    listing = queries.get(db(), access.actor(), listing_id)
    draft = queries.draft(db(), access.actor(), listing_id)
    if draft is None:
        raise NotFound()
    edit = queries.last_edit(db(), listing)
    return render_template(
        "listings/two_versions.html", listing=listing, edit=edit, rows=differences(draft, listing)
    )


@bp.post("/san-pham/<listing_id>/hai-ban")
@access.producer("listing.edit")
def choose_version(listing_id: str) -> Response:
    if request.form.get("keep") == "theirs":
        services.discard_draft(db(), access.actor(), listing_key=listing_id)
        return redirect(product_url(listing_id, xong="their_version_kept"), 303)
    services.rebase(db(), access.actor(), listing_key=listing_id)
    return redirect(product_url(listing_id, xong="my_version_kept"), 303)


def differences(draft: Draft, listing: Listing) -> list[tuple[str, str, str]]:
    """(what, mine, theirs) for everything that differs, as people read it."""
    mine, theirs = draft.data.get("fields", {}), typed(listing)
    my_form, their_form = ListingForm.of(mine), ListingForm.of(theirs)
    rows = []
    for name in drafting.FIELDS:
        if (my_form[name].data or "") != (their_form[name].data or ""):
            rows.append((my_form[name].label.text, shown_as_typed(name, mine), shown_as_typed(name, theirs)))
    rows += _pack_differences(my_form, their_form, mine, theirs)
    their_photos = [photo.media_id for photo in listing.photos]
    if draft.media_ids != their_photos:
        rows.append(("Ảnh", _photos(draft.media_ids, their_photos), _photos(their_photos, draft.media_ids)))
    return rows


def _pack_differences(
    my_form: ListingForm, their_form: ListingForm, mine: drafting.Fields, theirs: drafting.Fields
) -> list[tuple[str, str, str]]:
    rows = []
    mine_packs, their_packs = list(my_form.variants), list(their_form.variants)
    for number in range(max(len(mine_packs), len(their_packs))):
        for name in drafting.PACK_FIELDS:
            key = drafting.pack_key(number, name)
            values: list[Any] = [
                packs[number].form[name].data or None if number < len(packs) else None
                for packs in (mine_packs, their_packs)
            ]
            if values[0] != values[1]:
                pack = (mine_packs if number < len(mine_packs) else their_packs)[number].form
                words = f"Gói {number + 1}: {pack[name].label.text.lower()}"
                rows.append((words, shown_as_typed(key, mine), shown_as_typed(key, theirs)))
    return rows


def shown_as_typed(name: str, fields: drafting.Fields) -> str:
    text = " ".join(fields.get(name, [])).strip()
    if name == "set_no" and drafting.is_figure(text) and int(text) in range(1, 27):
        return product_set(int(text)).examples
    return text or "(bỏ trống)"


def _photos(these: list[str], others: list[str]) -> str:
    added = len(set(these) - set(others))
    return f"{len(these)} ảnh" + (f", {added} ảnh riêng" if added else ", thứ tự khác")
