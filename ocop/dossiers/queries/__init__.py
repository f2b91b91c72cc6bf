"""What is to be known of papers: which end, what a product's dossier holds, what more stars need."""

from ocop.dossiers.queries.dossier import (
    dossier,
    listing_in_reach,
    listings_in_reach,
    own_listing,
    stamps_on_goods,
)
from ocop.dossiers.queries.radar import BUCKETS, RadarRow, counted, radar
from ocop.dossiers.queries.reminders import REMINDED, last_reminded, reminder
from ocop.dossiers.queries.stars import Step, steps

__all__ = [
    "BUCKETS",
    "REMINDED",
    "RadarRow",
    "Step",
    "counted",
    "dossier",
    "last_reminded",
    "listing_in_reach",
    "listings_in_reach",
    "own_listing",
    "radar",
    "reminder",
    "stamps_on_goods",
    "steps",
]
