"""Which request a saved response belongs to: the identity that Nango's CLI computes, and its hash.

The CLI hashes what it sent to ``/proxy``; the test library of Nango hashes what the script asked for. The two
differ for forms, for addresses that a URL writes otherwise, and in headers that the client adds. A request is
known by any of them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from nangonb._nango import ProxyRequest, js_string, json_text
from nangonb._nango.encoding import proxy_path, request_body

#: Headers that say nothing about which answer comes.
_FILTERED: Final = frozenset(
    {
        "authorization", "user-agent", "nango-proxy-user-agent", "accept-encoding", "retries", "host",
        "connection-id", "provider-config-key", "nango-is-sync", "nango-is-script", "nango-is-dry-run",
        "nango-activity-log-id", "content-length", "accept", "base-url-override", "retry-on",
        "forward-headers-on-redirect",
    }
)  # fmt: skip
#: Those that the layout of nango.yaml leaves out where a test computes its hash.
_FILTERED_BEFORE: Final = frozenset(
    {
        "authorization", "user-agent", "nango-proxy-user-agent", "accept-encoding", "retries", "host",
        "connection-id", "provider-config-key",
    }
)  # fmt: skip
_PREFIX: Final = "nango-proxy-"
_LONGEST: Final = 1000

Pairs = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """``endpoint`` has no leading slash; ``params`` and ``headers`` are sorted; ``data`` is None or text.

    Requests to Nango's own API, past the proxy, keep their slash: ``/records``.
    """

    method: str
    endpoint: str
    params: Pairs = ()
    headers: Pairs = ()
    data: str | None = None

    @property
    def hash(self) -> str:
        """SHA-1 of the identity as ``JSON.stringify`` writes it, in hex."""
        fields: dict[str, Any] = {
            "method": self.method,
            "endpoint": self.endpoint,
            "params": [list(pair) for pair in self.params],
            "headers": [list(pair) for pair in self.headers],
        }
        if self.data is not None:
            fields["data"] = self.data
        return _sha1(json_text(fields))

    @property
    def line(self) -> str:
        """``GET /items?cursor=a``, for people."""
        query = "&".join(f"{name}={js_string(value)}" for name, value in self.params)
        return f"{self.method.upper()} /{self.endpoint.lstrip('/')}{'?' if query else ''}{query}"


def as_sent(request: ProxyRequest) -> Identity:
    """What the CLI hashes when it saves: the URL, headers and body of the request to Nango's proxy.

    Raises UsageError for data that cannot be sent.
    """
    return _sent(request, form_is_default=True)


def as_asked(request: ProxyRequest) -> Identity:
    """What Nango's test library hashes: the script's own endpoint, params, headers and data."""
    endpoint = request.endpoint
    if urlsplit(endpoint).scheme in ("http", "https"):
        parts = urlsplit(endpoint)
        endpoint = parts.path + (f"?{parts.query}" if parts.query else "")
    path, params = _address(endpoint, request.params)
    headers = _headers((request.headers or {}).items(), _FILTERED, form_is_default=True)
    return Identity(
        request.method.lower(), path.removeprefix("/"), params, headers, data_identity(request.data)
    )


def identities(request: ProxyRequest) -> tuple[Identity, ...]:
    """All that a saved response may know a request by; the CLI's own first, the old layout's last."""
    candidates = (
        as_sent(request),
        as_asked(request),
        _sent(request, form_is_default=False),
        _asked_before(request),
    )
    return tuple(dict.fromkeys(candidates))


def data_identity(data: Any) -> str | None:
    """Text as it is, bytes in base64, anything else as JSON; a hash where that is long; None for nothing."""
    if data is None or data is False or (isinstance(data, (str, bytes, int, float)) and not data):
        return None
    if isinstance(data, (bytes, bytearray, memoryview)):
        text = base64.b64encode(bytes(data)).decode()
    else:
        text = data if isinstance(data, str) else json_text(data)
    # JavaScript counts in units of UTF-16
    long = len(text) > _LONGEST or len(text.encode("utf-16-le", "surrogatepass")) > 2 * _LONGEST
    return f"sha1:{_sha1(text)}" if long else text


def whole_data(request: ProxyRequest, data: str | None) -> str | None:
    """The data of an identity; where that is but a hash of it, what is sent."""
    if data is None or not data.startswith("sha1:"):
        return data
    given = (request.headers or {}).items()
    content_type = next((js_string(value) for name, value in given if name.lower() == "content-type"), None)
    content, _ = request_body(request.method.upper(), request.data, content_type)
    return (content or b"").decode("utf-8", "replace")


def _sent(request: ProxyRequest, *, form_is_default: bool) -> Identity:
    method = request.method.upper()
    given = request.headers or {}
    content_type = next((js_string(v) for name, v in given.items() if name.lower() == "content-type"), None)
    data = request.data
    if data is not None and not isinstance(data, (bytes, bytearray, memoryview)):
        content, content_type = request_body(method, data, content_type)
        data = None if content is None else content.decode("utf-8", "surrogatepass")
    elif method not in ("POST", "PUT", "PATCH", "DELETE"):
        data = None
    sent: dict[str, Any] = dict(given)
    if content_type is not None:
        sent["Content-Type"] = content_type
    if request.decompress:
        sent["Decompress"] = True
    path, params = _address(request.endpoint, request.params)
    headers = _headers(sent.items(), _FILTERED, form_is_default=form_is_default)
    return Identity(method.lower(), path.removeprefix("/"), params, headers, data_identity(data))


def _asked_before(request: ProxyRequest) -> Identity:
    """The test library of the CLIs that read nango.yaml: nothing is written as a URL writes it."""
    given = request.params if isinstance(request.params, Mapping) else {}
    params = tuple(_sorted((str(name), _plain(value)) for name, value in given.items()))
    headers = _headers((request.headers or {}).items(), _FILTERED_BEFORE, form_is_default=None)
    endpoint = request.endpoint.removeprefix("/")
    return Identity(request.method.lower(), endpoint, params, headers, data_identity(request.data))


def _address(endpoint: str, params: Mapping[str, Any] | str | None) -> tuple[str, Pairs]:
    path, _, query = proxy_path(endpoint, params).removeprefix("/proxy").partition("?")
    return path, tuple(_sorted(parse_qsl(query, keep_blank_values=True, errors="replace")))


def _headers(
    given: Iterable[tuple[str, Any]], filtered: frozenset[str], *, form_is_default: bool | None
) -> Pairs:
    """``form_is_default``: None keeps every content type."""
    by_name: dict[str, tuple[str, str]] = {}
    for name, value in given:
        name = name[len(_PREFIX) :] if name.lower().startswith(_PREFIX) else name
        by_name.setdefault(name.lower(), (name, js_string(value)))
    kept = [
        pair
        for name, pair in by_name.items()
        if name not in filtered
        and (form_is_default is None or not _is_default(name, pair[1], form=form_is_default))
    ]
    return tuple(_sorted(kept))


def _is_default(name: str, value: str, *, form: bool) -> bool:
    """Whether it is the content type that the CLI's client would have chosen by itself."""
    if name != "content-type":
        return False
    value = value.lower()
    return value in ("application/json", "undefined") or (form and is_form(value))


def is_form(content_type: str) -> bool:
    return content_type.lower().startswith("application/x-www-form-urlencoded")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float, str)) else js_string(value)


def _sorted(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """By name, in the order of JavaScript's ``<``; stable."""
    return sorted(pairs, key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
