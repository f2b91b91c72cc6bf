"""Identifiers, stamps and what a scan may say. A library: it knows neither the web nor the database.

It returns codes and parameters; whoever uses it turns them into sentences.
"""
