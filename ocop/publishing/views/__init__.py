"""Pages of publishing: the one screen of a product, booths, the board of posts, hand-off parcels."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("publishing", __name__)

from ocop.publishing.views import (  # noqa: E402
    adopting,  # noqa: F401
    board,  # noqa: F401
    categories,  # noqa: F401
    channels,  # noqa: F401
    clerk,  # noqa: F401
    clerk_links,  # noqa: F401
    connecting,  # noqa: F401
    link_checks,  # noqa: F401
    opening,  # noqa: F401
    parcels,  # noqa: F401
    product,  # noqa: F401
    read_aloud,  # noqa: F401
    sharing,  # noqa: F401
    webhooks,  # noqa: F401
)
