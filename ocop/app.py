"""The composition root: the only module that knows every feature."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from ocop.accounts import views as accounts
from ocop.batches import views as batches
from ocop.config import Config
from ocop.config import load as load_config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.engine import make_engine
from ocop.desk import views as desk
from ocop.dossiers import views as dossiers
from ocop.imports import views as imports
from ocop.listings import views as listings
from ocop.media import views as media
from ocop.places import views as places
from ocop.portability import views as portability
from ocop.producers import views as producers
from ocop.public import views as public
from ocop.publishing import views as publishing
from ocop.reports import views as reports
from ocop.training import views as training
from ocop.web import access, app_setup, gallery, keys

_FEATURES = (
    public, desk, imports, reports, dossiers, portability, training, publishing, batches, listings, producers,
    accounts, places, media, gallery,
)  # fmt: skip

MAX_REQUEST_BYTES = 64 * 1024 * 1024  # several phone photos in one form

_PACKAGED = Path(__file__).with_name("_templates")
_TEMPLATES = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "templates"

_NAVIGATION = tomllib.loads(Path(__file__).with_name("navigation.toml").read_text("utf-8"))


def create_app(config: Config | None = None, engine: Engine | None = None, *, testing: bool = False) -> Flask:
    """The web application. The database must be migrated already (`ocop upgrade`).

    testing: an unexpected error is raised instead of shown, and there is a page that only holds form keys.
    """
    config = config or load_config()
    app = Flask(__name__, template_folder=str(_TEMPLATES), static_folder="static")
    app.config.update(
        OCOP=config, TESTING=testing, MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES, MAX_FORM_MEMORY_SIZE=2_000_000
    )
    app.extensions["ocop.secrets"] = secrets.load(config.secrets_dir)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["help_phone"] = config.help_phone
    app_setup.init_app(app, engine or make_engine(config.database_url, must_exist=True), accounts.load_actor)
    for feature in _FEATURES:
        app.register_blueprint(feature.bp)
    app.context_processor(_navigation)
    if testing:
        app.add_url_rule(
            "/khoa-form", view_func=access.public(lambda: keys.form_keys()), endpoint="form_keys"
        )
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies, x_proto=1)  # type: ignore[method-assign]
    return app


def _navigation() -> dict[str, Any]:
    who: Actor | None = g.get("actor")
    if who is None:
        return {}
    lists = _NAVIGATION[_seat(who)]
    holds = {"official": bool(who.communes or who.provinces), "commune": bool(who.communes)}
    holds["group"] = bool(who.groups)
    return {
        "account_links": [
            {"href": url_for(endpoint), "text": text}
            for endpoint, text, *needs in lists["menu"]
            if all(holds.get(need, who.may(need)) for need in needs)
        ]
        + _other_seats(who),
        "nav_items": [
            {"href": url_for(endpoint), "text": text, "icon": icon, "here": request.endpoint == endpoint}
            for endpoint, text, icon in lists["bar"]
        ],
    }


def _seat(who: Actor) -> str:
    """Which lists a person sees just now."""
    if who.producer_id is not None:
        return "producer"
    if who.communes or who.provinces:
        return "official"
    return "operator" if who.operator else "nobody"


def _other_seats(who: Actor) -> list[dict[str, str]]:
    """The way to what a person holds besides."""
    seats = []
    if who.producer_id is not None and (who.communes or who.provinces):
        seats.append({"href": url_for("desk.today_s_work"), "text": "Bàn làm việc của xã"})
    if who.operator and _seat(who) != "operator":
        seats.append({"href": url_for("producers.users"), "text": "Vận hành"})
    return seats
