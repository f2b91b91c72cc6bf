"""What somebody else has begun for the same producer: looked at, and gone on with."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from ocop.db.errors import Refused
from ocop.listings import queries, services
from ocop.listings.forms import ListingForm
from ocop.listings.models import Draft
from ocop.listings.rules import drafting
from ocop.listings.views import bp
from ocop.listings.views.photos import product_url, tiles
from ocop.listings.views.two_versions import shown_as_typed
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/nhap/cua-nguoi-khac/<draft_id>")
@access.producer("listing.edit")
def others_draft(draft_id: str) -> str:
    actor = access.actor()
    draft = queries.draft_of_producer(db(), actor, draft_id)
    known = [one for one in queries.others_drafts(db(), actor, draft.listing_key) if one.id == draft.id]
    return render_template(
        "listings/others_draft.html",
        draft=draft,
        who=known[0].who if known else actor.name,
        rows=_rows(draft),
        photos=tiles(db(), actor, draft),
        mine=queries.draft(db(), actor, draft.listing_key),
        mine_url=product_url(draft.listing_key),
    )


@bp.post("/nhap/cua-nguoi-khac/<draft_id>")
@access.producer("listing.edit")
def take_over(draft_id: str) -> Response:
    actor = access.actor()
    key = queries.draft_of_producer(db(), actor, draft_id).listing_key
    try:
        services.take_over(db(), actor, draft_id=draft_id, href=product_url(key))
    except Refused:
        return redirect(url_for("listings.others_draft", draft_id=draft_id), 303)
    return redirect(product_url(key, xong="draft_taken"), 303)


def _rows(draft: Draft) -> list[tuple[str, str]]:
    """(what, as typed) of everything that was typed, in the order of the form."""
    fields = draft.data.get("fields", {})
    form = ListingForm.of(fields)
    rows = [
        (form[name].label.text, shown_as_typed(name, fields))
        for name in drafting.FIELDS
        if _typed(fields, name)
    ]
    for number in drafting.pack_numbers(fields):
        for name in drafting.PACK_FIELDS:
            key = drafting.pack_key(number, name)
            if _typed(fields, key):
                words = (
                    form.variants[number].form[name].label.text.lower()
                    if number < len(form.variants)
                    else name
                )
                rows.append((f"Gói {number + 1}: {words}", shown_as_typed(key, fields)))
    return rows


def _typed(fields: drafting.Fields, name: str) -> bool:
    return any(value.strip() for value in fields.get(name, ()))
