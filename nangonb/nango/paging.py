"""All pages of a list, whatever the server's age."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from nangonb.nango.types import ApiResponseError

_MAY_HAVE_MORE: Final = 100  # no Nango pages in smaller pieces
_MOST_PAGES: Final = 1_000  # then the server must be wrong


def pages(fetch: Callable[[Mapping[str, Any]], list[Any]]) -> Iterator[list[Any]]:
    """The pages that ``fetch`` returns for ``{}``, ``{"page": 1}``, ``{"page": 2}`` …

    Older servers send everything at once and refuse the parameter, so the first request has none.
    """
    first = fetch({})
    yield first
    if len(first) < _MAY_HAVE_MORE:
        return
    previous = first
    for number in range(1, _MOST_PAGES):
        try:
            page = fetch({"page": number})
        except ApiResponseError as error:
            if number == 1 and error.code == "invalid_query_params":
                return
            raise
        if not page:
            return
        if page == previous:
            # Page 1 is the first one again where pages count from 1; later it means that there are none.
            if number > 1:
                return
            continue
        yield page
        previous = page
