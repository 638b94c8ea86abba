"""Options of a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypedDict

from nangonb._sdk.names import snake_case
from nangonb.errors import SDKError, nearest

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_RESPONSE_TYPES: Final = ("json", "text", "arraybuffer")
ZERO_YAML_ONLY: Final = frozenset({"decompress", "forward_headers_on_redirect"})
"""Options that the CLI of the layout nango-yaml lacks."""


class RequestOptions(TypedDict, total=False):
    """Keywords of ``nango.proxy``, ``get``, ``post``, ``put``, ``patch``, ``delete`` and ``paginate``.

    ``params``: parameters of the query; a list is sent as ``1,2``, as JavaScript does.
    ``data``: the body; dict and list go as JSON, or as a form where the ``Content-Type`` header says so.
    ``retries``: how often Nango repeats a failed request (network errors, 429, 401 and 5xx); default 0.
    ``retry_on``: more statuses to repeat.
    ``retry_header``: the response header that says how long to wait: ``{"at": NAME}`` holds a time,
    ``{"after": NAME}`` seconds. Used on Nango only: a dry run's requests are repeated by Nango's proxy, which
    goes by the provider's own settings.
    ``base_url_override``: another host than the provider's, ``https://eu.example.com``.
    ``decompress``: Nango decompresses the answer. ``forward_headers_on_redirect``: headers go along.
    ``response_type``: ``arraybuffer`` for bytes, ``text`` to leave JSON undecoded.
    ``provider_config_key``, ``connection_id``: another connection than the script's own.
    Mirrors ``ProxyConfiguration`` of Nango's runner-sdk.
    """

    params: Mapping[str, Any] | str | None
    headers: Mapping[str, Any] | None
    data: Any
    retries: int
    retry_on: Sequence[int] | None
    retry_header: Mapping[str, str] | None
    base_url_override: str | None
    decompress: bool
    forward_headers_on_redirect: bool
    response_type: Literal["json", "text", "arraybuffer"] | None
    provider_config_key: str | None
    connection_id: str | None


def check_options(verb: str, options: Mapping[str, Any]) -> None:
    """Whether these are options of a request, of the right types.

    Raises:
        TypeError: a keyword is no option; the message names the one that was probably meant.
        SDKError: a value is of the wrong type.
    """
    for name in options:
        if name not in RequestOptions.__annotations__:
            hint = did_you_mean(name, RequestOptions.__annotations__)
            if name == "method":
                hint = " Use nango.proxy(…, method=…)."
            if name == "paginate":
                hint = " Use nango.paginate(…, paginate={…})."
            raise TypeError(f"nango.{verb}() has no option {name!r}.{hint}")
    for name, value in options.items():
        fault = None if value is None else _fault(name, value)
        if fault:
            raise SDKError(f"nango.{verb}(): {name} {fault}", code="invalid_request")


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """`` Did you mean 'retry_on'?`` for ``retryOn`` and the like, or an empty string."""
    there = list(choices)
    snake = snake_case(name)
    match = snake if snake in there else nearest(snake, there)
    return f" Did you mean {match!r}?" if match else ""


def _fault(name: str, value: Any) -> str:
    """What is wrong with the value of an option, or an empty string."""
    kind = type(value).__name__
    match name:
        case "params" if not isinstance(value, (Mapping, str)):
            return f"is a dict or the text of a query string, not {kind}: params={{'limit': 100}}"
        case "headers" if not isinstance(value, Mapping):
            return f"is a dict, not {kind}: headers={{'Accept': 'text/csv'}}"
        case "retries" if not _whole(value) or value < 0:
            return f"is how often to repeat a request, 0 or more, not {value!r}"
        case "retry_on" if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            return f"is a list of statuses, not {kind}: retry_on=[409]"
        case "retry_on" if not all(_whole(status) for status in value):
            return "is a list of statuses that are whole numbers: retry_on=[409]"
        case "retry_header" if not isinstance(value, Mapping):
            return f"is a dict, not {kind}: retry_header={{'after': 'retry-after'}}"
        case "retry_header" if not set(value) <= {"at", "after"}:
            return f"has at and after, not {', '.join(sorted(map(str, set(value) - {'at', 'after'})))}"
        case "decompress" | "forward_headers_on_redirect" if not isinstance(value, bool):
            return f"is True or False, not {value!r}"
        case "response_type" if value not in _RESPONSE_TYPES:
            return f"is one of {', '.join(_RESPONSE_TYPES)}, not {value!r}"
        case "base_url_override" | "provider_config_key" | "connection_id" if not isinstance(value, str):
            return f"is text, not {kind}"
    return ""


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
