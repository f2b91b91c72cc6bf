"""From rows and verdicts to what stands on the shopper's page."""
