"""/gian-hang: the booths of a producer; connecting its own shop; the operator's shared booths."""

from __future__ import annotations

from cryptography.fernet import Fernet
from flask import current_app, render_template
from werkzeug.wrappers import Response

from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.publishing import queries, services
from ocop.publishing.forms import BoothForm, ConnectForm
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

OWN_SHOP = "woocommerce"


@bp.get("/gian-hang")
@access.producer("producer.view")
def channels() -> str:
    actor = access.actor()
    own, shared = queries.own_channels(db(), actor), queries.shared_channels(db())
    return render_template(
        "publishing/channels.html",
        own=[_seen(channel) for channel in own],
        shared=[_seen(channel) for channel in shared],
        may_connect=actor.may("channel.connect"),
    )


@bp.route("/gian-hang/ket-noi", methods=["GET", "POST"])
@access.producer("channel.connect")
def connect() -> str | Response | tuple[str, int]:
    return _connect(None)


@bp.route("/gian-hang/<channel_id>/ket-noi", methods=["GET", "POST"])
@access.producer("channel.connect")
def reconnect(channel_id: str) -> str | Response | tuple[str, int]:
    """The same form; what was kept is never shown again, it is typed anew."""
    return _connect(channel_id)


def _connect(channel_id: str | None) -> str | Response | tuple[str, int]:
    form = ConnectForm.from_request()
    if form.sent_and_valid():
        try:
            # Nothing has asked for this request's session yet: no transaction is open over the network.
            services.try_connection(OWN_SHOP, form.settings())
            return _keep(channel_id, form)
        except Refused as refusal:
            form.refuse(refusal)
    if channel_id is not None:
        queries.own_channel(db(), access.actor(), channel_id)
    page = render_template("publishing/connect.html", form=form, again=channel_id is not None)
    return (page, 422) if form.errors else page


def _keep(channel_id: str | None, form: ConnectForm) -> Response:
    services.connect_channel(
        db(),
        access.actor(),
        channel_id=channel_id,
        marketplace=OWN_SHOP,
        settings=form.settings(),
        cipher=Fernet(current_app.extensions["ocop.secrets"].channel),
    )
    return done("publishing.channels", "booth_connected")


@bp.route("/gian-hang/<channel_id>/trang-thai", methods=["GET", "POST"])
@access.producer("channel.connect")
def own_booth(channel_id: str) -> str | Response | tuple[str, int]:
    return _booth(queries.own_channel(db(), access.actor(), channel_id), "publishing.channels")


@bp.get("/noi-dang")
@access.operator
def shared_booths() -> str:
    shared = queries.shared_channels(db())
    return render_template("publishing/shared_booths.html", shared=[_seen(channel) for channel in shared])


@bp.route("/noi-dang/<channel_id>", methods=["GET", "POST"])
@access.operator
def shared_booth(channel_id: str) -> str | Response | tuple[str, int]:
    channel = queries.channel(db(), access.actor(), channel_id)
    if channel.owner_producer_id is not None:
        raise NotFound()
    return _booth(channel, "publishing.shared_booths")


def _booth(channel: Channel, back: str) -> str | Response | tuple[str, int]:
    form = BoothForm.from_request(channel, booth=channel.booth.value)
    if form.sent_and_valid():
        services.set_booth(
            db(),
            access.actor(),
            channel_id=channel.id,
            booth=BoothState(form.booth.data),
            enabled=form.enabled.data,
            version=form.version.data,
        )
        return done(back, "booth_saved")
    page = render_template(
        "publishing/booth.html", form=form, channel=channel, info=queries.info_of(channel), back=back
    )
    return (page, 422) if form.errors else page


def _seen(channel: Channel) -> dict[str, object]:
    return {
        "channel": channel,
        "info": queries.info_of(channel),
        "connected": queries.is_connected(channel),
        "booth_words": sentence(f"booth_{channel.booth.value}"),
    }
