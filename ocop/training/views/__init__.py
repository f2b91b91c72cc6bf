"""Classes, guides and the tour."""

from ocop.training.views import classes, frame, guides, tour
from ocop.training.views.blueprint import bp

__all__ = ["bp", "classes", "frame", "guides", "tour"]
