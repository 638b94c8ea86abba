"""What a buffer keeps of each call, in memory or in a temporary file."""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nangonb.records.batch import Operation
from nangonb.records.columns import rows_of
from nangonb.records.jsonvalue import decode

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True, weakref_slot=True)
class Segment:
    """The records of one call, in columns or as one JSON array.

    ``keys`` are the ids as strings, an Arrow array where Arrow can hold them, and ``hashes`` the hash of
    each. ``distinct``, ``ignored`` and ``unsafe`` are what there is to say about the call: see
    :class:`nangonb.records.batch.Batch`, and per field how many integers JavaScript would round.
    """

    operation: Operation
    count: int
    keys: pa.Array | list[str]
    hashes: array[int]
    payload: pa.RecordBatch | bytes | Spilled
    distinct: int
    ignored: tuple[str, ...] = ()
    unsafe: dict[str, int] = field(default_factory=dict)

    def key_list(self) -> list[str]:
        if isinstance(self.keys, list):
            return self.keys
        keys: list[str] = self.keys.to_pylist()
        return keys

    def content(self) -> pa.RecordBatch | bytes:
        return self.payload.read() if isinstance(self.payload, Spilled) else self.payload

    def rows(self) -> list[dict[str, Any]]:
        content = self.content()
        if isinstance(content, bytes):
            rows: list[dict[str, Any]] = decode(content)
            return rows
        return rows_of(content)

    @property
    def nbytes(self) -> int:
        """Bytes of memory that spilling would free."""
        if isinstance(self.payload, Spilled):
            return 0
        return len(self.payload) if isinstance(self.payload, bytes) else int(self.payload.nbytes)


@dataclass(frozen=True, slots=True)
class Spilled:
    """A payload in the temporary file; ``schema`` where it is columns."""

    file: SpillFile
    offset: int
    length: int
    schema: pa.Schema | None

    def read(self) -> pa.RecordBatch | bytes:
        if self.schema is None:
            return self.file.read(self.offset, self.length)
        import pyarrow as pa

        return pa.ipc.read_record_batch(pa.py_buffer(self.file.view(self.offset, self.length)), self.schema)


class SpillFile:
    """A nameless temporary file: the system removes it when it is closed, however the process ends."""

    def __init__(self) -> None:
        file = tempfile.TemporaryFile(prefix="nangonb-")  # noqa: SIM115 - lives as long as the buffer
        self._file = file
        self._size = 0
        self._map: mmap.mmap | None = None
        weakref.finalize(self, file.close)

    def write(self, segment: Segment) -> None:
        """Move the segment's payload into the file. Raises OSError, and then nothing has changed."""
        payload = segment.payload
        if isinstance(payload, Spilled):
            return
        if isinstance(payload, bytes):
            data, schema = payload, None
        else:
            data, schema = payload.serialize(), payload.schema
        length = len(memoryview(data))
        self._file.seek(self._size)
        self._file.write(data)
        self._file.flush()
        segment.payload = Spilled(self, self._size, length, schema)
        if (
            not isinstance(segment.keys, list)
            and schema is not None
            and schema.field("id").type == segment.keys.type
        ):
            segment.keys = segment.payload.read().column("id")  # type: ignore[union-attr]
        self._size += -(-length // 64) * 64  # Arrow wants its buffers aligned

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, offset)

    def view(self, offset: int, length: int) -> memoryview:
        """The bytes in place: what is made of them keeps the mapping alive."""
        if self._map is None or len(self._map) < offset + length:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return memoryview(self._map)[offset : offset + length]
