"""What one person typed and has not saved yet: kept as typed, right or wrong, with the photos taken in so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ocop.accounts.services import notify
from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.listings import queries
from ocop.listings.mapping import COPIED, OF_ITS_KIND, inherited
from ocop.listings.models import Draft, Listing
from ocop.listings.rules import MAX_PHOTOS, drafting, product_set
from ocop.listings.services.saving import check_photos
from ocop.media import services as media
from ocop.media.services import TakenIn


def save_draft(
    session: Session,
    actor: Actor,
    *,
    listing_key: str = "",
    fields: drafting.Fields | None = None,
    media_ids: Sequence[str] | None = None,
    said: Sequence[Mapping[str, Any]] | None = None,
) -> Draft:
    """Keep what one person typed; None leaves that part as it is. said: refusals to show when the screen opens
    again, as {"code", "field", "params"}. No audit: a draft is nobody's business until it is saved.

    Raises NotFound for a foreign listing or photo, Refused(draft_too_long | photos_too_many).
    """
    actor.require("listing.edit")
    listing = queries.get(session, actor, listing_key) if listing_key else None
    if fields is not None and drafting.too_long(fields):
        raise Refused("draft_too_long")
    draft = queries.draft(session, actor, listing_key) or _new_draft(session, actor, listing_key, listing)
    if media_ids is not None:
        check_photos(session, actor, [(media_id, "other") for media_id in media_ids])
        draft.media_ids = list(media_ids)
    kept = dict(draft.data)
    if fields is not None:
        whole = _of_one_kind(session, actor, drafting.kept_over(kept.get("fields", {}), fields))
        kept["fields"] = drafting.with_shots(whole, draft.media_ids)
    if said is not None:
        kept["said"] = [dict(one) for one in said]
    draft.data = kept
    draft.saved_at = utcnow()
    session.flush()
    return draft


def _of_one_kind(session: Session, actor: Actor, fields: drafting.Fields) -> drafting.Fields:
    """A new product takes over the answers of an older one before anybody says what it is. Said to be goods of
    another group, it gives them back."""
    set_no = fields.get("set_no", [""])[0]
    try:
        source = queries.get(session, actor, fields.get("copied_from", [""])[0])
    except NotFound:
        return fields
    if set_no not in map(str, range(1, 27)):
        return fields
    if product_set(int(set_no)).group_code == product_set(source.set_no).group_code:
        return fields
    return drafting.given_back(fields, inherited(source, OF_ITS_KIND))


def _new_draft(session: Session, actor: Actor, listing_key: str, listing: Listing | None) -> Draft:
    photos = [photo.media_id for photo in listing.photos] if listing else []
    draft = Draft(
        user_id=actor.user_id,
        producer_id=actor.producer_id,
        listing_key=listing_key,
        data={},
        media_ids=photos,
    )
    try:
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:  # the first photo and the first letter arrived together
        first = queries.draft(session, actor, listing_key)
        if first is None:
            raise
        return first
    return draft


def discard_draft(session: Session, actor: Actor, *, listing_key: str = "") -> None:
    """Forget what this person typed. Pictures already taken in stay stored, used by nothing."""
    actor.require("listing.edit")
    draft = queries.draft(session, actor, listing_key)
    if draft is not None:
        session.delete(draft)
        session.flush()


def add_photos(
    session: Session,
    actor: Actor,
    *,
    listing_key: str = "",
    taken: Sequence[TakenIn],
    refused: Sequence[Refused] = (),
) -> Draft:
    """Put pictures that were taken in at the end of the draft's photos, the same picture once. What was refused,
    and what is more than a listing holds, is kept as sentences to say when the screen opens again."""
    draft = save_draft(session, actor, listing_key=listing_key)
    said = [{"code": one.code, "field": one.field, "params": one.params} for one in refused]
    order = list(draft.media_ids)
    for picture in taken:
        row = media.keep(session, actor, picture, producer_id=draft.producer_id, public=True)
        if row.id in order:
            continue
        if len(order) == MAX_PHOTOS:
            said.append({"code": "photos_too_many", "field": "photos", "params": {"max": MAX_PHOTOS}})
            break
        order.append(row.id)
    return save_draft(session, actor, listing_key=listing_key, media_ids=order, said=said)


def move_photo(session: Session, actor: Actor, *, listing_key: str = "", action: str) -> Draft:
    """action: up:ID, down:ID, remove:ID or order:ID,ID,…; what each photo shows goes by its new place unless
    the person had said otherwise."""
    draft = save_draft(session, actor, listing_key=listing_key)
    order = drafting.moved(draft.media_ids, action)
    return save_draft(session, actor, listing_key=listing_key, media_ids=order)


def press(session: Session, actor: Actor, *, listing_key: str = "", button: str) -> Draft:
    """A button inside the form that changes the draft and not the listing: add_pack, remove_pack:N,
    price:N:VND (the price that was probably meant). Any other leaves the draft as it is."""
    draft = save_draft(session, actor, listing_key=listing_key)
    fields: drafting.Fields = draft.data.get("fields", {})
    verb, _, rest = button.partition(":")
    if verb == "add_pack":
        fields = drafting.with_pack(fields)
    elif verb == "remove_pack" and drafting.is_figure(rest):
        fields = drafting.without_pack(fields, int(rest))
    elif verb == "price":
        number, _, price = rest.partition(":")
        if drafting.is_figure(number) and drafting.is_figure(price):
            fields = drafting.with_values(fields, {drafting.pack_key(int(number), "price_vnd"): [price]})
    return save_draft(session, actor, listing_key=listing_key, fields=fields)


def copy(session: Session, actor: Actor, *, listing_key: str = "", source_id: str) -> Draft:
    """ "Chép từ sản phẩm cũ": everything but name, price, content, stock, barcode and photos. Raises NotFound."""
    source = queries.get(session, actor, source_id)
    draft = save_draft(session, actor, listing_key=listing_key)
    fields = drafting.with_values(draft.data.get("fields", {}), inherited(source, COPIED))
    return save_draft(session, actor, listing_key=listing_key, fields=fields)


def take_over(session: Session, actor: Actor, *, draft_id: str, href: str = "") -> Draft:
    """Go on with what somebody else began for the same producer. It becomes mine as it stands, and that person is
    told. href: where the notice leads.

    Raises NotFound, NotAllowed, Refused(draft_own_first) while I have a draft of the same product myself: both
    stay as they are.
    """
    draft = queries.draft_of_producer(session, actor, draft_id, for_update=True)
    if draft.user_id == actor.user_id:
        return draft
    if queries.draft(session, actor, draft.listing_key) is not None:
        raise Refused("draft_own_first")
    first, draft.user_id = draft.user_id, actor.user_id
    audit.record(
        session, actor, "draft.take_over", draft, old={"user_id": first}, new={"user_id": actor.user_id}
    )
    listing = queries.get(session, actor, draft.listing_key) if draft.listing_key else None
    name = listing.name if listing else queries.typed_name(draft)
    notify(session, code="draft_taken", user_id=first, params={"who": actor.name, "product": name}, href=href)
    session.flush()
    return draft


def rebase(session: Session, actor: Actor, *, listing_key: str) -> Draft:
    """Keep my version of a listing somebody else saved meanwhile: it now stands on theirs."""
    listing = queries.get(session, actor, listing_key)
    draft = save_draft(session, actor, listing_key=listing_key)
    fields = drafting.with_values(draft.data.get("fields", {}), {"version": [str(listing.version)]})
    return save_draft(session, actor, listing_key=listing_key, fields=fields)
