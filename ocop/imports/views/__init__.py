"""Pages of this feature."""

from ocop.imports.views import pages, preview, undoing  # noqa: F401 - each adds its routes
from ocop.imports.views.blueprint import bp

__all__ = ["bp"]
