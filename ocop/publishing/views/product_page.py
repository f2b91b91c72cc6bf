"""What the one screen of a product shows: what was typed, its photos, and for every place what is still missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import Delivery
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today
from ocop.listings import queries as listings
from ocop.listings.forms import ListingForm
from ocop.listings.mapping import imagined, inherited, label_gaps_of, packs, typed
from ocop.listings.models import Draft, Listing
from ocop.listings.rules import ad_is_barred, claim_words, product_sets
from ocop.listings.rules.drafting import Fields
from ocop.listings.views.photos import photo_tiles
from ocop.producers import queries as producers
from ocop.publishing import queries
from ocop.publishing.models import Channel
from ocop.publishing.rules import Gap, State
from ocop.publishing.views.board import turn_of
from ocop.web.wording import sentence

# Where each thing that may be missing is put right; anything else has an input of its own name.
_PLACES = {
    "photos": "anh",
    "variants": "gia-va-goi",
    "sku": "gia-va-goi",
    "box_cm": "variants-0-box_length_cm",
    **{
        name: f"variants-0-{name}"
        for name in ("price_vnd", "net_content", "packed_weight_g", "stock", "gtin", "sale_vnd")
    },
}
_GROUPS = [(name, list(sets)) for name, sets in groupby(product_sets(), key=lambda one: one.group_name)]
_FOLDED = ("usage", "storage", "warning", "technical", "ethanol", "shelf_life_days", "origin")


def screen(
    session: Session, actor: Actor, listing: Listing | None, *, review: bool = False, also: Sequence[str] = ()
) -> dict[str, Any]:
    """Everything the template reads. review: check what stands there and say what is wrong. also: channels to
    tick besides those the product is on."""
    key = listing.id if listing else ""
    draft = listings.draft(session, actor, key)
    fields, media_ids = what_stands(session, actor, listing, draft)
    form = ListingForm.of(fields)
    if review:
        _review(form, draft)
    tiles = photo_tiles(session, actor, media_ids, fields)
    future = _future(session, actor, listing, form, fields, tiles)
    gaps = label_gaps_of(future) if future else []
    return {
        "listing": listing,
        "form": form,
        "photos": tiles,
        "draft": draft if draft and draft.data.get("fields") else None,
        "others": listings.others_drafts(session, actor, key),
        "stale": bool(draft and listing and form.opened_with() not in (None, listing.version)),
        "frozen": {pack.id for pack in packs(listing) if pack.frozen_at} if listing else set(),
        "copied_from": _copied_from(session, actor, fields),
        "may_copy": listings.last_of_set(session, actor) is not None and listing is None,
        "taken_over": _taken_over(form) if fields.get("copied_from", [""])[0] else "",
        "unfold": _unfold(form, fields, {gap.field for gap in gaps}),
        "words": _words(session, actor, key, form, fields),
        "no_ads": bool(form.product_set and ad_is_barred(form.product_set.no, form.ethanol.data or "")),
        **_places(session, actor, listing, future, fields, also),
        "set_name": f"Bộ {form.product_set.no} – {form.product_set.name}" if form.product_set else "",
        **_posts(session, actor, listing),
        "may_publish": actor.may("publish"),
        "groups": _GROUPS,
    }


def what_stands(
    session: Session, actor: Actor, listing: Listing | None, draft: Draft | None
) -> tuple[Fields, list[str]]:
    """(what the form holds, photos in order): the draft's, else the product's own, else what a new product takes
    over from the one saved last."""
    if listing is not None:
        fields, media_ids = typed(listing), [photo.media_id for photo in listing.photos]
    else:
        last = listings.last_of_set(session, actor)
        fields, media_ids = inherited(last) if last else {"origin": ["Việt Nam"]}, []
    if draft is None:
        return fields, media_ids
    return draft.data.get("fields") or fields, list(draft.media_ids)


def ready_for(gaps: Sequence[Gap]) -> bool:
    return not any(gap.severity == "blocking" for gap in gaps)


def _review(form: ListingForm, draft: Draft | None) -> None:
    form.validate()
    for said in (draft.data.get("said") or []) if draft else []:
        form.form_errors.append(sentence(said["code"], **said["params"]))


def _future(
    session: Session,
    actor: Actor,
    listing: Listing | None,
    form: ListingForm,
    fields: Fields,
    tiles: Sequence[dict[str, Any]],
) -> Listing | None:
    """The product this form would become; None while nobody knows what kind of goods it is."""
    if form.product_set is None:
        return None
    values = {**form.listing_fields(), "word_acks": fields.get("ack", [])}
    photos = [(tile["media"], tile["shot"]) for tile in tiles]
    producer = producers.current(session, actor)
    return imagined(producer, listing.id if listing else None, values, form.packs(), photos)


def _copied_from(session: Session, actor: Actor, fields: Fields) -> Listing | None:
    try:
        return listings.get(session, actor, fields.get("copied_from", [""])[0])
    except NotFound:
        return None


def _taken_over(form: ListingForm) -> str:
    """What stands in the folded questions of a product that took over answers of an older one, in a line."""
    days = form.shelf_life_days.data
    words = [f"hạn dùng {days} ngày"] if days and form.asks("shelf_life_days") else []
    names = ("storage", "usage", "warning", "technical", "ethanol", "origin", "standards", "brand", "story")
    return ", ".join(words + [form[n].label.text.lower() for n in names if form[n].data and form.asks(n)])


def _unfold(form: ListingForm, fields: Fields, missing: set[str]) -> bool:
    """Whether the seldom needed questions stand open: something in them is missing or wrong."""
    if form.product_set is None:
        return not fields.get("copied_from", [""])[0]
    return bool(missing & set(_FOLDED)) or any(form[name].errors for name in (*_FOLDED, "standards", "story"))


def _words(
    session: Session, actor: Actor, listing_id: str, form: ListingForm, fields: Fields
) -> list[dict[str, Any]]:
    """Words that are fined, with what the writer answered to each."""
    producer_id = actor.producer_id or ""
    kinds = producers.valid_kinds(session, producer_id, listing_id or None, today())
    food = form.product_set.is_food if form.product_set else True
    text = "\n".join(form[name].data or "" for name in ("name", "short_text", "story"))
    acks = fields.get("ack", [])
    return [
        {
            "key": claim.key,
            "sentence": sentence(f"claim_{claim.code}", word=claim.word),
            "answer": next((ack.rpartition("|")[2] for ack in acks if ack.startswith(f"{claim.key}|")), ""),
        }
        for claim in claim_words(text, kinds, food=food)
    ]


def ticked(
    session: Session, actor: Actor, listing: Listing | None, fields: Fields, also: Sequence[str]
) -> set[str]:
    """Channels that stand ticked: as the form says, else where the product is. One that was never anywhere (a new
    one, or one out of a sheet): where the producer's last one went."""
    if "channels_shown" in fields:
        return set(fields.get("channels", ())) | set(also)
    posts = queries.publications_of(session, actor, listing.id) if listing else []
    if not posts:
        entries, _more = queries.board(session, actor, page=1, size=1)
        posts = entries[0].publications if entries else []
    return {post.channel_id for post in posts if post.state is not State.WITHDRAWN} | set(also)


