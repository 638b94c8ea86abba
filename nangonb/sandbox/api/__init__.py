"""Nango's HTTP API. ``app`` checks the key and the rate limit; ``routes`` lists the endpoints."""
