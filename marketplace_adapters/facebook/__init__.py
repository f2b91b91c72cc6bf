"""Posts with photos on a Facebook page, and its product catalog, by Meta's Graph API."""
