"""/bai-dang: every product and where it stands, and the history of one post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from ocop.accounts.views import done
from ocop.db.base import utcnow
from ocop.listings.models import Listing
from ocop.publishing import queries, services
from ocop.publishing.models import Publication
from ocop.publishing.rules import ONLINE, PAUSABLE, State
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.filters import day
from ocop.web.unit_of_work import db

PRODUCTS_ON_A_PAGE = 3  # a signed-in page stays below 30 kB with every product on eight places

_ON_SALE = frozenset({State.LIVE, State.PAUSED})
_ASK_ANEW = frozenset({State.NEEDS_UPDATE, State.DRIFTED, State.SUSPENDED})
_SAYS_SINCE = frozenset({State.IN_REVIEW, State.PAUSED, State.WITHDRAWN})
_UNDER_WAY = frozenset({State.QUEUED, State.FAILED, State.REJECTED, State.HANDED_OFF})
_SENDABLE = (ONLINE | {State.REJECTED, State.FAILED, State.WITHDRAWN, State.HANDED_OFF}) - {State.IN_REVIEW}


@dataclass(frozen=True)
class Row:
    """One post as the board shows it. act: the one thing to do now: send | fix | parcel | open | ''. since: the day
    its state began, where its own words do not say it."""

    post: Publication
    shown: queries.Shown
    act: str
    since: str


@dataclass(frozen=True)
class Product:
    """One product on the board. turn: what its one-tap buttons offer: pause | resume | ''. said_aloud: who read it
    out to its producer."""

    listing: Listing
    picture: str | None
    rows: list[Row]
    turn: str
    said_aloud: queries.SaidAloud | None


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
    return render_template(
        "publishing/post.html",
        row=_row(publication),
        tries=queries.attempts_of(db(), publication),
        looks=_looks(publication),
        **_what_may_be_done(publication),
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


@bp.post("/san-pham/<listing_id>/tam-het-hang")
@access.producer("publish")
def pause_sold_out(listing_id: str) -> Response:
    services.request_pause(db(), access.actor(), listing_id=listing_id, kind="sold_out")
    return done("publishing.board", "pause_asked")


@bp.post("/san-pham/<listing_id>/het-vu")
@access.producer("publish")
def pause_season_over(listing_id: str) -> Response:
    services.request_pause(db(), access.actor(), listing_id=listing_id, kind="season_over")
    return done("publishing.board", "season_over_asked")


@bp.post("/san-pham/<listing_id>/ban-lai")
@access.producer("publish")
def resume(listing_id: str) -> Response:
    services.request_resume(db(), access.actor(), listing_id=listing_id)
    return done("publishing.board", "resume_asked")


def _board() -> dict[str, Any]:
    actor, page = access.actor(), min(max(1, request.args.get("trang", 1, int)), 10_000)
    to_do = request.args.get("loc") == "can-lam"
    entries, more = queries.board(db(), actor, page=page, size=PRODUCTS_ON_A_PAGE, to_do=to_do)
    return {
        "products": [_product(entry) for entry in entries],
        "page": page,
        "more": more,
        "to_do": to_do,
        "waiting": queries.count_to_do(db(), actor),
        "closed": [queries.closed_sentence(one) for one in queries.closed_channels(db(), actor, utcnow())],
        "may_publish": actor.may("publish"),
    }


def _product(entry: queries.BoardEntry) -> Product:
    rows = [_row(post) for post in entry.publications]
    said = queries.said_aloud(db(), entry.listing)
    return Product(entry.listing, picture_of(entry.listing), rows, turn_of(entry.publications), said)


def turn_of(posts: Sequence[Publication]) -> str:
    """What one tap does for all places of a product: resume while any is paused, else pause what is online."""
    if any(post.pause for post in posts):
        return "resume"
    return "pause" if any(post.state in PAUSABLE for post in posts) else ""


def picture_of(listing: Listing) -> str | None:
    if not listing.photos:
        return None
    media_id = listing.photos[0].media_id
    return url_for("media.public_picture", media_id=media_id, size="thumb", extension="webp")


def _row(post: Publication) -> Row:
    since = "" if post.state in _SAYS_SINCE else day(post.state_since)
    return Row(post, queries.shown(post), _act(post), since)


def _act(post: Publication) -> str:
    """What helps most in this state; nothing while the worker is at it or a person elsewhere is."""
    if post.wanted != "none" and post.state is not State.FAILED and post.wanted != "look":
        return ""
    if post.clerk_task:
        return "parcel"
    if post.state is State.REJECTED:
        return "fix"
    if post.state in _ASK_ANEW or (post.state in _ON_SALE and queries.edited_since(post)):
        return "send"
    if post.state is State.FAILED and post.wanted == "none":
        return "send"
    if post.state in (State.HANDED_OFF, State.POSTED_NO_LINK) and by_hand(post):
        return "parcel"
    return "open" if post.state in _ON_SALE and post.url else ""


def by_hand(post: Publication) -> bool:
    return queries.by_hand(post.channel)


def _looks(post: Publication) -> dict[str, Any]:
    """What the last look saw there, what differed, and when the next one is due."""
    said = [(one["severity"] == "wrong", queries.difference_sentence(one)) for one in post.differences]
    next_look = post.due_at if post.wanted == "look" else None
    return {
        "wrong": [text for wrong, text in said if wrong],
        "advice": [text for wrong, text in said if not wrong],
        "seen": post.seen.get("posts", []),
        "at": post.looked_at,
        "next": next_look,
        "closed": queries.closed_sentence(post.channel),
    }


def _what_may_be_done(post: Publication) -> dict[str, bool]:
    idle = post.wanted in ("none", "look") or post.state is State.FAILED
    mine = access.actor().may("publish")
    there = post.state in ONLINE or post.state in _UNDER_WAY
    return {
        "may_send": mine and idle and post.state in _SENDABLE,
        "may_withdraw": mine and there and post.wanted != "withdraw" and post.clerk_task != "remove",
        "by_hand": by_hand(post),
    }
