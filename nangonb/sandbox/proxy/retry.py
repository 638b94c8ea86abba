"""When the proxy tries again, and how long it waits first: the rules of the real server.

A network error, a status of 500 or more, 429 and 401 are retried, and what ``Retry-On`` adds. A provider
may list its own statuses instead, and may name the headers that say how long to wait. Otherwise the wait
doubles; here from 30 ms where the real server starts from 3 s, so that one need not wait to learn.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from nangonb.sandbox.wire import ProviderResponse

__all__ = ["FIRST_WAIT", "LONGEST_WAIT", "retryable", "wait_before"]

FIRST_WAIT = 0.03
LONGEST_WAIT = 6.0
NETWORK_CODES = ("ECONNRESET", "ECONNREFUSED", "ECONNABORTED", "ETIMEDOUT", "EHOSTUNREACH", "EAI_AGAIN")


def retryable(response: ProviderResponse, rules: Mapping[str, Any], retry_on: Collection[int]) -> bool:
    """Whether this response is worth another try. ``rules`` are the provider's ``proxy.retry``."""
    status = response.status
    codes = rules.get("error_code")
    if codes is None:
        again = status >= 500 or status in (429, 401)
    else:
        again = any(_fits(status, str(code)) for code in codes)
    remaining = rules.get("remaining")
    return (
        again
        or status in retry_on
        or bool(remaining and status >= 400 and response.header(str(remaining).lower()) == "0")
    )


def wait_before(
    response: ProviderResponse | None,
    rules: Mapping[str, Any],
    own: Mapping[str, str],
    attempt: int,
) -> float:
    """Seconds to wait after attempt number ``attempt`` (from 0). ``own`` are the caller's retry headers."""
    default: float = min(FIRST_WAIT * 2**attempt, LONGEST_WAIT)
    if response is None:
        return default
    for source in (own, rules):
        for kind in ("at", "after"):
            names = source.get(kind) or ()
            waits = [
                _seconds(kind, response.header(name.lower()))
                for name in ((names,) if isinstance(names, str) else names)
            ]
            known = [wait for wait in waits if wait is not None]
            if known:
                return max(known)
    return default


def _fits(status: int, rule: str) -> bool:
    if rule.isdigit():
        return status == int(rule)
    low, dash, high = rule.partition("-")
    if dash:
        return int(low) <= status <= int(high)
    return rule[1:].lower() == "xx" and status // 100 == int(rule[0])


def _seconds(kind: str, value: str | None) -> float | None:
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        if kind == "after":
            return None
        try:
            number = datetime.fromisoformat(value).timestamp()
        except ValueError:
            return None
    if not math.isfinite(number):
        return None
    if kind == "after":
        return max(number, 0.0)
    if number > 60_000_000_000:  # milliseconds: as seconds it would be a year of four digits
        number /= 1000
    wait = number - time.time()
    return wait if wait > 0 else None
