"""What changes imports, and what they make."""

from ocop.imports.services.asking import ask_again, confirm, discard, send, take
from ocop.imports.services.undoing import Standing, standing, undo

__all__ = ["Standing", "ask_again", "confirm", "discard", "send", "standing", "take", "undo"]
