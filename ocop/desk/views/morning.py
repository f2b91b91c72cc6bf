"""/xa/hom-nay: an official's morning, and the same as text for the commune's Zalo group."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from ocop.accounts import queries as accounts
from ocop.accounts.models import HelpingGroup
from ocop.db.base import today
from ocop.desk.mapping.morning import digest, item_sentence
from ocop.desk.queries import morning as queries
from ocop.desk.rules import FOR_THE_GROUP, KINDS
from ocop.desk.views.blueprint import bp, page_number
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

IN_THE_DIGEST = 30  # lines of one kind at most; the text is cut by its length anyway
_FIRST_COMMUNES = 40


@bp.get("/xa/hom-nay")
@access.official
def today_s_work() -> str:
    who, kind, commune = access.actor(), request.args.get("viec", ""), _commune()
    reach = queries.reach_of(who, commune=commune)
    shared = _shared(commune)
    if kind:
        page = page_number()
        group = queries.of_one_kind(db(), reach, kind, page)
        pages = -(-group.total // queries.PER_PAGE)
        return render_template("desk/kind.html", group=group, page=page, pages=pages, **shared)
    found = queries.morning(db(), reach)
    return render_template(
        "desk/morning.html",
        morning=found,
        by_commune=[(_name(code), code, count) for code, count in found.by_commune[:_FIRST_COMMUNES]],
        several=len(found.by_commune) > 1 or bool(who.provinces),
        unseen=accounts.unseen_notices(db(), who),
        **shared,
    )


def _shared(commune: str) -> dict[str, Any]:
    who = access.actor()
    return {
        "commune": commune,
        "place": _place(commune),
        "date": today(),
        "helps": accounts.workplaces(db(), who.user_id or ""),
        "is_officer": bool(who.communes),
        "sentence": sentence,
        "item_sentence": item_sentence,
        "commune_name": _name,
    }


def _commune() -> str:
    """?xa=, when it is a commune there is; one out of reach only leaves nothing to be seen."""
    try:
        return places.commune(request.args.get("xa", "")).code
    except UnknownPlace:
        return ""


def _name(code: str) -> str:
    return places.commune(code).full_name


def _place(commune: str) -> str:
    """What the official looks at, as the head of a page."""
    who = access.actor()
    if commune:
        return _name(commune)
    names = [places.province(code).full_name for code in sorted(who.provinces)]
    return ", ".join(names + [_name(code) for code in sorted(who.communes)])


@bp.get("/xa/hom-nay/nhom-zalo")
@access.official
def digest_page() -> str:
    who = access.actor()
    chosen = frozenset(request.args.getlist("viec")) or FOR_THE_GROUP
    groups = queries.groups_of(db(), who)
    group = next((one for one in groups if one.id == request.args.get("to", "")), None)
    return render_template(
        "desk/digest.html",
        text=_text(chosen, group),
        kinds=[
            (kind, sentence(f"morning_{kind}_head"), kind in chosen)
            for kind in KINDS
            if kind in FOR_THE_GROUP
        ],
        groups=groups,
        group=group,
    )


def _text(kinds: frozenset[str], group: HelpingGroup | None) -> str:
    reach = queries.reach_of(access.actor(), group=group)
    found = queries.for_the_digest(db(), reach, kinds, IN_THE_DIGEST)
    lines = [
        (
            one.kind,
            one.total,
            [f"{item.title}: {item_sentence(item.code, item.params)}" for item in one.items],
        )
        for one in found
    ]
    return digest(group.name if group is not None else _place(""), today(), lines)
