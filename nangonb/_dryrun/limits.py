"""What ends a run before its script does: requests, records, memory, time."""

from __future__ import annotations

import os
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nangonb._nango.types import LARGEST

_SHARE: Final = 0.75
_LEAST: Final = 256 * 2**20
_LOOK_EVERY: Final = 0.02
_LEAST_LEFT: Final = 16 * 2**20
_BODY_AND_TEXT: Final = 5
#: What Python takes, in bytes, for each list, object and further value of a JSON body.
_SIZES: Final = ((b"[", 130), (b"{", 310), (b",", 60))
_MOST_A_BYTE: Final = 160  # `{},`
_STATM: Final = Path("/proc/self/statm")
_MEMINFO: Final = Path("/proc/meminfo")
_CGROUP: Final = Path("/sys/fs/cgroup")
_UNLIMITED: Final = 2**60
_PAGE: Final = resource.getpagesize()


class LimitReached(BaseException):
    """Ends a script whose run reached a limit. Not an Exception, so that no handler of the script stops it.

    ``limit`` is ``max-requests``, ``max-records``, ``memory``, ``timeout`` or ``repeated-page``. ``why``
    completes "The run ended because …" where the limit alone does not say it.
    """

    def __init__(self, limit: str, why: str = "") -> None:
        super().__init__(limit)
        self.limit, self.why = limit, why


@dataclass
class Limits:
    """The limits of a run, shared by all of its scripts; None is no limit.

    ``max_records`` counts what is saved, updated and deleted; ``max_memory`` is by how many bytes the
    process may grow; ``deadline`` is a time of :func:`time.monotonic`. ``records`` is the count so far,
    ``growth`` by how many bytes the process had grown at the last look.
    """

    max_requests: int | None = None
    max_records: int | None = None
    max_memory: int | None = None
    deadline: float | None = None
    records: int = 0
    growth: int = 0
    _resident_before: int = field(default_factory=lambda: _resident())
    _looked: float = 0.0

    @property
    def room(self) -> int | None:
        """How many more records may come."""
        return None if self.max_records is None else max(self.max_records - self.records, 0)

    @property
    def largest_body(self) -> int | None:
        """How many bytes of a body may be read."""
        left = self._memory_left
        return None if left is None else largest_body(left)

    @property
    def _memory_left(self) -> int | None:
        """How many bytes an answer may take, as values. Some are always left: what ends a run that has
        reached its limit is :meth:`check_memory`, which counts what is there."""
        if self.max_memory is None:
            return None
        self.growth = _resident() - self._resident_before
        return max(self.max_memory - self.growth, _LEAST_LEFT)

    def check_largest(self, largest: int, body: str) -> None:
        """Raises LimitReached for a body of more than ``largest`` bytes where more memory would hold it."""
        if largest < LARGEST:
            most = (self.max_memory or 0) // 2**20
            raise LimitReached(
                "memory", f"{body} has more than {largest / 2**20:,.1f} MB, and the run may take {most:,} MB"
            )

    def check_body(self, content: bytes, body: str) -> None:
        """Raises LimitReached where the values of a JSON body would take more memory than is left."""
        left = self._memory_left
        if left is None or len(content) * _MOST_A_BYTE < left:
            return
        size = len(content) + sum(content.count(sign) * each for sign, each in _SIZES)
        if size > left:
            estimate = f"the values in {body} would take about {size // 2**20:,} MB of memory"
            raise LimitReached("memory", f"{estimate}, and the run may take {left // 2**20:,} MB more")

    def check_request(self, count: int) -> None:
        """Before a request, after ``count`` of them: raises LimitReached where a limit is reached."""
        if self.max_requests is not None and count >= self.max_requests:
            raise LimitReached("max-requests")
        self.check_time()
        if self.room == 0:
            raise LimitReached("max-records")
        self.check_memory()

    def check_time(self) -> None:
        """Raises LimitReached after the deadline, which is why a request may have failed."""
        check_deadline(self.deadline)

    def check_memory(self) -> None:
        """Cheap: looks at most every 20 ms."""
        if self.max_memory is None:
            return
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        self.growth = _resident() - self._resident_before
        if self.growth > self.max_memory:
            raise LimitReached("memory")


def check_deadline(deadline: float | None) -> None:
    if deadline is not None and time.monotonic() > deadline:
        raise LimitReached("timeout")


def memory_limit() -> int:
    """By how many bytes a run may grow by default: three quarters of what the machine has left."""
    return max(int(_available() * _SHARE), _LEAST)


def largest_body(memory: int) -> int:
    """How many bytes of a body fit into so much memory: as text it may take five times its size."""
    return min(memory // _BODY_AND_TEXT, LARGEST)


def _resident() -> int:
    """The bytes of this process in memory; where the system does not tell, the most there ever were."""
    try:
        return int(_STATM.read_bytes().split()[1]) * _PAGE
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def _available() -> int:
    """The bytes that may still be taken without swapping, also by the limit of a container."""
    return max(min(_available_on_machine(), _available_in_container()), 0)


def _available_on_machine() -> int:
    try:
        for line in _MEMINFO.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    # other programs take their share of it; half is a guess on the safe side
    return os.sysconf("SC_PHYS_PAGES") * _PAGE // 2


def _available_in_container() -> int:
    try:
        most = (_CGROUP / "memory.max").read_text("ascii").strip()
        if most == "max":
            return _UNLIMITED
        taken = int((_CGROUP / "memory.current").read_text("ascii"))
        # pages of files count as taken, and are given back on demand
        given_back = next(
            int(line.split()[1])
            for line in (_CGROUP / "memory.stat").read_text("ascii").splitlines()
            if line.startswith("inactive_file ")
        )
        return int(most) - taken + given_back
    except (OSError, ValueError, StopIteration):
        return _UNLIMITED
