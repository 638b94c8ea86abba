"""Storage of the records of a call: columns in Arrow, columns as JSON, or rows as JSON.

Each part can move to a temporary file and is read from there on demand. Values come back exactly as they were
stored; values that JSON cannot hold are rejected.
"""

from __future__ import annotations

import mmap
import os
import re
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from nangonb._records.batch import Batch, Operation, as_key, refusal
from nangonb._records.columns import BatchColumns, arrow_array, count_unsafe, values_of
from nangonb._records.jsonvalue import Refused, decode, dumps, is_nat, is_rounded, iso, plain

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
# In MessagePack a float is 0xCB and its eight bytes; all exponent bits set means NaN or infinity.
_NOT_FINITE = re.compile(rb"\xcb[\x7f\xff][\xf0-\xff]")


@dataclass(slots=True)
class StoredRows:
    """Records as one JSON array."""

    json: bytes | Region

    def rows(self) -> list[Row]:
        rows: list[Row] = decode(_bytes(self.json))
        return rows

    @property
    def nbytes(self) -> int:
        return _size(self.json)

    def spill(self, file: SpillFile) -> None:
        """Move the data to the file. Raises OSError and then changes nothing."""
        if isinstance(self.json, bytes):
            self.json = file.write(self.json)


@dataclass(slots=True)
class StoredColumns:
    """Records as columns: exact ones in ``arrow``, each other one as a JSON array in ``json``.

    ``names`` are all columns in order; ``absent`` the rows that lack a field.
    """

    names: tuple[str, ...]
    arrow: pa.RecordBatch | Region
    json: dict[str, bytes | Region]
    absent: dict[str, array[int]]

    def batch(self) -> pa.RecordBatch:
        return self.arrow.batch() if isinstance(self.arrow, Region) else self.arrow

    def columns(self) -> dict[str, pa.Array | list[Any]]:
        """Return each column, with null for a row that lacks the field."""
        batch = self.batch()
        return {
            name: decode(_bytes(self.json[name])) if name in self.json else batch.column(name)
            for name in self.names
        }

    def rows(self) -> list[Row]:
        columns = [
            column if isinstance(column, list) else values_of(column) for column in self.columns().values()
        ]
        names = self.names
        rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        for name, holes in self.absent.items():
            for row in holes:
                del rows[row][name]
        return rows

    def parts(self, size: int) -> Iterator[StoredColumns]:
        """Yield the rows in parts of ``size``; one part if columns are in JSON."""
        batch = self.batch()
        if self.json or batch.num_rows <= size or self.absent:
            yield self
            return
        for start in range(0, batch.num_rows, size):
            yield StoredColumns(self.names, batch.slice(start, size), {}, {})

    @property
    def nbytes(self) -> int:
        # not .nbytes, which allocates memory to count
        arrow = 0 if isinstance(self.arrow, Region) else int(self.arrow.get_total_buffer_size())
        return arrow + sum(map(_size, self.json.values()))

    def spill(self, file: SpillFile) -> None:
        """Move the data to the file. Raises OSError; the rest stays in memory."""
        for name, data in self.json.items():
            if isinstance(data, bytes):
                self.json[name] = file.write(data)
        if not isinstance(self.arrow, Region):
            self.arrow = file.write(self.arrow.serialize(), self.arrow.schema)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the temporary file; with a ``schema`` for columns in Arrow."""

    file: SpillFile
    offset: int
    length: int
    schema: pa.Schema | None

    def bytes(self) -> bytes:
        return self.file.read(self.offset, self.length)

    def batch(self) -> pa.RecordBatch:
        import pyarrow as pa

        return pa.ipc.read_record_batch(pa.py_buffer(self.file.view(self.offset, self.length)), self.schema)


class SpillFile:
    """An unnamed temporary file: the system removes it when it is closed or the process ends."""

    def __init__(self) -> None:
        # unbuffered: a buffer keeps data that does not fit on the disk and fails again when the file is
        # closed
        file = tempfile.TemporaryFile(prefix="nangonb-", buffering=0)  # noqa: SIM115 - lives as long as this
        self._file = file
        self._size = 0
        self._map: mmap.mmap | None = None
        weakref.finalize(self, file.close)

    def write(self, data: bytes | pa.Buffer, schema: pa.Schema | None = None) -> Region:
        """Append data. Raises OSError; the next call overwrites the partial data."""
        left = memoryview(data)
        region = Region(self, self._size, len(left), schema)
        at = region.offset
        while left:
            written = os.pwrite(self._file.fileno(), left, at)
            left, at = left[written:], at + written
        self._size += -(-region.length // 64) * 64  # Arrow needs aligned buffers
        return region

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, offset)

    def view(self, offset: int, length: int) -> memoryview:
        """Return the bytes without a copy; objects built on them keep the mapping alive."""
        if self._map is None or len(self._map) < offset + length:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(self._map)[offset : offset + length]


def _bytes(data: bytes | Region) -> bytes:
    return data.bytes() if isinstance(data, Region) else data


def _size(data: bytes | Region) -> int:
    return 0 if isinstance(data, Region) else len(data)


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch in storage, and for each field how many integers JavaScript would round."""

    stored: StoredColumns | StoredRows
    unsafe: dict[str, int]


