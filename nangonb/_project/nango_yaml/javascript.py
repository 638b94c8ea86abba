"""The few rules of JavaScript that show in what Nango's parser makes of a file.

Plain data here is what ``JSON`` has, plus :class:`JsDate`. A missing key is JavaScript's ``undefined``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nangonb._project.js_number import js_number

#: What JavaScript's ``\\s`` and ``trim`` take for white space.
WHITESPACE = (
    "\t\n\x0b\x0c\r \xa0\u1680"
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2
_PARSE_INT = re.compile(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|([0-9]+))")
_LARGEST_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class JsDate:
    """A time stamp as js-yaml reads one: a ``Date`` object, which has no keys of its own.

    ``text`` is the text in the file, ``milliseconds`` the time since 1970 (UTC).
    """

    text: str
    milliseconds: float

    def __str__(self) -> str:
        return self.text

    @property
    def iso(self) -> str | None:
        """What ``JSON.stringify`` makes of it; None for a time that cannot be."""
        if not math.isfinite(self.milliseconds):
            return None
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.milliseconds)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


class JsCrash(Exception):
    """Nango's parser fails here with a TypeError. ``message`` replaces its text."""

    def __init__(self, message: str, at: tuple[str | int, ...], code: str) -> None:
        super().__init__(message)
        self.message, self.at, self.code = message, at, code


def keys(value: dict[str, Any]) -> list[str]:
    """The keys in the order of ``Object.keys``: whole numbers first, ascending, then as written."""
    numbers = [key for key in value if _INDEX.fullmatch(key) and int(key) <= _LARGEST_INDEX]
    if not numbers:
        return list(value)
    numbers.sort(key=int)
    first = set(numbers)
    return numbers + [key for key in value if key not in first]


def entries(value: Any, at: tuple[str | int, ...], what: str) -> Iterator[tuple[str, Any, str | int]]:
    """``Object.entries(value)``: (key, value, path segment). null and a missing value crash."""
    if value is None:
        raise JsCrash(f"{what} is empty; it must be a mapping, such as `{{}}`", at, "empty_mapping")
    if isinstance(value, dict):
        for key in keys(value):
            yield key, value[key], key
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield str(number), item, number
    elif isinstance(value, str):
        for number, character in enumerate(value):
            yield str(number), character, number


def truthy(value: Any) -> bool:
    """Whether JavaScript's ``if (value)`` is taken."""
    if isinstance(value, (list, dict, JsDate)):
        return True
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def number(value: float) -> int | float:
    """The double that JavaScript would hold, as an int if that is exact."""
    double = float(value)
    if (
        double.is_integer()
        and abs(double) <= _LARGEST_EXACT
        and not (double == 0 and math.copysign(1, double) < 0)
    ):
        return int(double)
    return double


def number_text(value: float) -> str:
    """``String(value)`` of a number; an int keeps all its digits."""
    return str(value) if isinstance(value, int) else js_number(value)


def text(value: Any) -> str:
    """``String(value)``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, list):
        return ",".join("" if item is None else text(item) for item in value)
    if isinstance(value, dict):
        return "[object Object]"
    return str(value)


def parse_int(source: str) -> int | float | None:
    """``parseInt(source, 10)``, with None for NaN."""
    match = _PARSE_INT.match(source.lstrip(WHITESPACE))
    if match is None:
        return None
    sign, _, digits = match.groups()
    digits = digits if digits is not None else "0"
    return number(int(f"{sign}{digits}") if len(digits) < 400 else math.inf)


def trim(value: str) -> str:
    """``value.trim()``."""
    return value.strip(WHITESPACE)
