"""``/scripts/config``: the deployed scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, invalid
from nangonb.sandbox.routes.connections import state_of, syncs_of
from nangonb.sandbox.scripts import ActionScript, OnEventScript, SyncScript, script_id

__all__ = ["ROUTES"]


async def scripts_config(request: Request) -> Response:
    """Syncs and actions of each integration that has any; with ``format=openai`` the actions as functions."""
    wanted = check_query(request, ("format",)).get("format", "nango")
    if wanted not in ("nango", "openai"):
        message = 'Invalid option: expected one of "nango"|"openai"'
        raise Refusal(400, "invalid_query_params", errors=[invalid("format", message, code="invalid_value")])
    found, functions = [], []
    for integration in state_of(request).integrations():
        syncs, actions = syncs_of(request).scripts(integration.unique_key)
        events = syncs_of(request).on_events(integration.unique_key)
        functions += [_function(action) for action in actions]
        if syncs or actions or events:
            found.append(
                {
                    "providerConfigKey": integration.unique_key,
                    "provider": integration.provider,
                    "syncs": [_sync(script) for script in syncs],
                    "actions": [_action(script) for script in actions],
                    "on-events": [_on_event(one) for one in events],
                }
            )
    return answer(found if wanted == "nango" else {"data": functions})


def _common(script: SyncScript | ActionScript, kind: str) -> dict[str, Any]:
    return {
        "id": script_id(script),
        "name": script.name,
        "type": kind,
        "description": script.description,
        "version": script.version,
        "last_deployed": script.last_deployed,
        "is_public": False,
        "pre_built": False,
        "enabled": True,
        "scopes": list(script.scopes),
        "endpoints": [dict(endpoint) for endpoint in script.endpoints],
        "json_schema": script.json_schema or {},
        "attributes": {} if script.code is None else dict(script.code.attributes),
    }


def _sync(script: SyncScript) -> dict[str, Any]:
    return {
        **_common(script, "sync"),
        "runs": script.runs,
        "sync_type": "incremental" if script.incremental else "full",
        "track_deletes": script.track_deletes,
        "auto_start": script.auto_start,
        "input": {"name": script.input} if script.input else {},
        "returns": list(script.models),
        "models": [{"name": name, "fields": _fields(script.json_schema, name)} for name in script.models],
        "webhookSubscriptions": [] if script.code is None else list(script.code.webhooks),
    }


def _action(script: ActionScript) -> dict[str, Any]:
    models = [name for name in (script.input, script.output) if name]
    return {
        **_common(script, "action"),
        "input": {"name": script.input} if script.input else {},
        "returns": {"name": script.output} if script.output else {},
        "models": [{"name": name, "fields": _fields(script.json_schema, name)} for name in models],
    }


def _on_event(script: OnEventScript) -> dict[str, Any]:
    return {"name": script.name, "event": script.event, "last_deployed": script.last_deployed}


def _fields(schema: Mapping[str, Any] | None, model: str) -> list[dict[str, Any]]:
    properties = ((schema or {}).get("definitions", {}).get(model) or {}).get("properties", {})
    return [{"name": name, "type": shape.get("type", "any")} for name, shape in properties.items()]


def _function(action: ActionScript) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {}, "required": []}
    return {"name": action.name, "description": action.description, "parameters": parameters}


ROUTES = (Route("/scripts/config", scripts_config, methods=["GET"]),)
