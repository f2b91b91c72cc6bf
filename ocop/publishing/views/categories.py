"""Which of a marketplace's own categories each of our 26 product sets goes into."""

from __future__ import annotations

from cryptography.fernet import Fernet
from flask import current_app, render_template, url_for
from werkzeug.wrappers import Response

from marketplace_adapters import registry
from marketplace_adapters.types import Capability, RemoteCategory
from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.listings.rules import product_set, product_sets
from ocop.publishing import queries, services
from ocop.publishing.forms import CategoryForm
from ocop.publishing.models import Channel
from ocop.publishing.views import bp
from ocop.publishing.views.channels import shared_channel
from ocop.web import access
from ocop.web.unit_of_work import db, engine

Answer = str | Response | tuple[str, int]


@bp.route("/gian-hang/<channel_id>/danh-muc", methods=["GET", "POST"])
@access.producer("channel.connect")
def categories(channel_id: str) -> Answer:
    return _categories(queries.own_channel(db(), access.actor(), channel_id), "publishing.categories")


@bp.post("/gian-hang/<channel_id>/danh-muc/lay")
@access.producer("channel.connect")
def ask_categories(channel_id: str) -> Answer:
    return _ask(channel_id, shared=False)


@bp.route("/noi-dang/<channel_id>/danh-muc", methods=["GET", "POST"])
@access.operator
def shared_categories(channel_id: str) -> Answer:
    return _categories(shared_channel(channel_id), "publishing.shared_categories")


@bp.post("/noi-dang/<channel_id>/danh-muc/lay")
@access.operator
def ask_shared_categories(channel_id: str) -> Answer:
    return _ask(channel_id, shared=True)


def _categories(channel: Channel, endpoint: str) -> Answer:
    form = CategoryForm.from_request()
    used = queries.sets_in_use(db(), channel.owner_producer_id)
    offered = [RemoteCategory(one["id"], one["name"]) for one in channel.remote_categories]
    form.offer(_sets(channel, used), offered)
    if form.sent_and_valid():
        try:
            services.assign_category(
                db(),
                access.actor(),
                channel_id=channel.id,
                sets=form.chosen_sets(),
                category_id=form.category.data or "",
                name=form.name.data or "",
            )
            return done(endpoint, "categories_saved", channel_id=channel.id)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(channel, form, used, 422 if form.errors else 200)


def _page(channel: Channel, form: CategoryForm, used: list[int], status: int = 200) -> tuple[str, int]:
    kind = registry.adapter_class(queries.info_of(channel).protocol)
    own = channel.owner_producer_id is not None
    asking = "publishing.ask_categories" if own else "publishing.ask_shared_categories"
    page = render_template(
        "publishing/categories.html",
        form=form,
        channel=channel,
        used=len(used),
        told=Capability.CATEGORIES in kind.capabilities,
        ask_url=url_for(asking, channel_id=channel.id),
        back="publishing.channels" if own else "publishing.shared_booths",
    )
    return page, status


def _sets(channel: Channel, used: list[int]) -> list[tuple[str, str]]:
    """(number, name – where it goes now): those in use first."""
    info = queries.info_of(channel)
    others = [one.no for one in product_sets() if one.no not in used]
    return [
        (str(no), " → ".join(part for part in (product_set(no).name, info.categories.get(no, "")) if part))
        for no in (*used, *others)
    ]


def _ask(channel_id: str, *, shared: bool) -> Answer:
    cipher = Fernet(current_app.extensions["ocop.secrets"].channel)
    # A session of its own, closed at once: no transaction is open over the network.
    with open_session(engine(), read_only=True) as session:
        channel = queries.channel(session, access.actor(), channel_id)
        if shared != (channel.owner_producer_id is None):
            raise NotFound()
        info, settings = queries.info_of(channel), services.kept_settings(channel, cipher)
    found = services.ask_categories(info, settings)
    services.keep_categories(db(), access.actor(), channel_id=channel_id, categories=found)
    endpoint = "publishing.shared_categories" if shared else "publishing.categories"
    return done(endpoint, "categories_told", channel_id=channel_id)
