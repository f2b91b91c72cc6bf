"""/bai-dang: every product and where it stands, and the history of one post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace_adapters import registry
from marketplace_adapters.types import Delivery
from ocop.accounts.views import done
from ocop.listings.models import Listing
from ocop.publishing import queries, services
from ocop.publishing.models import Publication
from ocop.publishing.rules import ONLINE, State
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db

PRODUCTS_ON_A_PAGE = 4  # a signed-in page stays below 30 kB with every product on five places

_SENDABLE = frozenset(
    {State.LIVE, State.REJECTED, State.FAILED, State.NEEDS_UPDATE, State.DRIFTED, State.WITHDRAWN}
)


@dataclass(frozen=True)
class Row:
    """One post as the board shows it. act: the one thing to do now: send | fix | parcel | open | ''."""

    post: Publication
    shown: queries.Shown
    act: str


@bp.get("/bai-dang")
@access.producer("producer.view")
def board() -> str:
    return render_template("publishing/board.html", **_board())


@bp.get("/bai-dang/manh")
@access.producer("producer.view")
def board_piece() -> str:
    """The part of the board that board.js asks for while the worker is at it."""
    return render_template("publishing/board_piece.html", **_board())


@bp.get("/bai-dang/<publication_id>")
@access.producer("producer.view")
def post(publication_id: str) -> str:
    publication = queries.publication(db(), access.actor(), publication_id)
    tries = queries.attempts_of(db(), publication)
    return render_template(
        "publishing/post.html", row=_row(publication), tries=tries, **_what_may_be_done(publication)
    )


@bp.post("/bai-dang/<publication_id>/gui")
@access.producer("publish")
def send_again(publication_id: str) -> Response:
    services.send_again(db(), access.actor(), publication_id=publication_id)
    return done("publishing.post", "post_asked", publication_id=publication_id)


@bp.post("/bai-dang/<publication_id>/go")
@access.producer("publish")
def withdraw(publication_id: str) -> Response:
    services.request_withdraw(db(), access.actor(), publication_id=publication_id)
    return done("publishing.post", "post_withdraw_asked", publication_id=publication_id)


def _board() -> dict[str, Any]:
    page = min(max(1, request.args.get("trang", 1, int)), 10_000)
    entries, more = queries.board(db(), access.actor(), page=page, size=PRODUCTS_ON_A_PAGE)
    products = [
        (entry.listing, picture_of(entry.listing), [_row(post) for post in entry.publications])
        for entry in entries
    ]
    return {"products": products, "page": page, "more": more, "may_publish": access.actor().may("publish")}


def picture_of(listing: Listing) -> str | None:
    if not listing.photos:
        return None
    media_id = listing.photos[0].media_id
    return url_for("media.public_picture", media_id=media_id, size="thumb", extension="webp")


def _row(post: Publication) -> Row:
    return Row(post, queries.shown(post), _act(post))


def _act(post: Publication) -> str:
    """What helps most in this state; nothing while the worker is at it or a person elsewhere is."""
    edited_since = post.sent_version is not None and post.listing.version > post.sent_version
    if post.wanted != "none" and post.state is not State.FAILED and post.wanted != "look":
        return ""
    if post.state is State.REJECTED:
        return "fix"
    if post.state in (State.NEEDS_UPDATE, State.DRIFTED) or (post.state is State.LIVE and edited_since):
        return "send"
    if post.state is State.FAILED and post.wanted == "none":
        return "send"
    if post.state in (State.HANDED_OFF, State.POSTED_NO_LINK) and by_hand(post):
        return "parcel"
    return "open" if post.state is State.LIVE and post.url else ""


def by_hand(post: Publication) -> bool:
    return registry.adapter_class(queries.info_of(post.channel).protocol).delivery is Delivery.HANDOFF


def _what_may_be_done(post: Publication) -> dict[str, bool]:
    idle = post.wanted in ("none", "look") or post.state is State.FAILED
    mine = access.actor().may("publish")
    there = post.state in ONLINE or post.state in (
        State.QUEUED,
        State.FAILED,
        State.REJECTED,
        State.HANDED_OFF,
    )
    return {
        "may_send": mine and idle and post.state in _SENDABLE | {State.HANDED_OFF, State.POSTED_NO_LINK},
        "may_withdraw": mine
        and there
        and not (by_hand(post) and post.state in ONLINE)
        and post.wanted != "withdraw",
        "by_hand": by_hand(post),
    }
