"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("imports", __name__)

from ocop.imports import models  # noqa: E402, F401 - until queries bring it in
