"""``ANY /proxy/*``: a request to the provider with the connection's credentials, retries included.

The providers are the demo's, in process. What they send goes to the caller as it is: status, headers,
body, and also a body that ends too early or a connection that is reset.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from nangonb.sandbox.answers import Refusal, answer, invalid, missing
from nangonb.sandbox.facts import Facts
from nangonb.sandbox.proxy.retry import NETWORK_CODES, retryable, wait_before
from nangonb.sandbox.shapes import REFRESH_FAILED
from nangonb.sandbox.store.environment import Connection, Environment
from nangonb.sandbox.wire import Api, NetworkFault, ProviderRequest, ProviderResponse

__all__ = ["Proxy"]

_REDIRECTS = 21
_KEY = re.compile(r"[a-zA-Z0-9~:.@ _-]{1,255}")
_CONNECTION = re.compile(r"[^\s/?#\\][^/?#\\]{0,254}")
_LOCAL = (
    "169.254.169.254", "metadata.google.internal", "localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
)  # fmt: skip
_HOP = ("content-length", "transfer-encoding", "connection", "keep-alive")


@dataclass(frozen=True)
class _Options:
    """What the caller's headers ask for."""

    key: str
    connection_id: str
    retries: int
    retry_on: tuple[int, ...]
    base_url: str
    own: Mapping[str, str]


class Proxy:
    """The ASGI application behind ``/proxy``."""

    def __init__(self, environment: Environment, apis: Mapping[str, Api], own: str = "") -> None:
        """``own``: host and port of the sandbox, which a request may name as its base URL."""
        self._environment, self._apis = environment, apis
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises Refusal where the request itself is wrong."""
        request = Request(scope, receive)
        try:
            response = await self.answer(request, receive)
        except NetworkFault as fault:
            # The real server answers with axios' own report of the error.
            report = {"message": fault.message, "code": fault.code, "status": None, "url": fault.url}
            await answer({**report, "method": request.method.lower()}, status=500)(scope, receive, send)
            return
        if response is not None:
            await _relay(response, scope, send)

    async def answer(self, request: Request, receive: Receive) -> ProviderResponse | None:
        """The provider's response after all retries, or None when the caller has gone meanwhile.

        Raises: Refusal where the request itself is wrong, NetworkFault (with its ``url``).
        """
        options = _options(request)
        if options.base_url and self._is_refused(options.base_url):
            message = "This base URL override is not allowed by server configuration."
            raise Refusal(400, "base_url_override_not_allowed", message)
        if self._environment.integration(options.key) is None:
            raise Refusal(
                404,
                "unknown_provider_config",
                "Provider config not found for the given provider config key. Please make sure the provider "
                "config exists in the Nango dashboard.",
            )
        connection = self._environment.connection(options.connection_id, options.key)
        if connection is None:
            raise Refusal(400, "server_error", "Failed to get connection")
        if connection.expired:
            raise Refusal(424, "server_error", f"Failed to get connection credentials: '{REFRESH_FAILED}'")
        facts = self._environment.facts_of(options.key)
        outgoing = _outgoing(request, facts, connection, options, await request.body())
        try:
            return await self._tries(outgoing, facts.retry or {}, options, receive)
        except NetworkFault as fault:
            fault.url = f"https://{outgoing.host}{outgoing.path}"
            raise

    def _is_refused(self, url: str) -> bool:
        """Whether Nango reaches no such host. The sandbox's own address is for whoever builds upon it."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        return host in _LOCAL and parts.netloc != self._own

    def direct(self, request: ProviderRequest) -> ProviderResponse:
        """A provider's response to a request past the proxy, redirects followed. Raises: NetworkFault."""
        return self._follow(request)

    async def _tries(
        self, request: ProviderRequest, rules: Mapping[str, Any], options: _Options, receive: Receive
    ) -> ProviderResponse | None:
        """The response after all retries, or None when the caller has gone. Raises NetworkFault."""
        attempt = 0
        while True:
            response, fault = None, None
            try:
                own = request.host == self._own and self._own
                response = await _from_here(request) if own else self._follow(request)
            except NetworkFault as raised:
                fault = raised
            if response is not None and response.delay and not await _still_there(response.delay, receive):
                return None
            if fault is not None:
                again = fault.code in NETWORK_CODES
            else:
                again = response is not None and (
                    response.reset == "head" or retryable(response, rules, options.retry_on)
                )
            if not again or attempt >= options.retries:
                if fault is not None:
                    raise fault
                return response
            if not await _still_there(wait_before(response, rules, options.own, attempt), receive):
                return None
            attempt += 1

    def _follow(self, request: ProviderRequest) -> ProviderResponse:
        """The response, redirects followed. Raises NetworkFault."""
        for _ in range(_REDIRECTS + 1):
            api = self._apis.get(request.host)
            if api is None:
                known = ", ".join(sorted(self._apis))
                raise NetworkFault(
                    "ENOTFOUND",
                    f"getaddrinfo ENOTFOUND {request.host} (the sandbox knows these hosts only: {known})",
                )
            response = _answered(api, request)
            target = response.header("location")
            if response.status not in (301, 302, 303, 307, 308) or not target:
                return response
            url = urlsplit(urljoin(f"https://{request.host}{request.path}", target))
            method = "GET" if response.status == 303 and request.method != "HEAD" else request.method
            request = replace(request, method=method, host=url.netloc, path=url.path or "/", query=url.query)
        raise NetworkFault("ERR_FR_TOO_MANY_REDIRECTS", "Maximum number of redirects exceeded")


