"""Asking Nango again and again until something has ended there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from nangonb.errors import ApiError, NetworkError

_FIRST_PAUSE: Final = 0.1
_LAST_PAUSE: Final = 3.0
_MISSES: Final = 3  # questions in a row that may fail

T = TypeVar("T")


def poll(
    ask: Callable[[], T],
    has_ended: Callable[[T], bool],
    *,
    seconds: float,
    on_answer: Callable[[T, float], None] | None = None,
) -> T | None:
    """The first answer for which ``has_ended`` holds; None where there is none after ``seconds``.

    Pauses grow, so that something short is known at once. ``on_answer`` gets each answer with the seconds
    since the start. Some lost or refused questions do not matter.

    Raises: what ``ask`` raises, unless it is passing: no answer, 429, or 500 and above.
    """
    started = time.monotonic()
    pause, misses = _FIRST_PAUSE, 0
    while True:
        try:
            answer = ask()
        except (ApiError, NetworkError) as error:
            misses += 1
            lasting = isinstance(error, ApiError) and error.status < 500 and error.status != 429
            if lasting or misses > _MISSES:
                raise
        else:
            misses = 0
            if on_answer is not None:
                on_answer(answer, time.monotonic() - started)
            if has_ended(answer):
                return answer
        left = started + seconds - time.monotonic()
        if left <= 0:
            return None
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _LAST_PAUSE)
