"""What the demo's syncs have stored: records computed from the providers' data when they are first needed.

A :class:`Source` gives rows as JSON. Two runs lie behind each sync: one when the connection was made, and one
a day later that added, changed and deleted a few, so that every filter finds something. Each run that is
triggered changes a few more, the same ones in every sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any

import orjson

from nangonb.sandbox.store.entries import moment_of
from nangonb.sandbox.store.records import Records
from nangonb.sandbox.store.syncs import SyncRun

__all__ = ["MOST_RECORDS", "Source", "first_runs", "list_source", "seed", "seed_result", "small_changes"]

MOST_RECORDS = 200_000
"""So many records a model has at most."""

_CHUNK = 20_000  # rows that are made at a time
_GONE = 3  # records that the provider no longer has

Pairs = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Source:
    """``size`` rows of a provider. ``make`` gives ids and JSON; ``edit`` changes a record for an edition.

    Rows from ``size`` on can be made, too: new ones, and ones that are gone.
    """

    size: int
    make: Callable[[range], Pairs]
    edit: Callable[[dict[str, Any], int], None]

    def edited(self, row: int, edition: int) -> dict[str, Any]:
        """One record as it was, or will be, in another edition."""
        record: dict[str, Any] = orjson.loads(self.make(range(row, row + 1))[0][1])
        self.edit(record, edition)
        return record


def first_runs(made: str) -> tuple[datetime, datetime]:
    """When the two runs behind a sync ended, of a connection that was made then."""
    first = datetime.fromisoformat(made) + timedelta(minutes=2)
    return first, first + timedelta(days=1)


def seed(source: Source, made: str) -> Callable[[Records], None]:
    """Makes the records of a connection that was made then (an ISO date)."""

    def make(records: Records) -> None:
        size, (first, second) = source.size, first_runs(made)
        if not size:
            return
        new, changed = _later(size)
        gone = source.make(range(size, size + _GONE))
        records.save_texts(chain(_before(source, size - new, changed), gone), at=moment_of(first))
        added = source.make(range(size - new, size))
        now = [source.make(range(row, row + 1))[0] for row in changed]
        records.save_texts([*added, *now], at=moment_of(second))
        records.delete([{"id": record_id} for record_id, _ in gone], at=moment_of(second))

    return make


def seed_result(size: int) -> dict[str, int]:
    """What the second run behind a sync did."""
    new, changed = _later(size)
    return {"added": new if size else 0, "updated": len(changed), "deleted": _GONE if size else 0}


def small_changes(source: Source, model: str, run: SyncRun) -> None:
    """Add two records, change up to five, delete one. Into an empty store save all."""
    records, number, size = run.records(model), run.sync.runs, source.size
    if not records.page(limit=1).records:
        run.saved(model, records.save_texts(_before(source, size, ())))
        return
    start = size + _GONE + 2 * number
    run.saved(model, records.save_texts(source.make(range(start, start + 2))))
    if size:
        gone = (number * 53 + 7) % size
        rows = sorted({(number * 37 + step * 101) % size for step in range(5)} - {gone})
        run.saved(model, records.update([source.edited(row, number) for row in rows]))
        gone_id = source.make(range(gone, gone + 1))[0][0]
        run.saved(model, records.delete([{"id": gone_id}]))


def _before(source: Source, stop: int, changed: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    """The rows up to ``stop``, some of them as they were before they changed."""
    former = {row: orjson.dumps(source.edited(row, 0)) for row in changed}
    for start in range(0, stop, _CHUNK):
        pairs = source.make(range(start, min(start + _CHUNK, stop)))
        for row, (record_id, text) in enumerate(pairs, start):
            yield record_id, former.get(row, text)


def _later(size: int) -> tuple[int, Sequence[int]]:
    """How many the second run added, and the rows that it changed."""
    new = min(size, 1 + size // 400)
    old = size - new
    return new, range(0, old, max(1, old // max(1, size // 80 + 1))) if old else ()


def list_source(made: Callable[[], Sequence[Mapping[str, Any]]], size: int, text: str) -> Source:
    """Records of a list, made when they are first needed. ``text`` is the field that editions change."""
    made = cache(made)

    def make(rows: range) -> Pairs:
        listed = made()
        pairs = []
        for row in rows if listed else ():
            record = listed[row % len(listed)]
            if row >= size:  # one like it, with an id of its own
                record = {**record, "id": _another(str(record["id"]), row // max(size, 1))}
            pairs.append((str(record["id"]), orjson.dumps(record)))
        return pairs

    def edit(record: dict[str, Any], edition: int) -> None:
        if text:
            before = record[text]
            record[text] = f"edition {edition}" if before is None else f"{before} ({edition})"

    return Source(size, make, edit)


def _another(record_id: str, number: int) -> str:
    return str(int(record_id) + number * 10**12) if record_id.isdecimal() else f"{record_id}-{number}"
