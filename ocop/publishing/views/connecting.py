"""The settings of a booth with the test of the connection: a producer's own, and the operator's shared ones."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.fernet import Fernet
from flask import current_app, render_template, url_for
from werkzeug.wrappers import Response

from marketplace_adapters import registry
from marketplace_adapters.types import ChannelInfo
from ocop.accounts.models import User
from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.base import new_id
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.producers.queries import in_training
from ocop.publishing import queries, services
from ocop.publishing.forms import DoorForm, SettingsForm, settings_form
from ocop.publishing.services.connecting import WEBHOOK_SECRET, ConnectionRefused, connectable
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db, engine

Answer = str | Response | tuple[str, int]


@bp.route("/gian-hang/ket-noi", methods=["GET", "POST"])
@access.producer("channel.connect")
def connect() -> Answer:
    return _connect(_new("woocommerce", shared=False))


@bp.route("/gian-hang/noi-voi/<marketplace>", methods=["GET", "POST"])
@access.producer("channel.connect")
def connect_to(marketplace: str) -> Answer:
    return _connect(_new(marketplace, shared=False))


@bp.route("/gian-hang/<channel_id>/ket-noi", methods=["GET", "POST"])
@access.producer("channel.connect")
def reconnect(channel_id: str) -> Answer:
    """The same form; a secret is never shown again, left empty it stays as it was."""
    return _connect(_stored(channel_id, shared=False))


@bp.get("/noi-dang/them")
@access.operator
def add_shared() -> str:
    return render_template("publishing/add_place.html", places=connectable_places())


@bp.route("/noi-dang/noi-voi/<marketplace>", methods=["GET", "POST"])
@access.operator
def connect_shared(marketplace: str) -> Answer:
    return _connect(_new(marketplace, shared=True))


@bp.route("/noi-dang/<channel_id>/ket-noi", methods=["GET", "POST"])
@access.operator
def reconnect_shared(channel_id: str) -> Answer:
    return _connect(_stored(channel_id, shared=True))


def connectable_places() -> list[ChannelInfo]:
    """Marketplaces that are reached with settings of one's own, in their files' order."""
    return [
        info
        for info in registry.channels().values()
        if info.enabled and not info.training and registry.adapter_class(info.protocol).required_settings
    ]


@dataclass(frozen=True)
class _Booth:
    """The booth whose settings are typed, as read before anything talks to the network."""

    info: ChannelInfo
    shared: bool
    door: bool = False
    channel_id: str | None = None
    name: str = ""
    agreed_on: dt.date | None = None
    agreed_by: str = ""  # the name of who ticked it
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    version: int | None = None

    @property
    def back(self) -> str:
        return "publishing.shared_booths" if self.shared else "publishing.channels"


def _new(marketplace: str, *, shared: bool) -> _Booth:
    try:
        info = connectable(marketplace)
    except Refused:
        raise NotFound() from None
    if not shared:
        _not_in_training()
    return _Booth(info, shared, name=info.name)


def _not_in_training() -> None:
    """Nothing of a training class leaves the house, not even the try of a connection. Raises NotFound."""
    with open_session(engine(), read_only=True) as session:
        if in_training(session, access.actor().producer_id):
            raise NotFound()


def _stored(channel_id: str, *, shared: bool) -> _Booth:
    # A session of its own, closed at once: no transaction is open over the network.
    with open_session(engine(), read_only=True) as session:
        channel = queries.channel(session, access.actor(), channel_id)
        if shared != (channel.owner_producer_id is None):
            raise NotFound()
        door = queries.opened_by_hand(channel)
        try:
            info = connectable(channel.marketplace, door=door)
        except Refused:
            raise NotFound() from None
        kept = services.kept_settings(channel, _cipher())
        ticked_by = session.get(User, channel.agreed_by) if channel.agreed_by else None
        by = ticked_by.name if ticked_by else ""
        known = (channel.id, channel.name, channel.agreed_on, by, kept, channel.version)
        return _Booth(info, shared, door, *known)


def _connect(booth: _Booth) -> Answer:
    form = settings_form(
        booth.info, booth.kept, door=booth.door, agreed_on=booth.agreed_on, version=booth.version
    )
    if form.version.data not in (None, booth.version):
        return _changed_meanwhile(booth, form)
    if form.sent_and_valid():
        if isinstance(form, DoorForm) and not form.agreed.data:
            services.close_door(db(), access.actor(), channel_id=booth.channel_id or "")
            return done(booth.back, "door_closed")
        try:
            return _try_and_keep(booth, form)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("publishing/connect.html", form=form, booth=booth)
    return (page, 422) if form.errors else page


def _changed_meanwhile(booth: _Booth, form: SettingsForm) -> tuple[str, int]:
    """Somebody else has saved it since this form was opened: what they saved beside what was just typed."""
    form.stand_on(booth.version)
    saved = form.saved(booth.kept)
    return render_template("publishing/connect.html", form=form, booth=booth, saved=saved, changed=True), 409


def _try_and_keep(booth: _Booth, form: SettingsForm) -> Response:
    settings = services.merged_settings(booth.info, booth.kept, form.typed())
    channel_id = booth.channel_id or new_id()
    try:
        tried = services.try_connection(
            booth.info.code, settings, door=booth.door, callback=_callback(booth, channel_id, settings)
        )
    except ConnectionRefused as refusal:
        _keep_exchanged(booth, form, refusal.exchanged)
        raise
    services.connect_channel(
        db(),
        access.actor(),
        settings=tried.settings,
        cipher=_cipher(),
        channel_id=booth.channel_id,
        marketplace=booth.info.code,
        new_id=channel_id,
        name=tried.facts.name,
        shared=booth.shared,
        agreed_on=form.agreed_on.data if isinstance(form, DoorForm) else None,
        version=booth.version,
    )
    codes = [warning.code for warning in tried.warnings]
    return done(booth.back, "booth_connected", **({"luu-y": codes} if codes else {}))


def _callback(booth: _Booth, channel_id: str, settings: Mapping[str, str]) -> tuple[str, str] | None:
    """Where the marketplace may tell us of changes; a marketplace out there cannot reach a plain http address."""
    config = current_app.config["OCOP"]
    if not (config.https or booth.info.lan or booth.info.training):
        return None
    address = config.base_url + url_for("publishing.told", channel_id=channel_id)
    return address, settings.get(WEBHOOK_SECRET) or secrets.token_urlsafe(32)


def _keep_exchanged(booth: _Booth, form: SettingsForm, exchanged: Mapping[str, str]) -> None:
    if booth.channel_id is None or not exchanged:
        return
    # Kept although the form is refused, so not in the request's session, which is rolled back then.
    with open_session(engine()) as session:
        kept = services.keep_exchanged(
            session, access.actor(), channel_id=booth.channel_id, exchanged=exchanged, cipher=_cipher()
        )
        session.commit()
        form.stand_on(kept.version)


def _cipher() -> Fernet:
    return Fernet(current_app.extensions["ocop.secrets"].channel)