def store_columns(batch: Batch, columns: BatchColumns) -> StoredBatch:
    """Store a batch as columns. Raises SDKError if JSON does not support a value."""
    import pyarrow as pa

    arrays: dict[str, pa.Array] = {}
    in_json: dict[str, bytes | Region] = {}
    unsafe: dict[str, int] = {}
    for name, values in columns.values.items():
        column = arrow_array(values, columns.types[name]) if _encodable(name) else None
        if column is not None:
            arrays[name] = column
            count = count_unsafe(column)
        else:
            in_json[name], count = _json(values, batch, name)
        if count:
            unsafe[name] = count
    arrow = pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))
    return StoredBatch(StoredColumns(tuple(columns.values), arrow, in_json, columns.absent), unsafe)


def store_rows(batch: Batch) -> StoredBatch:
    """Store a batch as JSON rows. Raises SDKError if JSON does not support a value."""
    data, total = _json(batch.records, batch, None)
    unsafe: dict[str, int] = {}
    if total:
        for row in batch.records:
            for name, value in row.items():
                count = _unsafe(value)
                if count:
                    unsafe[name] = unsafe.get(name, 0) + count
    return StoredBatch(StoredRows(data), unsafe)


def _json(values: Sequence[Any], batch: Batch, name: str | None) -> tuple[bytes, int]:
    """Return JSON of a column, or of the records if ``name`` is None, and how many of its integers JavaScript
    would round."""
    import orjson

    options = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    unsafe = 0
    try:
        try:
            data = orjson.dumps(values, default=_date, option=options | orjson.OPT_STRICT_INTEGER)
        except TypeError:
            data = orjson.dumps(values, default=_date, option=options)
            unsafe = sum(map(_unsafe, values))
        # orjson writes NaN and infinities as null, so a null may be one
        if b"null" not in data or _finite(values):
            return data, unsafe
    except TypeError:
        pass  # an invalid value, a lone surrogate or an integer beyond 64 bits: see below
    clean = [_plain(value, row, batch, name) for row, value in enumerate(values)]
    return dumps(clean), sum(map(_unsafe, clean))


def _date(value: Any) -> Any:
    if isinstance(value, date) and not is_nat(value):
        return iso(value)
    raise TypeError


def _plain(value: Any, row: int, batch: Batch, name: str | None) -> Any:
    try:
        return plain(value)
    except Refused as error:
        path = (error if name is None else error.within(name)).path
        raise refusal(batch, row, path, str(error)) from None


def _finite(values: Sequence[Any]) -> bool:
    import msgspec

    try:
        # or a string that looks like it: the slow path decides
        return _NOT_FINITE.search(msgspec.msgpack.encode(values)) is None
    except (TypeError, ValueError, OverflowError):
        return False


def _unsafe(value: Any) -> int:
    if isinstance(value, int):
        return is_rounded(value)
    if isinstance(value, Mapping):
        return sum(map(_unsafe, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_unsafe, value))
    return 0


def _encodable(name: str) -> bool:
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


@dataclass(slots=True)
class Segment:
    """One call in the log of a buffer.

    ``keys`` are the ids as strings, or None if ``stored`` has them; ``hashes`` the hash of each id. For
    ``distinct`` and ``ignored`` see :class:`nangonb._records.batch.Batch`; ``unsafe`` is the number of
    integers in each field that JavaScript would round.
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
    def of(cls, batch: Batch, columns: BatchColumns | None) -> Segment:
        """Store a batch, as rows without ``columns``. Raises SDKError if JSON does not support a value."""
        storage = store_rows(batch) if columns is None else store_columns(batch, columns)
        return cls(
            batch.operation,
            len(batch.records),
            storage.stored,
            _stored_keys(batch, storage.stored),
            array("q", map(hash, batch.keys)),
            batch.distinct,
            batch.ignored,
            storage.unsafe,
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
        """Move the data to the file. Raises OSError; the rest stays in memory."""
        self.stored.spill(file)


def _stored_keys(batch: Batch, stored: StoredColumns | StoredRows) -> pa.Array | list[str] | None:
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
