"""``/scripts/config`` and ``/integrations/{key}/functions``: the deployed scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, invalid
from nangonb.sandbox.api.requests import KEY, environment_of, number, scripts_of
from nangonb.sandbox.store.scripts import ActionScript, Code, OnEventScript, SyncScript, script_id

__all__ = ["ROUTES"]

Script = SyncScript | ActionScript | OnEventScript

_KINDS: Final = ("sync", "action", "on-event")
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,255}")


async def scripts_config(request: Request) -> Response:
    """List the scripts of each integration; with ``format=openai``, the actions as functions.

    Nango does not validate parameters here: any other format means the default.
    """
    configured, functions = [], []
    for integration in environment_of(request).integrations():
        syncs, actions = scripts_of(request).of(integration.unique_key)
        events = scripts_of(request).on_events(integration.unique_key)
        functions += [_function(action) for action in actions]
        if syncs or actions or events:
            configured.append(
                {
                    "providerConfigKey": integration.unique_key,
                    "provider": integration.provider,
                    "syncs": [_sync(script) for script in syncs],
                    "actions": [_configured(script) for script in actions],
                    "on-events": [_on_event(one) for one in events],
                }
            )
    return answer({"data": functions} if request.query_params.get("format") == "openai" else configured)


async def list_functions(request: Request) -> Response:
    """Return a page of the scripts of an integration, filtered by ``type`` and ``search``."""
    params = check_query(request, ("type", "search", "page", "limit"))
    errors = _wrong_type(params)
    search = params.get("search", "").strip()
    if "search" in params and not 1 <= len(search) <= 255:
        errors.append(
            invalid("search", "Too small: expected string to have >=1 characters", code="too_small")
        )
    page = number(params, "page", 0, errors)
    limit = number(params, "limit", 20, errors, least=1, most=100)
    if errors:
        raise Refusal(400, "invalid_query_params", errors=errors)
    matching = [one for one in _deployed(request, params) if search.lower() in one.name.lower()]
    listed = [_deployed_function(one) for one in matching[page * limit : (page + 1) * limit]]
    return answer({"data": listed, "pagination": {"total": len(matching), "page": page, "limit": limit}})


async def get_function(request: Request) -> Response:
    """Return one script: the first with this name, or the one of ``type``."""
    scripts = _named(request)
    if not scripts:
        raise Refusal(404, "not_found", "Function does not exist")
    return answer({"data": _deployed_function(scripts[0])})


async def get_code(request: Request) -> Response:
    """Return the TypeScript source of one script."""
    name, key = request.path_params["name"], request.path_params["key"]
    # one on-event script can have several events: they share a file
    scripts = list({_kind(one): one for one in _named(request)}.values())
    if len(scripts) > 1:
        message = f"Integration '{key}' has several functions named '{name}'. Specify a type."
        matches = [{"type": _kind(one), "name": one.name} for one in scripts]
        raise Refusal(409, "ambiguous_function", message, payload={"matches": matches})
    if not scripts:
        raise Refusal(404, "not_found", f"Function '{name}' not found for integration '{key}'")
    code = scripts[0].code
    if code is None:  # a demo script
        raise Refusal(404, "not_found", f"Source file for '{name}' not found")
    return answer({"type": _kind(scripts[0]), "code": code.ts})


def _named(request: Request) -> list[Script]:
    params = check_query(request, ("type",))
    errors = _wrong_type(params)
    if errors:
        raise Refusal(400, "invalid_query_params", errors=errors)
    name = request.path_params["name"]
    if not _NAME.fullmatch(name):
        raise Refusal(
            400, "invalid_uri_params", errors=[invalid("name", "Invalid string", code="invalid_format")]
        )
    return [one for one in _deployed(request, params) if one.name == name]


def _deployed(request: Request, params: Mapping[str, str]) -> list[Script]:
    """Return the scripts of the integration in the path, by kind, then by name."""
    key = request.path_params["key"]
    if not KEY.fullmatch(key):
        entry = invalid("uniqueKey", "Invalid string", code="invalid_format")
        raise Refusal(400, "invalid_uri_params", errors=[entry])
    if environment_of(request).integration(key) is None:
        raise Refusal(404, "not_found", "Integration does not exist")
    syncs, actions = scripts_of(request).of(key)
    every: Sequence[Script] = [*syncs, *actions, *scripts_of(request).on_events(key)]
    kind = params.get("type")
    scripts = [one for one in every if kind in (None, _kind(one))]
    return sorted(scripts, key=lambda one: (_kind(one), one.name, getattr(one, "event", "")))


def _wrong_type(params: Mapping[str, str]) -> list[dict[str, Any]]:
    if params.get("type", "sync") in _KINDS:
        return []
    message = "Invalid option: expected one of " + "|".join(f'"{one}"' for one in _KINDS)
    return [invalid("type", message, code="invalid_value")]


def _kind(script: Script) -> str:
    if isinstance(script, OnEventScript):
        return "on-event"
    return "sync" if isinstance(script, SyncScript) else "action"


def _source(code: Code | None) -> str:
    return "standalone" if code is not None and code.standalone else "repo"


def _deployed_function(script: Script) -> dict[str, Any]:
    meta = {
        "id": script_id(script),
        "enabled": True,
        "last_deployed": script.last_deployed,
        "source": _source(script.code),
    }
    if isinstance(script, OnEventScript):
        return {"name": script.name, "type": "on-event", "event": script.event, **meta}
    function: dict[str, Any] = {
        "name": script.name,
        "description": script.description,
        "scopes": list(script.scopes),
        "type": _kind(script),
        **({"input": script.input} if script.input else {}),
        "returns": list(script.models),
        "json_schema": script.json_schema,
    }
    if isinstance(script, SyncScript):
        function |= {
            "runs": script.runs, "auto_start": script.auto_start, "track_deletes": script.track_deletes,
        }  # fmt: skip
    return {**function, **meta}


def _configured(script: SyncScript | ActionScript) -> dict[str, Any]:
    """Return the entry of a sync or an action in ``/scripts/config``."""
    code = script.code
    definitions = (script.json_schema or {}).get("definitions", {})
    return {
        "id": script_id(script),
        "name": script.name,
        "type": _kind(script),
        "returns": list(script.models),
        "description": script.description,
        "attributes": {} if code is None else dict(code.attributes),
        "scopes": list(script.scopes),
        "version": script.version,
        "source": _source(code),
        "endpoints": [{"group": None, **endpoint} for endpoint in script.endpoints],
        **({"input": script.input} if script.input else {}),
        "enabled": True,
        "last_deployed": script.last_deployed,
        "webhookSubscriptions": [] if code is None else list(code.webhooks),
        "json_schema": script.json_schema,
        "sdk_version": None if code is None else code.sdk_version or None,
        "models": [{"name": name, "fields": []} for name in definitions],
        "features": [] if code is None else list(code.features),
    }


def _sync(script: SyncScript) -> dict[str, Any]:
    return {
        **_configured(script),
        "sync_type": "incremental" if script.incremental else "full",
        "auto_start": script.auto_start,
        "runs": script.runs,
        "track_deletes": script.track_deletes,
    }


def _on_event(script: OnEventScript) -> dict[str, Any]:
    return {
        "name": script.name,
        "event": script.event,
        "version": script.version,
        "last_deployed": script.last_deployed,
    }


def _function(action: ActionScript) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {}, "required": []}
    return {"name": action.name, "description": action.description, "parameters": parameters}


ROUTES = (
    Route("/scripts/config", scripts_config, methods=["GET"]),
    Route("/integrations/{key}/functions", list_functions, methods=["GET"]),
    Route("/integrations/{key}/functions/{name}", get_function, methods=["GET"]),
    Route("/integrations/{key}/functions/{name}/code", get_code, methods=["GET"]),
)
