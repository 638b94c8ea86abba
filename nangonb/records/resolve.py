"""From the log to the state it leaves: which saved rows stand, what was patched, what is gone.

Across calls, and across chunks of a call, the last one wins. An update merges its fields into the row that
this run saved under its id; where there is none, it stays an update. A row stands where it was saved last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nangonb.records.segments import Segment

Spot = tuple[int, int]  # segment, row


@dataclass(frozen=True, slots=True)
class Resolved:
    """The state after the log.

    ``kept`` maps a save segment to the rows of it that stand; a segment that is missing stands whole.
    ``patched`` are the fields to merge into standing rows.
    """

    kept: dict[int, list[int]] = field(default_factory=dict)
    patched: dict[int, dict[int, dict[str, Any]]] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[dict[str, Any]] = field(default_factory=list)


def resolve(segments: Sequence[Segment]) -> Resolved:
    if _only_distinct_saves(segments):
        return Resolved()
    saved: dict[str, Spot] = {}
    patches: dict[str, dict[str, Any]] = {}
    updates: dict[str, dict[str, Any]] = {}
    deleted: dict[str, dict[str, Any]] = {}
    for number, segment in enumerate(segments):
        keys = segment.key_list()
        if segment.operation == "save":
            saved.update((key, (number, row)) for row, key in enumerate(keys))
            for gone in (patches, updates, deleted):
                if gone:
                    for key in keys:
                        gone.pop(key, None)
            continue
        for key, row in zip(keys, segment.rows(), strict=True):
            if segment.operation == "update":
                target = patches if key in saved else updates
                target[key] = {**target[key], **row} if key in target else row
            else:
                for of_key in (saved, patches, updates, deleted):
                    of_key.pop(key, None)
                deleted[key] = row
    return _resolved(segments, saved, patches, updates, deleted)


def _resolved(
    segments: Sequence[Segment],
    saved: dict[str, Spot],
    patches: dict[str, dict[str, Any]],
    updates: dict[str, dict[str, Any]],
    deleted: dict[str, dict[str, Any]],
) -> Resolved:
    kept: dict[int, list[int]] = {n: [] for n, segment in enumerate(segments) if segment.operation == "save"}
    for number, row in saved.values():
        kept[number].append(row)
    patched: dict[int, dict[int, dict[str, Any]]] = {}
    for key, patch in patches.items():
        number, row = saved[key]
        patched.setdefault(number, {})[row] = patch
    partial = {n: sorted(rows) for n, rows in kept.items() if len(rows) < segments[n].count}
    return Resolved(partial, patched, list(updates.values()), list(deleted.values()))


def _only_distinct_saves(segments: Sequence[Segment]) -> bool:
    """Whether nothing in the log touches what stood before it, found out without making Python strings."""
    if any(segment.operation != "save" or isinstance(segment.keys, list) for segment in segments):
        return False
    if not segments:
        return True
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = pa.chunked_array([segment.keys for segment in segments])
    return bool(pc.count_distinct(keys).as_py() == len(keys))
