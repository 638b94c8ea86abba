"""``nango.paginate``: cursor, link and offset pagination, with the stop rules of Nango's runner.

Mirrors runner-sdk's ``paginate.service``, error texts included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import SplitResult, urlsplit

from nangonb._nango import ProxyRequest
from nangonb._sdk import doubts
from nangonb._sdk.doubts import number_of
from nangonb._sdk.links import link_of
from nangonb._sdk.options import did_you_mean
from nangonb._sdk.response import Response
from nangonb._sdk.runtime import Doubt
from nangonb.errors import SDKError

Send = Callable[[ProxyRequest, int], Response]
OnPage = Callable[[Any, Response], object]
Repeated = Callable[[str, int], object]
"""What came again, and how many times in a row."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Whom a walk tells what Nango's runner would not say.

    ``warn``: why pages end where they do. ``doubt``: records may be missing. ``repeated``: the provider
    gives a cursor, link or page that it gave before.
    """

    warn: Callable[[str], object]
    doubt: Callable[[Doubt], object]
    repeated: Repeated


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
        """The size of a page as a number; what goes into the request is ``config["limit"]`` as given."""
        return number_of(self.config.get("limit"))

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
    how = Pagination(str(kind).lower(), config, bool(in_body), config.get("on_page"))
    match how.type:
        case "cursor":
            how.required("cursor_name_in_request")
            how.required("cursor_path_in_response")
            if how.limit and not config.get("limit_name_in_request"):
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
            how.required("offset_name_in_request")
        case other:
            raise _invalid(
                f"Pagination type {other} is not supported. "
                "Only cursor, link and offset pagination types are supported."
            )
    return how


def _check(given: Any) -> None:
    """What a type checker would say of ``PaginationConfig`` in TypeScript."""
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise _invalid(f"paginate is a dict, not {type(given).__name__}: paginate={{'type': 'cursor', …}}")
    for name in given:
        if name not in SETTINGS:
            raise _invalid(f"paginate has no setting {name!r}.{did_you_mean(str(name), SETTINGS)}")
    for name in ("limit", "offset_start_value"):
        value = given.get(name)
        # Nango takes a limit as text, too; an offset as text would be joined to the next one, as text
        number = number_of(value) if name == "limit" or not isinstance(value, str) else None
        if value is not None and (number is None or number < 0):
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


def pages(request: ProxyRequest, how: Pagination, send: Send, tell: Tell) -> Iterator[Any]:
    """Yields each page as it comes: the value at ``response_path``, or the whole body."""
    repeats = Repeats(tell.repeated)
    if how.limit and how.config.get("limit_name_in_request"):
        request = _with(request, how, str(how.config["limit_name_in_request"]), how.config["limit"])
    walk = {"cursor": _cursor, "link": _link, "offset": _offset}[how.type]

    def checked(asked: ProxyRequest, page: int) -> Response:
        response = send(asked, page)
        if response.only_page:
            raise _OnlyPage(response)
        return response

    return _until_only_page(walk(request, how, checked, tell, repeats), how)


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
    request: ProxyRequest, how: Pagination, send: Send, tell: Tell, repeats: Repeats
) -> Iterator[Any]:
    page = 0
    while True:
        page += 1
        response = send(request, page)
        data = _page_data(request, response, how, page, tell)
        cursor = _next_cursor(response, how)
        if _is_last(data):
            if cursor is not None and data == []:
                tell.doubt(doubts.of_empty_page(request, response, how, page))
            return
        yield data
        if how.on_page:
            how.on_page(cursor, response)
        if cursor is None:
            return
        repeats.check(f"the cursor {str(cursor)[:100]!r}", cursor)
        request = _with(request, how, how.required("cursor_name_in_request"), cursor)


def _link(request: ProxyRequest, how: Pagination, send: Send, tell: Tell, repeats: Repeats) -> Iterator[Any]:
    page, previous = 0, None
    while True:
        page += 1
        response = send(request, page)
        data = _page_data(request, response, how, page, tell)
        yield data
        link = _next_link(response, how)
        doubt = doubts.of_link(request, response, how, page, data, link, _link_in_body(response, how))
        if doubt is not None:
            tell.doubt(doubt)
        if how.on_page:
            how.on_page(link, response)
        if link and link == previous:
            tell.doubt(doubts.of_repeated_link(request, how, data, link))
        if not link or link == previous:
            return
        previous = link
        repeats.check(f"the link {link[:100]!r}", link)
        parts = _absolute(link)
        if parts is not None:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            request = replace(
                request,
                base_url_override=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
                endpoint=path or "/",
                params=None,
            )
        else:
            request = replace(request, endpoint=link, params=None)


def _offset(
    request: ProxyRequest, how: Pagination, send: Send, tell: Tell, repeats: Repeats
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
        data = _page_data(request, response, how, page, tell)
        if _is_last(data):
            return
        repeats.check(f"the page at {name} {offset}", digest)
        yield data
        if how.limit and len(data) < how.limit:
            return
        offset += 1 if by_page else len(data)
        if how.on_page:
            how.on_page(offset, response)


def _is_last(data: Any) -> bool:
    """Whether pages end here: JavaScript's ``!data || !data.length``."""
    return not isinstance(data, (list, str)) or not data


def _page_data(request: ProxyRequest, response: Response, how: Pagination, page: int, tell: Tell) -> Any:
    """The page. Nango's runner treats what is not a page as the end, and reports nothing."""
    path = how.config.get("response_path")
    data = at_path(response.data, str(path), doubts.ABSENT) if path else response.data
    doubt = doubts.of_page(request, response, how, page, data)
    if doubt is not None:
        tell.doubt(doubt)
    return None if data is doubts.ABSENT else data


def _next_cursor(response: Response, how: Pagination) -> str | int | float | None:
    cursor = at_path(response.data, how.required("cursor_path_in_response"))
    if isinstance(cursor, str):
        return cursor.strip() or None
    return None if isinstance(cursor, bool) or not isinstance(cursor, (int, float)) else cursor


def _next_link(response: Response, how: Pagination) -> str | None:
    rel = how.config.get("link_rel_in_response_header")
    if rel:
        link = link_of(response.headers.get("link", ""), str(rel))
        if link:
            return link
    return _link_in_body(response, how)


def _link_in_body(response: Response, how: Pagination) -> str | None:
    path = how.config.get("link_path_in_response_body")
    link = at_path(response.data, str(path)) if path else None
    return link if isinstance(link, str) and link else None


def _absolute(link: str) -> SplitResult | None:
    """The parts of an absolute URL; None for a path, which is the next endpoint."""
    try:
        parts = urlsplit(link)
    except ValueError:  # [ in the host
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc else None


def at_path(data: Any, path: str, absent: Any = None) -> Any:
    """The value at a dotted path (``paging.next.after``, ``items[0].id``), or ``absent``; as ``_.get``."""
    if isinstance(data, Mapping) and path in data:
        return data[path]
    for key in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(data, Mapping) and key in data:
            data = data[key]
        elif isinstance(data, list) and key.isdecimal() and int(key) < len(data):
            data = data[int(key)]
        else:
            return absent
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
