"""Product feeds that others fetch: no account, no key, one public page a product."""
