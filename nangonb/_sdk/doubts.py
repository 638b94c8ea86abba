"""Where the end of a pagination may be none: what Nango's runner takes for it, and says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from nangonb._nango import ProxyRequest
from nangonb._sdk.links import NANGO_READS, link_on_nango, may_hide
from nangonb._sdk.response import Response
from nangonb._sdk.runtime import Doubt
from nangonb._text import plural

ABSENT: Final[Any] = object()
"""The value at a path that the body lacks; None is a null."""

_JSON_OR_HTML: Final = re.compile("json|html")
_END: Final = "nango.paginate ends here, on Nango too, and records may be missing."
_SAID_IN_200: Final = "Some providers report an error with status 200."
_AFTER_204: Final = (
    "If the provider answers 204 after its last page, set `limit`: a shorter page is the last one."
)
_OTHER_WAYS: Final = "link_path_in_response_body, a cursor or an offset, where the provider has one"

#: How providers call the size of a page: per_page, pageSize, page[size], $top …
_SIZES: Final = frozenset({"perpage", "pagesize", "limit", "size", "count", "top", "first", "maxresults"})


class Pagination(Protocol):
    """What a doubt depends on: see :class:`nangonb._sdk.paginate.Pagination`."""

    @property
    def type(self) -> str: ...
    @property
    def config(self) -> Mapping[str, Any]: ...
    @property
    def limit(self) -> int | None: ...


def of_page(request: ProxyRequest, response: Response, how: Pagination, page: int, data: Any) -> Doubt | None:
    """``data`` is the value at ``response_path``: the page, or ABSENT."""
    path, body, named = how.config.get("response_path"), response.data, _named(request, response, page)
    if not isinstance(body, (Mapping, list)):
        return _of_body(named, response, how, page)
    if data is ABSENT:
        where = f"nothing at response_path {path!r}"
        if page == 1:
            return _no_list(f"The first page has {where}.{_lists_in(body)}", lost=False)
        return _no_list(f"{named} has {where}. {_END}", _look(response, _SAID_IN_200))
    if isinstance(data, Mapping) and how.type != "link":
        where = f"At response_path {path!r}" if path else "Without response_path"
        message = f"{where} the page is an object, not a list. Pagination ends here.{_lists_in(data)}"
        if page == 1:
            return _no_list(message, lost=False)
        return _no_list(f"{named}: {message}", _look(response, _SAID_IN_200))
    return None


def of_empty_page(request: ProxyRequest, response: Response, how: Pagination, page: int) -> Doubt:
    """An empty page that has a cursor."""
    named, path = _named(request, response, page), how.config["cursor_path_in_response"]
    message = f"{named} is empty and has a cursor at {path!r}. {_END}"
    hint = "If more pages follow an empty one, follow the cursors with nango.get in place of nango.paginate."
    return Doubt("empty-page", message, hint, lost=False)


def of_repeated_link(request: ProxyRequest, how: Pagination, data: Any, link: str) -> Doubt:
    """The link of the page before. A last page may name itself; a full one is hardly the last."""
    full = isinstance(data, list) and _is_full(request, how, len(data))
    message = f"The provider returned the link {link[:100]!r} again. Pagination ends here."
    hint = "On Nango they end here, too. Look at which parameter the provider takes as the next page."
    return Doubt("repeated-page", message, hint, lost=full)


def of_link(
    request: ProxyRequest,
    response: Response,
    how: Pagination,
    page: int,
    data: Any,
    link: str | None,
    link_in_body: str | None,
) -> Doubt | None:
    """Where a deployed script goes on differently after a page; ``link`` is where this run does."""
    rel, header = how.config.get("link_rel_in_response_header"), response.headers.get("link")
    if not rel:
        return None
    named = _named(request, response, page)
    if header is None:
        if link is not None or not isinstance(data, list) or not _is_full(request, how, len(data)):
            return None
        return Doubt(
            "link-header-missing",
            f"{named} is full ({plural(len(data), 'record')}) and has no Link header: pages end here. "
            "Nango's proxy drops this header from answers that are not chunked: records may be missing here.",
            "A deployed script calls the provider itself and gets the header. For all pages in a dry run, "
            f"use {_OTHER_WAYS}.",
        )
    on_nango = link_on_nango(header, str(rel)) or link_in_body
    if on_nango == link:
        full = isinstance(data, list) and _is_full(request, how, len(data))
        if link is not None or not full or not may_hide(header, str(rel)):
            return None
        return Doubt(
            "link-header",
            f"{named} is full ({plural(len(data), 'record')}) and its Link header cannot be read: "
            f"{header[:100]!r}. Pages end here, on Nango too: records may be missing.",
            f"Use {_OTHER_WAYS}; or follow the header with nango.get.",
        )
    takes = "ends the pages here" if on_nango is None else f"continues at {on_nango[:100]!r}"
    why = f": the header has {len(header):,} characters, and Nango reads no more than {NANGO_READS:,}"
    return Doubt(
        "link-header",
        f"{named}: Nango's runner reads the Link header differently, and "
        f"{takes}{why if len(header) > NANGO_READS else ''}.",
        f"Use {_OTHER_WAYS}; or follow the header with nango.get.",
    )


def number_of(value: Any) -> int | None:
    """An integer, or the one in a text; 0 for an empty text, as in JavaScript. None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        return int(text) if text.isascii() and text.isdigit() else None if text else 0
    return None if isinstance(value, bool) or not isinstance(value, int) else value


