"""``/sync/…``: status, triggers, schedules and variants of syncs.

``/sandbox/runs`` exists in the sandbox only: the latest runs, as in Nango's dashboard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb._project.nango_yaml.runs import schedule
from nangonb.sandbox.answers import (
    Refusal,
    answer,
    check_query,
    invalid,
    missing,
    read_body,
    refuse_unknown,
)
from nangonb.sandbox.api.requests import environment_of, scheduler_of
from nangonb.sandbox.store.environment import Connection, timestamp
from nangonb.sandbox.store.scheduler import Scheduler
from nangonb.sandbox.store.syncs import BASE, Sync

__all__ = ["ROUTES"]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_MODES = ("incremental", "full_refresh", "full_refresh_and_clear_cache")
Wanted = list[tuple[str, str | None]]


async def sync_status(request: Request) -> Response:
    """List the named syncs (``*``: all) of one connection, or of all connections of the integration."""
    params = check_query(request, ("syncs", "provider_config_key", "connection_id"))
    absent = [missing(name) for name in ("syncs", "provider_config_key") if not params.get(name)]
    if absent:
        raise Refusal(400, "invalid_query_params", errors=absent)
    names = [part.strip() for part in params["syncs"].split(",") if part.strip()]
    if not names:
        raise Refusal(400, "invalid_query_params", errors=[missing("syncs")])
    chosen: Wanted = [] if "*" in names else [_split(name) for name in names]
    scheduler, moment = scheduler_of(request), datetime.now(UTC)
    return answer(
        {"syncs": [_state(scheduler, sync, one, moment) for sync, one in _asked(request, params, chosen)]}
    )


async def latest_runs(request: Request) -> Response:
    """Return the result of the latest run of each sync of an integration, with its error and logs.

    ``waiting``: a run was triggered but has not started.
    """
    params = check_query(request, ("provider_config_key", "connection_id"))
    if not params.get("provider_config_key"):
        raise Refusal(400, "invalid_query_params", errors=[missing("provider_config_key")])
    latest = [
        {
            "name": sync.script.name,
            "variant": sync.variant,
            "connection_id": sync.connection_id,
            "status": sync.status,
            "waiting": sync.waiting,
            "error": sync.error or None,
            "logs": list(sync.logs),
        }
        for sync, _ in _asked(request, params, [])
    ]
    return answer({"runs": latest})


async def trigger_sync(request: Request) -> Response:
    """Trigger a run of these syncs. ``opts`` or the deprecated ``sync_mode`` set where it starts."""
    body = await read_body(request)
    known = ("syncs", "provider_config_key", "connection_id", "opts", "sync_mode", "full_resync")
    refuse_unknown(body, known, "invalid_body")
    errors = _wrong_options(body)
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    chosen = _names(body)
    key = body.get("provider_config_key") or request.headers.get("provider-config-key")
    if not key:
        message = "Missing provider_config_key. Provide it in the body or headers."
        raise Refusal(400, "missing_provider_config_key", message)
    reset, empty = _options(body)
    connection_id = body.get("connection_id") or request.headers.get("connection-id")
    scheduler = scheduler_of(request)
    for sync, connection in _wanted(request, chosen, key, connection_id):
        scheduler.trigger(sync, connection, reset=reset, empty=empty)
    return answer({"success": True})


async def start_sync(request: Request) -> Response:
    """Start the schedule of these syncs."""
    return await _schedule(request, paused=False)


async def pause_sync(request: Request) -> Response:
    """Pause the schedule of these syncs."""
    return await _schedule(request, paused=True)


async def update_frequency(request: Request) -> Response:
    """Set the frequency of a sync of one connection; null restores that of the script."""
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
    elif frequency is not None and schedule(frequency) is None:
        message = "Invalid frequency: expected an interval of at least 30 seconds, as every 30 minutes"
        errors.append(invalid("frequency", message, code="custom"))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    sync, _ = _one(request, body, body["sync_name"], body.get("sync_variant") or BASE)
    if sync is None:
        raise Refusal(400, "unknown_sync", f"There is no sync {body['sync_name']} for this connection")
    sync.frequency = frequency
    scheduler_of(request).put(sync)
    return answer({"frequency": frequency or sync.script.runs})


async def create_variant(request: Request) -> Response:
    """Add a variant of a sync, with its own records."""
    name, variant, body = await _variant_request(request)
    base, _ = _one(request, body, name, BASE)
    if base is None:
        raise Refusal(400, "unknown_sync", f"There is no sync {name} for this connection")
    existing, _ = _one(request, body, name, variant)
    if existing is not None:
        raise Refusal(400, "sync_variant_already_exists", f"The variant {variant} exists already")
    made = scheduler_of(request).create_variant(base, variant)
    return answer({"id": made.id, "name": name, "variant": variant})


async def delete_variant(request: Request) -> Response:
    """Delete a variant and its records."""
    name, variant, body = await _variant_request(request)
    sync, connection = _one(request, body, name, variant)
    if sync is None:
        raise Refusal(404, "not_found", f"There is no variant {variant} of the sync {name}")
    scheduler_of(request).delete_variant(sync, connection)
    return answer({"success": True})


def _asked(request: Request, params: Mapping[str, str], chosen: Wanted) -> list[tuple[Sync, Connection]]:
    """Return the syncs of a query with their connections; none if the integration is unknown."""
    key, connection_id = params["provider_config_key"], params.get("connection_id")
    environment = environment_of(request)
    if connection_id:
        connection = environment.connection(connection_id, key)
        if connection is None:
            raise Refusal(400, "invalid_body", "Connection not found")
        connections = [connection]
    else:
        connections = [one for one in environment.connections() if one.provider_config_key == key]
    return [(sync, one) for one in connections for sync in scheduler_of(request).find(key, chosen, [one])]


def _state(scheduler: Scheduler, sync: Sync, connection: Connection, moment: datetime) -> dict[str, Any]:
    upcoming = sync.next_at(moment)
    latest: dict[str, Any] = {}
    if sync.job is not None:
        latest = {"latestResult": sync.result, "latestExecutionStatus": sync.job}
        if sync.job != "RUNNING" and sync.finished_at is not None:
            latest["finishedAt"] = timestamp(sync.finished_at)
    return {
        "id": sync.id,
        "type": "INCREMENTAL" if sync.script.incremental and sync.last_sync_date else "INITIAL",
        "name": sync.script.name,
        "variant": sync.variant,
        "connection_id": sync.connection_id,
        "status": sync.status,
        "frequency": sync.frequency or sync.script.runs,
        "nextScheduledSyncAt": None if upcoming is None else timestamp(upcoming),
        "recordCount": scheduler.record_counts(sync, connection),
        "checkpoint": sync.checkpoint,
        **latest,
    }


async def _schedule(request: Request, *, paused: bool) -> Response:
    body = await read_body(request)
    refuse_unknown(body, ("syncs", "provider_config_key", "connection_id"), "invalid_body")
    chosen = _names(body)
    if not _is_text(body, "provider_config_key"):
        raise Refusal(400, "invalid_body", errors=[missing("provider_config_key")])
    scheduler = scheduler_of(request)
    for sync, connection in _wanted(request, chosen, body["provider_config_key"], body.get("connection_id")):
        if paused:
            scheduler.pause(sync)
        else:
            scheduler.start(sync, connection)
    return answer({"success": True})


def _names(body: Mapping[str, Any]) -> Wanted:
    """Return the syncs of a body; an empty list means all. Raises: Refusal 400 ``invalid_body``."""
    names = body.get("syncs")
    errors = []
    if not isinstance(names, list):
        errors.append(invalid("syncs", "Invalid input: expected array"))
        names = []
    chosen: Wanted = []
    for place, one in enumerate(names):
        if isinstance(one, str) and one:
            chosen.append(_split(one))
        elif isinstance(one, dict) and _is_text(one, "name") and isinstance(one.get("variant", BASE), str):
            chosen.append((one["name"], one.get("variant") or BASE))
        else:
            message = "Invalid input: expected a name, or an object with name and variant"
            errors.append({"code": "invalid_union", "message": message, "path": ["syncs", place]})
    for name in ("connection_id", "provider_config_key"):
        if name in body and not isinstance(body[name], str):
            errors.append(invalid(name, "Invalid input: expected string"))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    return chosen


def _wanted(
    request: Request, chosen: Wanted, key: str, connection_id: str | None
) -> list[tuple[Sync, Connection]]:
    """Return these syncs with their connections.

    Raises: Refusal 400 ``unknown_provider_config``, ``no_syncs_found``, 404 ``unknown_connection``.
    """
    environment, scheduler = environment_of(request), scheduler_of(request)
    if environment.integration(key) is None:
        message = (
            "There is no Provider Configuration matching this key. "
            "Please make sure this value exists in the Nango dashboard {}"
        )
        raise Refusal(400, "unknown_provider_config", message, payload={})
    if connection_id:
        connection = environment.connection(connection_id, key)
        if connection is None:
            payload = {"connectionId": connection_id, "providerConfigKey": key}
            message = (
                "No connection matching the provided params of 'connection_id' and 'provider_config_key'."
            )
            raise Refusal(404, "unknown_connection", message, payload=payload)
        syncs = scheduler.find(key, chosen, [connection])
        known = {(sync.script.name, sync.variant) for sync in syncs}
        if all(name in known for name in chosen):
            return [(sync, connection) for sync in syncs]
    else:
        connections = [one for one in environment.connections() if one.provider_config_key == key]
        pairs = [(sync, one) for one in connections for sync in scheduler.find(key, chosen, [one])]
        if pairs:
            return pairs
    raise Refusal(400, "no_syncs_found", "No syncs found given the inputs.", payload={})


def _connections(request: Request, key: Any, connection_id: Any) -> list[Connection]:
    if not key or not isinstance(key, str):
        raise Refusal(400, "missing_provider_config_key", "Missing param 'provider_config_key'.")
    environment = environment_of(request)
    if environment.integration(key) is None:
        raise Refusal(400, "unknown_provider_config", f"There is no integration {key}")
    if not connection_id:
        return [one for one in environment.connections() if one.provider_config_key == key]
    connection = environment.connection(connection_id, key)
    if connection is None:
        raise Refusal(400, "unknown_connection", f"The integration {key} has no connection {connection_id}")
    return [connection]


def _one(
    request: Request, body: Mapping[str, Any], name: str, variant: str
) -> tuple[Sync | None, Connection]:
    (connection,) = _connections(request, body.get("provider_config_key"), body.get("connection_id"))
    syncs = scheduler_of(request).find(connection.provider_config_key, [(name, variant)], [connection])
    return (syncs[0] if syncs else None), connection


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


def _wrong_options(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the errors of ``opts``, ``sync_mode`` and ``full_resync``."""
    errors = []
    if "sync_mode" in body and body["sync_mode"] not in _MODES:
        message = "Invalid option: expected one of " + "|".join(f'"{one}"' for one in _MODES)
        errors.append(invalid("sync_mode", message, code="invalid_value"))
    if not isinstance(body.get("full_resync", False), bool):
        errors.append(invalid("full_resync", "Invalid input: expected boolean"))
    opts = body.get("opts", {})
    if not isinstance(opts, dict):
        return [*errors, invalid("opts", "Invalid input: expected object")]
    for name in ("reset", "emptyCache"):
        if not isinstance(opts.get(name, False), bool):
            message = "Invalid input: expected boolean"
            errors.append({"code": "invalid_type", "message": message, "path": ["opts", name]})
    return errors


