"""Repeating our own GETs of Nango's API. Requests through the proxy are never repeated here."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Final

ATTEMPTS: Final = 3
RETRIED_STATUSES: Final = frozenset({429, 502, 503, 504})
_FIRST_WAIT = 0.2
_LEAST_WAIT = 1.0  # that a server asks for: 0 may be a part of a second, rounded down
_LONGEST_WAIT = 10.0


def attempts() -> Iterator[int]:
    """The numbers of the attempts, from 1."""
    return iter(range(1, ATTEMPTS + 1))


def pause(attempt: int, retry_after: str | None = None) -> bool:
    """Wait before the next attempt. False, without waiting, where there is none or it is too far off.

    ``retry_after`` is the header in seconds; one in date form counts as absent.
    """
    # A library for this announces each retry through logging or, where structlog is installed, on
    # standard output, where the JSON of `--json` goes.
    if attempt >= ATTEMPTS:
        return False
    wait = _FIRST_WAIT * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)
    if retry_after is not None and retry_after.strip().isdigit():
        wait = max(float(retry_after), _LEAST_WAIT)
    if wait > _LONGEST_WAIT:
        return False
    time.sleep(wait)
    return True
