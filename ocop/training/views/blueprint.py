"""The blueprint and what its pages share."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("training", __name__)

Answer = str | Response | tuple[str, int]
