"""Values on their way into a request, written as JavaScript writes them.

A Python script and its TypeScript twin must send the same bytes: numbers, parameters, JSON and forms
follow ``String()``, ``URLSearchParams``, ``JSON.stringify`` and axios.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

from nangonb._project.js_number import js_number
from nangonb.errors import UsageError

# What WHATWG's URL leaves alone in a path and in a query; "%" too, because it is not encoded twice.
_PATH_SAFE = "!$%&'()*+,-./:;=@[]_~|"
_QUERY_SAFE = "!$%&()*+,-./:;=?@[]_~|\\^`{}"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def js_string(value: Any) -> str:
    """``String(value)``: None is ``null``, a list is joined by commas, a dict is ``[object Object]``.

    A datetime is written as JavaScript's ``Date`` in UTC, where Nango runs scripts; one without a zone
    counts as UTC. An int keeps all its digits.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return js_number(value)
    if isinstance(value, Mapping):
        return "[object Object]"
    if isinstance(value, (list, tuple)):
        return ",".join("" if item is None else js_string(item) for item in value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, dt.datetime):
        utc = _utc(value)
        day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
        return f"{day} {month} {utc:%d} {utc.year:04d} {utc:%H:%M:%S} GMT+0000 (Coordinated Universal Time)"
    return str(value)


def json_text(data: Any) -> str:
    """``JSON.stringify(data)``: an integral float is an integer, NaN is null, text is not escaped to ASCII.

    An int keeps all its digits, a datetime becomes ``2024-01-02T03:04:05.000Z``.
    Raises UsageError, which names the place in the data, for what JSON cannot hold.
    """
    return "".join(_json_parts(data, "data", 0))


def _json_parts(value: Any, where: str, depth: int) -> Iterator[str]:
    if depth > 200:
        raise UsageError(f"{where} is nested too deeply, or contains itself.")
    if isinstance(value, str):
        yield _json_string(value)
    elif value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int):
        yield str(int(value))
    elif isinstance(value, float):
        yield js_number(value) if math.isfinite(value) else "null"
    elif isinstance(value, Mapping):
        lead = "{"
        for name, item in value.items():
            yield lead
            # An object's key is text in JavaScript, whatever it was written as.
            yield _json_string(js_string(name))
            yield ":"
            yield from _json_parts(item, f"{where}[{name!r}]", depth + 1)
            lead = ","
        yield "{}" if lead == "{" else "}"
    elif isinstance(value, (list, tuple)):
        lead = "["
        for index, item in enumerate(value):
            yield lead
            yield from _json_parts(item, f"{where}[{index}]", depth + 1)
            lead = ","
        yield "[]" if lead == "[" else "]"
    elif isinstance(value, dt.datetime):
        yield f'"{_iso(value)}"'
    elif isinstance(value, dt.date):
        yield f'"{value.isoformat()}"'
    else:
        raise UsageError(
            f"{where} is a {type(value).__name__}, which JSON cannot hold.",
            hint="Use str, int, float, bool, None, dict or list.",
        )


def _json_string(text: str) -> str:
    encoded = encode_basestring(text)
    try:
        encoded.encode("utf-8")
    except UnicodeEncodeError:
        # JSON.stringify writes a surrogate that stands alone as an escape.
        encoded = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in encoded)
    return encoded


def query_string(pairs: Sequence[tuple[str, str]]) -> str:
    """``URLSearchParams(pairs).toString()``: a space is ``+``; letters, digits and ``*-._`` stay."""
    return "&".join(f"{_form_quoted(name)}={_form_quoted(value)}" for name, value in pairs)


def _form_quoted(text: str) -> str:
    return quote_plus(_whole(text), safe="*-._").replace("~", "%7E")


def proxy_path(endpoint: str, params: Mapping[str, Any] | str | None = None) -> str:
    """The path and query to ask at Nango for a provider's ``endpoint``.

    A mapping replaces parameters of the same name in the endpoint's own query string and appends the
    rest (``searchParams.set``); text is appended as it stands.
    """
    address, _, _ = endpoint.partition("#")
    path, mark, query = address.partition("?")
    if isinstance(params, str):
        appended = params.lstrip("?&")
        if appended:
            query = f"{query}&{appended}" if query else appended
    elif params:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
        for name, value in params.items():
            pairs = _set(pairs, str(name), js_string(value))
        query = query_string(pairs)
    path = quote(_whole(path).replace("\\", "/"), safe=_PATH_SAFE)
    query = quote(_whole(query), safe=_QUERY_SAFE)
    return f"/proxy{'' if path.startswith('/') else '/'}{path}{'?' if query or mark else ''}{query}"


def _set(pairs: list[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    changed: list[tuple[str, str]] = []
    replaced = False
    for pair in pairs:
        if pair[0] != name:
            changed.append(pair)
        elif not replaced:
            changed.append((name, value))
            replaced = True
    return changed if replaced else [*pairs, (name, value)]


def form_body(data: Any) -> str:
    """A dict as axios writes a form: nested names as ``a[b]``, lists as ``a[]``, None left out."""
    return query_string(list(_form_pairs(data, "")))


def _form_pairs(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if item is not None:
                yield from _form_pairs(item, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, (list, tuple)):
        flat = not any(isinstance(item, (Mapping, list, tuple)) for item in value)
        for index, item in enumerate(value):
            if item is None:
                continue
            if flat:
                # At the top of a form the index itself is the name, as in JavaScript.
                yield (f"{name}[]" if name else str(index), _form_value(item))
            else:
                yield from _form_pairs(item, f"{name}[{index}]" if name else str(index))
    else:
        yield name, _form_value(value)


def _form_value(value: Any) -> str:
    return _iso(value) if isinstance(value, dt.datetime) else js_string(value)


def request_body(method: str, data: Any, content_type: str | None) -> tuple[bytes | None, str | None]:
    """Body and ``Content-Type`` of a proxied request, as axios chooses them.

    ``content_type`` is the one that the script set, or None. GET, HEAD and OPTIONS have no body.
    Raises UsageError for data that cannot be sent.
    """
    if method not in {"POST", "PUT", "PATCH", "DELETE"} or data is None:
        return None, content_type
    kind = (content_type or "").partition(";")[0].strip().lower()
    fallback = None if method == "DELETE" else "application/x-www-form-urlencoded"
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data), content_type or fallback
    if isinstance(data, str):
        if kind == "application/json" and not _is_json(data):
            data = json_text(data)
        return data.encode("utf-8", "surrogatepass"), content_type or fallback
    if kind == "application/x-www-form-urlencoded" and isinstance(data, (Mapping, list, tuple)):
        return form_body(data).encode(), content_type
    if kind == "multipart/form-data":
        raise UsageError(
            "A multipart body cannot be made from a dict.",
            hint="Pass the encoded body as bytes, with its boundary in the Content-Type header.",
        )
    return json_text(data).encode(), content_type or "application/json"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _whole(text: str) -> str:
    """The text with surrogate pairs joined, and lone ones replaced: what a URL can carry."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _utc(value: dt.datetime) -> dt.datetime:
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _iso(value: dt.datetime) -> str:
    """``Date.toISOString()``: UTC with milliseconds."""
    utc = _utc(value)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
