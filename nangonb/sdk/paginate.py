"""``nango.paginate``: cursor, link and offset pagination, with the stop rules of Nango's runner.

Mirrors runner-sdk's ``paginate.service``, error texts included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from nangonb.errors import SDKError
from nangonb.nango import ProxyRequest
from nangonb.sdk.options import did_you_mean
from nangonb.sdk.response import Response

Send = Callable[[ProxyRequest, int], Response]
OnPage = Callable[[Any, Response], object]
Warn = Callable[[str], object]
Repeated = Callable[[str, int], object]
"""What came again, and how many times in a row."""

#: Names of ``paginate``; Nango's own.
SETTINGS = (
    "type",
    "limit",
    "limit_name_in_request",
    "response_path",
    "in_body",
    "on_page",
    "cursor_name_in_request",
    "cursor_path_in_response",
    "link_rel_in_response_header",
    "link_path_in_response_body",
    "offset_name_in_request",
    "offset_start_value",
    "offset_calculation_method",
)
_METHODS = ("by-response-size", "per-page")


@dataclass(frozen=True, slots=True)
class Pagination:
    """The merged pagination config: the script's over the provider's. Names are Nango's."""

    type: str
    config: Mapping[str, Any]
    in_body: bool
    on_page: OnPage | None = None

    @property
    def limit(self) -> int | None:
        return self.config.get("limit")

    def required(self, name: str) -> str:
        value = self.config.get(name)
        if not value:
            raise _invalid(f"Param {name} is required for {self.type} pagination")
        return str(value)


def pagination(
    request: ProxyRequest, given: Mapping[str, Any] | None, provider: Mapping[str, Any]
) -> Pagination:
    """The config that applies to ``request``.

    Raises:
        SDKError: there is none, or it lacks what its type needs.
    """
    _check(given)
    default = (provider.get("proxy") or {}).get("paginate") or {}
    config = {**default, **(given or {})}
    if not config:
        raise _invalid(
            "There was no pagination configuration for this integration or configuration passed in."
        )
    kind = config.get("type")
    if not kind:
        raise _invalid("Pagination type is required")
    in_body = config.get("in_body")
    if in_body is None:
        in_body = request.method in ("POST", "PUT", "PATCH")
    found = Pagination(str(kind).lower(), config, bool(in_body), config.get("on_page"))
    match found.type:
        case "cursor":
            found.required("cursor_name_in_request")
            found.required("cursor_path_in_response")
            if found.limit and not config.get("limit_name_in_request"):
                raise _invalid(
                    "Param limit_name_in_request is required for cursor pagination when limit is set"
                )
        case "link":
            if not config.get("link_rel_in_response_header") and not config.get("link_path_in_response_body"):
                raise _invalid(
                    "Either param link_rel_in_response_header or link_path_in_response_body "
                    "is required for link pagination"
                )
        case "offset":
            found.required("offset_name_in_request")
        case other:
            raise _invalid(
                f"Pagination type {other} is not supported. "
                "Only cursor, link and offset pagination types are supported."
            )
    return found


