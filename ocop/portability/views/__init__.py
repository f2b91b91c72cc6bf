"""Pages of this feature."""

from flask import Blueprint

bp = Blueprint("portability", __name__)
