"""``/action/trigger`` and ``/action/{id}``: run deployed actions, immediately or in the background."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from collections import OrderedDict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, invalid, missing, read_body
from nangonb.sandbox.api.records import connection_of
from nangonb.sandbox.api.requests import sandbox_of, scripts_of
from nangonb.sandbox.failures import ScriptFailed, failure_answer, unexpected
from nangonb.sandbox.store.environment import Connection
from nangonb.sandbox.store.scripts import ActionScript

__all__ = ["ROUTES"]

_log = logging.getLogger("nangonb.sandbox")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEPT = 1_000  # results of actions that ran in the background


async def trigger_action(request: Request) -> Response:
    """Return the output of an action; with ``X-Async: true``, the URL of its result."""
    in_background, retries = _async(request)
    body = await read_body(request)  # Nango ignores other keys
    name = body.get("action_name")
    if not isinstance(name, str) or not name:
        raise Refusal(400, "invalid_body", errors=[missing("action_name")])
    connection = connection_of(request)
    action = scripts_of(request).action(connection.provider_config_key, name)
    if action is None:
        raise Refusal(404, "not_found", f"There is no action {name} for this integration")
    if not in_background:
        status, output = await _outcome(request, action, connection, body.get("input"))
        return answer(output, status=status)
    number = str(uuid.uuid4())
    results = _results(request)
    results[number] = asyncio.create_task(_outcome(request, action, connection, body.get("input"), retries))
    while len(results) > _KEPT:
        results.popitem(last=False)
    where = f"/action/{number}"
    response = answer({"id": number, "statusUrl": where}, status=202)
    response.headers["location"] = where
    return response


async def action_result(request: Request) -> Response:
    """Return the result of an action that was triggered in the background."""
    number = request.path_params["action_id"]
    if not _UUID.fullmatch(number):
        entry = invalid("id", "Invalid UUID", code="invalid_format")
        raise Refusal(400, "invalid_uri_params", errors=[entry])
    task = _results(request).get(number)
    if task is None or not task.done():
        raise Refusal(404, "not_found", "There is no result: the action is running, or the id is unknown")
    status, output = task.result()
    return answer(output, status=status)


async def _outcome(
    request: Request, action: ActionScript, connection: Connection, given: Any, retries: int = 0
) -> tuple[int, Any]:
    """Return status and body. A failed action is retried ``retries`` times."""
    try:
        return 200, await sandbox_of(request).runner.action(action, connection, given)
    except ScriptFailed as raised:
        failure = raised
    except Exception as error:
        _log.error("the action %s failed", action.name, exc_info=error)
        failure = unexpected(error)
    if retries:
        return await _outcome(request, action, connection, given, retries - 1)
    return failure_answer(failure)


def _async(request: Request) -> tuple[bool, int]:
    """Return whether the action runs in the background, and its number of retries."""
    in_background, retries = (
        request.headers.get("x-async", "false"),
        request.headers.get("x-max-retries", "0"),
    )
    errors = []
    if in_background not in ("true", "false"):
        errors.append(
            invalid("x-async", 'Invalid option: expected one of "true"|"false"', code="invalid_value")
        )
    if retries not in ("0", "1", "2", "3", "4", "5"):
        errors.append(invalid("x-max-retries", "Invalid input: expected a number from 0 to 5"))
    if errors:
        raise Refusal(400, "invalid_headers", errors=errors)
    return in_background == "true", int(retries)


def _results(request: Request) -> OrderedDict[str, asyncio.Task[tuple[int, Any]]]:
    held: OrderedDict[str, asyncio.Task[tuple[int, Any]]] | None = getattr(request.app.state, "actions", None)
    if held is None:
        held = request.app.state.actions = OrderedDict()
    return held


ROUTES = (
    Route("/action/trigger", trigger_action, methods=["POST"]),
    Route("/action/{action_id}", action_result, methods=["GET"]),
)