def _answered(api: Api, request: ProviderRequest) -> ProviderResponse:
    """Raises: NetworkFault, and Refusal 500 that says where the code of a provider failed."""
    try:
        response: object = api(request)
    except NetworkFault:
        raise
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"{type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno})"
        message = f"The provider at {request.host} failed: {reason}"
        raise Refusal(500, "server_error", message) from error
    if not isinstance(response, ProviderResponse):
        kind = type(response).__name__
        message = (
            f"The provider at {request.host} returned {kind}. Return json_response(…) or ProviderResponse(…)."
        )
        raise Refusal(500, "server_error", message)
    return response


def _options(request: Request) -> _Options:
    headers = request.headers
    errors = []
    key, connection_id = headers.get("provider-config-key"), headers.get("connection-id")
    if key is None:
        errors.append(missing("provider-config-key"))
    elif not _KEY.fullmatch(key):
        errors.append(invalid("provider-config-key", "Invalid string", code="invalid_format"))
    if connection_id is None:
        errors.append(missing("connection-id"))
    elif not _CONNECTION.fullmatch(connection_id):
        errors.append(invalid("connection-id", "Invalid string", code="invalid_format"))
    retries = headers.get("retries", "").strip() or "0"
    if not re.fullmatch(r"-?\d{1,6}(\.\d+)?", retries):
        errors.append(invalid("retries", "Invalid input: expected number, received NaN"))
    retry_on = headers.get("retry-on")
    if retry_on is not None and not re.fullmatch(r"\d{1,6}(,\d{1,6})*", retry_on):
        errors.append(
            invalid("retry-on", r"Invalid string: must match pattern /^\d+(,\d+)*$/", code="invalid_format")
        )
    override = headers.get("base-url-override", "")
    if override and not (urlsplit(override).scheme and urlsplit(override).netloc):
        errors.append(invalid("base-url-override", "Invalid URL", code="invalid_format"))
    for name in ("decompress", "forward-headers-on-redirect", "nango-is-sync", "nango-is-dry-run"):
        if headers.get(name, "true") not in ("true", "false"):
            message = 'Invalid option: expected one of "true"|"false"'
            errors.append(invalid(name, message, code="invalid_value"))
    if errors or key is None or connection_id is None:
        raise Refusal(400, "invalid_headers", errors=errors)
    own = {"at": headers.get("retry-at-header", ""), "after": headers.get("retry-after-header", "")}
    on = tuple(int(status) for status in retry_on.split(",")) if retry_on else ()
    return _Options(
        key, connection_id, int(float(retries)), on, override, {k: v for k, v in own.items() if v}
    )


def _outgoing(
    request: Request, facts: Facts, connection: Connection, options: _Options, body: bytes
) -> ProviderRequest:
    base = (options.base_url or facts.url(connection.connection_config)).rstrip("/")
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    endpoint = "/" + raw.decode("latin-1").partition("/proxy")[2].lstrip("/")
    absolute = re.match(r"/(https?):/{1,2}(.*)", endpoint)
    if absolute:  # an endpoint may repeat the base URL
        endpoint = f"{absolute[1]}://{absolute[2]}"
        endpoint = endpoint.removeprefix(base) if endpoint.startswith(f"{base}/") else f"/{endpoint}"
    url = urlsplit(base + endpoint)
    headers = {"user-agent": "nango/sandbox", "accept": "application/json"}
    if body:
        headers["content-type"] = request.headers.get("content-type", "application/json")
    headers |= facts.filled_headers(connection.credentials)
    for name, value in request.headers.items():
        if name.startswith("nango-proxy-"):
            headers[name.removeprefix("nango-proxy-")] = value
    headers |= facts.authorization(connection.credentials)
    return ProviderRequest(
        request.method,
        url.netloc,
        url.path or "/",
        request.scope["query_string"].decode("latin-1"),
        headers,
        body,
    )


async def _from_here(request: ProviderRequest) -> ProviderResponse:
    """What the sandbox itself answers, asked over HTTP as any provider is."""
    import httpx

    query = f"?{request.query}" if request.query else ""
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.request(
            request.method,
            f"http://{request.host}{request.path}{query}",
            headers=dict(request.headers),
            content=request.body,
        )
    return ProviderResponse(response.status_code, response.content, list(response.headers.items()))


async def _still_there(seconds: float, receive: Receive) -> bool:
    """Wait; False as soon as the caller has gone. The request's body was read before."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return True
    return False


async def _relay(response: ProviderResponse, scope: Scope, send: Send) -> None:
    if response.reset == "head":
        await _reset(scope)
        return
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
        if name.lower() not in _HOP
    ]
    length = len(response.body) if response.announced is None else response.announced
    if response.status != 204:
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    short = length != len(response.body)
    await send({"type": "http.response.body", "body": response.body, "more_body": short})
    if response.reset == "body":
        await _reset(scope)
    # Where the body is short the application ends here without having ended the response: the server
    # then closes the connection, which is what a provider that dies in the middle looks like.


async def _reset(scope: Scope) -> None:
    """Reset the caller's connection (TCP RST, not an orderly end)."""
    transport = scope["extensions"]["nangonb.transport"]
    linger = struct.pack("ii", 1, 0)
    # What was sent before must reach the caller, so that the reset comes in the middle of it.
    while transport.get_write_buffer_size():
        await asyncio.sleep(0.005)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await asyncio.sleep(0)
