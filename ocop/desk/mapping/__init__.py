"""Rows of the audit and of the morning as people read them."""
