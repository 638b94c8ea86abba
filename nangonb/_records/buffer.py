"""The ordered log of the records that a run saves, updates and deletes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nangonb._project.problems import Problem
from nangonb._records.batch import CHUNK, Batch, Operation, check
from nangonb._records.collector import relaxed_gc
from nangonb._records.columns import BatchColumns, columns_of
from nangonb._records.frames import ColumnNote, Columns, Rows, build, field_kinds
from nangonb._records.jsonvalue import dumps
from nangonb._records.notes import column_notes, duplicate_notes, integer_notes
from nangonb._records.resolve import Resolved, resolve
from nangonb._records.stored import Segment, SpillFile, StoredColumns, StoredRows
from nangonb._records.summary import ValidationSummary
from nangonb._records.validate import Validator
from nangonb._text import plural
from nangonb.errors import SDKError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SPILL_AT = 256 * 2**20


class Counts(NamedTuple):
    """The counts of the CLI: records of all calls; ``added`` counts each id once in a call."""

    added: int = 0
    updated: int = 0
    deleted: int = 0


class RecordBuffer:
    """The records of one model (and variant) in one run, call by call.

    ``schema`` is the model's JSON Schema (draft-07, self-contained), or None for an undeclared model;
    ``fields`` are the model's fields in order. Each batch is validated (``validation``); with ``enforce``, a
    batch that breaks the model is rejected. More than ``spill_at`` bytes go to a temporary file, which is
    removed with the buffer. Without ``columns``, records are stored as JSON rows: for callers that make no
    frame and need not import Arrow.

    ``save``, ``update`` and ``delete`` take any iterable of mappings and check it like Nango's server: each
    record has an ``id`` (string or number, 1 to 255 characters) and JSON values; dates become ISO strings;
    ``_nango_metadata`` is dropped. They raise SDKError (``invalid_sync_record``) with record, field and fix.
    A rejected batch leaves no records; earlier batches stay.
    """

    def __init__(
        self,
        model: str,
        schema: Mapping[str, Any] | None = None,
        *,
        fields: Sequence[str] = (),
        variant: str = "base",
        enforce: bool = False,
        spill_at: int = SPILL_AT,
        columns: bool = True,
    ) -> None:
        self.model, self.schema, self.variant = model, schema, variant
        self.fields = tuple(fields)
        self.validation = ValidationSummary()
        self._validators: dict[Operation, Validator] = {}
        self._enforce, self._columns = enforce, columns
        self._segments: list[Segment] = []
        # each with the length of the log for which it was computed
        self._resolved: tuple[int, Resolved] = (0, Resolved())
        self._column_notes: tuple[int, list[ColumnNote]] = (0, [])
        self._spill_at, self._in_memory = spill_at, 0
        self._file: SpillFile | None = None

    # --- writing

    def save(self, records: Iterable[Mapping[str, Any]] | None) -> None:
        self._append("save", records)

    def update(self, records: Iterable[Mapping[str, Any]] | None) -> None:
        self._append("update", records)

    def delete(self, records: Iterable[Mapping[str, Any]] | None) -> None:
        self._append("delete", records)

    def _append(self, operation: Operation, records: Iterable[Mapping[str, Any]] | None) -> None:
        batch = check(operation, self.model, records)
        if batch is None:
            return
        columns = columns_of(batch.records)
        segment = Segment.of(batch, columns if self._columns else None)
        self._validate(batch, columns)
        # last, and atomic for an interrupt
        self._segments.append(segment)
        self._in_memory += segment.stored.nbytes
        if self._in_memory > self._spill_at:
            self._spill()

    def _validate(self, batch: Batch, columns: BatchColumns | None) -> None:
        validator = self._validator(batch.operation)
        if validator is None:
            return
        before = self.validation.invalid
        if batch.ignored or columns is None or not validator.check_columns(columns, batch.keys):
            validator.check(batch.given, batch.given_keys)
        broken = self.validation.invalid - before
        if broken and self._enforce and batch.operation == "save":
            violations = "; ".join(map(str, self.validation.rows[:3]))
            raise SDKError(
                f"batch_save of {self.model}: {broken:,} of {plural(len(batch.given), 'record')} "
                f"{'breaks' if broken == 1 else 'break'} the model. "
                f"{violations}. The batch is rejected (invalid_sync_record).",
                code="invalid_sync_record",
            )

    def _validator(self, operation: Operation) -> Validator | None:
        # the CLI does not validate deletes; an update has some of the fields
        if self.schema is None or operation == "delete":
            return None
        if operation not in self._validators:
            self._validators[operation] = Validator(
                self.schema, partial=operation == "update", summary=self.validation
            )
        return self._validators[operation]

    def _spill(self) -> None:
        try:
            self._file = self._file or SpillFile()
            for segment in self._segments:
                segment.spill(self._file)
            self._in_memory = 0
        except OSError:  # the disk is full: stay in memory, and try again after as many bytes
            self._spill_at += self._spill_at

    # --- reading

    def calls(self, operation: str) -> Iterator[list[dict[str, Any]]]:
        """Yield the records of each call of ``operation`` (save, update, delete), as passed."""
        return (segment.rows() for segment in self._segments if segment.operation == operation)

    @property
    def counts(self) -> Counts:
        sums = {"save": 0, "update": 0, "delete": 0}
        for segment in self._segments:
            sums[segment.operation] += segment.distinct if segment.operation == "save" else segment.count
        return Counts(sums["save"], sums["update"], sums["delete"])

    def __len__(self) -> int:
        """The number of :meth:`records`."""
        kept = self._state().kept
        return sum(
            len(kept[number]) if number in kept else segment.count
            for number, segment in enumerate(self._segments)
            if segment.operation == "save"
        )

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for segment, kept, patches in self._final():
            whole = kept is None and not patches
            if whole and isinstance(segment.stored, StoredColumns):
                for part in segment.stored.parts(CHUNK):
                    yield from part.rows()
            else:
                yield from _rows(segment, kept, patches)

    def records(self) -> list[dict[str, Any]]:
        """Return the saved rows that are neither replaced nor deleted, with updates merged in."""
        return list(self)

    def keys(self) -> list[str]:
        """Return the ids of :meth:`records` as Nango stores them, as text."""
        ids: list[str] = []
        for segment, kept, _ in self._final():
            keys = segment.key_list()
            ids += keys if kept is None else [keys[row] for row in kept]
        return ids

    def updated(self) -> list[dict[str, Any]]:
        """Return the updates of rows that this run did not save, merged by id."""
        return [dict(row) for row in self._state().updates]

    def deleted(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._state().deleted]

    def preview(self, n: int = 20) -> list[dict[str, Any]]:
        """Return the first ``n`` of :meth:`records`, without building the others."""
        return list(islice(self, n))

    def json_lines(self) -> Iterator[bytes]:
        """Yield each of :meth:`records` as compact JSON."""
        import orjson

        for row in self:
            try:
                yield orjson.dumps(row)
            except TypeError:  # integers beyond 64 bits, lone surrogates
                yield dumps(row)

    def frame(self, of: Literal["records", "updated", "deleted"] = "records") -> pd.DataFrame:
        """Return the rows as a new DataFrame; for its types see :mod:`nangonb._records.frames`."""
        kinds = field_kinds(self.schema)
        with relaxed_gc():  # all nested values are decoded again
            if of == "records":
                return build(self.pieces(), fields=self.fields, kinds=kinds)[0]
            rows = self.updated() if of == "updated" else self.deleted()
            return build([rows] if rows else [], fields=self.fields, kinds=kinds)[0]

    @property
    def notes(self) -> list[Problem]:
        """Problems of the records: repeated ids, integers that Nango will round, columns without the model's
        type in a frame."""
        integers = list(integer_notes(self.model, self._segments))
        return [
            *duplicate_notes(self.model, self._segments),
            *integers,
            # without wrong types and huge integers, every column has the model's type
            *(column_notes(self.model, self._columns_as_objects()) if integers or self.validation else ()),
        ]

    def _columns_as_objects(self) -> list[ColumnNote]:
        if self._column_notes[0] != len(self._segments):
            _, notes = build(self.pieces(), fields=self.fields, kinds=field_kinds(self.schema))
            self._column_notes = (len(self._segments), notes)
        return self._column_notes[1]

    def _final(self) -> Iterator[tuple[Segment, list[int] | None, dict[int, dict[str, Any]]]]:
        """Yield the save calls with remaining rows: the rows (None: all), and the updates to merge."""
        state = self._state()
        for number, segment in enumerate(self._segments):
            kept = state.kept.get(number)
            if segment.operation == "save" and kept != []:
                yield segment, kept, state.patched.get(number, {})

    def pieces(self) -> Iterator[Columns | Rows]:
        """Yield the remaining rows of each call, as :func:`nangonb._records.frames.build` takes them."""
        for segment, kept, patches in self._final():
            if patches or isinstance(segment.stored, StoredRows):
                yield _rows(segment, kept, patches)
            elif kept is None:
                yield segment.stored.columns()
            else:
                columns = segment.stored.columns()
                yield {name: _taken(column, kept) for name, column in columns.items()}

    def _state(self) -> Resolved:
        if self._resolved[0] != len(self._segments):
            self._resolved = (len(self._segments), resolve(self._segments))
        return self._resolved[1]


def _rows(
    segment: Segment, kept: list[int] | None, patches: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    rows = segment.rows()
    for row, patch in patches.items():
        rows[row] = {**rows[row], **patch, "id": rows[row]["id"]}
    return rows if kept is None else [rows[row] for row in kept]


def _taken(column: pa.Array | list[Any], rows: list[int]) -> pa.Array | list[Any]:
    return [column[row] for row in rows] if isinstance(column, list) else column.take(rows)
