"""Pages about lots and stamps."""

from ocop.batches.views import host, lots, stamps  # noqa: F401 - each adds its routes
from ocop.batches.views.blueprint import bp

__all__ = ["bp"]
