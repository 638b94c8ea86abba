"""Formatting of values. Text from the network is escaped."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from nangonb._text import plural, printable

MISSING: Final = "–"  # null and <NA>; an empty string stays empty

_PARTS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def number(value: int) -> str:
    """Format an integer: ``2413`` → ``2,413``."""
    return f"{value:,}"


def elapsed(seconds: float) -> str:
    """Format a duration: ``0.035`` → ``35 ms``, ``1.24`` → ``1.2 s``, ``125`` → ``2 min 5 s``, ``3720`` → ``1
    h 2 min``."""
    if round(seconds * 1000) < 1000:
        return f"{round(seconds * 1000)} ms"
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{number(hours)} h {minutes} min"


def size(count: int) -> str:
    """Format a number of bytes: ``412`` → ``412 B``, ``1536`` → ``1.5 KB``."""
    for unit, name in _PARTS:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} B"


def one_line(text: str) -> str:
    """Return ``text`` on one line, with symbols for line ends and tabs."""
    return printable(text).replace("\n", "↵").replace("\t", "⇥")


def capped(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def is_missing(value: Any) -> bool:
    """Return whether the value is None, NaN, ``pd.NA`` or ``pd.NaT``."""
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    return type(value).__name__ in {"NAType", "NaTType"}


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def cell(value: Any, limit: int = 120) -> str:
    """Format a value on one line of at most ``limit`` characters; nested values as compact JSON."""
    if is_missing(value):
        return MISSING
    if isinstance(value, str):
        return capped(one_line(value[: limit + 1]), limit)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, bytearray)):
        return f"<{plural(len(value), 'byte')}>"
    if isinstance(value, (Mapping, list, tuple)):
        return capped(one_line(compact_json(value, limit)), limit)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return capped(one_line(str(value)), limit)


def compact_json(value: Any, limit: int) -> str:
    """Return JSON in one line; stop writing after ``limit`` characters."""
    return _json(value, limit, separators=(",", ":"))


def pretty_json(value: Any, limit: int) -> str:
    """Return indented JSON of about ``limit`` characters at most; shortened text ends with ``…``."""
    text = _json(value, limit, indent=2)
    return text if len(text) <= limit else text[:limit] + "\n…"


def _json(value: Any, limit: int, **layout: Any) -> str:
    encoder = json.JSONEncoder(ensure_ascii=False, default=str, **layout)
    parts: list[str] = []
    length = 0
    for part in encoder.iterencode(_plain(value)):
        parts.append(part)
        length += len(part)
        if length > limit:
            break
    return "".join(parts)


def _plain(value: Any) -> Any:
    """Convert mappings to dicts with string keys, for the JSON encoder."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if is_missing(value) else value


def width(text: str) -> int:
    """Return the number of terminal columns of ``text``."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Pad ``text`` with spaces to a number of terminal columns."""
    room = " " * (columns - width(text))
    return room + text if right else text + room
