"""Integers that JavaScript rounds: those beyond 2^53."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from nangonb.records.columns import SAFE

_DIGITS: Final = bytes(ord("0") if chr(byte).isdecimal() and byte < 128 else ord(" ") for byte in range(256))
_LONG: Final = b"0" * 16
_NUMBER: Final = re.compile(rb"(?:^|[\s:,\[-])[0-9]{16}")
_STEPS: Final = 6


def may_round(body: bytes) -> bool:
    """Whether a JSON body has so many digits in a row that an integer may be beyond 2^53, and not only in
    ids that are text. Much faster than decoding it."""
    return _LONG in body.translate(_DIGITS) and _NUMBER.search(body) is not None


def is_rounded(value: Any) -> bool:
    """Whether it is an integer that a JavaScript number cannot hold."""
    return isinstance(value, int) and not -SAFE <= value <= SAFE


def rounded(value: Any) -> dict[str, int]:
    """How many integers of JSON data are beyond 2^53, by the path where they are: ``data[].id``."""
    found: dict[str, int] = {}
    left: list[tuple[str, int, Any]] = [("", 0, value)]
    while left:
        path, depth, value = left.pop()
        if isinstance(value, Mapping):
            for name, inner in value.items():
                deeper = f"{path}.{name}" if path else str(name)
                left.append((deeper if depth < _STEPS else path, depth + 1, inner))
        elif isinstance(value, list | tuple):
            each = f"{path}[]" if depth < _STEPS else path
            left += [(each, depth + 1, inner) for inner in value]
        elif is_rounded(value):
            found[path] = found.get(path, 0) + 1
    return dict(sorted(found.items()))
