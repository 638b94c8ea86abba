"""Synced records from Nango, page by page: stored as columns, separate from Nango's metadata."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from nangonb._records.batch import Batch
from nangonb._records.buffer import SPILL_AT
from nangonb._records.columns import columns_of
from nangonb._records.frames import ColumnNote, build, field_kinds
from nangonb._records.jsonvalue import dumps
from nangonb._records.stored import (
    Row,
    SpillFile,
    StoredBatch,
    StoredColumns,
    StoredRows,
    store_columns,
    store_rows,
)

if TYPE_CHECKING:
    import pandas as pd

METADATA: Final = "_nango_metadata"
ACTIONS: Final = ("ADDED", "UPDATED", "DELETED")
COLUMNS: Final = ("first_seen_at", "last_modified_at", "last_action", "deleted_at", "pruned_at", "cursor")
"""Nango's metadata, in the order of the columns of a frame."""
_TIMES: Final = frozenset(name for name in COLUMNS if name.endswith("_at"))


@dataclass(slots=True)
class _Page:
    count: int
    own: StoredColumns | StoredRows
    metadata: StoredColumns | StoredRows


class SyncedBuffer:
    """The records of one model, in Nango's order, exactly as sent.

    ``schema`` is the model's JSON Schema, or None for an undeclared model; ``fields`` are the model's fields
    in order. More than ``spill_at`` bytes go to a temporary file, which is removed with the buffer.
    """

    def __init__(
        self,
        model: str,
        schema: Mapping[str, Any] | None = None,
        *,
        fields: Sequence[str] = (),
        spill_at: int = SPILL_AT,
    ) -> None:
        self.model, self.schema, self.fields = model, schema, tuple(fields)
        self.actions: Counter[str] = Counter()
        """The number of records by ``last_action``."""
        self.unsafe: Counter[str] = Counter()
        """The number of integers beyond 2^53 by field."""
        self._pages: list[_Page] = []
        self._spill_at, self._in_memory = spill_at, 0
        self._file: SpillFile | None = None

    def append(self, records: list[Row]) -> None:
        """Add a page. The buffer owns and changes the list."""
        if not records:
            return
        metadata = [record.pop(METADATA, None) or {} for record in records]
        own = _store(self.model, records)
        page = _Page(len(records), own.stored, _store(self.model, metadata).stored)
        # last, and atomic for an interrupt
        self._pages.append(page)
        self.actions.update(str(each.get("last_action")) for each in metadata)
        self.unsafe.update(own.unsafe)
        self._in_memory += page.own.nbytes + page.metadata.nbytes
        if self._in_memory > self._spill_at:
            self._spill()

    def _spill(self) -> None:
        try:
            self._file = self._file or SpillFile()
            for page in self._pages:
                page.own.spill(self._file)
                page.metadata.spill(self._file)
            self._in_memory = 0
        except OSError:  # the disk is full: stay in memory, and try again after as many bytes
            self._spill_at += self._spill_at

    def __len__(self) -> int:
        return sum(page.count for page in self._pages)

    def __iter__(self) -> Iterator[Row]:
        for page in self._pages:
            for record, metadata in zip(page.own.rows(), page.metadata.rows(), strict=True):
                if metadata:
                    record[METADATA] = metadata
                yield record

    @property
    def names(self) -> list[str]:
        """The fields of the model in order, then others in order of appearance."""
        names = dict.fromkeys(self.fields)
        for page in self._pages:
            own = page.own
            each = (
                own.names
                if isinstance(own, StoredColumns)
                else dict.fromkeys(chain.from_iterable(own.rows()))
            )
            names.update(dict.fromkeys(each))
        return list(names)

    def preview(self, n: int = 20) -> list[Row]:
        """Return the first ``n`` records."""
        return list(islice(self, n))

    def json_lines(self) -> Iterator[bytes]:
        """Yield each record as compact JSON."""
        return map(dumps, self)

    def frame(self) -> tuple[pd.DataFrame, list[ColumnNote]]:
        """Return the records as a DataFrame, and a note for each column that cannot have the model's type.

        Columns are those of :mod:`nangonb._records.frames`, then :data:`COLUMNS`: times as ``datetime64[ns,
        UTC]``, ``last_action`` as a category, ``cursor`` as text. A column whose name is also a field of the
        records is called ``_nango_…``.
        """
        kinds = field_kinds(self.schema)
        frame, notes = build((_piece(page.own) for page in self._pages), fields=self.fields, kinds=kinds)
        metadata, _ = build(
            (_piece(page.metadata) for page in self._pages),
            kinds=dict.fromkeys(COLUMNS, "string"),
        )
        for name in metadata.columns:
            column = metadata[name]
            typed = (
                _times(column) if name in _TIMES else _actions(column) if name == "last_action" else column
            )
            frame[f"_nango_{name}" if name in frame.columns else name] = typed
        return frame, notes


def _store(model: str, records: list[Row]) -> StoredBatch:
    batch = Batch("save", model, records, [], records, [])
    columns = columns_of(records)
    return store_rows(batch) if columns is None else store_columns(batch, columns)


def _piece(stored: StoredColumns | StoredRows) -> Any:
    return stored.columns() if isinstance(stored, StoredColumns) else stored.rows()


def _times(column: pd.Series[Any]) -> Any:
    """Convert ISO 8601 to datetimes; return other text unchanged."""
    import pandas as pd
    import pyarrow as pa

    if str(column.dtype) != "string":
        return column
    try:
        return pa.array(column.array).cast(pa.timestamp("ns", "UTC")).to_pandas()
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        pass
    try:
        return pd.to_datetime(column, format="ISO8601", utc=True).astype("datetime64[ns, UTC]")
    except (ValueError, TypeError):
        return column


def _actions(column: pd.Series[Any]) -> Any:
    actions = column.astype("category")
    others = [name for name in actions.cat.categories if name not in ACTIONS]
    return actions.cat.set_categories([*ACTIONS, *others])
