"""Noting scans and holding back floods of them."""
