"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("training", __name__)

from ocop.training import models  # noqa: E402, F401 - until queries bring it in
