"""Pages of a producer, its papers and people; the commune desk; the operator's pages."""

from ocop.producers.views import certificates, desk, operator, own, people, recovery, workplace
from ocop.producers.views.blueprint import bp

__all__ = ["bp", "certificates", "desk", "operator", "own", "people", "recovery", "workplace"]
