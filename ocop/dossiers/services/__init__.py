"""What changes dossiers: papers put to an item, a reminder that went out."""

from ocop.dossiers.services.papers import put_paper, take_paper
from ocop.dossiers.services.reminders import send_reminder

__all__ = ["put_paper", "send_reminder", "take_paper"]
