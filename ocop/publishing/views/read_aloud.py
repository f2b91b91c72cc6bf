"""/san-pham/<id>/doc-lai: a helper reads the product out to its producer, in large type, and sends it on a yes.

Whatever way a helper asks for something to go out, ReadAloudFirst leads here. A producer's own people never do.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.listings import queries as listings
from ocop.listings.models import Listing
from ocop.listings.rules.drafting import is_figure
from ocop.listings.views.photos import product_url
from ocop.publishing import queries, services
from ocop.publishing.services import ReadAloudFirst
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

_TASKS = {"dang": "publish", "ban-lai": "resume"}


def to_reading(
    listing_id: str, channel_ids: Sequence[str], *, waiting: Sequence[str] = (), task: str = "publish"
) -> Response:
    """Off to the page that is read out. waiting: places chosen as well that still miss something."""
    word = next(word for word, known in _TASKS.items() if known == task)
    where = url_for("publishing.read_aloud", listing_id=listing_id, noi=channel_ids, thieu=waiting, viec=word)
    return redirect(where, 303)


def after_asking(listing_id: str, asked: Sequence[str], waiting: Sequence[str]) -> Response:
    """Where somebody goes who asked for places: to the board, or back to what is missing for some of them."""
    if asked and not waiting:
        return redirect(url_for("publishing.board", xong="product_asked"), 303)
    code = "product_some_missing" if asked else "product_nothing_published"
    return redirect(product_url(listing_id, anchor="dang-o-dau", xong=code, noi=waiting), 303)


@bp.errorhandler(ReadAloudFirst)
def read_first(error: ReadAloudFirst) -> Response:
    return to_reading(error.listing_id, error.channel_ids, task=error.task)


@bp.get("/san-pham/<listing_id>/doc-lai")
@access.producer("publish")
def read_aloud(listing_id: str) -> str:
    return _page(_listing(listing_id))


@bp.post("/san-pham/<listing_id>/doc-lai")
@access.producer("publish")
def agree(listing_id: str) -> Response | tuple[str, int]:
    listing, task = _listing(listing_id), _task()
    version, places = request.form.get("version", ""), request.form.getlist("noi")
    try:
        services.send_read_aloud(
            db(),
            access.actor(),
            listing_id=listing.id,
            version=int(version) if is_figure(version) else 0,
            words="\n".join(request.form.getlist("line")),
            channel_ids=places,
            task=task,
        )
    except Refused as refusal:
        return _page(listing, said=sentence(refusal.code, **refusal.params)), 422
    if task == "resume":
        return redirect(url_for("publishing.board", xong="resume_asked"), 303)
    return after_asking(listing.id, places, request.form.getlist("thieu"))


def _listing(listing_id: str) -> Listing:
    if not access.actor().on_behalf:
        raise NotFound()
    return listings.get(db(), access.actor(), listing_id)


def _task() -> str:
    return _TASKS.get(request.values.get("viec", ""), "publish")


def _page(listing: Listing, *, said: str = "") -> str:
    places = [queries.channel(db(), access.actor(), one) for one in request.values.getlist("noi")]
    if not places:
        raise NotFound()
    return render_template(
        "publishing/read_aloud.html",
        listing=listing,
        lines=queries.read_aloud_lines(listing),
        places=places,
        waiting=request.values.getlist("thieu"),
        task=_task(),
        said=said,
    )
