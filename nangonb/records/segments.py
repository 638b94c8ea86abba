"""One call in the log of a buffer."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nangonb.records.batch import Batch, Operation, as_key
from nangonb.records.columns import Table
from nangonb.records.stored import SpillFile, StoredColumns, StoredRows
from nangonb.records.storing import keep_columns, keep_rows

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Segment:
    """The records of one call.

    ``keys`` are the ids as strings, None where they can be read from what is stored; ``hashes`` the hash of
    each.
    ``distinct``, ``ignored`` and ``unsafe`` are what there is to say about the call: see
    :class:`nangonb.records.batch.Batch`, and per field how many integers JavaScript would round.
    """

    operation: Operation
    count: int
    stored: StoredColumns | StoredRows
    keys: pa.Array | list[str] | None
    hashes: array[int]
    distinct: int
    ignored: tuple[str, ...]
    unsafe: dict[str, int]

    @classmethod
    def of(cls, batch: Batch, table: Table | None) -> Segment:
        """Raises SDKError where JSON cannot hold a value."""
        kept = keep_rows(batch) if table is None else keep_columns(batch, table)
        return cls(
            batch.operation,
            len(batch.records),
            kept.stored,
            _keys(batch, kept.stored),
            array("q", map(hash, batch.keys)),
            batch.distinct,
            batch.ignored,
            kept.unsafe,
        )

    def key_list(self) -> list[str]:
        if isinstance(self.keys, list):
            return self.keys
        if self.keys is None:
            if isinstance(self.stored, StoredRows):
                return [as_key(row["id"]) for row in self.rows()]
            return _strings(self.stored.batch().column("id"))
        return _strings(self.keys)

    def rows(self) -> list[dict[str, Any]]:
        return self.stored.rows()

    def spill(self, file: SpillFile) -> None:
        """Raises OSError; what did not move then is still in memory."""
        self.stored.spill(file)


def _keys(batch: Batch, stored: StoredColumns | StoredRows) -> pa.Array | list[str] | None:
    if isinstance(stored, StoredRows):
        return None
    import pyarrow as pa

    column = stored.batch().column("id") if "id" not in stored.json else None
    if column is not None and pa.types.is_large_string(column.type):
        return None
    try:
        return pa.array(batch.keys, pa.large_string())
    except ValueError:  # a lone surrogate
        return batch.keys


def _strings(column: pa.Array) -> list[str]:
    strings: list[str] = column.to_pylist()
    return strings
