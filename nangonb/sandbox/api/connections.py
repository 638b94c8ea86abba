"""``/connections``, ``/connections/{id}`` and ``/connections/metadata``, with their deprecated names."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, invalid, missing, read_body, refuse_unknown
from nangonb.sandbox.api.requests import environment_of, number, scheduler_of
from nangonb.sandbox.checks import MISSING, Check, Entry, anything, choice, maybe, record, shape, text
from nangonb.sandbox.shapes import REFRESH_FAILED, brief_connection, credentials_of, full_connection
from nangonb.sandbox.store.environment import Connection, timestamp

__all__ = ["ROUTES"]

_MOST = 2_000  # connections of a page
_ALL = 10_000  # the default
_LIST_PARAMS = (
    "connectionId", "search", "endUserId", "endUserOrganizationId", "integrationId", "tags", "limit", "page",
)  # fmt: skip
_GET_PARAMS = ("provider_config_key", "force_refresh", "refresh_token", "refresh_github_app_jwt_token")
_TAG = re.compile(r"tags\[(.+)\]")

_WORD = text(least=1)
_CLIENT = maybe(shape({"client_id": maybe(text(most=255)), "client_secret": maybe(text(most=2048))}))
_APP = {"app_id": text(least=1, most=255), "installation_id": text(least=1, most=255)}
_FIELDS: Mapping[str, Mapping[str, Check]] = {
    "OAUTH2": {
        "access_token": _WORD, "refresh_token": maybe(_WORD), "expires_at": maybe(anything),
        "config_override": _CLIENT,
    },
    "OAUTH2_CC": {
        "token": _WORD, "client_id": text(least=1, most=255), "client_secret": text(least=1, most=2048),
        "client_certificate": maybe(_WORD), "client_private_key": maybe(_WORD), "expires_at": maybe(anything),
    },
    "OAUTH1": {"oauth_token": _WORD, "oauth_token_secret": _WORD},
    "API_KEY": {"apiKey": text(least=1, most=1024)},
    "BASIC": {"username": text(most=1024), "password": text(most=1024)},
    "NONE": {},
    "TBA": {"token_id": _WORD, "token_secret": _WORD, "config_override": _CLIENT},
    "APP": _APP,
    "CUSTOM": _APP,
}  # fmt: skip
_CREDENTIALS: Mapping[str, Check] = {
    mode: shape({"type": choice(mode), **fields}) for mode, fields in _FIELDS.items()
}
_AT = ("credentials",)


def _typed(value: Any, path: tuple[str | int, ...]) -> Iterator[Entry]:
    """Check an object whose ``type`` is one of those above."""
    yield from record(anything)(value, path)
    if isinstance(value, dict):
        yield from choice(*_FIELDS)(value.get("type", MISSING), (*path, "type"))


_NEW = shape(
    {
        "provider_config_key": text(),
        "credentials": _typed,
        "connection_id": maybe(text()),
        "connection_config": maybe(record(anything)),
        "metadata": maybe(record(anything)),
        "webhook_url_override": maybe(text()),
        "end_user": maybe(record(anything)),
        "tags": maybe(record(anything)),
    }
)


async def list_connections(request: Request) -> Response:
    """List connections without credentials, newest first; ``page`` counts from 0."""
    params = check_query(request, _LIST_PARAMS)
    errors: list[dict[str, Any]] = []
    limit = number(params, "limit", _ALL, errors, least=1, most=_MOST)
    page = number(params, "page", 0, errors)
    if errors:
        raise Refusal(400, "invalid_query_params", errors=errors)
    environment = environment_of(request)
    matching = [connection for connection in environment.connections() if _matches(connection, params)]
    matching = matching[page * limit : (page + 1) * limit]
    return answer({"connections": [brief_connection(environment, connection) for connection in matching]})


async def create_connection(request: Request) -> Response:
    """Import a connection with its credentials; a connection with the same id is overwritten."""
    check_query(request, ())
    body = await read_body(request)
    errors = list(_NEW(body, ())) or list(_CREDENTIALS[body["credentials"]["type"]](body["credentials"], _AT))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    environment, scheduler = environment_of(request), scheduler_of(request)
    key, given = body["provider_config_key"], body["credentials"]
    if environment.integration(key) is None:
        raise Refusal(404, "not_found", "Integration does not exist")
    mode = environment.facts_of(key).auth_mode
    if given["type"] != mode:
        message = f"Provider {mode} does not support {given['type']} auth"
        raise Refusal(400, "invalid_body", message)
    user = _end_user(body["end_user"]) if "end_user" in body else None
    tags = _tags(body["tags"]) if "tags" in body else {}
    connection_id = body.get("connection_id") or str(uuid.uuid4())
    held, moment = environment.connection(connection_id, key), timestamp()
    connection = Connection(
        connection_id,
        key,
        credentials={**given, "raw": {name: value for name, value in given.items() if name != "type"}},
        metadata=body.get("metadata", {}),
        connection_config=body.get("connection_config", {}),
        end_user=user,
        tags={**_tags_of(user), **tags},
        created_at=moment if held is None else held.created_at,
        updated_at=moment,
        webhook_url_override=body.get("webhook_url_override") or None,
        id=environment.next_connection() if held is None else held.id,
        origin="" if held is None else held.origin,
    )
    environment.put_connection(connection)
    scheduler.start_new(connection)
    public_credentials = credentials_of(connection, refresh=True)
    return answer(full_connection(environment, connection, credentials=public_credentials), status=201)


async def get_connection(request: Request) -> Response:
    """Return a connection with its credentials; the refresh token only on request."""
    params = check_query(request, _GET_PARAMS)
    errors = [
        invalid(name, 'Invalid option: expected one of "true"|"false"', code="invalid_value")
        for name in _GET_PARAMS[1:]
        if params.get(name, "true") not in ("true", "false")
    ]
    if errors:
        raise Refusal(400, "invalid_query_params", errors=errors)
    connection = _find(request, params)
    environment = environment_of(request)
    if connection.expired:
        # As after a rejected refresh: the response contains the connection without credentials.
        payload = full_connection(environment, connection, credentials={})
        raise Refusal(424, "invalid_credentials", REFRESH_FAILED, payload=payload)
    public_credentials = credentials_of(connection, refresh=params.get("refresh_token") == "true")
    environment.put_connection(connection)
    return answer(full_connection(environment, connection, credentials=public_credentials))


async def patch_connection(request: Request) -> Response:
    """Update tags, end user or webhook URL."""
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
    environment_of(request).put_connection(replace(changed, updated_at=timestamp()))
    return answer({"success": True})


async def delete_connection(request: Request) -> Response:
    """Delete a connection, its syncs and their records."""
    key = _key_of(check_query(request, ("provider_config_key",)))
    connection = environment_of(request).connection(request.path_params["connection_id"], key)
    if connection is None:  # GET and PATCH return another error
        raise Refusal(400, "unknown_connection")
    environment_of(request).delete_connection(connection)
    scheduler_of(request).forget(connection)
    return answer({"success": True})


async def change_metadata(request: Request) -> Response:
    """POST replaces the metadata of one or several connections, PATCH merges into it; both echo the body."""
    body = await read_body(request)
    refuse_unknown(body, ("connection_id", "provider_config_key", "metadata"), "invalid_body")
    ids, key, metadata = body.get("connection_id"), body.get("provider_config_key"), body.get("metadata")
    names = [ids] if isinstance(ids, str) else ids
    errors = []
    if not isinstance(names, list) or not names or not all(isinstance(one, str) and one for one in names):
        errors.append(invalid("connection_id", "Invalid input: expected a string or an array of strings"))
    if not isinstance(key, str) or not key:
        errors.append(missing("provider_config_key"))
    if not isinstance(metadata, dict):
        errors.append(invalid("metadata", "Invalid input: expected record"))
    if errors or not isinstance(names, list) or not isinstance(key, str) or not isinstance(metadata, dict):
        raise Refusal(400, "invalid_body", errors=errors)
    environment = environment_of(request)
    connections = []
    for one in names:
        connection = environment.connection(one, key)
        if connection is None:
            message = (
                f"Connection with connection id {one} and provider config key {key} not found. "
                "Please make sure the connection exists in the Nango dashboard"
            )
            if len(names) > 1:
                message += ". No actions were taken on any of the connections as a result of this failure."
            raise Refusal(404, "unknown_connection", message)
        connections.append(connection)
    post = request.method == "POST"
    for connection in connections:
        (environment.set_metadata if post else environment.update_metadata)(connection, metadata)
    return answer(body, status=201 if post else 200)


async def change_one_metadata(request: Request) -> Response:
    """The deprecated form, with the connection in the path; the body is the metadata."""
    key = request.headers.get("provider-config-key", "")
    connection = environment_of(request).connection(request.path_params["connection_id"], key)
    if connection is None:
        raise Refusal(404, "unknown_connection", "Failed to find connection")
    metadata = await read_body(request)
    post = request.method == "POST"
    environment = environment_of(request)
    (environment.set_metadata if post else environment.update_metadata)(connection, metadata)
    return answer(metadata, status=201 if post else 200)


def _key_of(params: Mapping[str, str]) -> str:
    key = params.get("provider_config_key")
    if not key:
        raise Refusal(400, "invalid_query_params", errors=[missing("provider_config_key")])
    return key


def _find(request: Request, params: Mapping[str, str]) -> Connection:
    key = _key_of(params)
    environment = environment_of(request)
    if environment.integration(key) is None:
        raise Refusal(400, "unknown_provider_config", "Provider does not exists")
    connection = environment.connection(request.path_params["connection_id"], key)
    if connection is None:
        raise Refusal(404, "not_found", "Failed to find connection")
    return connection


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


def _tags_of(user: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the tags that the connection gets from its end user."""
    if user is None:
        return {}
    named = {"end_user_id": "id", "end_user_email": "email", "end_user_display_name": "display_name"}
    return {**user["tags"], **{tag: user[name] for tag, name in named.items() if user[name]}}


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
    Route("/connections", create_connection, methods=["POST"]),
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
