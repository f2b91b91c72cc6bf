"""Links for whoever posts by hand, on the side of those who give them out: the producer for one post, the officer
for the queue of a commune (/xa/hang-doi-dang)."""

from __future__ import annotations

import io
from dataclasses import dataclass

import qrcode
from flask import Response, current_app, render_template, url_for
from qrcode.image.svg import SvgPathImage
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done, session_secret
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.places import queries as places
from ocop.publishing import queries, services
from ocop.publishing.forms import PostLinkForm, QueueLinkForm
from ocop.publishing.models import ClerkLink
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence


@dataclass(frozen=True)
class ShownLink:
    """A link as its owner sees it. message: everything in one text, ready for a chat."""

    link: ClerkLink
    url: str
    pin: str
    last_day: str
    message: str


def shown_link(link: ClerkLink) -> ShownLink:
    secret = session_secret()
    path = url_for("publishing.clerk_door", token=services.address_of(link.id, secret))
    url, pin = current_app.config["OCOP"].base_url + path, services.pin_of(link.id, secret)
    known = {"url": url, "pin": pin, "day": services.last_day(link)}
    if link.publication is not None:
        post = link.publication
        message = sentence("clerk_message", product=post.listing.name, place=post.channel.name, **known)
    else:
        commune = _in_a_sentence(places.commune(link.commune_code or "").full_name)
        message = sentence("clerk_queue_message", commune=commune, **known)
    return ShownLink(link, url, pin, services.last_day(link), message)


@bp.post("/ho-so/<publication_id>/duong-dan")
@access.producer("publish")
def make_post_link(publication_id: str) -> AnyResponse:
    form = PostLinkForm.from_request()
    label = (form.label.data or "")[:80]
    services.make_link(db(), access.actor(), publication_id=publication_id, label=label)
    return done("publishing.parcel", "clerk_link_made", publication_id=publication_id, _anchor="gui")


@bp.post("/ho-so/<publication_id>/duong-dan/<link_id>/thu-lai")
@access.producer("publish")
def revoke_post_link(publication_id: str, link_id: str) -> AnyResponse:
    if queries.own_link_of(db(), access.actor(), link_id).publication_id != publication_id:
        raise NotFound()
    services.revoke_link(db(), access.actor(), link_id=link_id)
    return done("publishing.parcel", "clerk_link_revoked", publication_id=publication_id, _anchor="gui")


@bp.post("/ho-so/<publication_id>/da-gui")
@access.producer("publish")
def hand_over(publication_id: str) -> AnyResponse:
    services.mark_handed(db(), access.actor(), publication_id=publication_id)
    return done("publishing.parcel", "parcel_handed", publication_id=publication_id)


@bp.route("/xa/hang-doi-dang", methods=["GET", "POST"])
@access.official
def queue_links() -> str | AnyResponse | tuple[str, int]:
    who = access.actor()
    communes = [(code, places.commune(code).full_name) for code in sorted(who.communes)]
    only = communes[0][0] if len(communes) == 1 else None
    form = QueueLinkForm.from_request(days=services.LINK_DAYS, commune_code=only, channel_id="")
    everywhere = ("", sentence("clerk_everywhere"))
    form.offer(communes, [everywhere, *((one.id, one.name) for one in queries.hand_off_channels(db()))])
    if form.sent_and_valid():
        try:
            services.make_link(db(), who, **form.wishes())
            return done("publishing.queue_links", "clerk_link_made")
        except Refused as refusal:
            form.refuse(refusal)
    shown = [shown_link(link) for link in queries.queue_links(db(), who)]
    names = {one.id: one.name for one in queries.hand_off_channels(db())}
    page = render_template(
        "handoff/queue_links.html", form=form, links=shown, places=names, may_make=communes
    )
    return page, 422 if form.errors else 200


@bp.get("/xa/hang-doi-dang/<link_id>/to-dan")
@access.official
def queue_notice(link_id: str) -> str:
    """For the wall of the post office: address and QR code; the PIN is told, not hung up."""
    link = _queue_link(link_id)
    commune = places.commune(link.commune_code or "").full_name
    return render_template("handoff/notice.html", shown=shown_link(link), commune=commune)


@bp.get("/xa/hang-doi-dang/<link_id>/ma.svg")
@access.official
def queue_picture(link_id: str) -> Response:
    drawn = io.BytesIO()
    qrcode.make(shown_link(_queue_link(link_id)).url, image_factory=SvgPathImage).save(drawn)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@bp.post("/xa/hang-doi-dang/<link_id>/thu-lai")
@access.official
def revoke_queue_link(link_id: str) -> AnyResponse:
    services.revoke_link(db(), access.actor(), link_id=_queue_link(link_id).id)
    return done("publishing.queue_links", "clerk_link_revoked")


def _in_a_sentence(place: str) -> str:
    return place[:1].lower() + place[1:]


def _queue_link(link_id: str) -> ClerkLink:
    link = queries.own_link_of(db(), access.actor(), link_id)
    if link.commune_code is None:
        raise NotFound()
    return link
