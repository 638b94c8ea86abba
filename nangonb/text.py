"""Text as people read it: harmless where it came from the network, and with the right number."""

from __future__ import annotations

import re
from typing import Final

LEVELS: Final = 200
"""How many levels deep data may be nested: whatever works through them, Python's own limit is far."""

# Control characters would act on a terminal, marks of direction would rearrange a line,
# and surrogates cannot be sent to a front end: it would show nothing at all.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def printable(text: str) -> str:
    """``text`` with control characters, marks of direction and surrogates written as escapes; lines stay."""
    return _UNPRINTABLE.sub(_escaped, text.replace("\r\n", "\n"))


def sendable(text: str) -> str:
    """``text`` with surrogates that stand alone written as escapes: UTF-8 cannot hold them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def plural(count: int, noun: str, many: str = "") -> str:
    """``1 request``, ``2,413 requests``."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