def _options(body: Mapping[str, Any]) -> tuple[bool, bool]:
    """Return whether a run is a full sync, and whether the records are deleted first.

    Nango deletes records only before a full sync. Raises: Refusal 400 ``invalid_body``.
    """
    if "opts" in body:
        if "sync_mode" in body or "full_resync" in body:
            message = "Cannot use opts with deprecated sync_mode/full_resync parameters"
            raise Refusal(400, "invalid_body", message)
        reset = body["opts"].get("reset", False)
        return reset, reset and body["opts"].get("emptyCache", False)
    mode = body.get("sync_mode")
    if mode is not None:
        return mode in _MODES[1:], mode == _MODES[2]
    return body.get("full_resync", False), False


def _split(name: str) -> tuple[str, str | None]:
    """``sync`` or ``sync::variant``."""
    sync, _, variant = name.partition("::")
    return sync, variant or BASE


def _is_text(body: Mapping[str, Any], name: str) -> bool:
    return isinstance(body.get(name), str) and bool(body[name])


ROUTES = (
    Route("/sandbox/runs", latest_runs, methods=["GET"]),
    Route("/sync/status", sync_status, methods=["GET"]),
    Route("/sync/trigger", trigger_sync, methods=["POST"]),
    Route("/sync/start", start_sync, methods=["POST"]),
    Route("/sync/pause", pause_sync, methods=["POST"]),
    Route("/sync/update-connection-frequency", update_frequency, methods=["PUT"]),
    Route("/sync/{name}/variant/{variant}", create_variant, methods=["POST"]),
    Route("/sync/{name}/variant/{variant}", delete_variant, methods=["DELETE"]),
)
