"""Options of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from nangonb.errors import nearest


class RequestOptions(TypedDict, total=False):
    """Keywords of ``nango.proxy``, ``get``, ``post``, ``put``, ``patch``, ``delete`` and ``paginate``.

    ``params``: parameters of the query; a list is sent as ``1,2``, as JavaScript does.
    ``data``: the body; dict and list go as JSON, or as a form where the ``Content-Type`` header says so.
    ``retries``: how often Nango repeats a failed request (network errors, 429, 401 and 5xx); default 0.
    ``retry_on``: more statuses to repeat.
    ``response_type``: ``arraybuffer`` for bytes, ``text`` to leave JSON undecoded.
    ``provider_config_key``, ``connection_id``: another connection than the script's own.
    Mirrors ``ProxyConfiguration`` of Nango's runner-sdk.
    """

    params: Mapping[str, Any] | str | None
    headers: Mapping[str, Any] | None
    data: Any
    retries: int
    retry_on: Sequence[int] | None
    base_url_override: str | None
    decompress: bool
    forward_headers_on_redirect: bool
    response_type: Literal["json", "text", "arraybuffer"] | None
    provider_config_key: str | None
    connection_id: str | None


def check_options(verb: str, options: Mapping[str, Any]) -> None:
    """Raises :class:`TypeError` for a keyword that is no option, naming the one that was probably meant."""
    for name in options:
        if name not in RequestOptions.__annotations__:
            snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
            match = nearest(snake, RequestOptions.__annotations__)
            hint = f" Did you mean {match!r}?" if match else ""
            if name == "method":
                hint = " Use nango.proxy(…, method=…)."
            raise TypeError(f"nango.{verb}() has no option {name!r}.{hint}")
