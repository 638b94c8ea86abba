"""``/functions/compile``, ``/functions/dryruns``, ``/functions/deployments``: TypeScript source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nangonb.sandbox.answers import Refusal, answer, check_query, read_body
from nangonb.sandbox.api.requests import sandbox_of
from nangonb.sandbox.checks import (
    Check,
    Entry,
    anything,
    boolean,
    choice,
    constant,
    maybe,
    record,
    shape,
    text,
)
from nangonb.sandbox.runs.printed import Given
from nangonb.sandbox.store.environment import timestamp

__all__ = ["ROUTES"]

_KEY: Final = text(least=1, most=255, pattern=r"[a-zA-Z0-9~:.@ _-]+")
_CODE: Final = text(least=1)
_TYPE: Final = choice("action", "sync")
_MOMENT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z"


def _moment(value: Any, path: tuple[str | int, ...]) -> Iterator[Entry]:
    """Check ISO 8601 in UTC, as the real server accepts it."""
    errors = list(text(pattern=_MOMENT)(value, path))
    if not errors:
        try:
            datetime.fromisoformat(value)
        except ValueError:
            errors = [{"code": "invalid_format", "message": "Invalid ISO datetime", "path": list(path)}]
    yield from errors


_COMPILE: Final = shape({"code": _CODE})
_DRYRUN: Final = shape(
    {
        "integration_id": _KEY,
        "function_type": _TYPE,
        "code": _CODE,
        "connection_id": text(least=1, most=255),
        "input": maybe(anything),
        "metadata": maybe(record(anything)),
        "checkpoint": maybe(record(anything)),
        "last_sync_date": maybe(_moment),
    }
)
_FUNCTION: Final = shape(
    {
        "type": constant("function"),
        "integration_id": _KEY,
        "function_name": text(least=1, most=255, pattern=r"[a-zA-Z0-9_-]+"),
        "function_type": _TYPE,
        "code": _CODE,
        "version": maybe(text(most=255)),
        "allow_destructive": maybe(boolean),
    }
)
_TEMPLATE: Final = shape(
    {
        "type": constant("template"),
        "integration_id": _KEY,
        "template": text(least=1, most=255),
        "function_type": maybe(_TYPE),
    }
)


async def compile_function(request: Request) -> Response:
    """Return the bundle of the source."""
    body = await _body(request, _COMPILE)
    js = await sandbox_of(request).functions.compiled(body["code"])
    return answer({"bundle_size_bytes": len(js.encode()), "bundled_js": js, "compiled_at": timestamp()})


async def start_dryrun(request: Request) -> Response:
    """Start a dry run, and return its id."""
    body = await _body(request, _DRYRUN)
    since = body.get("last_sync_date")
    given = Given(
        body.get("input"),
        body.get("metadata"),
        body.get("checkpoint"),
        None if since is None else datetime.fromisoformat(since),
    )
    return answer((await sandbox_of(request).functions.start_dryrun(body, given)).started(), status=202)


async def dryrun(request: Request) -> Response:
    """Return the status of a dry run."""
    check_query(request, ())
    return answer(sandbox_of(request).functions.job("dryrun", request.path_params["id"]).state())


async def start_deployment(request: Request) -> Response:
    """Start a deployment, and return its id."""
    check_query(request, ())
    raw = await read_body(request)
    if raw.get("type") == "template":
        _refuse(_TEMPLATE, raw)
        message = f"No template named '{raw['template']}' exists for this integration"
        raise Refusal(404, "template_not_found", message)
    _refuse(_FUNCTION, raw)
    return answer((await sandbox_of(request).functions.start_deployment(raw)).started(), status=202)


async def deployment(request: Request) -> Response:
    """Return the status of a deployment."""
    check_query(request, ())
    return answer(sandbox_of(request).functions.job("deployment", request.path_params["id"]).state())


async def _body(request: Request, check: Check) -> dict[str, Any]:
    check_query(request, ())
    body = await read_body(request)
    _refuse(check, body)
    return body


def _refuse(check: Check, body: dict[str, Any]) -> None:
    errors = list(check(body, ()))
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)


ROUTES = (
    Route("/functions/compile", compile_function, methods=["POST"]),
    Route("/functions/dryruns", start_dryrun, methods=["POST"]),
    Route("/functions/dryruns/{id}", dryrun, methods=["GET"]),
    Route("/functions/deployments", start_deployment, methods=["POST"]),
    Route("/functions/deployments/{id}", deployment, methods=["GET"]),
)
