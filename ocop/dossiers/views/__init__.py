"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("dossiers", __name__)

from ocop.dossiers import models  # noqa: E402, F401 - until queries bring it in
