"""Articles of a Zalo Official Account, open API v2.0 with OAuth v4. Not Zalo Shop, which closed in 2024."""
