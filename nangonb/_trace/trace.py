"""The trace of a run. Recording takes microseconds; masking happens on access."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from nangonb._masking import Masker
from nangonb._trace.entries import (
    READING_METHODS,
    Kind,
    LogEntry,
    RequestEntry,
    harmless_headers,
    logs_frame,
    requests_frame,
)

if TYPE_CHECKING:
    import pandas as pd

MAX_LOG_BYTES: Final = 99_000  # Nango's runner cuts a message here
MAX_LOGS: Final = 100_000

_CUT = "… (cut)"


Part = Literal["network", "script", "saving", "other"]

PARTS: Final[tuple[Part, ...]] = ("network", "script", "saving", "other")


class Trace:
    """The requests and logs of one run.

    A runtime calls :meth:`begin` before a request and :meth:`end` after it, :meth:`saved` when the script
    saves records, and :meth:`log`. Readers use :attr:`requests`, :attr:`logs`, the frames and
    :meth:`as_dict`, all of them masked. The counters are cheap enough for live progress.

    Calls of Nango's own API are in :attr:`requests`, but not in ``request_count``. The time between
    :meth:`begin` and :meth:`end` counts as ``network``; a runtime assigns the rest with :meth:`on`.
    The trace keeps no bodies.
    """

    def __init__(
        self,
        masker: Masker,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._masker = masker
        self._clock = clock
        self._origin = clock()
        self._spent = _TimeByPart(clock)
        self._open: dict[int, int] = {}
        self._requests: list[RequestEntry] = []
        self._latest: RequestEntry | None = None
        self.request_count = 0
        self._logs: list[LogEntry] = []
        self.logs_dropped = 0
        self.received = 0
        self.writes = 0

    # Recording

    def begin(
        self,
        method: str,
        endpoint: str,
        *,
        params: Mapping[str, Any] | str | None = None,
        headers: Mapping[str, Any] | None = None,
        retries: int = 0,
        attempt: int = 1,
        page: int | None = None,
        kind: Kind = "provider",
        reads: bool | None = None,
        sent: Any = None,
    ) -> RequestEntry:
        """Record the start of a request. Mappings are not copied: do not change them later.

        ``reads``: whether it only reads; None: decide by the method. Secrets in the request and in ``sent``
        are added to the masker, because responses and errors may repeat them.
        """
        if kind != "nango":
            self._masker.learn((endpoint, params, headers, sent), sent=True)
        entry = RequestEntry(
            len(self._requests) + 1,
            method.upper(),
            endpoint,
            self._clock() - self._origin,
            params,
            headers,
            retries,
            attempt,
            page,
            kind=kind,
            reads=method.upper() in READING_METHODS if reads is None else reads,
        )
        self._requests.append(entry)
        self._open[entry.n] = self._spent.enter("network")
        if kind != "nango":
            self._latest = entry
            self.request_count += 1
        if entry.writes_provider:
            self.writes += 1
        return entry

    def end(
        self,
        entry: RequestEntry,
        *,
        status: int | None = None,
        code: str | None = None,
        received: int = 0,
    ) -> None:
        """Record the end of a request: the ``status`` of the response, or the ``code`` of the error."""
        self._spent.leave(self._open.pop(entry.n, -1))
        entry.seconds = self._clock() - self._origin - entry.started
        entry.status, entry.code, entry.received = status, code, received
        self.received += received

    def on(self, part: Part) -> AbstractContextManager[None]:
        """Count the time of the ``with`` block for ``part``, except nested parts."""
        return self._spent.on(part)

    def saved(self, count: int) -> None:
        """Record that the script saved, updated or deleted ``count`` records, after the latest request.

        Calls of Nango's own API are skipped: reading metadata returns no records.
        """
        if self._latest is not None:
            self._latest.saved += count

    def log(self, level: str, message: str) -> None:
        """Record a log message, cut at 99,000 bytes of UTF-8. Beyond 100,000 messages, only count them."""
        if len(self._logs) >= MAX_LOGS:
            self.logs_dropped += 1
            return
        self._logs.append(
            LogEntry(len(self._logs) + 1, self._clock() - self._origin, level, self._capped(message))
        )

    # Reading

    @property
    def elapsed(self) -> float:
        """Seconds since the run started."""
        return self._clock() - self._origin

    @property
    def spent(self) -> dict[Part, float]:
        """Seconds of each part until now; they add up to :attr:`elapsed`."""
        return self._spent.seconds()

    @property
    def requests(self) -> list[RequestEntry]:
        """Copies of the entries, masked."""
        return [self._masked(entry) for entry in self._requests]

    @property
    def traced(self) -> int:
        """The length of :attr:`requests`: requests and calls of Nango's own API."""
        return len(self._requests)

    def request(self, n: int) -> RequestEntry:
        """Return a copy of one entry, masked. Raises IndexError."""
        return self._masked(self._requests[n - 1])

    @property
    def logs(self) -> list[LogEntry]:
        """Copies of the log entries, masked."""
        return [replace(entry, message=self._masker.text(entry.message)) for entry in self._logs]

    def last_logged(self, level: str, count: int) -> list[str]:
        """Return the last ``count`` messages of a level, or fewer, masked."""
        messages = [entry.message for entry in self._logs if entry.level == level]
        return [self._masker.text(message) for message in messages[-count:]]

    def as_dict(self) -> dict[str, Any]:
        """Return the public JSON form: ``requests`` and ``logs``, masked."""
        return {
            "requests": [entry.as_dict() for entry in self.requests],
            "logs": [entry.as_dict() for entry in self.logs],
        }

    def requests_frame(self) -> pd.DataFrame:
        """Return a frame with a row for each request and the columns of :meth:`RequestEntry.as_dict`."""
        return requests_frame(self.requests)

    def logs_frame(self) -> pd.DataFrame:
        """Return a frame with a row for each log message: n, at, level, message."""
        return logs_frame(self.logs)

    def _masked(self, entry: RequestEntry) -> RequestEntry:
        params = entry.params
        if isinstance(params, str):
            params = self._masker.text(params)
        elif params is not None:
            params = self._masker.data(dict(params), sent=True)
        headers = harmless_headers(entry.headers)
        return replace(
            entry,
            endpoint=self._masker.text(entry.endpoint),
            params=params,
            headers=None if headers is None else self._masker.data(headers, sent=True),
        )

    def _capped(self, message: str) -> str:
        # A character takes at most four bytes, and most messages are short.
        if len(message) * 4 <= MAX_LOG_BYTES or _bytes(message) <= MAX_LOG_BYTES:
            return message
        # Mask before the cut: half of a secret would not be recognized.
        encoded = self._masker.text(message).encode("utf-8", "surrogatepass")
        room = MAX_LOG_BYTES - _bytes(_CUT)
        return encoded[:room].decode("utf-8", "ignore") + _CUT


class _TimeByPart:
    """A stack of parts: time counts for the top part, and for ``other`` where the stack is empty.

    Only the thread that created it changes the stack. Waits of other threads count as the script's time, so
    that the parts add up to the whole.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._thread = threading.get_ident()
        self._since = clock()
        self._seconds: dict[Part, float] = dict.fromkeys(PARTS, 0.0)
        self._stack: list[Part] = []

    def enter(self, part: Part) -> int:
        """Start ``part``. Return the level for :meth:`leave`, or -1 in another thread (not counted)."""
        if threading.get_ident() != self._thread:
            return -1
        self._settle()
        self._stack.append(part)
        return len(self._stack) - 1

    def leave(self, level: int) -> None:
        """End the part of this level, and all parts inside it that an interrupt left open."""
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
        """Return the seconds of each part until now."""
        now = self._clock()
        totals = dict(self._seconds)
        totals[self._top] += now - self._since
        return totals

    @property
    def _top(self) -> Part:
        return self._stack[-1] if self._stack else "other"

    def _settle(self) -> None:
        now = self._clock()
        self._seconds[self._top] += now - self._since
        self._since = now


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
