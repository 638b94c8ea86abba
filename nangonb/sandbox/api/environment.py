"""The environment's variables, and sessions of the Connect UI."""

from __future__ import annotations

import secrets
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
from nangonb.sandbox.api.requests import environment_of
from nangonb.sandbox.store.environment import timestamp

__all__ = ["OPEN", "ROUTES"]

_SHARED = (
    "end_user",
    "tags",
    "organization",
    "integrations_config_defaults",
    "overrides",
    "webhook_url_override",
)


async def health(request: Request) -> Response:
    """Check that the sandbox is running."""
    return answer({"result": "ok"})


async def environment_variables(request: Request) -> Response:
    """List the variables with name and value."""
    check_query(request, ())
    return answer(
        [{"name": name, "value": value} for name, value in environment_of(request).variables.items()]
    )


async def create_session(request: Request) -> Response:
    """Return a session token for the Connect UI, which the sandbox does not have."""
    body = await read_body(request)
    refuse_unknown(body, ("allowed_integrations", *_SHARED), "invalid_body")
    _check_user(body)
    allowed = body.get("allowed_integrations", [])
    if not isinstance(allowed, list) or not all(isinstance(key, str) for key in allowed):
        raise Refusal(
            400, "invalid_body", errors=[invalid("allowed_integrations", "Invalid input: expected array")]
        )
    unknown = [
        {"code": "custom", "message": "Integration does not exist", "path": ["allowed_integrations", place]}
        for place, key in enumerate(allowed)
        if environment_of(request).integration(key) is None
    ]
    if unknown:
        raise Refusal(400, "invalid_body", errors=unknown)
    return _session(request)


async def create_reconnect_session(request: Request) -> Response:
    """Return a session token for an existing connection."""
    body = await read_body(request)
    refuse_unknown(body, ("connection_id", "integration_id", *_SHARED), "invalid_body")
    errors = [
        missing(name) for name in ("connection_id", "integration_id") if not isinstance(body.get(name), str)
    ]
    if errors:
        raise Refusal(400, "invalid_body", errors=errors)
    if environment_of(request).connection(body["connection_id"], body["integration_id"]) is None:
        entry = {"code": "custom", "message": "Connection does not exist", "path": ["connection_id"]}
        raise Refusal(400, "invalid_body", errors=[entry])
    return _session(request)


def _check_user(body: dict[str, Any]) -> None:
    user, tags = body.get("end_user"), body.get("tags")
    if user is None and tags is None:
        raise Refusal(400, "invalid_body", errors=[missing("end_user")])
    if user is not None and not (isinstance(user, dict) and isinstance(user.get("id"), str) and user["id"]):
        entry = {
            "code": "invalid_type",
            "message": "Invalid input: expected string",
            "path": ["end_user", "id"],
        }
        raise Refusal(400, "invalid_body", errors=[entry])
    if tags is not None and not isinstance(tags, dict):
        raise Refusal(400, "invalid_body", errors=[invalid("tags", "Invalid input: expected record")])


def _session(request: Request) -> Response:
    token = f"nango_connect_session_{secrets.token_hex(32)}"
    link = f"{str(request.base_url).rstrip('/')}/connect?session_token={token}"
    expires = timestamp(datetime.now(UTC) + timedelta(minutes=30))
    return answer({"data": {"token": token, "connect_link": link, "expires_at": expires}}, status=201)


OPEN = ("/health",)

ROUTES = (
    *(Route(path, health, methods=["GET"]) for path in OPEN),
    Route("/environment-variables", environment_variables, methods=["GET"]),
    Route("/connect/sessions", create_session, methods=["POST"]),
    Route("/connect/sessions/reconnect", create_reconnect_session, methods=["POST"]),
)
