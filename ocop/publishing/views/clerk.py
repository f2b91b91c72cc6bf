"""/b/<token>: what a person without an account sees who posts by hand: a door with a PIN, the parcel, the queue.

The address is the key and no cookie is asked for (access.by_address): after the right PIN a key for twelve hours
is part of the path. Opening an address with GET writes nothing and, before the PIN, tells nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace_adapters.handoff.file_names import file_name
from ocop.accounts.views import session_secret
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.places import queries as places
from ocop.publishing import mapping, queries, services
from ocop.publishing.forms import AnswerForm, PinForm
from ocop.publishing.models import ClerkLink, Parcel, Publication
from ocop.publishing.rules import parcel_path
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db, engine
from ocop.web.wording import sentence

POSTS_ON_A_PAGE = 20

Answer = str | AnyResponse | tuple[str, int]


def _quietly(view: Callable[..., Answer]) -> Callable[..., AnyResponse]:
    """The address is a key: it is not remembered, not passed on, not indexed."""

    @wraps(view)
    def quiet(*args: Any, **kw: Any) -> AnyResponse:
        response = make_response(view(*args, **kw))
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return quiet


@bp.route("/b/<token>", methods=["GET", "POST"])
@access.by_address("token")
@_quietly
def clerk_door(token: str) -> Answer:
    """The same page for every address, be there such a link or not."""
    form = PinForm.from_request()
    if form.sent_and_valid():
        said = {"pin": form.pin.data or "", "address": request.remote_addr or "", "secret": session_secret()}
        try:
            link_id = services.open_link(engine(), token=token, **said)
            key = services.page_key(link_id, secret=session_secret(), agent=_agent())
            return redirect(url_for("publishing.clerk_desk", token=token, key=key), 303)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("handoff/door.html", form=form), 422 if form.errors else 200


@bp.get("/b/<token>/<key>")
@access.by_address("token")
@_quietly
def clerk_desk(token: str, key: str) -> Answer:
    """The queue; for a link of one post, that post."""
    link = _link(token, key)
    if link is None:
        return _door(token)
    if link.publication_id is not None:
        return _to_post(token, key, link.publication_id)
    page = min(max(1, request.args.get("trang", 1, int)), 10_000)
    found = queries.queue(db(), link, page=page, size=POSTS_ON_A_PAGE)
    return render_template(
        "handoff/queue.html",
        **_page(link, token, key),
        commune=places.commune(link.commune_code or "").full_name,
        queue=found,
        page=page,
        pages=-(-found.waiting // POSTS_ON_A_PAGE),
    )


@bp.get("/b/<token>/<key>/<publication_id>")
@access.by_address("token")
@_quietly
def clerk_post(token: str, key: str, publication_id: str) -> Answer:
    link = _link(token, key)
    if link is None:
        return _door(token)
    post = queries.post_behind(db(), link, publication_id)
    return _parcel_page(link, token, key, post, AnswerForm(url=post.url))


@bp.post("/b/<token>/<key>/<publication_id>/mo")
@access.by_address("token")
@_quietly
def clerk_take(token: str, key: str, publication_id: str) -> Answer:
    """Out of the queue into somebody's hands."""
    link = _link(token, key)
    if link is None:
        return _door(token)
    services.hand_out(db(), link, publication_id=publication_id)
    return _to_post(token, key, publication_id)


@bp.post("/b/<token>/<key>/<publication_id>/tra-loi")
@access.by_address("token")
@_quietly
def clerk_answer(token: str, key: str, publication_id: str) -> Answer:
    link = _link(token, key)
    if link is None:
        return _door(token)
    post = queries.post_behind(db(), link, publication_id)
    form = AnswerForm.from_request()
    if form.sent_and_valid():
        try:
            services.record_clerk_answer(db(), link, publication_id=post.id, **form.said(post.url))
            # With a place of its own: a browser carries #tra-loi over, and the thanks above it would not be seen.
            return _to_post(token, key, post.id, xong="clerk_answered", _anchor="main")
        except Refused as refusal:
            form.refuse(refusal)
    return _parcel_page(link, token, key, post, form), 422


