"""The rate limit of an account: requests per minute, counted before they reach their endpoint."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

from nangonb.sandbox.answers import answer

__all__ = ["RateLimit"]

_SECONDS: Final = 60.0


@dataclass
class _Window:
    """A window of one minute that starts with its first request."""

    ends: float
    count: int = 0


class RateLimit:
    """Allows ``limit`` requests per minute; deployed scripts (``Nango-Is-Script``) have a separate count."""

    def __init__(self, limit: int, *, clock: Callable[[], float] = time.time) -> None:
        self._limit, self._clock = limit, clock
        self._windows: dict[bool, _Window] = {}

    def refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Count a request. Return the error response if it exceeds the limit, else None."""
        window = self._window(headers)
        window.count += 1
        if window.count <= self._limit:
            return None
        error = {"code": "too_many_request", "method": scope["method"], "path": scope["path"]}
        response = answer({"error": error}, status=429)
        response.headers["Retry-After"] = str(int(window.ends - self._clock()))
        return response

    def telling(self, send: Send, headers: Headers) -> Send:
        """Return ``send`` with the headers of the remaining limit."""
        window = self._window(headers)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                response_headers = MutableHeaders(scope=message)
                response_headers["X-RateLimit-Limit"] = str(self._limit)
                response_headers["X-RateLimit-Remaining"] = str(max(self._limit - window.count, 0))
                response_headers["X-RateLimit-Reset"] = str(int(window.ends))
            await send(message)

        return told

    def _window(self, headers: Headers) -> _Window:
        bucket = headers.get("nango-is-script") == "true"
        now = self._clock()
        held = self._windows.get(bucket)
        if held is None or held.ends <= now:
            held = self._windows[bucket] = _Window(now + _SECONDS)
        return held
