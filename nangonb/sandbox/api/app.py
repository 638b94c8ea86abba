"""The sandbox as an ASGI application: checks the key, routes the request, formats errors."""

from __future__ import annotations

import logging
from typing import Final

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nangonb.sandbox.answers import Refusal
from nangonb.sandbox.api.auth import check_key
from nangonb.sandbox.api.limits import RateLimit
from nangonb.sandbox.api.routes import OPEN, ROUTES
from nangonb.sandbox.assembly import Sandbox

__all__ = ["create_app"]

MOST_BYTES: Final = 75 * 2**20
"""Maximum size of a request body, about that of Nango's server."""

_log = logging.getLogger("nangonb.sandbox")


class _Anything(Convertor[str]):
    """Like Starlette's ``path``, but also matches line breaks: the provider validates the path."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any", _Anything())


def create_app(sandbox: Sandbox, key: str, *, rate_limit: int | None = None) -> ASGIApp:
    """The application that serves ``sandbox`` to callers with ``key``.

    ``rate_limit``: maximum number of requests per minute; None for no limit.
    """
    app = Starlette(
        routes=[*ROUTES, Route("/proxy/{path:any}", sandbox.backend.proxy)],
        exception_handlers={
            Refusal: _refused,
            404: _not_found,
            405: _not_found,
            Exception: _broken,
        },
    )
    app.state.sandbox = sandbox
    app.router.redirect_slashes = False
    return _Door(app, key, None if rate_limit is None else RateLimit(rate_limit))


class _Door:
    """Accepts requests with the right key, and all requests to ``OPEN``; limits the size of bodies.

    ``/records/`` equals ``/records``, as on the real server.
    """

    def __init__(self, app: ASGIApp, key: str, limit: RateLimit | None) -> None:
        self._app, self._key, self._limit = app, key, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            if path != "/" and path.endswith("/") and not path.startswith("/proxy/"):
                scope["path"] = path.rstrip("/")
            if scope["path"] not in OPEN:
                headers = Headers(scope=scope)
                try:
                    check_key(headers.get("authorization"), self._key)
                except Refusal as refusal:
                    await refusal.response()(scope, receive, send)
                    return
                if self._limit is not None:
                    send = self._limit.telling(send, headers)
                    refused = self._limit.refusal(scope, headers)
                    if refused is not None:
                        await refused(scope, receive, send)
                        return
            receive = _limited(receive)
        await self._app(scope, receive, send)


def _limited(receive: Receive) -> Receive:
    """Raises: Refusal 413 if a body has more bytes than :data:`MOST_BYTES`."""
    came = 0

    async def limited() -> Message:
        nonlocal came
        message = await receive()
        came += len(message.get("body", b""))
        if came > MOST_BYTES:
            reason = f"The request body is larger than {MOST_BYTES // 2**20} MB"
            raise Refusal(413, "payload_too_large", reason)
        return message

    return limited


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return error.response()


async def _not_found(request: Request, error: Exception) -> Response:
    message = f"The sandbox has no endpoint {request.method} {request.url.path}"
    return Refusal(404, "not_found", message).response()


async def _broken(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return Refusal(500, "server_error", f"The sandbox failed: {type(error).__name__}: {error}").response()
