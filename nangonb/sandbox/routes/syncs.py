"""``/sync/…``: the state of syncs, runs on demand, schedules and variants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, invalid, missing, read_body, refuse_unknown
from nangonb.sandbox.routes.connections import state_of, syncs_of
from nangonb.sandbox.state import Connection, timestamp
from nangonb.sandbox.syncs import BASE, Sync, Syncs, interval_of

__all__ = ["ROUTES"]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_MODES = ("incremental", "full_refresh", "full_refresh_and_clear_cache")
Wanted = list[tuple[str, str | None]]


async def sync_status(request: Request) -> Response:
    """The named syncs (``*``: all) of one connection, or of all connections of the integration."""
    params = check_query(request, ("syncs", "provider_config_key", "connection_id"))
    if not params.get("syncs"):
        raise Refusal(400, "invalid_query_params", errors=[missing("syncs")])
    connections = _connections(request, params.get("provider_config_key"), params.get("connection_id"))
    names = [part.strip() for part in params["syncs"].split(",") if part.strip()]
    wanted: Wanted = [] if "*" in names else [_split(name) for name in names]
    if not names:
        raise Refusal(400, "invalid_query_params", errors=[missing("syncs")])
    syncs, moment = syncs_of(request), datetime.now(UTC)
    found = [
        _state(syncs, sync, connection, moment)
        for connection in connections
        for sync in syncs.find(connection.provider_config_key, wanted, [connection])
    ]
    return answer({"syncs": found})


async def trigger_sync(request: Request) -> Response:
    """Start a run of each of these syncs. ``opts`` or, as before, ``sync_mode`` say from what it starts."""
    body = await read_body(request)
    known = ("syncs", "provider_config_key", "connection_id", "opts", "sync_mode", "full_resync")
    refuse_unknown(body, known, "invalid_body")
    reset, empty = _options(body)
    syncs = syncs_of(request)
    for sync, connection in _wanted(request, body):
        syncs.trigger(sync, connection, reset=reset, empty=empty)
    return answer({"success": True})


async def start_sync(request: Request) -> Response:
    """Put these syncs on their schedule again."""
    return await _schedule(request, paused=False)


async def pause_sync(request: Request) -> Response:
    """Take these syncs off their schedule."""
    return await _schedule(request, paused=True)


async def update_frequency(request: Request) -> Response:
    """Give a sync of one connection a frequency of its own; null gives it back that of the script."""
    body = await read_body(request)
    known = ("sync_name", "sync_variant", "provider_config_key", "connection_id", "frequency")
    refuse_unknown(body, known, "invalid_body")
    errors = [
        missing(n) for n in ("sync_name", "provider_config_key", "connection_id") if not _is_text(body, n)
    ]
    frequency = body.get("frequency")
    if "sync_variant" in body and not _is_text(body, "sync_variant"):
        errors.append(invalid("sync_variant", "Invalid input: expected string"))
    if "frequency" not in body or not isinstance(frequency, str | None):
        errors.append(missing("frequency"))
    elif frequency is not None and interval_of(frequency) is None:
        message = "Invalid frequency: expected an interval of at least 30 seconds, as every 30 minutes"
        errors.append(invalid("frequency", message, code="custom"))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    sync, _ = _one(request, body, body["sync_name"], body.get("sync_variant") or BASE)
    if sync is None:
        raise Refusal(400, "unknown_sync", f"There is no sync {body['sync_name']} for this connection")
    sync.frequency = frequency
    syncs_of(request).put(sync)
    return answer({"frequency": frequency or sync.script.runs})


async def create_variant(request: Request) -> Response:
    """A further variant of a sync, with records of its own."""
    name, variant, body = await _variant_request(request)
    base, _ = _one(request, body, name, BASE)
    if base is None:
        raise Refusal(400, "unknown_sync", f"There is no sync {name} for this connection")
    existing, _ = _one(request, body, name, variant)
    if existing is not None:
        raise Refusal(400, "sync_variant_already_exists", f"The variant {variant} exists already")
    made = syncs_of(request).create_variant(base, variant)
    return answer({"id": made.id, "name": name, "variant": variant})


async def delete_variant(request: Request) -> Response:
    """Forget a variant and its records."""
    name, variant, body = await _variant_request(request)
    sync, connection = _one(request, body, name, variant)
    if sync is None:
        raise Refusal(404, "not_found", f"There is no variant {variant} of the sync {name}")
    syncs_of(request).delete_variant(sync, connection)
    return answer({"success": True})


def _state(syncs: Syncs, sync: Sync, connection: Connection, moment: datetime) -> dict[str, Any]:
    upcoming = sync.next_at(moment)
    more = {name: told for name, told in (("error", sync.error), ("logs", sync.logs)) if told}
    return {
        "id": sync.id,
        "type": "INCREMENTAL" if sync.script.incremental and sync.last_sync_date else "INITIAL",
        "name": sync.script.name,
        "variant": sync.variant,
        "connection_id": sync.connection_id,
        "status": sync.status,
        "latestResult": sync.result,
        "frequency": sync.frequency or sync.script.runs,
        "finishedAt": None if sync.finished_at is None else timestamp(sync.finished_at),
        "nextScheduledSyncAt": None if upcoming is None else timestamp(upcoming),
        "recordCount": syncs.record_counts(sync, connection),
        "checkpoint": sync.checkpoint,
        **more,
    }


async def _schedule(request: Request, *, paused: bool) -> Response:
    body = await read_body(request)
    refuse_unknown(body, ("syncs", "provider_config_key", "connection_id"), "invalid_body")
    for sync, _ in _wanted(request, body):
        sync.paused = paused
        syncs_of(request).put(sync)
    return answer({"success": True})


def _wanted(request: Request, body: Mapping[str, Any]) -> list[tuple[Sync, Connection]]:
    """The syncs that a body names (an empty list: all), with their connections.

    Raises: Refusal 400 ``invalid_body``, ``no_syncs_found`` and what :func:`_connections` raises.
    """
    names = body.get("syncs")
    connection_id = body.get("connection_id", request.headers.get("connection-id"))
    errors = []
    if not isinstance(names, list):
        errors.append(invalid("syncs", "Invalid input: expected array"))
        names = []
    wanted: Wanted = []
    for place, one in enumerate(names):
        if isinstance(one, str) and one:
            wanted.append(_split(one))
        elif isinstance(one, dict) and _is_text(one, "name") and isinstance(one.get("variant", BASE), str):
            wanted.append((one["name"], one.get("variant") or BASE))
        else:
            message = "Invalid input: expected a name, or an object with name and variant"
            errors.append({"code": "invalid_union", "message": message, "path": ["syncs", place]})
    if connection_id is not None and not isinstance(connection_id, str):
        errors.append(invalid("connection_id", "Invalid input: expected string"))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    key = body.get("provider_config_key", request.headers.get("provider-config-key"))
    connections = _connections(request, key, connection_id)
    syncs = syncs_of(request)
    found = [(s, c) for c in connections for s in syncs.find(c.provider_config_key, wanted, [c])]
    if not found:
        raise Refusal(400, "no_syncs_found", "No syncs found given the inputs.")
    return found


def _connections(request: Request, key: Any, connection_id: Any) -> list[Connection]:
    if not key or not isinstance(key, str):
        raise Refusal(400, "missing_provider_config_key", "Missing param 'provider_config_key'.")
    state = state_of(request)
    if state.integration(key) is None:
        raise Refusal(400, "unknown_provider_config", f"There is no integration {key}")
    if not connection_id:
        return [one for one in state.connections() if one.provider_config_key == key]
    connection = state.connection(connection_id, key)
    if connection is None:
        raise Refusal(400, "unknown_connection", f"The integration {key} has no connection {connection_id}")
    return [connection]


def _one(
    request: Request, body: Mapping[str, Any], name: str, variant: str
) -> tuple[Sync | None, Connection]:
    (connection,) = _connections(request, body.get("provider_config_key"), body.get("connection_id"))
    found = syncs_of(request).find(connection.provider_config_key, [(name, variant)], [connection])
    return (found[0] if found else None), connection


async def _variant_request(request: Request) -> tuple[str, str, Mapping[str, Any]]:
    name, variant = request.path_params["name"], request.path_params["variant"]
    wrong = [
        invalid(part, "Invalid string", code="invalid_format")
        for part, text in (("name", name), ("variant", variant))
        if not _NAME.fullmatch(text)
    ]
    if wrong:
        raise Refusal(400, "invalid_uri_params", errors=wrong)
    body = await read_body(request)
    refuse_unknown(body, ("provider_config_key", "connection_id"), "invalid_body")
    absent = [missing(n) for n in ("provider_config_key", "connection_id") if not _is_text(body, n)]
    if absent:
        raise Refusal(400, "invalid_body", errors=absent)
    if variant.lower() == BASE:
        raise Refusal(400, "invalid_variant", f'The variant name "{BASE}" is protected')
    return name, variant, body


def _options(body: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether a run starts afresh, and whether the records are emptied first. Raises: Refusal 400."""
    opts, mode = body.get("opts"), body.get("sync_mode")
    errors = []
    if opts is not None and mode is not None:
        errors.append(invalid("opts", "Either opts or sync_mode may be given, not both", code="custom"))
    if mode is not None and mode not in _MODES:
        message = "Invalid option: expected one of " + "|".join(f'"{one}"' for one in _MODES)
        errors.append(invalid("sync_mode", message, code="invalid_value"))
    full = body.get("full_resync", False)
    if not isinstance(full, bool):
        errors.append(invalid("full_resync", "Invalid input: expected boolean"))
    given: Mapping[str, Any] = opts if isinstance(opts, dict) else {}
    if opts is not None and not isinstance(opts, dict):
        errors.append(invalid("opts", "Invalid input: expected object"))
    for name, value in given.items():
        path = ["opts", name]
        if name not in ("reset", "emptyCache"):
            errors.append(
                {"code": "unrecognized_keys", "message": f'Unrecognized key: "{name}"', "path": ["opts"]}
            )
        elif not isinstance(value, bool):
            errors.append(
                {"code": "invalid_type", "message": "Invalid input: expected boolean", "path": path}
            )
    if given.get("emptyCache") is True and given.get("reset") is not True:
        errors.append({"code": "custom", "message": "emptyCache needs reset", "path": ["opts", "emptyCache"]})
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    reset = given.get("reset") is True or full or mode in _MODES[1:]
    return reset, given.get("emptyCache") is True or mode == _MODES[2]


def _split(name: str) -> tuple[str, str | None]:
    """``sync`` or ``sync::variant``."""
    sync, _, variant = name.partition("::")
    return sync, variant or BASE


def _is_text(body: Mapping[str, Any], name: str) -> bool:
    return isinstance(body.get(name), str) and bool(body[name])


ROUTES = (
    Route("/sync/status", sync_status, methods=["GET"]),
    Route("/sync/trigger", trigger_sync, methods=["POST"]),
    Route("/sync/start", start_sync, methods=["POST"]),
    Route("/sync/pause", pause_sync, methods=["POST"]),
    Route("/sync/update-connection-frequency", update_frequency, methods=["PUT"]),
    Route("/sync/{name}/variant/{variant}", create_variant, methods=["POST"]),
    Route("/sync/{name}/variant/{variant}", delete_variant, methods=["DELETE"]),
)
