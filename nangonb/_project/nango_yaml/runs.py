"""When a sync runs: the ``runs`` grammar of nango.yaml, which is that of the npm package ``ms``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from nangonb._project.nango_yaml.javascript import number

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000

#: Phrases that are taken as a whole, to the letter.
PHRASES = {
    "every half day": "12h",
    "every half hour": "30m",
    "every quarter hour": "15m",
    "every hour": "1h",
    "every day": "1d",
    "every month": "30d",
    "every week": "1w",
}
SHORTEST = 30 * SECOND

_UNITS = {
    1: ("milliseconds", "millisecond", "msecs", "msec", "ms"),
    SECOND: ("seconds", "second", "secs", "sec", "s"),
    MINUTE: ("minutes", "minute", "mins", "min", "m"),
    HOUR: ("hours", "hour", "hrs", "hr", "h"),
    DAY: ("days", "day", "d"),
    7 * DAY: ("weeks", "week", "w"),
    365.25 * DAY: ("years", "year", "yrs", "yr", "y"),
}
_FACTOR = {word: factor for factor, words in _UNITS.items() for word in words}
_DURATION = re.compile(rf"(-?[0-9]*\.?[0-9]+) *({'|'.join(_FACTOR)})?", re.IGNORECASE)

SERVER_PATTERN = (
    r"(every )?(([0-9]+)?\s?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)"
    r"|(month|week|half day|half hour|quarter hour))"
)
"""What the server accepts in a deployment: whole numbers, few units."""


class RunsError(ValueError):
    """``runs`` cannot be used. ``code`` is Nango's: sync_interval_invalid, sync_interval_too_short."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Interval:
    """``interval`` as Nango writes it (``1d``), ``milliseconds`` its length."""

    interval: str
    milliseconds: int | float

    def offset(self, now: datetime) -> int | float:
        """Milliseconds within the interval at which a sync created ``now`` (local time) runs."""
        passed = now.minute * MINUTE + now.second * SECOND + now.microsecond // 1000
        return number(passed % self.milliseconds)


def duration(text: str) -> int | float | None:
    """Milliseconds that ``ms(text)`` reads, or None where it reads nothing."""
    match = _DURATION.fullmatch(text) if 0 < len(text) <= 100 else None
    if match is None:
        return None
    return number(float(match[1]) * _FACTOR[(match[2] or "ms").lower()])


def interval(runs: str) -> Interval:
    """The interval of ``runs``. Raises RunsError with Nango's code.

    An empty text and one of more than 100 characters, on which ``ms`` throws, are invalid here.
    """
    written = PHRASES.get(runs) or runs.replace("every ", "", 1)
    milliseconds = duration(written)
    if not milliseconds:
        raise RunsError("sync_interval_invalid")
    if milliseconds < SHORTEST:
        raise RunsError("sync_interval_too_short")
    return Interval(written, milliseconds)


def schedule(runs: str) -> timedelta | None:
    """The time between two runs on the server; None where it is not an interval, or too short.

    ``every`` may be absent here, and case does not matter.
    """
    words = runs.strip().lower()
    try:
        length = interval(words if words.startswith("every ") else f"every {words}").milliseconds
        return timedelta(milliseconds=length)
    except (RunsError, OverflowError):
        return None


def server_accepts(runs: str) -> bool:
    """Whether the server accepts this ``runs`` in a deployment (it refuses some that the CLI accepts)."""
    return not runs or re.fullmatch(SERVER_PATTERN, runs) is not None


def suggestion(runs: str) -> str:
    """The valid ``runs`` that is closest, or empty."""
    text = " ".join(runs.lower().split())
    text = text if text.startswith("every") else f"every {text}"
    for attempt in (text, re.sub(r"^every (second|minute|year)s?$", r"every 1 \1", text)):
        try:
            parsed = interval(attempt)
        except RunsError as error:
            if error.code == "sync_interval_too_short":
                return "every 30 seconds"
            continue
        return attempt if server_accepts(attempt) else whole(parsed.milliseconds)
    words = {
        "daily": "every day",
        "hourly": "every hour",
        "weekly": "every week",
        "monthly": "every month",
        "@daily": "every day",
        "@hourly": "every hour",
        "@weekly": "every week",
        "@monthly": "every month",
        "always": "every 30 seconds",
    }
    return words.get(text.removeprefix("every "), "")


def whole(milliseconds: float) -> str:
    """The same length as the server accepts it: ``every 90 minutes``."""
    for factor, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")):
        count = milliseconds / factor
        if count.is_integer():
            return f"every {int(count)} {word}{'' if count == 1 else 's'}"
    return f"every {round(milliseconds / SECOND)} seconds"
