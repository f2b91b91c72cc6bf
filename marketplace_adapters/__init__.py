"""Marketplaces as data, protocols as code. See ADDING_A_MARKETPLACE.md."""