def _check(given: Any) -> None:
    """What a type checker would say of ``PaginationConfig`` in TypeScript."""
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise _invalid(f"paginate is a dict, not {type(given).__name__}: paginate={{'type': 'cursor', …}}")
    for name in given:
        if name not in SETTINGS:
            raise _invalid(f"paginate has no setting {name!r}.{did_you_mean(str(name), SETTINGS)}")
    limit, start = given.get("limit"), given.get("offset_start_value")
    for name, value in (("limit", limit), ("offset_start_value", start)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise _invalid(f"paginate: {name} is a number, 0 or more, not {value!r}")
    method = given.get("offset_calculation_method")
    if method is not None and method not in _METHODS:
        raise _invalid(f"paginate: offset_calculation_method is {' or '.join(_METHODS)}, not {method!r}")
    if given.get("on_page") is not None and not callable(given["on_page"]):
        raise _invalid("paginate: on_page is a function of two arguments: on_page(next_page_param, response)")


class Repeats:
    """Notices a provider that goes round in circles. ``report`` gets each repetition in a row."""

    def __init__(self, report: Repeated) -> None:
        self._report = report
        self._seen: set[int] = set()
        self._times = 0

    def check(self, what: str, value: Any) -> None:
        key = hash(value)
        if key not in self._seen:
            self._seen.add(key)
            self._times = 0
            return
        self._times += 1
        self._report(what, self._times)


def pages(
    request: ProxyRequest, how: Pagination, send: Send, warn: Warn, repeated: Repeated
) -> Iterator[Any]:
    """Yields each page as it comes: what stands at ``response_path``, or the whole body.

    ``warn`` is told where pages end because what stands there is no list, ``repeated`` where the provider
    gives a cursor, link or page that it gave before; Nango's runner says nothing, and goes on.
    """
    repeats = Repeats(repeated)
    if how.limit and how.config.get("limit_name_in_request"):
        request = _with(request, how, str(how.config["limit_name_in_request"]), how.limit)
    walk = {"cursor": _cursor, "link": _link, "offset": _offset}[how.type]

    def checked(asked: ProxyRequest, page: int) -> Response:
        response = send(asked, page)
        if response.only_page:
            raise _OnlyPage(response)
        return response

    return _until_only_page(walk(request, how, checked, warn, repeats), how)


class _OnlyPage(Exception):
    """Ends a walk: the answer is all there is."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def _until_only_page(walk: Iterator[Any], how: Pagination) -> Iterator[Any]:
    try:
        yield from walk
    except _OnlyPage as end:
        data = end.response.data
        path = how.config.get("response_path")
        if isinstance(data, list):
            yield data
        elif path:
            yield at_path(data, str(path))
        elif isinstance(data, Mapping):  # as Nango's test library: each list of the body is a page
            yield from (value for value in data.values() if isinstance(value, list))


def _cursor(
    request: ProxyRequest, how: Pagination, send: Send, warn: Warn, repeats: Repeats
) -> Iterator[Any]:
    page = 0
    while True:
        page += 1
        response = send(request, page)
        data = _page_data(response, how)
        if _is_last(response, data, how, page, warn):
            return
        yield data
        cursor = at_path(response.data, how.required("cursor_path_in_response"))
        if isinstance(cursor, str):
            cursor = cursor.strip() or None
        elif isinstance(cursor, bool) or not isinstance(cursor, (int, float)):
            cursor = None
        if how.on_page:
            how.on_page(cursor, response)
        if cursor is None:
            return
        repeats.check(f"the cursor {str(cursor)[:100]!r}", cursor)
        request = _with(request, how, how.required("cursor_name_in_request"), cursor)


def _link(request: ProxyRequest, how: Pagination, send: Send, warn: Warn, repeats: Repeats) -> Iterator[Any]:
    page, previous = 0, None
    while True:
        page += 1
        response = send(request, page)
        yield _page_data(response, how)
        link = _next_link(response, how)
        if how.on_page:
            how.on_page(link, response)
        if link and link == previous:
            warn(f"The provider gave the link {link[:100]!r} again, so that pages end here.")
        if not link or link == previous:
            return
        previous = link
        repeats.check(f"the link {link[:100]!r}", link)
        parts = urlsplit(link)
        if parts.scheme in ("http", "https") and parts.netloc:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            request = replace(
                request,
                base_url_override=f"{parts.scheme}://{parts.netloc}",
                endpoint=path or "/",
                params=None,
            )
        else:
            request = replace(request, endpoint=link, params=None)


def _offset(
    request: ProxyRequest, how: Pagination, send: Send, warn: Warn, repeats: Repeats
) -> Iterator[Any]:
    name = how.required("offset_name_in_request")
    offset = how.config.get("offset_start_value") or 0
    by_page = how.config.get("offset_calculation_method") == "per-page"
    page = 0
    while True:
        page += 1
        request = _with(request, how, name, offset if how.in_body else str(offset))
        response = send(request, page)
        digest = response.digest()
        data = _page_data(response, how)
        if _is_last(response, data, how, page, warn):
            return
        repeats.check(f"the page at {name} {offset}", digest)
        yield data
        if how.limit and len(data) < how.limit:
            return
        offset += 1 if by_page else len(data)
        if how.on_page:
            how.on_page(offset, response)


def _is_last(response: Response, data: Any, how: Pagination, page: int, warn: Warn) -> bool:
    """Whether pages end here: JavaScript's ``!data || !data.length``."""
    path = how.config.get("response_path")
    if isinstance(data, Mapping):
        where = f"At response_path {path!r}" if path else "Without response_path"
        warn(f"{where} the page is an object, not a list, so that pages end here.{_lists_in(data)}")
        return True
    if data is None and page == 1 and isinstance(response.data, Mapping):
        warn(f"The first page has nothing at response_path {path!r}.{_lists_in(response.data)}")
    return not isinstance(data, (list, str)) or not data


def _lists_in(data: Mapping[str, Any]) -> str:
    names = [name for name, value in data.items() if isinstance(value, list)]
    return f" Its lists: {', '.join(names[:5])}." if names else ""


def _page_data(response: Response, how: Pagination) -> Any:
    path = how.config.get("response_path")
    return at_path(response.data, str(path)) if path else response.data


def _next_link(response: Response, how: Pagination) -> str | None:
    rel = how.config.get("link_rel_in_response_header")
    if rel:
        link = _link_header(response.headers.get("link", ""), str(rel))
        if link:
            return link
    path = how.config.get("link_path_in_response_body")
    link = at_path(response.data, str(path)) if path else None
    return link if isinstance(link, str) and link else None


def _link_header(header: str, rel: str) -> str | None:
    """The URL of one relation in a ``Link`` header (RFC 8288)."""
    for part in header.split(", <"):
        target, _, parameters = part.lstrip("<").partition(">")
        for parameter in parameters.split(";"):
            name, _, value = parameter.strip().partition("=")
            if name.lower() == "rel" and rel in value.strip('"').split():
                return target
    return None


def at_path(data: Any, path: str) -> Any:
    """What stands at a dotted path (``paging.next.after``, ``items[0].id``), or None; as lodash ``get``."""
    if isinstance(data, Mapping) and path in data:
        return data[path]
    for key in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(data, Mapping):
            data = data.get(key)
        elif isinstance(data, list) and key.isdecimal() and int(key) < len(data):
            data = data[int(key)]
        else:
            return None
    return data


def _with(request: ProxyRequest, how: Pagination, name: str, value: Any) -> ProxyRequest:
    """The request with one more parameter, in the query string or in the body."""
    if not how.in_body:
        params = request.params
        if isinstance(params, str):
            raise _invalid(f"params must be a dict, not text, because {name} is added to it for each page")
        return replace(request, params={**(params or {}), name: value})
    if request.data is not None and not isinstance(request.data, Mapping):
        raise _invalid(f"data must be a dict, because {name} is added to it for each page")
    return replace(request, data=_set_path(dict(request.data or {}), name.split("."), value))


def _set_path(data: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    if len(path) == 1:
        return {**data, path[0]: value}
    inner = data.get(path[0])
    return {**data, path[0]: _set_path(dict(inner) if isinstance(inner, Mapping) else {}, path[1:], value)}


def _invalid(message: str) -> SDKError:
    return SDKError(message, code="invalid_pagination")
