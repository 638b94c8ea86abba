"""The endpoints, one module for each part of the API. Each defines ``ROUTES``."""

from __future__ import annotations

from nangonb.sandbox.api import (
    actions,
    connections,
    deploys,
    environment,
    functions,
    integrations,
    providers,
    records,
    scripts,
    syncs,
)

__all__ = ["OPEN", "ROUTES"]

OPEN = environment.OPEN
"""Paths without authentication."""

ROUTES = (
    *connections.ROUTES,
    *integrations.ROUTES,
    *providers.ROUTES,
    *environment.ROUTES,
    *scripts.ROUTES,
    *deploys.ROUTES,
    *functions.ROUTES,
    *records.ROUTES,
    *syncs.ROUTES,
    *actions.ROUTES,
)
"""All routes except the proxy."""
