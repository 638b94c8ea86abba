"""Connections and integrations as the API gives them, to whoever asks and to scripts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from nangonb.sandbox.store.environment import Connection, Environment, Integration, timestamp

__all__ = ["REFRESH_FAILED", "brief_connection", "credentials_of", "full_connection", "public_integration"]

REFRESH_FAILED = (
    "The external API returned an error when trying to refresh the access token. Please try again later."
)


def _provider(environment: Environment, connection: Connection) -> str:
    integration = environment.integration(connection.provider_config_key)
    return integration.provider if integration else ""


def brief_connection(environment: Environment, connection: Connection) -> dict[str, Any]:
    """A connection as ``GET /connections`` lists it."""
    return {
        "id": connection.id,
        "connection_id": connection.connection_id,
        "provider_config_key": connection.provider_config_key,
        "provider": _provider(environment, connection),
        "errors": list(connection.errors),
        "end_user": connection.end_user,
        "tags": dict(connection.tags),
        "metadata": connection.metadata,
        "created": connection.created_at,
    }


def full_connection(
    environment: Environment, connection: Connection, *, credentials: Mapping[str, Any]
) -> dict[str, Any]:
    """A connection as ``GET /connections/{id}`` gives it, with these credentials."""
    brief = brief_connection(environment, connection)
    del brief["created"]
    return {
        **brief,
        "metadata": connection.metadata or {},
        "connection_config": dict(connection.connection_config),
        "webhook_url_override": connection.webhook_url_override,
        "created_at": connection.created_at,
        "updated_at": connection.updated_at,
        "last_fetched_at": timestamp(),
        "credentials": credentials,
    }


def credentials_of(connection: Connection, *, refresh: bool) -> dict[str, Any]:
    """Its credentials; the refresh token only where it is asked for."""
    visible = dict(connection.credentials)
    if not refresh:
        visible.pop("refresh_token", None)
        visible["raw"] = {
            name: value for name, value in visible.get("raw", {}).items() if name != "refresh_token"
        }
    return visible


def public_integration(integration: Integration, base: str, includes: Collection[str] = ()) -> dict[str, Any]:
    """An integration as the API gives it; ``base`` is the address of the sandbox."""
    public: dict[str, Any] = {
        "unique_key": integration.unique_key,
        "display_name": integration.display_name,
        "provider": integration.provider,
        "logo": f"{base}/images/template-logos/{integration.provider}.svg",
        "created_at": integration.created_at,
        "updated_at": integration.updated_at,
        "forward_webhooks": integration.forward_webhooks,
    }
    if "webhook" in includes:
        public["webhook_url"] = f"{base}/webhook/sandbox/{integration.unique_key}"
    if "credentials" in includes:
        public["credentials"] = integration.credentials
    return public