def _places(
    session: Session,
    actor: Actor,
    listing: Listing | None,
    future: Listing | None,
    fields: Fields,
    also: Sequence[str],
) -> dict[str, Any]:
    """places: every channel with how ready the product is for it; common: what each of them misses."""
    channels = queries.channel_choices(session, actor)
    on = ticked(session, actor, listing, fields, also)
    gaps = queries.readiness(session, future, channels, today()) if future else {}
    everywhere = [
        gap for gap in next(iter(gaps.values()), []) if all(gap in found for found in gaps.values())
    ]
    if len(gaps) < 2:
        everywhere = []
    return {
        "places": [_place(one, one.id in on, gaps.get(one.id)) for one in channels],
        "common": [_gap_line(gap) for gap in everywhere],
        "own": _own_gaps(channels, gaps, everywhere, on),
    }


def _place(channel: Channel, on: bool, gaps: list[Gap] | None) -> dict[str, Any]:
    info = queries.info_of(channel)
    by_hand = registry.adapter_class(info.protocol).delivery is Delivery.HANDOFF
    note = "tập, không bán thật" if info.training else "gửi bưu điện đăng" if by_hand else ""
    kind, words = _readiness_words(gaps)
    return {
        "id": channel.id,
        "name": channel.name,
        "checked": on,
        "note": note,
        "kind": kind,
        "words": words,
        "drawing": "check" if kind == "info" else None,
    }


def _own_gaps(
    channels: Sequence[Channel], gaps: dict[str, list[Gap]], everywhere: Sequence[Gap], on: set[str]
) -> list[dict[str, Any]]:
    """What only some places miss; places that miss the same stand together. open: a place that was chosen cannot
    be published to for want of it."""
    own: dict[tuple[Gap, ...], list[Channel]] = {}
    for channel in channels:
        left = tuple(gap for gap in gaps.get(channel.id, ()) if gap not in everywhere)
        if left:
            own.setdefault(left, []).append(channel)
    return [
        {
            "names": ", ".join(place.name for place in places),
            "open": not ready_for(left) and any(place.id in on for place in places),
            "gaps": [_gap_line(gap) for gap in left if gap.severity != "unverified"],
            "unverified": _unverified([gap for gap in left if gap.severity == "unverified"]),
        }
        for left, places in own.items()
    ]


def _readiness_words(gaps: list[Gap] | None) -> tuple[str, str]:
    if gaps is None:
        return "draft", "Chọn loại hàng trước"
    count = Counter(gap.severity for gap in gaps)
    if count["blocking"]:
        return "wait", f"Còn thiếu {count['blocking']} mục"
    if count["advice"]:
        return "info", f"Đủ để đăng, nên xem {count['advice']} mục"
    if count["unverified"]:
        return "info", "Đủ để đăng, quy định của sàn chưa kiểm chứng"
    return "good", "Đủ để đăng"


def _unverified(gaps: Sequence[Gap]) -> str:
    """Limits nobody could check, in one line: there is nothing to do about them here."""
    prefix = "Chưa kiểm chứng: "
    said = [gap.sentence.removeprefix(prefix).rstrip(".") for gap in gaps]
    return f"{prefix}{'; '.join(dict.fromkeys(said))}." if said else ""


def _gap_line(gap: Gap) -> dict[str, str]:
    return {"sentence": gap.sentence, "href": _href(gap.field)}


def _href(field: str) -> str:
    if field.startswith("producer."):
        return url_for("producers.edit")
    if field == "channel":
        return url_for("publishing.channels")
    return f"#{_PLACES.get(field, field)}"


def _posts(session: Session, actor: Actor, listing: Listing | None) -> dict[str, Any]:
    """posts: where it stands already; turn: what one tap does there (see board.turn_of); said_aloud: who read the
    product out to its producer."""
    found = queries.publications_of(session, actor, listing.id) if listing is not None else []
    return {
        "posts": [(post.channel.name, queries.shown(post)) for post in found],
        "turn": turn_of(found),
        "said_aloud": queries.said_aloud(session, listing) if listing is not None else None,
    }
