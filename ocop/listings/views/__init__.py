"""Pages of a product that need no marketplace: its photos while it is written, two versions of it, putting it away."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("listings", __name__)

from ocop.listings.views import archive, copying, others_drafts, photos, two_versions  # noqa: E402, F401
