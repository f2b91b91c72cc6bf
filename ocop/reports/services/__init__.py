"""What changes things here: freezing reports, offices' templates, stated revenue."""

from ocop.reports.services.freezing import freeze_report
from ocop.reports.services.revenue import MONTHS, state_revenue, state_revenues
from ocop.reports.services.templates import keep_template, remove_template

__all__ = ["MONTHS", "freeze_report", "keep_template", "remove_template", "state_revenue", "state_revenues"]
