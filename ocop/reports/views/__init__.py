"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("reports", __name__)

from ocop.reports import models  # noqa: E402, F401 - until queries bring it in
