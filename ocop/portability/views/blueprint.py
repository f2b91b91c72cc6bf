"""The blueprint and what its pages share."""

from __future__ import annotations

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from ocop.config import Config

bp = Blueprint("portability", __name__)

Answer = str | Response | tuple[str, int]


def config() -> Config:
    return current_app.config["OCOP"]
