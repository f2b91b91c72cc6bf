"""Pages of a producer, its papers and people; the commune desk; the operator's pages."""

from ocop.producers.views import (
    certificates,
    desk,
    groups,
    helpers,
    moving,
    operator,
    own,
    people,
    reassessments,
    recovery,
    renewals,
    signing,
    workplace,
)
from ocop.producers.views.blueprint import bp

__all__ = [
    "bp",
    "certificates",
    "desk",
    "groups",
    "helpers",
    "moving",
    "operator",
    "own",
    "people",
    "reassessments",
    "recovery",
    "renewals",
    "signing",
    "workplace",
]
