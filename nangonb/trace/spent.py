"""Where the time of a run goes: each moment belongs to exactly one part."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

Part = Literal["network", "script", "saving", "other"]

PARTS: Final[tuple[Part, ...]] = ("network", "script", "saving", "other")


class Spent:
    """A stack of parts: time counts for the one on top, and for ``other`` where there is none.

    Only the thread that made it moves the stack. What other threads of a script wait for is the script's
    time: it runs on meanwhile, and the parts still add up to the whole.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._thread = threading.get_ident()
        self._since = clock()
        self._seconds: dict[Part, float] = dict.fromkeys(PARTS, 0.0)
        self._stack: list[Part] = []

    def enter(self, part: Part) -> int:
        """``part`` begins. The number that it gives ends it; -1: another thread's, which is not counted."""
        if threading.get_ident() != self._thread:
            return -1
        self._settle()
        self._stack.append(part)
        return len(self._stack) - 1

    def leave(self, level: int) -> None:
        """It ends, and with it whatever an interrupt left open inside of it."""
        if level >= 0:
            self._settle()
            del self._stack[level:]

    @contextmanager
    def on(self, part: Part) -> Iterator[None]:
        level = self.enter(part)
        try:
            yield
        finally:
            self.leave(level)

    def seconds(self) -> dict[Part, float]:
        """Seconds of each part until now."""
        now = self._clock()
        found = dict(self._seconds)
        found[self._top] += now - self._since
        return found

    @property
    def _top(self) -> Part:
        return self._stack[-1] if self._stack else "other"

    def _settle(self) -> None:
        now = self._clock()
        self._seconds[self._top] += now - self._since
        self._since = now
