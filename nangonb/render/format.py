"""Values as people read them. Whatever comes from the network is made harmless here first."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from nangonb.text import plural, printable

MISSING: Final = "–"  # null and <NA>; an empty string stays empty

_PARTS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def number(value: int) -> str:
    """``2413`` → ``2,413``."""
    return f"{value:,}"


def elapsed(seconds: float) -> str:
    """``0.035`` → ``35 ms``, ``1.24`` → ``1.2 s``, ``125`` → ``2 min 5 s``, ``3720`` → ``1 h 2 min``."""
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
    """Bytes: ``412`` → ``412 B``, ``1536`` → ``1.5 KB``."""
    for unit, name in _PARTS:
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} B"


def one_line(text: str) -> str:
    """``text`` on one line: line ends and tabs are drawn."""
    return printable(text).replace("\n", "↵").replace("\t", "⇥")


def capped(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def is_missing(value: Any) -> bool:
    """Whether the value is None, NaN, ``pd.NA`` or ``pd.NaT``."""
    if value is None:
        return True
    if isinstance(value, float):
        return value != value
    return type(value).__name__ in {"NAType", "NaTType"}


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def cell(value: Any, limit: int = 120) -> str:
    """A value on one line of at most ``limit`` characters; nested values as compact JSON."""
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
    """JSON in one line, written no further than ``limit`` characters need."""
    return _json(value, limit, separators=(",", ":"))


def pretty_json(value: Any, limit: int) -> str:
    """Indented JSON of at most about ``limit`` characters; what is cut ends in ``…``."""
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
    """Mappings as dicts with text keys, which is what the JSON encoder takes."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if is_missing(value) else value


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled up with spaces to a number of terminal columns."""
    room = " " * (columns - width(text))
    return room + text if right else text + room
