"""The longer text for a commune's portal or a newsletter: who reads there has time."""

from __future__ import annotations

from marketplace_adapters.facts import facts
from marketplace_adapters.sharing.text import price_lines
from marketplace_adapters.types import ListingPayload


def portal_text(listing: ListingPayload, *, url: str = "") -> str:
    """Name, short text, story, prices, facts with their labels, and where to read more. Plain text."""
    known = "\n".join(f"{label}: {value}" for label, value in facts(listing))
    blocks = (listing.name, listing.short_text, listing.story, "\n".join(price_lines(listing)), known, url)
    return "\n\n".join(block.strip() for block in blocks if block.strip())