@bp.get("/b/<token>/<key>/<publication_id>/anh/<int:number>.jpg")
@access.by_address("token")
@_quietly
def clerk_photo(token: str, key: str, publication_id: str, number: int) -> Answer:
    """One photo as it is to be uploaded; ?luu=1 for a phone that saves what it is sent as a file."""
    post, _parcel, path = _files(token, key, publication_id)
    inside = mapping.parcel_contents(path)
    if inside is None or not 1 <= number <= len(inside.photos):
        raise NotFound()
    entry = inside.photos[number - 1].path
    product = file_name(post.listing.name, 40) or "san-pham"
    return send_file(
        io.BytesIO(mapping.parcel_file(path, entry)),
        mimetype="image/jpeg",
        as_attachment="luu" in request.args,
        download_name=f"{product}-{Path(entry).name}",
    )


@bp.get("/b/<token>/<key>/<publication_id>/ho-so.zip")
@access.by_address("token")
@_quietly
def clerk_parcel(token: str, key: str, publication_id: str) -> Answer:
    _post, parcel, path = _files(token, key, publication_id)
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=parcel.file_name)


def _agent() -> str:
    return request.headers.get("User-Agent", "")[:300]


def _link(token: str, key: str) -> ClerkLink | None:
    return services.link_behind(db(), token=token, key=key, secret=session_secret(), agent=_agent())


def _door(token: str) -> Response:
    return redirect(url_for("publishing.clerk_door", token=token), 303)  # type: ignore[return-value]


def _to_post(token: str, key: str, publication_id: str, **said: str) -> Response:
    where = url_for("publishing.clerk_post", token=token, key=key, publication_id=publication_id, **said)
    return redirect(where, 303)  # type: ignore[return-value]


def _files(token: str, key: str, publication_id: str) -> tuple[Publication, Parcel, Path]:
    """Raises NotFound where there is no parcel, or not for this link and key."""
    link = services.link_behind(db(), token=token, key=key, secret=session_secret())
    if link is None:
        raise NotFound()
    post = queries.post_behind(db(), link, publication_id)
    parcel = queries.latest_parcel(db(), post.id)
    path = parcel_path(current_app.config["OCOP"].var, parcel.sha256) if parcel else None
    if parcel is None or path is None or not path.is_file():
        raise NotFound()
    return post, parcel, path


def _page(link: ClerkLink, token: str, key: str) -> dict[str, Any]:
    return {
        "link": link,
        "token": token,
        "key": key,
        "last_day": services.last_day(link),
        "task_of": queries.task_of,
        "task_words": queries.task_words,
    }


def _parcel_page(link: ClerkLink, token: str, key: str, post: Publication, form: AnswerForm) -> str:
    form.offer(services.expected_answers(post))
    form.answer.label.text = sentence("clerk_asked")
    parcel = queries.latest_parcel(db(), post.id)
    inside = _contents(parcel)
    packings = list(dict.fromkeys(text.packing for text in inside.texts)) if inside else []
    chosen = min(max(1, request.args.get("goi", 1, int)), max(len(packings), 1))
    return render_template(
        "handoff/parcel.html",
        **_page(link, token, key),
        files=services.file_key(link.id, secret=session_secret()),
        post=post,
        how=sentence(f"clerk_how_{queries.task_of(post) or 'nothing'}"),
        changed=mapping.changed_texts(_contents(queries.posted_parcel(db(), post)), inside),
        form=form,
        shown=queries.shown(post),
        prices=queries.prices(post),
        parcel=parcel,
        inside=inside,
        packings=packings,
        chosen=chosen,
        texts=[one for one in inside.texts if one.packing == packings[chosen - 1]] if packings else [],
        pictures=queries.pictures(db(), [photo.key for photo in inside.photos]) if inside else {},
    )


def _contents(parcel: Parcel | None) -> mapping.ParcelContents | None:
    if parcel is None:
        return None
    return mapping.parcel_contents(parcel_path(current_app.config["OCOP"].var, parcel.sha256))
