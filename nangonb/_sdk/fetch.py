"""Requests past the proxy, and what they give a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nangonb._nango import js_string
from nangonb._records import decode
from nangonb._text import plural
from nangonb.errors import NestedTooDeeply, SDKError

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What goes out. ``url`` is absolute."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class FetchAnswer:
    """What came, whatever its status. ``url`` is the one that answered, after redirects."""

    status: int
    headers: dict[str, str]
    content: bytes
    url: str


class FetchResponse:
    """The answer to ``nango.uncontrolled_fetch``, in the words of JavaScript's ``fetch``.

    ``status``; ``ok``: whether it is 2xx; ``headers`` with names in lower case; ``url``: where the answer
    came from, after redirects; ``redirected``. ``text()``, ``json()`` and ``array_buffer()`` give the body.
    """

    __slots__ = ("_content", "headers", "redirected", "status", "url")

    def __init__(self, answer: FetchAnswer, asked: str) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.url = answer.url
        self.redirected = answer.url != asked
        self._content = answer.content

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def text(self) -> str:
        return self._content.decode("utf-8-sig", "replace")

    def json(self) -> Any:
        """The decoded body; integral floats are ints, as in JavaScript. Raises ValueError for no JSON.

        NestedTooDeeply is one, too.
        """
        try:
            return decode(self._content)
        except NestedTooDeeply:
            raise
        except ValueError:
            kind = self.headers.get("content-type", "no content type")
            raise ValueError(
                f"The body is not JSON ({plural(len(self._content), 'byte')}, {kind})."
            ) from None

    def array_buffer(self) -> bytes:
        return self._content

    def __repr__(self) -> str:
        return f"<FetchResponse {self.status}>"


def fetch_request(url: Any, method: Any, headers: Any, body: Any) -> FetchRequest:
    """Raises SDKError (``invalid_request``) for what cannot be sent."""
    if not isinstance(url, str):
        raise _invalid(f"url is text, 'https://api.example.com/x', not {type(url).__name__}")
    name = method.upper() if isinstance(method, str) else ""
    if name not in METHODS:
        raise _invalid(f"method is one of {', '.join(METHODS)}, not {method!r}")
    if headers is not None and not isinstance(headers, Mapping):
        raise _invalid(f"headers is a dict, not {type(headers).__name__}: headers={{'Accept': 'text/csv'}}")
    if body is not None and not isinstance(body, (str, bytes)):
        raise _invalid(f"body is text or bytes, not {type(body).__name__}: body=json.dumps(data)")
    if body is not None and name in ("GET", "HEAD"):
        raise _invalid("Request with GET/HEAD method cannot have body")
    sent = {str(key): js_string(value) for key, value in (headers or {}).items() if value is not None}
    if isinstance(body, str):
        if not any(key.lower() == "content-type" for key in sent):
            sent["Content-Type"] = "text/plain;charset=UTF-8"  # as fetch does
        body = body.encode()
    return FetchRequest(url, name, sent, body)


def _invalid(message: str) -> SDKError:
    return SDKError(f"nango.uncontrolled_fetch(): {message}.", code="invalid_request")
