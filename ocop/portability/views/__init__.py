"""Taking everything of a producer away, and taking one in from another install."""

from ocop.portability.views import exporting, importing
from ocop.portability.views.blueprint import bp

__all__ = ["bp", "exporting", "importing"]
