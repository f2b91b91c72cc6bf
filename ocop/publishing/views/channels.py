"""/gian-hang: the booths of a producer; /noi-dang: the install's shared ones, which the operator looks after."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from marketplace_adapters import registry
from marketplace_adapters.types import Capability
from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.base import EditConflict, utcnow
from ocop.producers.queries import in_training
from ocop.producers.views.conflict import both_versions
from ocop.publishing import queries, services
from ocop.publishing.forms import BoothForm
from ocop.publishing.models import Channel
from ocop.publishing.views import bp
from ocop.publishing.views.connecting import connectable_places
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import has_sentence, sentence


@bp.get("/gian-hang")
@access.producer("producer.view")
def channels() -> str:
    actor = access.actor()
    own, shared = (
        queries.within_the_house(db(), actor, found)
        for found in (queries.own_channels(db(), actor), queries.shared_channels(db()))
    )
    have = {channel.marketplace for channel in own}
    return render_template(
        "publishing/channels.html",
        own=_seen(own),
        shared=_seen(shared),
        have=have,
        may_connect=actor.may("channel.connect") and not in_training(db(), actor.producer_id),
        may_hand_in=actor.may("publish"),
        places=connectable_places(),
        warnings=_warnings(),
    )


@bp.post("/gian-hang/<channel_id>/rieng")
@access.producer("channel.connect")
def open_own_booth(channel_id: str) -> Response:
    own = services.open_own_booth(db(), access.actor(), channel_id=channel_id)
    return done("publishing.opening", "own_booth", channel_id=own.id)


@bp.route("/gian-hang/<channel_id>/trang-thai", methods=["GET", "POST"])
@access.producer("channel.connect")
def own_booth(channel_id: str) -> str | Response | tuple[str, int]:
    return _booth(queries.own_channel(db(), access.actor(), channel_id), "publishing.channels")


@bp.get("/noi-dang")
@access.operator
def shared_booths() -> str:
    shared = queries.shared_channels(db())
    return render_template("publishing/shared_booths.html", shared=_seen(shared), warnings=_warnings())


@bp.route("/noi-dang/<channel_id>", methods=["GET", "POST"])
@access.operator
def shared_booth(channel_id: str) -> str | Response | tuple[str, int]:
    return _booth(shared_channel(channel_id), "publishing.shared_booths")


def shared_channel(channel_id: str) -> Channel:
    """A booth of the install's. Raises NotFound."""
    channel = queries.channel(db(), access.actor(), channel_id)
    if channel.owner_producer_id is not None:
        raise NotFound()
    return channel


def _booth(channel: Channel, back: str) -> str | Response | tuple[str, int]:
    form = BoothForm.from_request(channel, booth=channel.booth.value)
    if form.sent_and_valid():
        version, facts = form.version.data, form.facts
        try:
            services.set_booth(db(), access.actor(), channel_id=channel.id, version=version, **facts)
        except EditConflict as conflict:
            return both_versions(form, conflict.thing, facts, words=_words)
        return done(back, "booth_saved")
    page = render_template("publishing/booth.html", form=form, one=_seen([channel])[0], back=back)
    return (page, 422) if form.errors else page


def _words(name: str, value: Any) -> str:
    if name == "booth":
        return sentence(f"booth_{value.value}")
    if name == "enabled":
        return "Có" if value else "Không"
    return value or "(để trống)"


def _seen(channels: list[Channel]) -> list[dict[str, object]]:
    """Each booth with what its card says; see channels.html."""
    since, now = queries.booth_since(db(), channels), utcnow()
    return [
        {
            "channel": channel,
            "info": queries.info_of(channel),
            "connected": queries.is_connected(channel),
            "booth_words": sentence(f"booth_{channel.booth.value}"),
            "since": since.get(channel.id),
            "next": _next_step(channel),
            "by_hand": queries.opened_by_hand(channel),
            "closed_until": channel.closed_until
            if channel.closed_until and channel.closed_until > now
            else None,
            "trouble": queries.last_trouble(db(), access.actor(), channel),
            "key_ends_on": queries.key_ends_on(channel, now),
            **_pages_of(channel),
        }
        for channel in channels
    ]


def _pages_of(channel: Channel) -> dict[str, bool]:
    """Which pages a booth has: settings to type, categories to map."""
    info = queries.info_of(channel)
    kind = registry.adapter_class(info.protocol)
    own_file = registry.adapter_class(registry.channels()[channel.marketplace].protocol)
    return {
        "settings": not info.training and bool(own_file.required_settings or info.doors),
        "door": bool(info.doors) and not own_file.required_settings,
        "categories": Capability.CATEGORIES in kind.capabilities or queries.opened_by_hand(channel),
    }


def _next_step(channel: Channel) -> str:
    if not channel.enabled or not queries.opened_by_hand(channel):
        return ""
    return sentence(f"booth_next_{channel.booth.value}")


def _warnings() -> list[str]:
    """What a connection that works should be told of; the address holds codes only."""
    codes = [f"connect_warning_{code}" for code in request.args.getlist("luu-y")]
    return [sentence(code) for code in codes if has_sentence(code)]
