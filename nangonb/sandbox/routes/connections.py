"""``/connections``, ``/connections/{id}`` and ``/connections/metadata``, with their older singular names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, invalid, missing, read_body, refuse_unknown
from nangonb.sandbox.state import Connection, State, timestamp
from nangonb.sandbox.syncs import Syncs

__all__ = ["REFRESH_FAILED", "ROUTES", "credentials_of", "full", "state_of", "syncs_of"]

_MOST = 10_000
REFRESH_FAILED = (
    "The external API returned an error when trying to refresh the access token. Please try again later."
)
_LIST_PARAMS = (
    "connectionId", "search", "endUserId", "endUserOrganizationId", "integrationId", "tags", "limit", "page",
)  # fmt: skip
_GET_PARAMS = ("provider_config_key", "force_refresh", "refresh_token", "refresh_github_app_jwt_token")
_TAG = re.compile(r"tags\[(.+)\]")


def state_of(request: Request) -> State:
    """The state of the sandbox that this request reached."""
    return cast(State, request.app.state.nango)


def syncs_of(request: Request) -> Syncs:
    """What is deployed in the sandbox that this request reached, and what it has stored."""
    return cast(Syncs, request.app.state.syncs)


async def list_connections(request: Request) -> Response:
    """Connections without credentials, newest first; ``page`` counts from 0."""
    params = check_query(request, _LIST_PARAMS)
    limit, page = _count(params, "limit", _MOST, least=1), _count(params, "page", 0, least=0)
    state = state_of(request)
    found = [connection for connection in state.connections() if _matches(connection, params)]
    found = found[page * limit : (page + 1) * limit]
    return answer({"connections": [_brief(state, connection) for connection in found]})


async def get_connection(request: Request) -> Response:
    """One connection with its credentials; the refresh token only where it is asked for."""
    params = check_query(request, _GET_PARAMS)
    errors = [
        invalid(name, 'Invalid option: expected one of "true"|"false"', code="invalid_value")
        for name in _GET_PARAMS[1:]
        if params.get(name, "true") not in ("true", "false")
    ]
    if errors:
        raise Refusal(400, "invalid_query_params", errors=errors)
    connection = _find(request, params)
    state = state_of(request)
    if connection.expired:
        # As after a refresh that the provider refused: the answer carries the connection, no credentials.
        payload = full(state, connection, credentials={})
        raise Refusal(424, "invalid_credentials", REFRESH_FAILED, payload=payload)
    shown = credentials_of(connection, refresh=params.get("refresh_token") == "true")
    state.put_connection(connection)
    return answer(full(state, connection, credentials=shown))


async def patch_connection(request: Request) -> Response:
    """Change tags, end user or webhook URL."""
    params = check_query(request, ("provider_config_key",))
    connection = _find(request, params)
    body = await read_body(request)
    refuse_unknown(body, ("end_user", "tags", "webhook_url_override"), "invalid_body")
    changed = connection
    if "tags" in body:
        changed = replace(changed, tags=_tags(body["tags"]))
    if "end_user" in body:
        changed = replace(changed, end_user=_end_user(body["end_user"]))
    if "webhook_url_override" in body:
        if not isinstance(body["webhook_url_override"], str):
            raise Refusal(400, "invalid_body", errors=[missing("webhook_url_override")])
        changed = replace(changed, webhook_url_override=body["webhook_url_override"] or None)
    state_of(request).put_connection(replace(changed, updated_at=timestamp()))
    return answer({"success": True})


async def delete_connection(request: Request) -> Response:
    """Forget a connection, its syncs and their records."""
    connection = _find(request, check_query(request, ("provider_config_key",)))
    state_of(request).delete_connection(connection)
    syncs_of(request).forget(connection)
    return answer({"success": True})


async def change_metadata(request: Request) -> Response:
    """POST replaces the metadata of one or several connections, PATCH merges into it; both echo the body."""
    body = await read_body(request)
    refuse_unknown(body, ("connection_id", "provider_config_key", "metadata"), "invalid_body")
    ids, key, metadata = body.get("connection_id"), body.get("provider_config_key"), body.get("metadata")
    wanted = [ids] if isinstance(ids, str) else ids
    errors = []
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, str) and one for one in wanted):
        errors.append(invalid("connection_id", "Invalid input: expected a string or an array of strings"))
    if not isinstance(key, str) or not key:
        errors.append(missing("provider_config_key"))
    if not isinstance(metadata, dict):
        errors.append(invalid("metadata", "Invalid input: expected record"))
    if errors or not isinstance(wanted, list) or not isinstance(key, str) or not isinstance(metadata, dict):
        raise Refusal(400, "invalid_body", errors=errors)
    state = state_of(request)
    found = []
    for one in wanted:
        connection = state.connection(one, key)
        if connection is None:
            message = (
                f"Connection with connection id {one} and provider config key {key} not found. "
                "Please make sure the connection exists in the Nango dashboard"
            )
            if len(wanted) > 1:
                message += ". No actions were taken on any of the connections as a result of this failure."
            raise Refusal(404, "unknown_connection", message)
        found.append(connection)
    post = request.method == "POST"
    for connection in found:
        (state.set_metadata if post else state.update_metadata)(connection, metadata)
    return answer(body, status=201 if post else 200)


async def change_one_metadata(request: Request) -> Response:
    """The older form, with the connection in the path: the body is the metadata itself."""
    key = request.headers.get("provider-config-key", "")
    connection = state_of(request).connection(request.path_params["connection_id"], key)
    if connection is None:
        raise Refusal(404, "unknown_connection", "Failed to find connection")
    metadata = await read_body(request)
    post = request.method == "POST"
    state = state_of(request)
    (state.set_metadata if post else state.update_metadata)(connection, metadata)
    return answer(metadata, status=201 if post else 200)


def _find(request: Request, params: Mapping[str, str]) -> Connection:
    key = params.get("provider_config_key")
    if not key:
        raise Refusal(400, "invalid_query_params", errors=[missing("provider_config_key")])
    state = state_of(request)
    if state.integration(key) is None:
        raise Refusal(400, "unknown_provider_config", "Provider does not exists")
    connection = state.connection(request.path_params["connection_id"], key)
    if connection is None:
        raise Refusal(404, "not_found", "Failed to find connection")
    return connection


def _count(params: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= _MOST:
        message = f"Invalid input: expected a number from {least} to {_MOST}"
        raise Refusal(400, "invalid_query_params", errors=[invalid(name, message)])
    return int(text)


def _matches(connection: Connection, params: Mapping[str, str]) -> bool:
    user = connection.end_user or {}
    organization = user.get("organization") or {}
    if "connectionId" in params and connection.connection_id != params["connectionId"]:
        return False
    keys = [key.strip() for key in params.get("integrationId", "").split(",") if key.strip()]
    if keys and connection.provider_config_key not in keys:
        return False
    if "endUserId" in params and user.get("id") != params["endUserId"]:
        return False
    if "endUserOrganizationId" in params and organization.get("id") != params["endUserOrganizationId"]:
        return False
    for name, value in params.items():
        tag = _TAG.fullmatch(name)
        if tag and connection.tags.get(tag[1].lower()) != value:
            return False
    search = params.get("search", "").lower()
    seen = (connection.connection_id, user.get("id"), user.get("email"), user.get("display_name"))
    return not search or any(search in str(text).lower() for text in seen if text)


def _provider(state: State, connection: Connection) -> str:
    integration = state.integration(connection.provider_config_key)
    return integration.provider if integration else ""


def _brief(state: State, connection: Connection) -> dict[str, Any]:
    return {
        "id": connection.id,
        "connection_id": connection.connection_id,
        "provider_config_key": connection.provider_config_key,
        "provider": _provider(state, connection),
        "errors": list(connection.errors),
        "end_user": connection.end_user,
        "tags": dict(connection.tags),
        "metadata": connection.metadata,
        "created": connection.created_at,
    }


def full(state: State, connection: Connection, *, credentials: Mapping[str, Any]) -> dict[str, Any]:
    """A connection as ``GET /connections/{id}`` gives it, with these credentials."""
    brief = _brief(state, connection)
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
    shown = dict(connection.credentials)
    if not refresh:
        shown.pop("refresh_token", None)
        shown["raw"] = {
            name: value for name, value in shown.get("raw", {}).items() if name != "refresh_token"
        }
    return shown


def _tags(tags: Any) -> dict[str, str]:
    if not isinstance(tags, dict) or not all(isinstance(v, str) and len(v) <= 255 for v in tags.values()):
        raise Refusal(
            400, "invalid_body", errors=[invalid("tags", "Invalid input: expected strings of at most 255")]
        )
    if len(tags) > 10:
        raise Refusal(
            400, "invalid_body", errors=[invalid("tags", "Too many tags: at most 10", code="too_big")]
        )
    return {str(name).lower(): value for name, value in tags.items()}


def _end_user(user: Any) -> dict[str, Any]:
    if not isinstance(user, dict) or not isinstance(user.get("id"), str):
        entry = {
            "code": "invalid_type",
            "message": "Invalid input: expected string",
            "path": ["end_user", "id"],
        }
        raise Refusal(400, "invalid_body", errors=[entry])
    kept = {name: user.get(name) for name in ("id", "email", "display_name")}
    return {**kept, "tags": user.get("tags") or {}, "organization": user.get("organization")}


ROUTES = (
    Route("/connections", list_connections, methods=["GET"]),
    Route("/connection", list_connections, methods=["GET"]),
    Route("/connections/metadata", change_metadata, methods=["POST", "PATCH"]),
    Route("/connection/metadata", change_metadata, methods=["POST", "PATCH"]),
    Route("/connection/{connection_id}/metadata", change_one_metadata, methods=["POST", "PATCH"]),
    *(
        Route(f"{path}/{{connection_id}}", endpoint, methods=[method])
        for path in ("/connections", "/connection")
        for method, endpoint in (
            ("GET", get_connection),
            ("PATCH", patch_connection),
            ("DELETE", delete_connection),
        )
    ),
)
