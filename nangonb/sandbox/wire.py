"""What the proxy and a demo provider say to each other: a request, a response, or a network fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl

import orjson

__all__ = ["Api", "NetworkFault", "ProviderRequest", "ProviderResponse", "json_response"]


class NetworkFault(Exception):
    """No response came. ``code`` is the one that Node gives (``ECONNRESET``, ``ENOTFOUND`` …)."""

    url = ""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class ProviderRequest:
    """A request as the provider receives it. ``headers`` have lower-case names; ``query`` is undecoded."""

    method: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def params(self) -> dict[str, str]:
        """The decoded query parameters; of several with one name, the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def token(self) -> str:
        """The bearer token, or an empty string."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() in ("bearer", "token") else ""

    def json(self) -> Any:
        """The decoded JSON body. Raises ValueError."""
        return orjson.loads(self.body)


@dataclass(frozen=True)
class ProviderResponse:
    """A response as the provider sends it, faults of the line included.

    ``delay``: seconds until it is sent. ``announced``: the Content-Length it claims, where that differs
    from the body; the connection then closes after the body. ``reset``: the connection is reset before
    (``"head"``) or after (``"body"``) what there is of the body.
    """

    status: int = 200
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    delay: float = 0.0
    announced: int | None = None
    reset: Literal["", "head", "body"] = ""

    def header(self, name: str) -> str | None:
        """A header by its lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)


Api: TypeAlias = Callable[[ProviderRequest], ProviderResponse]
"""A demo provider: takes a request, gives a response or raises NetworkFault. It does not block."""


def json_response(body: Any, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> ProviderResponse:
    """A JSON response of a provider."""
    kind = ("content-type", "application/json; charset=utf-8")
    return ProviderResponse(status, orjson.dumps(body), (kind, *headers))
