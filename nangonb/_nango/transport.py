"""Requests to a Nango: one keep-alive connection pool for a host and key, with retries and limits."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from urllib.parse import quote, urlsplit

from nangonb._masking import Masker, Secret
from nangonb._nango import failures, proxying, rate_limit, retry
from nangonb._nango.answers import decoded, learn_credentials, legible
from nangonb._nango.encoding import proxy_path, request_body
from nangonb._nango.logs import unlogged
from nangonb._nango.rate_limit import OnWait, Wait
from nangonb._nango.types import (
    LARGEST,
    SECONDS,
    ApiResponseError,
    ProxyRequest,
    ProxyResponse,
    TransportError,
)
from nangonb._version import __version__
from nangonb.errors import ConfigurationError, NestedTooDeeply

if TYPE_CHECKING:
    import httpx

_CONNECT_TIMEOUT: Final = 10.0
_API_TIMEOUT: Final = 60.0
_SMALL: Final = 65_536  # bytes: Nango's own errors are far below
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Decode = Callable[[bytes], Any]
T = TypeVar("T")


class _Pool:
    """The connections of a transport; None until the first request, and after it was closed."""

    http: httpx.Client | None = None


class Transport:
    """Sends requests to a Nango, cloud, self-hosted or the sandbox, with one secret key.

    ``host`` is the address of the API (``https://api.nango.dev``), ``key_name`` the variable that holds the
    key, for error messages. Nothing opens before the first request; then connections are kept alive until
    :meth:`close`. Every credential that passes through is added to ``masker``.

    Methods raise :class:`ApiResponseError` where Nango refuses, and NetworkError where it does not answer.
    GETs of Nango's own API are tried up to three times. A request that Nango's own rate limit refuses is
    repeated when Nango allows it, for up to five minutes, and ``on_wait`` hears of it. Nothing else is
    repeated. A request, its redirects and repetitions included, takes at most ``seconds``, or the time that a
    slow call such as a deployment has, without waits for the rate limit; an answer has at most ``largest``
    bytes. A KeyboardInterrupt passes through at once and leaves the transport usable. Not for use by several
    threads at the same time before the first request.
    """

    def __init__(
        self,
        host: str,
        key: Secret,
        *,
        masker: Masker,
        key_name: str = "NANGO_SECRET_KEY",
        user_agent: str = f"nangonb/{__version__}",
        seconds: float = SECONDS,
        largest: int = LARGEST,
        http: httpx.BaseTransport | None = None,
        on_wait: OnWait = rate_limit.unheard,
    ) -> None:
        address = host.strip().rstrip("/")
        if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).netloc:
            raise ConfigurationError(
                f"{masker.text(host)!r} is not the address of a Nango.",
                hint="Write it with its scheme, such as https://api.nango.dev or http://localhost:3003.",
            )
        masker.add(key)
        self.host = failures.host_of(address)
        self._base = address
        self._key, self._key_name = key, key_name
        self.masker = masker
        self._user_agent = user_agent
        self._http = http
        self.seconds, self.largest = seconds, largest
        self._on_wait = on_wait
        self._deadline: float | None = None
        self._pool = _Pool()

    def __repr__(self) -> str:
        return f"Transport({self.host!r})"

    def close(self) -> None:
        """Close all connections. The next request opens new ones."""
        if self._pool.http is not None:
            with unlogged():
                self._pool.http.close()
            self._pool.http = None

    def watched(self, on_wait: OnWait, deadline: float | None = None) -> Transport:
        """A transport with the same connections, whose waits ``on_wait`` hears of, too. Its requests end at
        ``deadline``, a time of time.monotonic, in any thread."""
        before, watched = self._on_wait, copy.copy(self)

        def tell(wait: Wait) -> None:
            try:
                on_wait(wait)
            finally:
                before(wait)

        watched._on_wait = tell
        watched._deadline = self._deadline if deadline is None else deadline
        return watched

    def end_of(self, seconds: float) -> float:
        """When a request that begins now and may take ``seconds`` ends, as a time of time.monotonic."""
        end = time.monotonic() + seconds
        return end if self._deadline is None else min(end, self._deadline)

    def request(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        subject: str = "",
        timeout: float = _API_TIMEOUT,
        decode: Decode = decoded,
    ) -> Any:
        """Any request to Nango's own API; returns the decoded JSON, None for an empty answer.

        ``path`` is below the host and is encoded by the caller; a list in ``params`` repeats the name.
        ``subject`` says in words what is requested. A GET is tried up to three times. ``decode`` reads the
        body of a success; it raises ValueError, or gives None, where that is not JSON.
        """
        subject = subject or f"{method} {path}"
        return self._patiently(
            lambda: self._request(method, path, params, json, headers, subject, timeout, decode), subject
        )

    def _request(
        self,
        method: Method,
        path: str,
        params: Mapping[str, Any] | None,
        json: Any,
        headers: Mapping[str, str] | None,
        subject: str,
        timeout: float,
        decode: Decode,
    ) -> Any:
        import httpx

        from nangonb._nango import transfer

        content, content_type = request_body(method, json, "application/json" if json is not None else None)
        sent = {**({"Content-Type": content_type} if content_type else {}), **(headers or {})}
        http = self._opened()
        # a call that names more than is usual, such as a deployment, needs it
        seconds = max(self.seconds, timeout) if timeout > _API_TIMEOUT else self.seconds
        with transfer.until(self.end_of(seconds)):
            for attempt in retry.attempts():
                try:
                    request = http.build_request(
                        method,
                        self._base + path,
                        params=params or None,
                        content=content,
                        headers=sent,
                        timeout=_timeouts(timeout),
                    )
                    with unlogged(), transfer.sent(http, request) as response:
                        body = transfer.read(response, self.largest)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    if method == "GET" and transfer.is_passing(error) and retry.pause(attempt):
                        continue
                    raise failures.network_error(error, host=self.host, seconds=seconds) from error
                if (
                    method == "GET"
                    and response.status_code in retry.RETRIED_STATUSES
                    and (failures.error_of(legible(body)) or {}).get("code") != rate_limit.CODE
                    and retry.pause(attempt, response.headers.get("retry-after"))
                ):
                    continue
                return self._answer(response, body, subject, decode)
        raise AssertionError("the last attempt returns or raises")

    def proxy(self, request: ProxyRequest, *, largest: int | None = None) -> ProxyResponse:
        """Send a request to the provider through Nango, once, and read the whole answer.

        ``largest``: bytes of the body, where the client's own limit is too many.

        The provider's own errors (400 and above) are ordinary answers. Raises :class:`ApiResponseError` where
        Nango itself refuses (unknown connection, wrong key, no valid credentials …),
        :class:`TransportError` where no complete answer comes, UsageError for data that cannot be sent.
        """
        return self._patiently(lambda: self._proxied(request, largest), proxying.words(request))

    def _proxied(self, request: ProxyRequest, largest: int | None) -> ProxyResponse:
        import httpx

        from nangonb._nango import transfer

        http = self._opened()
        method = request.method.upper()
        url = self._base + proxy_path(request.endpoint, request.params)
        content, headers = proxying.head(request, method)
        timeout = proxying.TIMEOUT if request.timeout is None else request.timeout
        seconds = self.seconds if request.timeout is None else max(self.seconds, timeout)
        response: httpx.Response | None = None
        start = time.perf_counter()
        try:
            outgoing = http.build_request(
                method, url, content=content, headers=headers, timeout=_timeouts(timeout)
            )
            with (
                unlogged(),
                transfer.until(self.end_of(seconds)),
                transfer.sent(http, outgoing) as response,
            ):
                body = transfer.read(response, min(self.largest, largest or self.largest))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._transport_error(error, url, start, response, min(timeout, seconds)) from error
        elapsed = time.perf_counter() - start
        status = response.status_code
        if status >= 400 and len(body) <= _SMALL:
            answer = legible(body)
            if failures.is_proxy_error(status, answer, response.headers):
                raise self.refusal(status, response.headers, answer, proxying.words(request))
        return ProxyResponse(
            status=status,
            headers=dict(response.headers),
            content=body,
            elapsed=elapsed,
            url=url,
            received=response.num_bytes_downloaded,
        )

    def get_list(
        self, path: str, *, subject: str, params: Mapping[str, Any] | None = None, inside: str | None = None
    ) -> list[Any]:
        """The list that a GET answers, or has at the key ``inside``."""
        body = self._inside(path, subject, params, inside)
        if not isinstance(body, list):
            raise failures.unexpected(path, subject=subject, host=self.host, expected="a list")
        return body

    def get_object(
        self, path: str, *, subject: str, params: Mapping[str, Any] | None = None, inside: str | None = None
    ) -> dict[str, Any]:
        """The object that a GET answers, or has at the key ``inside``."""
        body = self._inside(path, subject, params, inside)
        if not isinstance(body, dict):
            raise failures.unexpected(path, subject=subject, host=self.host, expected="an object")
        return body

    def _inside(self, path: str, subject: str, params: Mapping[str, Any] | None, inside: str | None) -> Any:
        body = self.request("GET", path, params=params, subject=subject)
        return body.get(inside) if inside is not None and isinstance(body, Mapping) else body

    def _patiently(self, send: Callable[[], T], subject: str) -> T:
        """What ``send`` gives, as soon as Nango's own rate limit lets it."""
        patience = rate_limit.PATIENCE
        while True:
            try:
                return send()
            except ApiResponseError as error:
                if error.wait is None or error.wait > patience:
                    raise
                wait = error.wait
            patience -= wait
            rate_limit.wait(wait, subject, self._on_wait)

    def _opened(self) -> httpx.Client:
        if self._pool.http is None:
            import httpx

            from nangonb._nango.certificates import LateContext
            from nangonb._nango.transfer import ENCODINGS, DeadlineTransport

            # A proxy of the environment is never used for this machine.
            trust_env = urlsplit(self._base).hostname not in _LOOPBACK
            self._pool.http = httpx.Client(
                headers={
                    "Accept": "application/json, text/plain, */*",
                    "Accept-Encoding": ENCODINGS,
                    "User-Agent": self._user_agent,
                    "Authorization": f"Bearer {self._key.reveal()}",
                },
                trust_env=False,
                transport=self._http
                or DeadlineTransport(LateContext(trust_env=trust_env), trust_env=trust_env),
            )
        return self._pool.http

    def _answer(self, response: httpx.Response, content: bytes, subject: str, decode: Decode) -> Any:
        if response.status_code >= 400:
            body = legible(content)
            raise self.refusal(response.status_code, response.headers, body, subject)
        too_deep = False
        try:
            body = decode(content)
        except ValueError as error:
            body, too_deep = None, isinstance(error, NestedTooDeeply)
        if body is None and content.strip() not in {b"", b"null"}:
            kind = response.headers.get("content-type", "")
            raise failures.not_json(
                response.status_code, kind, subject=subject, host=self.host, too_deep=too_deep
            )
        return body

    def refusal(self, status: int, headers: Mapping[str, str], body: Any, subject: str) -> Exception:
        """The error for an answer in which Nango refuses ``subject``."""
        error = failures.error_of(body)
        payload = error.get("payload") if error else None
        if isinstance(payload, Mapping):
            learn_credentials(self.masker, payload.get("credentials"))
        return failures.api_error(
            status,
            body,
            subject=subject,
            host=self.host,
            key_name=self._key_name,
            masker=self.masker,
            headers=headers,
        )

    def _transport_error(
        self, error: Exception, url: str, start: float, response: httpx.Response | None, timeout: float
    ) -> TransportError:
        return failures.transport_error(
            error,
            host=self.host,
            url=url,
            elapsed=time.perf_counter() - start,
            response=response,
            timeout=timeout,
            masker=self.masker,
        )


def segment(name: str) -> str:
    """One segment of a path."""
    return quote(name, safe="")


def _timeouts(read: float) -> tuple[float, float, float, float]:
    return min(_CONNECT_TIMEOUT, read), read, read, read
