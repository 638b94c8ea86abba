"""``/action/trigger`` and ``/action/{id}``: deployed actions, run at once or in the background."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import OrderedDict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, invalid, missing, read_body, refuse_unknown
from nangonb.sandbox.routes.connections import syncs_of
from nangonb.sandbox.routes.records import connection_of
from nangonb.sandbox.state import Connection
from nangonb.sandbox.syncs import ActionScript, ScriptFailed

__all__ = ["ROUTES"]

_log = logging.getLogger("nangonb.sandbox")
_KEPT = 1_000  # results of actions that ran in the background
_MESSAGES = {
    "action_script_runtime_error": "The action script failed with a runtime error",
    "script_internal_error": "The script failed with an error",
    "script_http_error": "The script failed with an HTTP error",
    "script_network_error": "The script failed with a network error",
}


async def trigger_action(request: Request) -> Response:
    """The output of an action; with ``X-Async: true`` where to ask for it later."""
    in_background = _async(request)
    body = await read_body(request)
    refuse_unknown(body, ("action_name", "input"), "invalid_body")
    name = body.get("action_name")
    if not isinstance(name, str) or not name:
        raise Refusal(400, "invalid_body", errors=[missing("action_name")])
    connection = connection_of(request)
    action = syncs_of(request).action(connection.provider_config_key, name)
    if action is None:
        raise Refusal(404, "not_found", f"There is no action {name} for this integration")
    if not in_background:
        return await _outcome(action, connection, body.get("input"))
    number = str(uuid.uuid4())
    results = _results(request)
    results[number] = asyncio.create_task(_outcome(action, connection, body.get("input")))
    while len(results) > _KEPT:
        results.popitem(last=False)
    where = f"/action/{number}"
    response = answer({"id": number, "statusUrl": where}, status=202)
    response.headers["location"] = where
    return response


async def action_result(request: Request) -> Response:
    """What an action gave that was triggered in the background."""
    task = _results(request).get(request.path_params["action_id"])
    if task is None or not task.done():
        raise Refusal(404, "not_found", "There is no result: the action has not ended, or is not known")
    done = task.result()
    return Response(done.body, status_code=done.status_code, media_type=done.media_type)


async def _outcome(action: ActionScript, connection: Connection, given: Any) -> Response:
    try:
        return answer(await action.run(connection, given))
    except ScriptFailed as failure:
        error = {
            "message": failure.message or _MESSAGES.get(failure.code, failure.code),
            "code": failure.code,
            "payload": failure.payload if isinstance(failure.payload, dict) else {"error": failure.payload},
        }
        if failure.upstream is not None:
            error["upstream"] = dict(failure.upstream)
        return answer({"error": error}, status=424 if failure.code == "script_http_error" else 500)
    except Exception as error:
        _log.error("the action %s failed", action.name, exc_info=error)
        payload = {"name": type(error).__name__, "message": str(error), "stacktrace": []}
        message = _MESSAGES["script_internal_error"]
        body = {"error": {"message": message, "code": "script_internal_error", "payload": payload}}
        return answer(body, status=500)


def _async(request: Request) -> bool:
    wanted, retries = request.headers.get("x-async", "false"), request.headers.get("x-max-retries", "0")
    errors = []
    if wanted not in ("true", "false"):
        errors.append(
            invalid("x-async", 'Invalid option: expected one of "true"|"false"', code="invalid_value")
        )
    if retries not in ("0", "1", "2", "3", "4", "5"):
        errors.append(invalid("x-max-retries", "Invalid input: expected a number from 0 to 5"))
    if errors:
        raise Refusal(400, "invalid_headers", errors=errors)
    return wanted == "true"


def _results(request: Request) -> OrderedDict[str, asyncio.Task[Response]]:
    held: OrderedDict[str, asyncio.Task[Response]] | None = getattr(request.app.state, "actions", None)
    if held is None:
        held = request.app.state.actions = OrderedDict()
    return held


ROUTES = (
    Route("/action/trigger", trigger_action, methods=["POST"]),
    Route("/action/{action_id}", action_result, methods=["GET"]),
)
