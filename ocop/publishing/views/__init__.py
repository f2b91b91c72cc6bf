"""Pages of publishing: the one screen of a product, booths, the board of posts, hand-off parcels."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("publishing", __name__)

from ocop.publishing.views import adopting, board, channels, parcels, product  # noqa: E402, F401
