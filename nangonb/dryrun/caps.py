"""What ends a run before its script does: so many records, so much memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

from nangonb.dryrun.memory import available, resident

_SHARE: Final = 0.75
_LEAST: Final = 256 * 2**20
_LOOK_EVERY: Final = 0.02


class CapReached(BaseException):
    """Ends a script whose cap was hit. Not an Exception, so that no handler of the script stops it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def memory_limit() -> int:
    """By how many bytes a run may grow where nobody says: three quarters of what the machine has left."""
    return max(int(available() * _SHARE), _LEAST)


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
