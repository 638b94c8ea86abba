"""``/integrations`` and ``/integrations/{key}``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, invalid, missing, read_body, refuse_unknown
from nangonb.sandbox.api.requests import KEY, base_of, environment_of, scheduler_of, scripts_of
from nangonb.sandbox.shapes import public_integration
from nangonb.sandbox.store.environment import Integration, timestamp

__all__ = ["ROUTES"]

_FIELDS = ("unique_key", "display_name", "forward_webhooks", "credentials", "integration_config")
_INCLUDES = ("webhook", "credentials")
_WITH_APP = ("OAUTH1", "OAUTH2", "APP", "CUSTOM")  # auth modes that need a registered app


async def list_integrations(request: Request) -> Response:
    """List all integrations, without credentials."""
    check_query(request, ())
    return answer(
        {"data": [_public(request, integration) for integration in environment_of(request).integrations()]}
    )


async def get_integration(request: Request) -> Response:
    """Return one integration; ``include`` adds the webhook URL and the credentials."""
    check_query(request, ("include",))
    given = request.query_params.getlist("include")
    includes = [part.strip() for one in given for part in one.split(",") if part.strip()]
    if any(include not in _INCLUDES for include in includes):
        message = 'Invalid option: expected one of "webhook"|"credentials"'
        raise Refusal(400, "invalid_query_params", errors=[invalid("include", message, code="invalid_value")])
    return answer({"data": _public(request, _find(request), includes)})


async def get_config(request: Request) -> Response:
    """The deprecated form; ``include_creds=true`` adds the credentials."""
    key, environment = request.path_params["key"], environment_of(request)
    integration = environment.integration(key)
    if integration is None:
        message = (
            "There is no Provider Configuration matching this key. "
            "Please make sure this value exists in the Nango dashboard {}"
        )
        raise Refusal(400, "unknown_provider_config", message, payload={})
    config: dict[str, Any] = {
        "unique_key": integration.unique_key,
        "provider": integration.provider,
        "syncs": [],
        "actions": [],
    }
    if request.query_params.get("include_creds") == "true":
        provider, credentials = environment.facts_of(key), integration.credentials or {}
        connections = [one for one in environment.connections() if one.provider_config_key == key]
        config |= {
            "client_id": credentials.get("client_id"),
            "client_secret": credentials.get("client_secret"),
            "custom": None,
            "scopes": credentials.get("scopes"),
            "app_link": credentials.get("app_link"),
            "auth_mode": provider.auth_mode,
            "created_at": integration.created_at,
            "has_webhook": False,
            "webhook_secret": None,
            "connections": [
                {
                    "connection_config": dict(one.connection_config),
                    "connection_id": one.connection_id,
                    "environment_id": 1,
                    "id": one.id,
                    "provider_config_key": key,
                }
                for one in connections
            ],
            "docs": provider.docs,
            "connection_count": len(connections),
            "has_webhook_user_defined_secret": False,
            "webhook_url": None,
        }
    return answer({"config": config})


async def create_integration(request: Request) -> Response:
    """Create an integration of a provider in the catalog."""
    body = await read_body(request)
    refuse_unknown(body, ("provider", *_FIELDS), "invalid_body")
    errors = [missing(name) for name in ("provider", "unique_key") if not isinstance(body.get(name), str)]
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    provider = environment_of(request).facts.get(body["provider"])
    if provider is None:
        raise Refusal(
            400, "invalid_body", errors=[invalid("provider", "Invalid provider", code="invalid_string")]
        )
    _check(body)
    credentials = body.get("credentials")
    if credentials is not None and credentials.get("type") != provider.auth_mode:
        raise Refusal(400, "invalid_body", "incompatible credentials auth type and provider auth")
    if credentials is None and provider.auth_mode in _WITH_APP:
        raise Refusal(400, "invalid_body", "Missing credentials")
    if environment_of(request).integration(body["unique_key"]) is not None:
        entry = invalid("unique_key", "Unique key already exists", code="invalid_string")
        raise Refusal(400, "invalid_body", errors=[entry])
    now = timestamp()
    integration = Integration(
        body["unique_key"],
        provider.name,
        body.get("display_name") or provider.display_name,
        now,
        now,
        body.get("forward_webhooks", True),
        body.get("credentials"),
    )
    environment_of(request).put_integration(integration)
    return answer({"data": _public(request, integration)})


async def patch_integration(request: Request) -> Response:
    """Update an integration; its connections keep belonging to it under a new key."""
    integration = _find(request)
    body = await read_body(request)
    refuse_unknown(body, _FIELDS, "invalid_body")
    _check(body)
    key = body.get("unique_key", integration.unique_key)
    if key != integration.unique_key and environment_of(request).integration(key) is not None:
        entry = invalid("unique_key", "Unique key already exists", code="invalid_string")
        raise Refusal(400, "invalid_body", errors=[entry])
    changed = replace(
        integration,
        unique_key=key,
        display_name=body.get("display_name", integration.display_name),
        forward_webhooks=body.get("forward_webhooks", integration.forward_webhooks),
        credentials=body.get("credentials", integration.credentials),
        updated_at=timestamp(),
    )
    environment_of(request).put_integration(changed, instead_of=integration.unique_key)
    if key != integration.unique_key:
        scheduler_of(request).rename(integration.unique_key, key)
    return answer({"data": _public(request, changed)})


async def delete_integration(request: Request) -> Response:
    """Delete an integration with its connections and scripts."""
    key = _find(request).unique_key
    gone = [one for one in environment_of(request).connections() if one.provider_config_key == key]
    environment_of(request).delete_integration(key)
    scripts_of(request).withdraw(key)
    for connection in gone:
        scheduler_of(request).forget(connection)
    return answer({"success": True})


def _find(request: Request) -> Integration:
    key = request.path_params["key"]
    if not KEY.fullmatch(key):
        raise Refusal(400, "invalid_uri_params", errors=[invalid("uniqueKey", "Invalid string")])
    integration = environment_of(request).integration(key)
    if integration is None:
        raise Refusal(404, "not_found", f'Integration "{key}" does not exist')
    return integration


def _check(body: Mapping[str, Any]) -> None:
    errors = []
    if "unique_key" in body and (
        not isinstance(body["unique_key"], str) or not KEY.fullmatch(body["unique_key"])
    ):
        errors.append(invalid("unique_key", "Invalid string", code="invalid_string"))
    if "display_name" in body and not isinstance(body["display_name"], str):
        errors.append(invalid("display_name", "Invalid input: expected string"))
    if not isinstance(body.get("forward_webhooks", True), bool):
        errors.append(invalid("forward_webhooks", "Invalid input: expected boolean"))
    if not isinstance(body.get("credentials", {}), dict):
        errors.append(invalid("credentials", "Invalid input: expected object"))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)


def _public(request: Request, integration: Integration, includes: Collection[str] = ()) -> dict[str, Any]:
    return public_integration(integration, base_of(request), includes)


ROUTES = (
    Route("/config/{key}", get_config, methods=["GET"]),
    Route("/integrations", list_integrations, methods=["GET"]),
    Route("/integrations", create_integration, methods=["POST"]),
    Route("/integrations/{key}", get_integration, methods=["GET"]),
    Route("/integrations/{key}", patch_integration, methods=["PATCH"]),
    Route("/integrations/{key}", delete_integration, methods=["DELETE"]),
)
