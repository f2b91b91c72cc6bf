"""A report in words, in a workbook's placeholders, and as PDF."""
