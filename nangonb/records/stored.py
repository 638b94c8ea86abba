"""How the records of a call are kept: columns in Arrow, columns as JSON, or rows as JSON.

Any part can move to a temporary file, and is read from there when it is asked for.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nangonb.records.columns import values_of
from nangonb.records.jsonvalue import decode

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


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
        """Raises OSError, and then nothing has changed."""
        if isinstance(self.json, bytes):
            self.json = file.write(self.json)


@dataclass(slots=True)
class StoredColumns:
    """Records as columns: those that Arrow holds exactly in ``arrow``, the others each as one JSON array.

    ``names`` are all of them in order; ``absent`` the rows that lack a field.
    """

    names: tuple[str, ...]
    arrow: pa.RecordBatch | Region
    json: dict[str, bytes | Region]
    absent: dict[str, array[int]]

    def batch(self) -> pa.RecordBatch:
        return self.arrow.batch() if isinstance(self.arrow, Region) else self.arrow

    def columns(self) -> dict[str, pa.Array | list[Any]]:
        """Each column, null where a row lacks the field."""
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
        """The same rows in parts of ``size`` that can be read one by one, where there is no JSON."""
        batch = self.batch()
        if self.json or batch.num_rows <= size or self.absent:
            yield self
            return
        for start in range(0, batch.num_rows, size):
            yield StoredColumns(self.names, batch.slice(start, size), {}, {})

    @property
    def nbytes(self) -> int:
        # not .nbytes, which takes memory of its own to count it
        arrow = 0 if isinstance(self.arrow, Region) else int(self.arrow.get_total_buffer_size())
        return arrow + sum(map(_size, self.json.values()))

    def spill(self, file: SpillFile) -> None:
        """Raises OSError; what did not move then is still in memory."""
        for name, data in self.json.items():
            if isinstance(data, bytes):
                self.json[name] = file.write(data)
        if not isinstance(self.arrow, Region):
            self.arrow = file.write(self.arrow.serialize(), self.arrow.schema)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the temporary file; ``schema`` where it is columns in Arrow."""

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
    """A nameless temporary file: the system removes it when it is closed, however the process ends."""

    def __init__(self) -> None:
        # without a buffer, which would keep what found no room and fail again when the file is closed
        file = tempfile.TemporaryFile(prefix="nangonb-", buffering=0)  # noqa: SIM115 - lives as long as this
        self._file = file
        self._size = 0
        self._map: mmap.mmap | None = None
        weakref.finalize(self, file.close)

    def write(self, data: bytes | pa.Buffer, schema: pa.Schema | None = None) -> Region:
        """Raises OSError, and then the next one is written over what there was room for."""
        left = memoryview(data)
        region = Region(self, self._size, len(left), schema)
        at = region.offset
        while left:
            written = os.pwrite(self._file.fileno(), left, at)
            left, at = left[written:], at + written
        self._size += -(-region.length // 64) * 64  # Arrow wants its buffers aligned
        return region

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, offset)

    def view(self, offset: int, length: int) -> memoryview:
        """The bytes in place: what is made of them keeps the mapping alive."""
        if self._map is None or len(self._map) < offset + length:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(self._map)[offset : offset + length]


def _bytes(data: bytes | Region) -> bytes:
    return data.bytes() if isinstance(data, Region) else data


def _size(data: bytes | Region) -> int:
    return 0 if isinstance(data, Region) else len(data)
