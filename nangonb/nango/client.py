"""The client: one keep-alive connection pool for a host and key."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from urllib.parse import quote, urlsplit

from nangonb._version import __version__
from nangonb.errors import ConfigurationError, NestedTooDeeply
from nangonb.masking import Masker, Secret
from nangonb.nango import failures, proxying, rate_limit, retry
from nangonb.nango.answers import connection_from, decoded, learn_credentials, learn_variables, legible
from nangonb.nango.deploy_api import DeployApi
from nangonb.nango.deployed_api import Decode, DeployedApi
from nangonb.nango.encoding import js_string, proxy_path, request_body
from nangonb.nango.functions_api import FunctionsApi
from nangonb.nango.logs import unlogged
from nangonb.nango.paging import pages
from nangonb.nango.rate_limit import OnWait, Wait
from nangonb.nango.types import (
    LARGEST,
    SECONDS,
    ApiResponseError,
    Connection,
    ProxyRequest,
    ProxyResponse,
    TransportError,
)

if TYPE_CHECKING:
    import httpx

_CONNECT_TIMEOUT: Final = 10.0
_API_TIMEOUT: Final = 60.0
_SMALL: Final = 65_536  # bytes: Nango's own errors are far below
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
T = TypeVar("T")


class _Pool:
    """The connections of a client; None until the first request, and after it was closed."""

    http: httpx.Client | None = None


class Client(DeployedApi, DeployApi, FunctionsApi):
    """A Nango, cloud, self-hosted or the sandbox, seen with one secret key.

    ``host`` is the address of the API (``https://api.nango.dev``), ``key_name`` the variable that the key
    came from, for error messages. Nothing is opened before the first request; then connections are kept
    alive until :meth:`close`. Every credential that passes through is added to ``masker``.

    Methods raise :class:`ApiResponseError` where Nango refuses, and NetworkError where it does not answer.
    GETs of Nango's own API are tried up to three times. What Nango's own rate limit refuses is asked again
    when Nango says so, for up to five minutes, and ``on_wait`` hears of it. Nothing else is repeated.
    A request, its redirects and repetitions included, takes at most ``seconds``, or the time that a slow call
    such as a deployment has, waits for the rate limit apart; an answer has at most ``largest`` bytes.
    A KeyboardInterrupt passes through at once and leaves the client usable. Not for use by several
    threads at the same time before the first request is made.
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
        transport: httpx.BaseTransport | None = None,
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
        self._masker = masker
        self._user_agent = user_agent
        self._transport = transport
        self.seconds, self.largest = seconds, largest
        self._on_wait = on_wait
        self._pool = _Pool()

    def __repr__(self) -> str:
        return f"Client({self.host!r})"

    def close(self) -> None:
        """Close all connections. The next request opens new ones."""
        if self._pool.http is not None:
            with unlogged():
                self._pool.http.close()
            self._pool.http = None

    def watched(self, on_wait: OnWait) -> Client:
        """The same client with the same connections, whose waits ``on_wait`` hears of, too."""
        before, found = self._on_wait, copy.copy(self)

        def tell(wait: Wait) -> None:
            try:
                on_wait(wait)
            finally:
                before(wait)

        found._on_wait = tell
        return found

    # Nango's own API

    def connections(
        self,
        *,
        connection_id: str | None = None,
        integration_id: str | Sequence[str] | None = None,
        search: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> list[Connection]:
        """The connections of the environment, without credentials; all pages, in the server's order."""
        params: dict[str, Any] = {}
        if connection_id is not None:
            params["connectionId"] = connection_id
        if search is not None:
            params["search"] = search
        if integration_id is not None:
            params["integrationId"] = (
                integration_id if isinstance(integration_id, str) else ",".join(integration_id)
            )
        for name, value in (tags or {}).items():
            params[f"tags[{name.lower()}]"] = value

        def fetch(page: Mapping[str, Any]) -> list[Any]:
            return self._list(
                "/connections", params={**params, **page}, asked="the connections", inside="connections"
            )

        found: dict[tuple[str, str], Connection] = {}
        for page in pages(fetch):
            before = len(found)
            for item in page:
                connection = connection_from(item)
                found.setdefault((connection.provider_config_key, connection.connection_id), connection)
            if len(found) == before:
                break
        return list(found.values())

    def connection(
        self,
        connection_id: str,
        provider_config_key: str,
        *,
        force_refresh: bool = False,
        refresh_token: bool = False,
        refresh_github_app_jwt_token: bool = False,
    ) -> dict[str, Any]:
        """A connection in full, as Nango sends it: credentials, metadata, connection_config, errors.

        ``force_refresh`` makes Nango fetch new credentials first; ``refresh_token`` puts the refresh token
        into the answer.
        """
        asked = f"connection {connection_id!r} of integration {provider_config_key!r}"
        found = self._object(
            f"/connections/{_segment(connection_id)}",
            params={
                "provider_config_key": provider_config_key,
                "force_refresh": js_string(force_refresh),
                "refresh_token": js_string(refresh_token),
                "refresh_github_app_jwt_token": js_string(refresh_github_app_jwt_token),
            },
            asked=asked,
        )
        learn_credentials(self._masker, found.get("credentials"))
        self._masker.learn([found.get("connection_config"), found.get("metadata")])
        if failures.error_of(found) is not None:
            # `invalid_credentials` comes with the connection inside, perhaps with status 200.
            raise self._refusal(200, {}, found, asked)
        return found

    def integrations(self) -> list[dict[str, Any]]:
        """The integrations of the environment: ``unique_key``, ``provider``, ``display_name`` …"""
        return self._list("/integrations", asked="the integrations")

    def integration(self, key: str, include: Sequence[str] = ()) -> dict[str, Any]:
        """One integration. ``include``: ``webhook``, ``credentials``."""
        found = self._object(
            f"/integrations/{_segment(key)}",
            params={"include": list(include)} if include else None,
            asked=f"integration {key!r}",
            inside="data",
        )
        learn_credentials(self._masker, found.get("credentials"))
        return found

    def provider(self, name: str) -> dict[str, Any]:
        """A provider's template: ``auth_mode``, ``proxy`` with ``base_url``, ``paginate``, ``retry`` …"""
        return self._object(f"/providers/{_segment(name)}", asked=f"provider {name!r}", inside="data")

    def set_metadata(
        self, connection_id: str | Sequence[str], provider_config_key: str, metadata: Mapping[str, Any]
    ) -> Any:
        """Replace the metadata of one or several connections. This writes to Nango."""
        return self._metadata("POST", connection_id, provider_config_key, metadata)

    def update_metadata(
        self, connection_id: str | Sequence[str], provider_config_key: str, metadata: Mapping[str, Any]
    ) -> Any:
        """Merge into the metadata of one or several connections. This writes to Nango."""
        return self._metadata("PATCH", connection_id, provider_config_key, metadata)

    def environment_variables(self) -> list[dict[str, str]]:
        """``[{"name": …, "value": …}]``. Values that are or look like secrets are added to the masker."""
        found: list[dict[str, str]] = self._list(
            "/environment-variables", asked="the environment variables", inside=None
        )
        learn_variables(self._masker, found)
        return found

    def request(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        asked: str = "",
        timeout: float = _API_TIMEOUT,
        decode: Decode = decoded,
    ) -> Any:
        """Any request to Nango's own API; returns the decoded JSON, None for an empty answer.

        ``path`` is below the host and is encoded by the caller; a list in ``params`` repeats the name.
        ``asked`` says in words what is asked for. A GET is tried up to three times. ``decode`` reads the body
        of a success; it raises ValueError, or gives None, where that is not JSON.
        """
        asked = asked or f"{method} {path}"
        return self._patiently(
            lambda: self._request(method, path, params, json, headers, asked, timeout, decode), asked
        )

    def _request(
        self,
        method: Method,
        path: str,
        params: Mapping[str, Any] | None,
        json: Any,
        headers: Mapping[str, str] | None,
        asked: str,
        timeout: float,
        decode: Decode,
    ) -> Any:
        import httpx

        from nangonb.nango import transfer

        content, content_type = request_body(method, json, "application/json" if json is not None else None)
        sent = {**({"Content-Type": content_type} if content_type else {}), **(headers or {})}
        http = self._opened()
        # a call that names more than is usual, such as a deployment, needs it
        seconds = max(self.seconds, timeout) if timeout > _API_TIMEOUT else self.seconds
        with transfer.until(time.monotonic() + seconds):
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
                return self._answer(response, body, asked, decode)
        raise AssertionError("the last attempt returns or raises")

    # The proxy

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

        from nangonb.nango import transfer

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
                transfer.until(time.monotonic() + seconds),
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
                raise self._refusal(status, response.headers, answer, proxying.words(request))
        return ProxyResponse(
            status=status,
            headers=dict(response.headers),
            content=body,
            elapsed=elapsed,
            url=url,
            received=response.num_bytes_downloaded,
        )

    # Inside

    def _patiently(self, send: Callable[[], T], asked: str) -> T:
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
            rate_limit.wait(wait, asked, self._on_wait)

    def _opened(self) -> httpx.Client:
        if self._pool.http is None:
            import httpx

            from nangonb.nango.certificates import LateContext
            from nangonb.nango.transfer import ENCODINGS, Transport

            # A proxy of the environment is never asked for something on this machine.
            trust_env = urlsplit(self._base).hostname not in _LOOPBACK
            self._pool.http = httpx.Client(
                headers={
                    "Accept": "application/json, text/plain, */*",
                    "Accept-Encoding": ENCODINGS,
                    "User-Agent": self._user_agent,
                    "Authorization": f"Bearer {self._key.reveal()}",
                },
                trust_env=False,
                transport=self._transport or Transport(LateContext(trust_env=trust_env), trust_env=trust_env),
            )
        return self._pool.http

    def _answer(self, response: httpx.Response, content: bytes, asked: str, decode: Decode) -> Any:
        if response.status_code >= 400:
            body = legible(content)
            raise self._refusal(response.status_code, response.headers, body, asked)
        too_deep = False
        try:
            body = decode(content)
        except ValueError as error:
            body, too_deep = None, isinstance(error, NestedTooDeeply)
        if body is None and content.strip() not in {b"", b"null"}:
            kind = response.headers.get("content-type", "")
            raise failures.not_json(
                response.status_code, kind, asked=asked, host=self.host, too_deep=too_deep
            )
        return body

    def _refusal(self, status: int, headers: Mapping[str, str], body: Any, asked: str) -> Exception:
        error = failures.error_of(body)
        payload = error.get("payload") if error else None
        if isinstance(payload, Mapping):
            learn_credentials(self._masker, payload.get("credentials"))
        return failures.api_error(
            status,
            body,
            asked=asked,
            host=self.host,
            key_name=self._key_name,
            masker=self._masker,
            headers=headers,
        )

    def _transport_error(
        self, error: Exception, url: str, start: float, response: httpx.Response | None, timeout: float
    ) -> TransportError:
        found = failures.transport_error(
            error,
            host=self.host,
            url=self._masker.text(url),
            elapsed=time.perf_counter() - start,
            response=response,
            timeout=timeout,
        )
        found.message = self._masker.text(found.message)
        found.args = (found.message,)
        return found

    def _metadata(
        self, method: Method, connection_id: str | Sequence[str], key: str, metadata: Mapping[str, Any]
    ) -> Any:
        ids = connection_id if isinstance(connection_id, str) else list(connection_id)
        return self.request(
            method,
            "/connections/metadata",
            json={"metadata": metadata, "connection_id": ids, "provider_config_key": key},
            asked=f"the metadata of connection {ids!r} of integration {key!r}",
        )

    def _list(
        self, path: str, *, asked: str, params: Mapping[str, Any] | None = None, inside: str | None = "data"
    ) -> list[Any]:
        found = self.request("GET", path, params=params, asked=asked)
        if inside is not None and isinstance(found, Mapping):
            found = found.get(inside)
        if not isinstance(found, list):
            raise failures.unexpected(path, asked=asked, host=self.host, wanted="a list")
        return found

    def _object(
        self, path: str, *, asked: str, params: Mapping[str, Any] | None = None, inside: str | None = None
    ) -> dict[str, Any]:
        found = self.request("GET", path, params=params, asked=asked)
        if inside is not None and isinstance(found, Mapping):
            found = found.get(inside)
        if not isinstance(found, dict):
            raise failures.unexpected(path, asked=asked, host=self.host, wanted="an object")
        return found


def _segment(name: str) -> str:
    """One segment of a path."""
    return quote(name, safe="")


def _timeouts(read: float) -> tuple[float, float, float, float]:
    return min(_CONNECT_TIMEOUT, read), read, read, read