def _of_body(named: str, response: Response, how: Pagination, page: int) -> Doubt | None:
    """What is wrong with a body that is not a JSON object or array."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    size = len(response.data) if isinstance(response.data, (str, bytes)) else None
    if size and how.type == "link" and not how.config.get("response_path") and not _JSON_OR_HTML.search(kind):
        return None  # text by intent, such as CSV: its next page is in the header
    if response.status == 204 and page == 1:
        return None  # nothing was promised, and there is nothing
    if size == 0:
        problem = f"has no body (status {response.status})"
    elif size is None:
        problem = "is not a JSON object or array"
    else:
        unit = "byte" if isinstance(response.data, bytes) else "character"
        problem = f"is not a JSON object or array: {plural(size, unit)} of {kind or 'no content type'}"
        problem += ", perhaps cut off" if "json" in kind else ""
    more = _AFTER_204 if response.status == 204 else ""
    return Doubt("page-not-json", f"{named} {problem}. {_END}", _look(response, more))


def _no_list(message: str, hint: str = "", *, lost: bool = True) -> Doubt:
    return Doubt("page-without-list", message, hint, lost)


def _named(request: ProxyRequest, response: Response, page: int) -> str:
    """The request of a page. Its query is left out, which may hold a secret."""
    path = request.endpoint.partition("?")[0]
    number = f"request {response.number}, " if response.number else ""
    return f"Page {page} ({number}{request.method} {path})"


def _look(response: Response, more: str) -> str:
    look = f"nangonb.last_dryrun().request({response.number}) shows the answer." if response.number else ""
    return f"{look} {more}".strip()


def _lists_in(data: Any) -> str:
    fields = data.items() if isinstance(data, Mapping) else ()
    names = [name for name, value in fields if isinstance(value, list)]
    return f" Its lists: {', '.join(names[:5])}." if names else ""


def _is_full(request: ProxyRequest, how: Pagination, count: int) -> bool:
    """Whether a page of ``count`` records may have another behind it.

    Without a known limit, a round number counts as full: it is what pages have by default. So does a round
    hundred below the limit, because providers have a limit of their own.
    """
    limit = how.limit or _limit_in(request, how)
    if limit:
        return count >= limit or (count > 0 and count % 100 == 0)
    return count > 0 and (count % 10 == 0 or count % 25 == 0)


def _limit_in(request: ProxyRequest, how: Pagination) -> int | None:
    """The size of a page that the script itself asks for."""
    name = how.config.get("limit_name_in_request")
    given: dict[str, Any] = dict(parse_qsl(request.endpoint.partition("?")[2]))
    for more in (request.params, request.data):
        given |= dict(parse_qsl(more)) if isinstance(more, str) else more if isinstance(more, Mapping) else {}
    sizes = (value for key, value in given.items() if key == name or _plain(key) in _SIZES)
    return next((number for size in sizes if (number := number_of(size))), None)


def _plain(name: Any) -> str:
    return re.sub("[^a-z]", "", str(name).lower())
