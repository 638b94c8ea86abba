"""String formats by the rules of ajv-formats (full mode), which the CLI uses."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonschema import FormatChecker

# What JavaScript's \s matches; Python's differs at both ends.
_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)(?:[zZ]|([+-])([0-9]{2})(?::?([0-9]{2}))?)"
_DATE_RE = re.compile(_DATE)
_TIME_RE = re.compile(_TIME)
_DATE_TIME_RE = re.compile(rf"{_DATE}[tT{_SPACE}]{_TIME}")
# Ten times faster if it matches: days that every month has, no leap second.
_USUAL_DATE_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])"
).fullmatch


def is_date(text: str) -> bool:
    match = _DATE_RE.fullmatch(text)
    return match is not None and _day_exists(*match.groups())


def is_time(text: str) -> bool:
    match = _TIME_RE.fullmatch(text)
    return match is not None and _time_exists(*match.groups())


def is_date_time(text: str) -> bool:
    if _USUAL_DATE_TIME(text):
        return True
    match = _DATE_TIME_RE.fullmatch(text)
    if match is None:
        return False
    parts = match.groups()
    return _day_exists(*parts[:3]) and _time_exists(*parts[3:])


CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "date-time": is_date_time,
    "date": is_date,
    "time": is_time,
}


@functools.cache
def format_checker() -> FormatChecker:
    """Return the same checks for jsonschema; its own need another package and differ from ajv's."""
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, check in CHECKS.items():
        checker.checks(name)(functools.partial(_not_text_or, check))
    return checker


def _not_text_or(check: Callable[[str], bool], value: Any) -> bool:
    return not isinstance(value, str) or check(value)


_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _day_exists(year: str, month: str, day: str) -> bool:
    y, m, d = int(year), int(month), int(day)
    if not 1 <= m <= 12:
        return False
    leap_day = m == 2 and y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)
    return 1 <= d <= _DAYS[m] + leap_day


def _time_exists(
    hour: str, minute: str, second: str, sign: str | None, zone_hour: str | None, zone_minute: str | None
) -> bool:
    h, m, s = int(hour), int(minute), float(second)
    zone_h, zone_m = int(zone_hour or 0), int(zone_minute or 0)
    if zone_h > 23 or zone_m > 59:
        return False
    if h <= 23 and m <= 59 and s < 60:
        return True
    # a leap second: 23:59:60 in UTC
    direction = -1 if sign == "-" else 1
    utc_m = m - zone_m * direction
    utc_h = h - zone_h * direction - (utc_m < 0)
    return utc_h in (23, -1) and utc_m in (59, -1) and s < 61
