"""``/records``: the records that syncs saved."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import (
    Refusal,
    answer,
    check_query,
    invalid,
    missing,
    read_body,
    refuse_unknown,
)
from nangonb.sandbox.api.requests import environment_of, number, scheduler_of
from nangonb.sandbox.store.entries import moment_of
from nangonb.sandbox.store.environment import Connection
from nangonb.sandbox.store.records import ACTIONS, BadCursor, Records
from nangonb.sandbox.store.syncs import BASE, owner

__all__ = ["ROUTES", "connection_of"]

_PARAMS = ("model", "variant", "modified_after", "delta", "limit", "filter", "cursor", "ids")
_MOST = 10_000
_IDS = 100
_SINCE = timedelta(days=365)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z")
_FILTERS = {written for action in ACTIONS for written in (action, action.lower())}


def connection_of(request: Request) -> Connection:
    """Return the connection of the headers ``Connection-Id`` and ``Provider-Config-Key``.

    Raises: Refusal 400 ``invalid_headers``, ``unknown_connection``.
    """
    names = ("connection-id", "provider-config-key")
    absent = [missing(name) for name in names if not request.headers.get(name)]
    if absent:
        raise Refusal(400, "invalid_headers", errors=absent)
    connection_id, key = (request.headers[name] for name in names)
    connection = environment_of(request).connection(connection_id, key)
    if connection is None:
        message = f"The integration {key} has no connection {connection_id}"
        raise Refusal(400, "unknown_connection", message)
    return connection


async def list_records(request: Request) -> Response:
    """Return a page of records in the order of their last modification, with ``_nango_metadata``."""
    params = check_query(request, _PARAMS)
    errors: list[dict[str, Any]] = []
    model = params.get("model")
    if not model:
        errors.append(missing("model"))
    limit = number(params, "limit", 100, errors, least=1, most=_MOST)
    filters = params["filter"].split(",") if "filter" in params else []
    if not set(filters) <= _FILTERS:
        message = "Invalid input: expected added, updated, deleted, joined by commas"
        errors.append(invalid("filter", message, code="invalid_value"))
    ids = request.query_params.getlist("ids")
    if len(ids) > _IDS:
        errors.append(invalid("ids", f"Too big: expected at most {_IDS} ids", code="too_big"))
    after = None
    for name in ("modified_after", "delta"):  # the latter takes precedence
        if name in params:
            after = _moment(params[name])
            if after is None:
                errors.append(invalid(name, "Invalid ISO datetime", code="invalid_format"))
            elif after < datetime.now(UTC) - _SINCE:
                errors.append(invalid(name, "must be within the last 12 months", code="custom"))
    if errors or not model:
        raise Refusal(400, "invalid_query_params", errors=errors)
    records = _records(request, model, params.get("variant"))
    try:
        page = records.page(
            limit=limit,
            cursor=params.get("cursor") or None,
            modified_after=None if after is None else moment_of(after),
            actions=_actions(filters),
            ids=ids,
        )
    except BadCursor:
        raise Refusal(500, "server_error", "Failed to fetch records") from None
    return Response(page.body(), media_type="application/json; charset=utf-8")


async def prune_records(request: Request) -> Response:
    """Prune the records up to a cursor; ids and metadata are kept."""
    connection_of(request)
    body = await read_body(request)
    refuse_unknown(body, ("model", "variant", "until_cursor", "limit"), "invalid_body")
    errors = [
        missing(n) for n in ("model", "until_cursor") if not isinstance(body.get(n), str) or not body[n]
    ]
    limit = body.get("limit", 1_000)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= _MOST:
        errors.append(invalid("limit", f"Invalid input: expected a number from 1 to {_MOST}"))
    if not isinstance(body.get("variant", BASE), str):
        errors.append(invalid("variant", "Invalid input: expected string"))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    try:
        count, more = _records(request, body["model"], body.get("variant")).prune(
            body["until_cursor"], limit=limit
        )
    except BadCursor:
        raise Refusal(500, "server_error", "Failed to prune records") from None
    return answer({"count": count, "has_more": more})


def _records(request: Request, model: str, variant: str | None) -> Records:
    # a model's full name is Model::variant
    name, _, own = model.partition("::")
    return scheduler_of(request).records.records(owner(connection_of(request)), name, variant or own or BASE)


def _actions(filters: Sequence[str]) -> Collection[str]:
    """Return the actions that a filter selects. Nango uses at most two, never deleted records with others.

    None selects all records, as does a filter that is given twice.
    """
    named = {one.upper() for one in filters}
    for pair in (("ADDED", "UPDATED"), ("UPDATED",), ("ADDED",)):
        if named.issuperset(pair) and len(named) > 1:
            return pair
    return named if len(filters) == 1 else ()


def _moment(text: str) -> datetime | None:
    """Parse ISO 8601 in UTC with a Z, the only form that Nango accepts."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


ROUTES = (
    Route("/records", list_records, methods=["GET"]),
    Route("/records/prune", prune_records, methods=["PATCH"]),
)
