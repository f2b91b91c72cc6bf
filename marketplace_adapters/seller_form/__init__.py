"""A seller account's own web form, filled in by the program as its owner would."""
