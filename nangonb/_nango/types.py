"""What goes to Nango's API and what comes back, as plain data. Nothing here needs httpx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nangonb.errors import ApiError, NetworkError

SECONDS: Final = 120.0
"""How long a request may take as a whole, where nobody says."""
LARGEST: Final = 2**29
"""Bytes of a body. No text of Node.js is longer, so no script on Nango gets more."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection as ``GET /connections`` lists it: without credentials.

    ``created`` is ISO 8601 text as Nango sends it. ``errors`` are Nango's own
    (``{"type": "auth", "log_id": …}``); ``tags`` and ``end_user`` are what the user's app set.
    """

    connection_id: str
    provider_config_key: str
    provider: str
    created: str
    errors: tuple[Any, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    end_user: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form, as ``nangonb connections --json`` prints it."""
        return {
            "connection_id": self.connection_id,
            "provider_config_key": self.provider_config_key,
            "provider": self.provider,
            "created": self.created,
            "errors": list(self.errors),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyRequest:
    """A request to a provider through Nango's proxy.

    ``endpoint`` is the provider's path, with or without a leading ``/``, and may carry a query string.
    ``params`` as a mapping replace parameters of the same name there (``URLSearchParams.set``); as a
    string they are appended as they stand. ``data`` is sent with POST, PUT, PATCH and DELETE: dict and
    list as JSON, or as a form where the ``Content-Type`` header says so; text and bytes as they are.
    ``retries`` and ``retry_on`` travel as headers: Nango's server does the retrying.
    ``response_type`` is for whoever decodes the answer. ``timeout`` is seconds between two pieces of
    the answer, 300 when None.
    """

    endpoint: str
    provider_config_key: str
    connection_id: str
    method: str = "GET"
    params: Mapping[str, Any] | str | None = None
    headers: Mapping[str, Any] | None = None
    data: Any = None
    retries: int = 0
    retry_on: Sequence[int] = ()
    base_url_override: str | None = None
    decompress: bool = False
    forward_headers_on_redirect: bool = False
    response_type: str | None = None
    is_sync: bool = False
    is_dry_run: bool = True
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class ProxyResponse:
    """The provider's answer, whatever its status.

    ``headers`` have lower-case names; several of one name are joined by ``, ``. ``content`` is the body
    after decompression, ``received`` counts its bytes as they came over the wire, ``elapsed`` is in
    seconds from sending to the last byte, and ``url`` is the one asked at Nango.
    ``only_page``: ``paginate`` takes it for all there is; so are bodies that old test data holds alone.
    ``number`` is that of the request in a trace, 0 without one.
    """

    status: int
    headers: dict[str, str]
    content: bytes
    elapsed: float
    url: str
    received: int
    only_page: bool = False
    number: int = 0


class ApiResponseError(ApiError):
    """Nango's own API answered with an error. ``body`` is the decoded answer, without secrets, or None.

    For :meth:`Client.trigger_action` the body holds what the action raised (``error.payload``).
    ``wait`` is how many seconds Nango's own rate limit asks to wait, None where it is not the reason.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int,
        hint: str = "",
        body: Any = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(message, code=code, status=status, hint=hint)
        self.body, self.wait = body, wait


class TransportError(NetworkError):
    """A proxied request got no complete answer.

    ``code`` and the message are those that axios, and so a script on Nango, reports: ``ECONNREFUSED``,
    ``ECONNRESET``, ``ETIMEDOUT``, ``ECONNABORTED``, ``ENOTFOUND``, ``ERR_BAD_RESPONSE`` (the body broke
    off), ``ERR_FR_TOO_MANY_REDIRECTS`` …. ``received`` counts the bytes of the body that did arrive,
    ``elapsed`` is in seconds; ``status`` and ``headers`` are set where the answer had begun.
    ``is_too_large``: the body has more bytes than it may have, and was not read to its end.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        hint: str = "",
        received: int = 0,
        elapsed: float = 0.0,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        url: str = "",
        is_too_large: bool = False,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.received, self.elapsed, self.url = received, elapsed, url
        self.status, self.headers = status, dict(headers or {})
        self.is_too_large = is_too_large
