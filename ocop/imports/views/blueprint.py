"""The one blueprint of this feature."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("imports", __name__)

Answer = str | AnyResponse | tuple[str, int]
