"""The ordered log of what a run saved, updated and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from nangonb.errors import SDKError
from nangonb.project.problems import Problem
from nangonb.records.batch import CHUNK, Batch, Operation, check
from nangonb.records.collector import relaxed_gc
from nangonb.records.columns import Table, table_of
from nangonb.records.frames import ColumnNote, Columns, Rows, build, field_kinds
from nangonb.records.jsonvalue import dumps
from nangonb.records.notes import column_notes, duplicate_notes, integer_notes
from nangonb.records.resolve import Resolved, resolve
from nangonb.records.segments import Segment
from nangonb.records.stored import SpillFile, StoredColumns, StoredRows
from nangonb.records.summary import ValidationSummary
from nangonb.records.validate import Validator
from nangonb.text import plural

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SPILL_AT = 256 * 2**20


class Counts(NamedTuple):
    """As the CLI counts: records of all calls, where a call counts each id once (``added``)."""

    added: int = 0
    updated: int = 0
    deleted: int = 0


class RecordBuffer:
    """What one run did to one model (and variant), call by call.

    ``schema`` is the model's JSON Schema (draft-07, self-contained) or None where it is not declared;
    ``fields`` the model's fields in their order. Records are validated as they come (``validation``); with
    ``enforce`` a batch that breaks the model is refused. More than ``spill_at`` bytes go to a temporary
    file, which goes away with the buffer. Without ``columns`` records are kept as JSON, row by row: for
    whoever makes no frame, and does not want to wait for Arrow's import.

    ``save``, ``update`` and ``delete`` take any iterable of mappings and check it as Nango's server does:
    each record has an ``id`` (string or number, 1 to 255 characters) and values that JSON can hold; dates
    become ISO strings; ``_nango_metadata`` is dropped. They raise SDKError (``invalid_sync_record``) which
    names record, field and remedy; nothing of a refused batch is kept, and all of the earlier ones.
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
        # each with the length of the log that it is of
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
        table = table_of(batch.records)
        segment = Segment.of(batch, table if self._columns else None)
        self._validate(batch, table)
        # the last step, and one that an interrupt cannot halve
        self._segments.append(segment)
        self._in_memory += segment.stored.nbytes
        if self._in_memory > self._spill_at:
            self._spill()

    def _validate(self, batch: Batch, table: Table | None) -> None:
        validator = self._validator(batch.operation)
        if validator is None:
            return
        before = self.validation.invalid
        if batch.ignored or table is None or not validator.check_table(table, batch.keys):
            validator.check(batch.given, batch.given_keys)
        broken = self.validation.invalid - before
        if broken and self._enforce and batch.operation == "save":
            said = "; ".join(map(str, self.validation.rows[:3]))
            raise SDKError(
                f"batch_save of {self.model}: {broken:,} of {plural(len(batch.given), 'record')} "
                f"{'breaks' if broken == 1 else 'break'} the model. "
                f"{said}. Nothing of this batch was kept (invalid_sync_record).",
                code="invalid_sync_record",
            )

    def _validator(self, operation: Operation) -> Validator | None:
        # as the CLI, which does not validate deletes; an update holds some of the fields
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
        except OSError:  # no room: memory is what is left; try again when as much has come again
            self._spill_at += self._spill_at

    # --- reading

    def calls(self, operation: str) -> Iterator[list[dict[str, Any]]]:
        """The records of each call that did ``operation`` (save, update, delete), as they were given."""
        return (segment.rows() for segment in self._segments if segment.operation == operation)

    @property
    def counts(self) -> Counts:
        sums = {"save": 0, "update": 0, "delete": 0}
        for segment in self._segments:
            sums[segment.operation] += segment.distinct if segment.operation == "save" else segment.count
        return Counts(sums["save"], sums["update"], sums["delete"])

    def __len__(self) -> int:
        """The saved rows that stand."""
        kept = self._state().kept
        return sum(
            len(kept[number]) if number in kept else segment.count
            for number, segment in enumerate(self._segments)
            if segment.operation == "save"
        )

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for segment, kept, patches in self._standing():
            whole = kept is None and not patches
            if whole and isinstance(segment.stored, StoredColumns):
                for part in segment.stored.parts(CHUNK):
                    yield from part.rows()
            else:
                yield from _rows(segment, kept, patches)

    def records(self) -> list[dict[str, Any]]:
        """The saved rows that stand, with updates merged in."""
        return list(self)

    def keys(self) -> list[str]:
        """The ids of :meth:`records` as Nango stores them, as text."""
        found: list[str] = []
        for segment, kept, _ in self._standing():
            keys = segment.key_list()
            found += keys if kept is None else [keys[row] for row in kept]
        return found

    def updated(self) -> list[dict[str, Any]]:
        """Updates of rows that this run did not save, merged by id."""
        return [dict(row) for row in self._state().updates]

    def deleted(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self._state().deleted]

    def preview(self, n: int = 20) -> list[dict[str, Any]]:
        """The first ``n`` of :meth:`records`, without making the others."""
        return list(islice(self, n))

    def json_lines(self) -> Iterator[bytes]:
        """Each of :meth:`records` as compact JSON, one after the other."""
        import orjson

        for row in self:
            try:
                yield orjson.dumps(row)
            except TypeError:  # integers beyond 64 bits, lone surrogates
                yield dumps(row)

    def frame(self, of: Literal["records", "updated", "deleted"] = "records") -> pd.DataFrame:
        """The rows as a DataFrame, as :mod:`nangonb.records.frames` says. Made anew at each call."""
        kinds = field_kinds(self.schema)
        with relaxed_gc():  # nested values are read anew, all of them
            if of == "records":
                return build(self.pieces(), fields=self.fields, kinds=kinds)[0]
            rows = self.updated() if of == "updated" else self.deleted()
            return build([rows] if rows else [], fields=self.fields, kinds=kinds)[0]

    @property
    def notes(self) -> list[Problem]:
        """What the user should know: repeated ids, integers that Nango will round, columns that a frame
        cannot give the model's type."""
        integers = list(integer_notes(self.model, self._segments))
        return [
            *duplicate_notes(self.model, self._segments),
            *integers,
            # without wrong types and huge integers every column has the type that the model asks for
            *(column_notes(self.model, self._columns_as_objects()) if integers or self.validation else ()),
        ]

    def _columns_as_objects(self) -> list[ColumnNote]:
        if self._column_notes[0] != len(self._segments):
            _, found = build(self.pieces(), fields=self.fields, kinds=field_kinds(self.schema))
            self._column_notes = (len(self._segments), found)
        return self._column_notes[1]

    def _standing(self) -> Iterator[tuple[Segment, list[int] | None, dict[int, dict[str, Any]]]]:
        """The calls that saved rows which stand: which of them (None: all), and what to merge into them."""
        state = self._state()
        for number, segment in enumerate(self._segments):
            kept = state.kept.get(number)
            if segment.operation == "save" and kept != []:
                yield segment, kept, state.patched.get(number, {})

    def pieces(self) -> Iterator[Columns | Rows]:
        """The rows that stand, call by call, as frames take them."""
        for segment, kept, patches in self._standing():
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
