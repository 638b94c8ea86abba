"""Text for display: escape foreign text, and count with the right plural."""

from __future__ import annotations

import re
from typing import Final

LEVELS: Final = 200
"""The deepest nesting of JSON data that is processed; far below Python's recursion limit."""

# Control characters act on a terminal, marks of direction rearrange a line, and a front end displays nothing
# of text with a surrogate.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Escape control characters, marks of direction and surrogates; keep line ends."""
    return _UNPRINTABLE.sub(_escaped, text.replace("\r\n", "\n"))


def sendable(text: str) -> str:
    """Escape lone surrogates, which UTF-8 cannot encode."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def plural(count: int, noun: str, many: str = "") -> str:
    """Return the count with its noun: ``1 request``, ``2,413 requests``."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
