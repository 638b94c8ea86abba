"""Plain scalars as js-yaml reads them: the core schema of YAML 1.2, with underscores, and time stamps."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

from nangonb._project.nango_yaml.javascript import JsDate, number

Scalar = str | int | float | bool | None | JsDate

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
BOOLEANS = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip

_INT = re.compile(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)(?:[Tt]|[ \t]+)([0-9][0-9]?):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9][0-9]?)(?::([0-9]{2}))?))?"
)
_BASES = {"b": 2, "x": 16, "o": 8}


def resolve(text: str) -> Scalar:
    """The value of a plain scalar without a tag."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text[0] not in "+-.0123456789":
        return text
    for read in (read_int, read_float, read_date):
        value = read(text)
        if value is not None:
            return value
    return text


def read_int(text: str) -> int | float | None:
    """A whole number in base 2, 8, 10 or 16, or None."""
    if not _INT.fullmatch(text) or text.endswith("_"):
        return None
    digits = text.replace("_", "")
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-")
    base = _BASES.get(digits[1:2], 10) if digits[0] == "0" else 10
    digits = digits[2:] if base != 10 else digits
    if not digits:
        return None
    if base == 10 and len(digits) > 400:
        return sign * math.inf
    return _signed(sign, int(digits, base))


def read_float(text: str) -> int | float | None:
    """A decimal, .inf or .nan, or None."""
    if not _FLOAT.fullmatch(text) or text.endswith("_"):
        return None
    plain = text.replace("_", "").lower()
    if plain.endswith((".inf", ".nan")):
        return float(plain.replace(".", ""))
    try:
        return number(float(plain))
    except ValueError:
        return None


def read_date(text: str) -> JsDate | None:
    """A time stamp, or None. Days and months beyond their end roll over, as in JavaScript."""
    match = _DATE.fullmatch(text)
    if match:
        year, month, day = map(int, match.groups())
        return _date(text, year, month, day, timedelta(0))
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction = int(((match[7] or "") + "000")[:3])
    offset = timedelta(0)
    if match[9]:
        offset = timedelta(hours=int(match[10]), minutes=int(match[11] or 0)) * (-1 if match[9] == "-" else 1)
    time = timedelta(hours=hour, minutes=minute, seconds=second, milliseconds=fraction)
    return _date(text, year, month, day, time - offset)


def _date(text: str, year: int, month: int, day: int, time: timedelta) -> JsDate:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1 <= year <= 9998:  # nothing that a nango.yaml says depends on the time itself
        return JsDate(text, math.nan)
    moment = datetime(year, month, 1, tzinfo=UTC) + timedelta(days=day - 1) + time
    return JsDate(text, moment.timestamp() * 1000)


def _signed(sign: int, value: int) -> int | float:
    try:
        return number(sign * float(value)) if value > 2**53 or (value == 0 and sign < 0) else sign * value
    except OverflowError:
        return sign * math.inf
