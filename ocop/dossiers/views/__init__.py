"""Pages of papers that end, of a product's dossier, and of what more stars need."""

from ocop.dossiers.views import dossier, letters, radar, stamps
from ocop.dossiers.views.blueprint import bp

__all__ = ["bp", "dossier", "letters", "radar", "stamps"]
