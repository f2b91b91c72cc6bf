"""Periods, figures, and what may stand in a template. Plain Python."""
