"""What changes things here."""
