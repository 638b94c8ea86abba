"""Requests of ``nango.uncontrolled_fetch``: past the proxy, and not into private networks."""

from __future__ import annotations

import socket
import time
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from nangonb._nango import unlogged
from nangonb._nango.types import LARGEST, SECONDS
from nangonb._sdk.fetch import FetchAnswer, FetchRequest
from nangonb.errors import ActionError, HTTPError

if TYPE_CHECKING:
    import httpx

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 20  # the limit of fetch
_TIMEOUT: Final = 300.0  # that of undici, Node's fetch
_CONNECT_TIMEOUT: Final = 10.0
_CODES = {
    "ConnectError": "ECONNREFUSED",
    "ConnectTimeout": "ETIMEDOUT",
    "ReadTimeout": "ETIMEDOUT",
    "OutOfTime": "ETIMEDOUT",
}
_PRIVATE_HEADERS = ("authorization", "cookie", "proxy-authorization")


class BodyTooLarge(HTTPError):
    """The answer has more bytes than it may have, and was not read to its end."""


def fetch(
    request: FetchRequest, *, loopback: bool, deadline: float | None = None, largest: int = LARGEST
) -> FetchAnswer:
    """The answer, redirects followed. ``loopback``: addresses of this machine are allowed.

    It ends at ``deadline``, a time of time.monotonic, redirects included (after two minutes, unless given),
    and has at most ``largest`` bytes.

    Raises:
        ActionError: an address is refused, or there are too many redirects.
        BodyTooLarge: the answer has more bytes.
        HTTPError: there is no complete answer.
    """
    from nangonb._nango.transfer import until

    with until(time.monotonic() + SECONDS if deadline is None else deadline):
        return _fetch(request, loopback, largest)


def _fetch(request: FetchRequest, loopback: bool, largest: int) -> FetchAnswer:
    url, method, headers, body = request.url, request.method, dict(request.headers), request.body
    for _ in range(_MOST_REDIRECTS + 1):
        here = _check(url, loopback=loopback)
        answer, location = _send(method, url, headers, body, here, largest)
        if location is None:
            return answer
        target = _target(url, location)
        if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
            method, body = ("HEAD" if method == "HEAD" else "GET"), None
            headers = _without(headers, "content-type", "content-length")
        if urlsplit(target)[:2] != urlsplit(url)[:2]:  # as fetch: secrets stay with their origin
            headers = _without(headers, *_PRIVATE_HEADERS)
        url = target
    raise _refused("too_many_redirects", f"{request.url} redirects more than {_MOST_REDIRECTS} times")


def _send(
    method: str, url: str, headers: dict[str, str], body: bytes | None, here: bool, largest: int
) -> tuple[FetchAnswer, str | None]:
    """The answer, or, with an empty body, where it redirects to."""
    import httpx

    from nangonb._nango import transfer
    from nangonb._nango.certificates import LateContext

    locations: list[str] = []

    def hide(response: httpx.Response) -> None:
        # httpx looks at a redirect's target also where it does not follow, and fails where it is no URL
        if "location" in response.headers:
            locations.append(response.headers.pop("location"))

    # a proxy of the environment is never asked for something on this machine
    transport = transfer.DeadlineTransport(LateContext(trust_env=not here), trust_env=not here)
    timeout = httpx.Timeout(_TIMEOUT, connect=_CONNECT_TIMEOUT)
    try:
        with (
            unlogged(),
            httpx.Client(transport=transport, timeout=timeout, event_hooks={"response": [hide]}) as client,
        ):
            client.headers["Accept-Encoding"] = transfer.ENCODINGS
            request = client.build_request(method, url, headers=headers, content=body)
            with transfer.sent(client, request) as answer:
                location = next(iter(locations), None) if answer.status_code in _REDIRECTS else None
                content = transfer.read(answer, largest) if location is None else b""
    except transfer.TooLarge as error:
        raise BodyTooLarge(
            f"fetch failed: {error}", code="ERR_BAD_RESPONSE", method=method, url=url
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        code = _CODES.get(type(error).__name__, "ECONNRESET")
        raise HTTPError("fetch failed", code=code, method=method, url=url) from None
    headers = {**answer.headers, **({"location": locations[0]} if locations else {})}
    return FetchAnswer(answer.status_code, headers, content, url), location


def _check(url: str, *, loopback: bool) -> bool:
    """Whether ``url`` is on this machine. Raises ActionError (``url_not_allowed``) where it may not be asked.

    The name is looked up here and once more when it is asked: this keeps a script from what Nango would
    refuse, and is no wall around a hostile one, which is the user's own code.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _refused("url_not_allowed", f"{url!r} is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise _refused("url_not_allowed", f"{url!r} is not an http or https URL")
    try:
        infos = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HTTPError("fetch failed", code="ENOTFOUND", url=url) from None
    addresses = [ip_address(str(address[0]).partition("%")[0]) for _, _, _, _, address in infos]
    if not all(_allowed(address, loopback) for address in addresses):
        raise _refused("url_not_allowed", f"{host} is an address of a private network")
    return any(address.is_loopback for address in addresses)


def _allowed(address: IPv4Address | IPv6Address, loopback: bool) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return loopback if address.is_loopback else address.is_global and not address.is_multicast


def _target(url: str, location: str) -> str:
    try:
        target = urljoin(url, location)
        parts = urlsplit(target)
        parts.port  # noqa: B018 - it is parsed when it is read
    except ValueError:
        raise _refused("invalid_redirect", f"{url} redirects to {location!r}, which is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        reason = f"{url} redirects to {location!r}, which is not an http or https URL"
        raise _refused("invalid_redirect", reason)
    return target


def _without(headers: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in names}


def _refused(code: str, why: str) -> ActionError:
    return ActionError({"code": code, "message": f"nango.uncontrolled_fetch(): {why}."})
