"""What ends a run before its script does: so many records, so much memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from nangonb.dryrun.memory import available, resident
from nangonb.nango.types import LARGEST

_SHARE: Final = 0.75
_LEAST: Final = 256 * 2**20
_LOOK_EVERY: Final = 0.02
_LEAST_LEFT: Final = 16 * 2**20
_BODY_AND_TEXT: Final = 5
#: What Python takes, in bytes, for each list, object and further value of a JSON body.
_SIZES: Final = ((b"[", 130), (b"{", 310), (b",", 60))
_MOST_A_BYTE: Final = 160  # `{},`


class CapReached(BaseException):
    """Ends a script whose cap was hit. Not an Exception, so that no handler of the script stops it.

    ``why`` completes "The run ended because …" where more is known than the cap.
    """

    def __init__(self, what: str, why: str = "") -> None:
        super().__init__(what)
        self.what, self.why = what, why


def check_deadline(deadline: float | None) -> None:
    """Raises CapReached where the time of the run is over; ``deadline`` is on the monotonic clock."""
    if deadline is not None and time.monotonic() > deadline:
        raise CapReached("timeout")


def memory_limit() -> int:
    """By how many bytes a run may grow where nobody says: three quarters of what the machine has left."""
    return max(int(available() * _SHARE), _LEAST)


def largest_body(memory: int) -> int:
    """How many bytes of a body fit into so much memory: as text it may take five times its size."""
    return min(memory // _BODY_AND_TEXT, LARGEST)


@dataclass
class Caps:
    """Shared by all scripts of a run.

    ``max_records`` counts what is saved, updated and deleted; ``max_memory`` is by how many bytes the
    process may grow; None is no limit. ``grown`` is by how much it had grown when it was looked at last.
    """

    max_records: int | None = None
    max_memory: int | None = None
    records: int = 0
    grown: int = 0
    _before: int = field(default_factory=resident)
    _looked: float = 0.0

    @property
    def room(self) -> int | None:
        """How many more records may come; None without a limit."""
        return None if self.max_records is None else max(self.max_records - self.records, 0)

    @property
    def memory_left(self) -> int | None:
        """How many bytes an answer may take, as values; None without a limit. Some are always left: what
        ends a run that has reached its limit is :meth:`check_memory`, which counts what is there."""
        if self.max_memory is None:
            return None
        self.grown = resident() - self._before
        return max(self.max_memory - self.grown, _LEAST_LEFT)

    @property
    def largest_body(self) -> int | None:
        """How many bytes of a body may be read; None without a limit."""
        left = self.memory_left
        return None if left is None else largest_body(left)

    def check_largest(self, largest: int, what: str) -> None:
        """Raises CapReached for a body of more than ``largest`` bytes where more memory would hold it."""
        if largest < LARGEST:
            most = (self.max_memory or 0) // 2**20
            raise CapReached(
                "memory", f"{what} has more than {largest / 2**20:,.1f} MB, and the run may take {most:,} MB"
            )

    def check_body(self, body: bytes, what: str) -> None:
        """Raises CapReached where the values of a JSON body would take more memory than is left."""
        left = self.memory_left
        if left is None or len(body) * _MOST_A_BYTE < left:
            return
        size = len(body) + sum(body.count(sign) * each for sign, each in _SIZES)
        if size > left:
            said = f"the values in {what} would take about {size // 2**20:,} MB of memory"
            raise CapReached("memory", f"{said}, and the run may take {left // 2**20:,} MB more")

    def check(self) -> None:
        """Raises CapReached where the run has what it may have."""
        if self.room == 0:
            raise CapReached("max-records")
        self.check_memory()

    def check_memory(self) -> None:
        """Cheap: looks at most every 20 ms."""
        if self.max_memory is None:
            return
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        self.grown = resident() - self._before
        if self.grown > self.max_memory:
            raise CapReached("memory")
