"""The final state of a log of calls: which saved rows remain, with which updates, and which are deleted.

Across calls, and across chunks of a call, the last record of an id wins. An update merges its fields into the
row that this run saved under its id; without such a row, it stays an update. A row keeps its last position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from nangonb._records.stored import Row, Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEW: Final = 50_000


@dataclass(frozen=True, slots=True)
class Resolved:
    """The state after the log.

    ``kept`` maps a save segment to its remaining rows; all rows of a segment that is missing here remain.
    ``patched`` are the fields to merge into remaining rows.
    """

    kept: dict[int, list[int]] = field(default_factory=dict)
    patched: dict[int, dict[int, Row]] = field(default_factory=dict)
    updates: list[Row] = field(default_factory=list)
    deleted: list[Row] = field(default_factory=list)


def resolve(segments: Sequence[Segment]) -> Resolved:
    if _saved_once(segments):
        return Resolved()
    log = _Log()
    repeated = _repeated(segments)
    for number, segment in enumerate(segments):
        if segment.operation == "save":
            rows = _rows_among(segment, repeated)
            if rows:
                keys = segment.key_list()
                for row in rows:
                    log.save(keys[row], number, row)
        else:
            write = log.update if segment.operation == "update" else log.delete
            for key, row_data in zip(segment.key_list(), segment.rows(), strict=True):
                write(key, row_data)
    return log.resolved(segments)


class _Log:
    """Tracks the ids that occur more than once in the log; all other saved rows remain."""

    def __init__(self) -> None:
        self._saved: dict[str, tuple[int, int]] = {}  # segment and row
        self._dropped: dict[int, set[int]] = {}
        self._patches: dict[str, Row] = {}
        self._updates: dict[str, Row] = {}
        self._deleted: dict[str, Row] = {}

    def save(self, key: str, segment: int, row: int) -> None:
        self._drop(key)
        for rows in (self._updates, self._deleted):
            rows.pop(key, None)
        self._saved[key] = (segment, row)

    def update(self, key: str, fields: Row) -> None:
        target = self._patches if key in self._saved else self._updates
        target[key] = {**target[key], **fields} if key in target else fields

    def delete(self, key: str, record: Row) -> None:
        self._drop(key)
        for rows in (self._updates, self._deleted):
            rows.pop(key, None)
        self._deleted[key] = record

    def _drop(self, key: str) -> None:
        if key in self._saved:
            segment, row = self._saved.pop(key)
            self._dropped.setdefault(segment, set()).add(row)
            self._patches.pop(key, None)

    def resolved(self, segments: Sequence[Segment]) -> Resolved:
        kept = {
            number: [row for row in range(segments[number].count) if row not in dropped]
            for number, dropped in self._dropped.items()
        }
        patched: dict[int, dict[int, Row]] = {}
        for key, patch in self._patches.items():
            segment, row = self._saved[key]
            patched.setdefault(segment, {})[row] = patch
        return Resolved(kept, patched, list(self._updates.values()), list(self._deleted.values()))


def _saved_once(segments: Sequence[Segment]) -> bool:
    """Return whether few records are saved, each once. Avoids the import of numpy, which takes longer."""
    count = sum(segment.count for segment in segments)
    if count > _FEW or any(segment.operation != "save" for segment in segments):
        return False
    return len(set(chain.from_iterable(segment.hashes for segment in segments))) == count


def _repeated(segments: Sequence[Segment]) -> NDArray[np.int64]:
    """Return the hashes that occur more than once in the log: those of all repeated ids, rarely one more."""
    import numpy as np

    hashes = np.concatenate([np.zeros(0, np.int64), *(_hashes(segment) for segment in segments)])
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def _rows_among(segment: Segment, repeated: NDArray[np.int64]) -> list[int]:
    import numpy as np

    if not len(repeated):
        return []
    rows: list[int] = np.flatnonzero(np.isin(_hashes(segment), repeated)).tolist()
    return rows


def _hashes(segment: Segment) -> NDArray[np.int64]:
    import numpy as np

    return np.frombuffer(segment.hashes, np.int64)
