"""What the providers of the demo declare: tests of lists compare with it, and a new provider changes none."""

from __future__ import annotations

from nangonb.sandbox.loading import load_providers

_PROVIDERS = load_providers()
CONNECTIONS = [
    connection.connection_id
    for connection in sorted(
        (each for provider in _PROVIDERS for each in provider.connections),
        key=lambda each: each.created_at,
        reverse=True,
    )
]
"""Ids of all connections, the newest first, as Nango lists them."""

INTEGRATIONS = [
    integration.unique_key
    for integration in sorted(
        (each for provider in _PROVIDERS for each in provider.integrations), key=lambda each: each.created_at
    )
]
"""Keys of all integrations, in the order in which they were made."""
