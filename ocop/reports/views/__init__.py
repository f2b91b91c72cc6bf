"""Pages of this feature."""

from ocop.reports.views import frozen, pages, revenue, templates
from ocop.reports.views.blueprint import bp

__all__ = ["bp", "frozen", "pages", "revenue", "templates"]
