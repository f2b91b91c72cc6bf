"""Pages for everybody: the front page and what a scan shows."""

from ocop.public.views import feed, home, product, stamp  # noqa: F401 - each adds its routes
from ocop.public.views.blueprint import bp

__all__ = ["bp"]
