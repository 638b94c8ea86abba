"""Nango's own rate limit: how its answer is known, and waiting until it lets requests through again.

Nango refuses such a request before it does anything, so that repeating it is safe for a write, too.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Any, Final

CODE: Final = "too_many_request"
PATIENCE: Final = 300.0
"""Seconds that one request waits in all; the limit is one of a minute."""

_LEAST: Final = 1.0  # Nango rounds down: 0 is up to a second
_UNKNOWN: Final = 10.0
_TICK: Final = 0.2
_LIMIT_HEADER: Final = "x-ratelimit-limit"


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait for Nango's rate limit: ``seconds`` in all, ``left`` of them, and what waits in words.

    ``over``: it has ended, or was stopped with some of it left.
    """

    asked: str
    seconds: float
    left: float
    over: bool = False

    @property
    def begins(self) -> bool:
        return not self.over and self.left == self.seconds

    @property
    def words(self) -> str:
        """``Waiting 12 s for Nango's rate limit``"""
        return f"Waiting {math.ceil(self.left):,} s for Nango's rate limit"


OnWait = Callable[[Wait], None]
"""Hears of a wait when it begins, five times a second, and when it is over, also where it is stopped. It may
raise, and so end the wait and the request."""


def unheard(wait: Wait) -> None:
    """An :data:`OnWait` that does nothing."""


def is_limit(status: int, error: Mapping[str, Any] | None, headers: Mapping[str, str]) -> bool:
    """Whether an answer on /proxy is Nango's own 429, not the provider's.

    ``error`` is the error object of the body: Nango's has the path at Nango that was asked for.
    """
    if status != 429 or error is None or error.get("code") != CODE:
        return False
    path = error.get("path")
    return _LIMIT_HEADER in headers if path is None else str(path).startswith("/proxy")


def seconds(headers: Mapping[str, str]) -> float:
    """How long Nango asks to wait, a second at least."""
    return max(_asked(headers), _LEAST)


def _asked(headers: Mapping[str, str]) -> float:
    after = headers.get("retry-after", "").strip()
    number = _number(after)
    if number is not None:
        return number
    try:
        return parsedate_to_datetime(after).timestamp() - time.time()
    except ValueError:
        reset = _number(headers.get("x-ratelimit-reset", ""))
        return _UNKNOWN if reset is None else reset - time.time()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def wait(seconds: float, asked: str, on_wait: OnWait) -> None:
    """Sleep, and tell ``on_wait``."""
    now = Wait(asked, seconds, seconds)
    end = time.monotonic() + seconds
    try:
        while now.left > 0:
            on_wait(now)
            time.sleep(min(now.left, _TICK))
            now = replace(now, left=max(end - time.monotonic(), 0.0))
    finally:
        on_wait(replace(now, over=True))


class Waits:
    """An :data:`OnWait` that counts: how many waits there were, and the seconds that they took."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, wait: Wait) -> None:
        if wait.begins:
            self.count += 1
        elif wait.over:
            self.seconds += wait.seconds - wait.left
