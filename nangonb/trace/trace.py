"""Recording costs microseconds; masking is done when somebody looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from nangonb.masking import Masker
from nangonb.trace.entries import READING_METHODS, Kind, LogEntry, RequestEntry, shown_headers
from nangonb.trace.spent import Part, Spent

if TYPE_CHECKING:
    import pandas as pd

MAX_LOG_BYTES: Final = 99_000  # where Nango's runner cuts a message (server.md)
MAX_LOGS: Final = 100_000

_CUT = "… (cut)"


class Trace:
    """The requests and logs of one run.

    A runtime calls :meth:`begin` before a request and :meth:`end` after it, :meth:`saved` when the script
    saves records, and :meth:`log`. Readers use :attr:`requests`, :attr:`logs`, the frames and
    :meth:`as_dict`, all of them without secrets. The counters are cheap enough for live progress.

    Calls of Nango's own API are among the requests, and are not counted as such. The time between
    :meth:`begin` and :meth:`end` is the network's; a runtime says with :meth:`on` whose the rest is.
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
        self._spent = Spent(clock)
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
        """A request starts. Mappings are kept as they are given, not copied: do not change them later.

        ``reads``: whether it only reads; what its method says, where it is None.
        Secrets that it sends become known, those in ``sent`` too: answers and errors may repeat them.
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
        """The request is over: ``status`` of the answer, or ``code`` of what went wrong."""
        self._spent.leave(self._open.pop(entry.n, -1))
        entry.seconds = self._clock() - self._origin - entry.started
        entry.status, entry.code, entry.received = status, code, received
        self.received += received

    def on(self, part: Part) -> AbstractContextManager[None]:
        """What happens inside of it is time of ``part``, but for what is inside of another."""
        return self._spent.on(part)

    def saved(self, count: int) -> None:
        """The script saved, updated or deleted ``count`` records: they came from the latest request.

        Those of Nango's own API do not count here: a look at the metadata gives no records.
        """
        if self._latest is not None:
            self._latest.saved += count

    def log(self, level: str, message: str) -> None:
        """One log message, cut at 99,000 bytes of UTF-8. After 100,000 messages the rest is only counted."""
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
    def log_count(self) -> int:
        return len(self._logs)

    @property
    def spent(self) -> dict[Part, float]:
        """Seconds of each part until now; together they are :attr:`elapsed`."""
        return self._spent.seconds()

    @property
    def seconds_waiting(self) -> float:
        """Seconds that all finished requests took together: the network's share of the run."""
        return sum(entry.seconds or 0.0 for entry in self._requests)

    @property
    def requests(self) -> list[RequestEntry]:
        """Copies of the entries, without secrets."""
        return [self._masked(entry) for entry in self._requests]

    @property
    def traced(self) -> int:
        """How many entries :attr:`requests` has: the requests, and the calls of Nango's own API."""
        return len(self._requests)

    def request(self, n: int) -> RequestEntry:
        """A copy of one entry, without secrets. Raises IndexError."""
        return self._masked(self._requests[n - 1])

    @property
    def logs(self) -> list[LogEntry]:
        """Copies of the log entries, without secrets."""
        return [replace(entry, message=self._masker.text(entry.message)) for entry in self._logs]

    def last_logged(self, level: str, count: int) -> list[str]:
        """The last messages of a level, at most ``count``, without secrets."""
        found = [entry.message for entry in self._logs if entry.level == level]
        return [self._masker.text(message) for message in found[-count:]]

    def as_dict(self) -> dict[str, Any]:
        """The public JSON form: ``requests`` and ``logs``, without secrets."""
        return {
            "requests": [entry.as_dict() for entry in self.requests],
            "logs": [entry.as_dict() for entry in self.logs],
        }

    def requests_frame(self) -> pd.DataFrame:
        """One row for each request; the columns are those of :meth:`RequestEntry.as_dict`."""
        from nangonb.trace.frames import requests_frame

        return requests_frame(self.requests)

    def logs_frame(self) -> pd.DataFrame:
        """One row for each log message: n, at, level, message."""
        from nangonb.trace.frames import logs_frame

        return logs_frame(self.logs)

    def _masked(self, entry: RequestEntry) -> RequestEntry:
        params = entry.params
        if isinstance(params, str):
            params = self._masker.text(params)
        elif params is not None:
            params = self._masker.data(dict(params), sent=True)
        headers = shown_headers(entry.headers)
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
        # Masked before it is cut: the first half of a secret would not be known again.
        encoded = self._masker.text(message).encode("utf-8", "surrogatepass")
        room = MAX_LOG_BYTES - _bytes(_CUT)
        return encoded[:room].decode("utf-8", "ignore") + _CUT


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
