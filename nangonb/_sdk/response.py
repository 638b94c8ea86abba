"""What a request gives a script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from nangonb._nango import ProxyResponse
from nangonb._records import check_levels, decode, levels, to_js_json
from nangonb._text import LEVELS
from nangonb.errors import HTTPError, NestedTooDeeply, SDKError


class Response:
    """The answer to a request: ``data``, ``status`` and ``headers``.

    ``data`` is the body as Nango's runtime would see it: decoded where it is JSON, whatever its
    content type says; text where it is not; bytes with ``response_type="arraybuffer"``. Names of
    ``headers`` are in lower case.
    """

    __slots__ = ("_content", "_data", "_response_type", "headers", "number", "only_page", "status")

    def __init__(self, answer: ProxyResponse, response_type: str | None = None) -> None:
        self.status: int = answer.status
        self.headers: dict[str, str] = answer.headers
        self.only_page, self.number = answer.only_page, answer.number
        self._content: bytes | None = answer.content
        self._response_type = response_type
        self._data: Any = None

    def digest(self) -> int:
        """Equal for equal bodies, while ``data`` was not asked for."""
        return hash(self._content)

    @property
    def data(self) -> Any:
        if self._content is not None:  # decoded once, when first asked for
            with _legible():
                self._data = decoded(self._content, self._response_type)
            self._content = None
        return self._data

    def __repr__(self) -> str:
        return f"<Response {self.status}>"

    if not TYPE_CHECKING:  # a type checker says itself that these are not there

        def __getattr__(self, name: str) -> NoReturn:
            instead = _INSTEAD.get(name)
            if instead is None and hasattr(dict, name):
                instead = f"The body is .data: response.data.{name}(…)"
            message = (
                f"A response has no attribute {name!r}. {instead or 'It has .data, .status and .headers.'}"
            )
            raise AttributeError(message, name=name, obj=self)

        def __getitem__(self, key: object) -> NoReturn:
            raise TypeError(
                f"A response is not its body: write .data[{key!r}], as in response.data[{key!r}]."
            )

        def __iter__(self) -> NoReturn:
            raise TypeError("A response is not its body: write .data, as in `for item in response.data`.")

        def __len__(self) -> NoReturn:
            raise TypeError("A response is not its body: write .data, as in len(response.data).")

        def __contains__(self, key: object) -> NoReturn:
            raise TypeError(f"A response is not its body: write .data, as in {key!r} in response.data.")

        def __bool__(self) -> bool:
            return True


#: What people know from other clients of HTTP, and what is here.
_INSTEAD = {
    "json": "The decoded body is response.data, without a call.",
    "text": "The body is response.data; with response_type='text' it is left undecoded.",
    "content": "The body is response.data; with response_type='arraybuffer' it is bytes.",
    "body": "The decoded body is response.data.",
    "status_code": "It is response.status.",
    "statusText": "It is response.status, a number.",
    "ok": "A status that is not 2xx raises HTTPError; the number is response.status.",
    "raise_for_status": "A status that is not 2xx raises HTTPError by itself.",
}


@contextmanager
def _legible() -> Iterator[None]:
    try:
        yield
    except NestedTooDeeply as error:
        raise SDKError(
            f"The body cannot be read: {error}. With response_type='text' it is left undecoded.",
            code="nested_too_deeply",
        ) from None


def decoded(content: bytes, response_type: str | None) -> Any:
    """A body as axios hands it to a script. Raises NestedTooDeeply."""
    if response_type == "arraybuffer":
        return content
    if response_type == "text" or not content:
        return content.decode("utf-8", "replace")
    try:
        return decode(content)
    except NestedTooDeeply:
        raise
    except ValueError:
        # axios hands out the text where a body is not JSON, in silence
        return content.decode("utf-8-sig", "replace")


def body_of(response: Response) -> bytes:
    """The body as it came, or, once ``data`` was asked for, as JSON says it. Raises SDKError as that does."""
    if response._content is None:
        return as_body(response._data)
    if response._response_type not in ("text", "arraybuffer"):
        with _legible():
            check_levels(response._content)
    return response._content


def as_body(data: Any) -> bytes:
    """A decoded body as bytes again."""
    if isinstance(data, bytes):
        return data
    return data.encode("utf-8", "replace") if isinstance(data, str) else to_js_json(data)


def _readable(response: Response) -> Any:
    """The body of a refused request; as text where it is nested so deeply that nobody could look at it."""
    content = response._content
    if content is not None and levels(content) > LEVELS:
        return content.decode("utf-8", "replace")
    return response.data


def raise_for_status(response: Response, method: str, endpoint: str) -> None:
    """Raise :class:`HTTPError` unless the status is 2xx, as axios does."""
    if 200 <= response.status < 300:
        return
    raise HTTPError(
        f"Request failed with status code {response.status}",
        status=response.status,
        data=_readable(response),
        headers=response.headers,
        code="ERR_BAD_RESPONSE" if response.status >= 500 else "ERR_BAD_REQUEST",
        method=method,
        url=endpoint,
    )
