"""A practice marketplace: its own HTTP server and its own file, for training, demonstrations and tests.

It speaks the part of WooCommerce REST v3 and `wp/v2/media` that the adapter uses, with the same refusals, and
is worse than the real thing in one point on purpose: it takes the same SKU twice.
"""

from marketplace_adapters.practice.faults import FaultPlan
from marketplace_adapters.practice.server import PracticeServer

__all__ = ["FaultPlan", "PracticeServer"]
