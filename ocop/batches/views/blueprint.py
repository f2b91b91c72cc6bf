"""The blueprint and what its pages share."""

from __future__ import annotations

from flask import Blueprint, current_app

from ocop.batches.queries import StampMode, stamp_mode
from ocop.config import Config
from ocop.db.secrets import Secrets
from ocop.web import access, unit_of_work
from ocop.web.wording import sentence
from traceability.highwater import HighWater
from traceability.serials import StampKey

bp = Blueprint("batches", __name__)


def config() -> Config:
    return current_app.config["OCOP"]


def secrets() -> Secrets:
    return current_app.extensions["ocop.secrets"]


def stamp_keys() -> dict[str, StampKey]:
    return {version: StampKey(version, secret) for version, secret in secrets().stamp.items()}


def mark() -> HighWater:
    return HighWater(config().mark_file)


def mode() -> StampMode:
    """Real stamps or practice ones, and the address on them."""
    return stamp_mode(unit_of_work.db(), config().base_url, access.actor().producer_id)


@bp.context_processor
def _words() -> dict[str, object]:
    return {"sentence": sentence}
