"""Pages of this feature."""

from ocop.desk.views import helped, log, morning, notices  # noqa: F401 - their routes
from ocop.desk.views.blueprint import bp

__all__ = ["bp"]
