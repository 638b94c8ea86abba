"""Deciding how a batch is kept, so that it comes back exactly; refusing what JSON cannot hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nangonb.records.batch import Batch, refusal
from nangonb.records.columns import Table, arrow_array, unsafe_integers
from nangonb.records.jsonvalue import Refused, dumps, is_no_date, iso, plain
from nangonb.records.rounding import is_rounded
from nangonb.records.stored import Region, StoredColumns, StoredRows

# In MessagePack a float is 0xCB and its eight bytes; all exponent bits set means NaN or infinity.
_NOT_FINITE = re.compile(rb"\xcb[\x7f\xff][\xf0-\xff]")


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch as it is kept, and per field how many of its integers JavaScript would round."""

    stored: StoredColumns | StoredRows
    unsafe: dict[str, int]


def keep_columns(batch: Batch, table: Table) -> Kept:
    """Raises SDKError where JSON cannot hold a value."""
    import pyarrow as pa

    arrays: dict[str, pa.Array] = {}
    in_json: dict[str, bytes | Region] = {}
    unsafe: dict[str, int] = {}
    for name, values in table.columns.items():
        column = arrow_array(values, table.types[name]) if _encodable(name) else None
        if column is not None:
            arrays[name] = column
            count = unsafe_integers(column)
        else:
            in_json[name], count = _json(values, batch, name)
        if count:
            unsafe[name] = count
    arrow = pa.RecordBatch.from_arrays(list(arrays.values()), names=list(arrays))
    return Kept(StoredColumns(tuple(table.columns), arrow, in_json, table.absent), unsafe)


def keep_rows(batch: Batch) -> Kept:
    """Raises SDKError where JSON cannot hold a value."""
    data, total = _json(batch.records, batch, None)
    unsafe: dict[str, int] = {}
    if total:
        for row in batch.records:
            for name, value in row.items():
                count = _unsafe(value)
                if count:
                    unsafe[name] = unsafe.get(name, 0) + count
    return Kept(StoredRows(data), unsafe)


def _json(values: Sequence[Any], batch: Batch, name: str | None) -> tuple[bytes, int]:
    """JSON of a column, or of the records where ``name`` is None, and how many of its integers JavaScript
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
        pass  # something to refuse, a lone surrogate, an integer beyond 64 bits: look closer
    clean = [_plain(value, row, batch, name) for row, value in enumerate(values)]
    return dumps(clean), sum(map(_unsafe, clean))


def _date(value: Any) -> Any:
    if isinstance(value, date) and not is_no_date(value):
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
        # or a text that looks like it: the closer look decides
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
