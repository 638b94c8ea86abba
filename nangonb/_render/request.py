"""One request with its bodies, as text and as HTML. All input is masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nangonb._masking import MASK
from nangonb._render.format import capped, cell, elapsed, one_line, pretty_json, size
from nangonb._render.page import escape, escape_within, page
from nangonb._text import plural, printable
from nangonb._trace import RequestEntry

_BODY: Final = 24_000
_DATA: Final = 8_000
_HEADERS: Final = 50


def request_text(
    entry: RequestEntry, data: Any, headers: Mapping[str, str] | None, body: Any, note: str
) -> str:
    """Return the line of the request, then the data sent and received."""
    parts = [printable(_line(entry))]
    for title, value in _sections(entry, data, headers, body):
        parts.append(f"{title}:\n{printable(value)}")
    if note:
        parts.append(note)
    return "\n\n".join(parts)


def request_html(
    entry: RequestEntry, data: Any, headers: Mapping[str, str] | None, body: Any, note: str
) -> str:
    """Return the same as HTML; data and body are open, the rest is collapsed."""
    colour = "n-muted" if entry.status is None else "n-ok" if entry.ok else "n-bad"
    head = (
        f'<div class="n-head"><b class="{colour}">{escape(status_of(entry))}</b> {escape(_line(entry))}</div>'
    )
    parts = [head]
    for title, value in _sections(entry, data, headers, body):
        is_open = " open" if title in ("data", "body") else ""
        text = escape_within(value, _BODY + 100)
        parts.append(
            f"<details{is_open}><summary>{escape(title)}</summary><pre class=n-quote>{text}</pre></details>"
        )
    if note:
        parts.append(f'<div class="n-muted">{escape(note)}</div>')
    return page("".join(parts))


def _line(entry: RequestEntry) -> str:
    query = capped(one_line(query_of(entry)), 301)
    duration = "" if entry.seconds is None else f" · {elapsed(entry.seconds)}"
    received = f" · {size(entry.received)}" if entry.received else ""
    page_ = f" · page {entry.page}" if entry.page else ""
    saved = f" · {plural(entry.saved, 'record')}" if entry.saved else ""
    endpoint = capped(one_line(entry.endpoint), 300)
    return (
        f"#{entry.n} {entry.method} {endpoint}{query} → {status_of(entry)}{duration}{received}{page_}{saved}"
    )


def query_of(entry: RequestEntry) -> str:
    """Return the parameters as a query, with ``?`` or ``&``; empty without parameters."""
    params = entry.params
    if isinstance(params, Mapping):
        params = "&".join(f"{name}={cell(value, 80)}" for name, value in params.items())
    return f"{'&' if '?' in entry.endpoint else '?'}{params}" if params else ""


def status_of(entry: RequestEntry) -> str:
    """Return the error code, the status, or ``…`` while the request runs."""
    return entry.code or ("…" if entry.status is None else str(entry.status))


def _sections(
    entry: RequestEntry, data: Any, headers: Mapping[str, str] | None, body: Any
) -> list[tuple[str, str]]:
    sections = []
    if entry.headers:
        sent = {name: MASK if value is None else value for name, value in entry.headers.items()}
        sections.append(("headers sent", _headers(sent)))
    if data is not None:
        sections.append(("data", _value(data, _DATA)))
    if headers:
        sections.append(("headers received", _headers(headers)))
    if body is not None:
        sections.append(("body", _value(body, _BODY)))
    return sections


def _headers(headers: Mapping[str, Any]) -> str:
    lines = [f"{one_line(name)}: {cell(value, 300)}" for name, value in list(headers.items())[:_HEADERS]]
    return "\n".join(lines)


def _value(value: Any, limit: int) -> str:
    text = value if isinstance(value, str) else pretty_json(value, limit)
    return capped(text, limit + 2)
