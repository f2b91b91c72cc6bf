"""What the desk asks: the morning's work, notices, and who did what."""
