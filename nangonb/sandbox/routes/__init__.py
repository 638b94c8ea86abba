"""The endpoints, one module for each part of the API. Each gives its ``ROUTES``."""

from __future__ import annotations

from nangonb.sandbox.routes import connections, environment, integrations, providers

__all__ = ["ROUTES"]

ROUTES = (*connections.ROUTES, *integrations.ROUTES, *providers.ROUTES, *environment.ROUTES)
"""All routes except the proxy."""
