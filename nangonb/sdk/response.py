"""What a request gives a script."""

from __future__ import annotations

from typing import Any

from nangonb.errors import HTTPError
from nangonb.nango import ProxyResponse
from nangonb.records import decode


class Response:
    """The answer to a request: ``data``, ``status`` and ``headers``.

    ``data`` is the body as Nango's runtime would see it: decoded where it is JSON, whatever its
    content type says; text where it is not; bytes with ``response_type="arraybuffer"``. Names of
    ``headers`` are in lower case.
    """

    __slots__ = ("_content", "_data", "_response_type", "headers", "status")

    def __init__(self, answer: ProxyResponse, response_type: str | None = None) -> None:
        self.status: int = answer.status
        self.headers: dict[str, str] = answer.headers
        self._content: bytes | None = answer.content
        self._response_type = response_type
        self._data: Any = None

    def digest(self) -> int:
        """Equal for equal bodies, while ``data`` was not asked for."""
        return hash(self._content)

    @property
    def data(self) -> Any:
        if self._content is not None:  # decoded once, when first asked for
            self._data = _decoded(self._content, self._response_type)
            self._content = None
        return self._data

    def __repr__(self) -> str:
        return f"<Response {self.status}>"


def _decoded(content: bytes, response_type: str | None) -> Any:
    if response_type == "arraybuffer":
        return content
    if response_type == "text" or not content:
        return content.decode("utf-8", "replace")
    try:
        return decode(content)
    except ValueError:
        # axios hands out the text where a body is not JSON, in silence
        return content.decode("utf-8-sig", "replace")


def raise_for_status(response: Response, method: str, endpoint: str) -> None:
    """Raise :class:`HTTPError` unless the status is 2xx, as axios does."""
    if 200 <= response.status < 300:
        return
    raise HTTPError(
        f"Request failed with status code {response.status}",
        status=response.status,
        data=response.data,
        headers=response.headers,
        code="ERR_BAD_RESPONSE" if response.status >= 500 else "ERR_BAD_REQUEST",
        method=method,
        url=endpoint,
    )
