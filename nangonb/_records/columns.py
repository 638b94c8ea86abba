"""Records as columns, and columns in Arrow where Arrow returns exactly the same values."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from nangonb._records.jsonvalue import SAFE, iso, number

if TYPE_CHECKING:
    import pyarrow as pa

_NONE = type(None)
_DATES = {datetime, date, _NONE}
# Records with few common keys make columns of mostly holes.
_MOST_HOLES = 4


@dataclass(frozen=True, slots=True)
class BatchColumns:
    """The values of a batch by field: one value a record.

    ``types`` are the exact types in each column. ``absent`` are the rows that lack a field, in order: their
    value in the column is None.
    """

    values: dict[str, Sequence[Any]]
    types: dict[str, set[type]]
    absent: dict[str, array[int]] = field(default_factory=dict)


def columns_of(records: list[dict[str, Any]]) -> BatchColumns | None:
    """Return the columns, or None for records to store as rows: few common keys, or non-string keys."""
    names = list(records[0])
    if set(map(type, names)) != {str}:
        return None
    # the same number of keys, and each of these keys: the same keys
    if set(map(len, records)) == {len(names)}:
        try:
            # row by row: the order in memory
            rows = (
                [(row[names[0]],) for row in records] if len(names) == 1 else map(itemgetter(*names), records)
            )
            return _typed(dict(zip(names, zip(*rows, strict=True), strict=True)))
        except KeyError:
            pass
    names = _names(records)
    cells = sum(map(len, records))
    if set(map(type, names)) != {str} or len(names) * len(records) > _MOST_HOLES * cells:
        return None
    columns = _typed({name: _values(name, records) for name in names})
    for name, kinds in columns.types.items():
        if _NONE in kinds:
            holes = array("I", [row for row, record in enumerate(records) if name not in record])
            if holes:
                columns.absent[name] = holes
    return columns


def _names(records: list[dict[str, Any]]) -> list[str]:
    """Return the keys of all records, in order of appearance."""
    every = set().union(*records)
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record))
        if len(names) == len(every):
            break
    return list(names)


def _values(name: str, records: list[dict[str, Any]]) -> Sequence[Any]:
    try:
        return list(map(itemgetter(name), records))
    except KeyError:
        return [record.get(name) for record in records]


def _typed(columns: dict[str, Sequence[Any]]) -> BatchColumns:
    types = {}
    for name, values in columns.items():
        kinds = set(map(type, values))
        if kinds <= _DATES and kinds != {_NONE}:
            columns[name] = [None if value is None else iso(value) for value in values]
            kinds = set(map(type, columns[name]))
        types[name] = kinds
    return BatchColumns(columns, types)


def arrow_array(values: Sequence[Any], types: set[type]) -> pa.Array | None:
    """Return a column in Arrow, or None if Arrow would not return exactly these values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = types - {_NONE}
    # Arrow doubles an array to grow it; this pool releases the excess at the end, Arrow's own keeps it
    pool = pa.system_memory_pool()
    try:
        if kinds == {str}:
            column = pa.array(values, pa.large_string(), memory_pool=pool)
        elif kinds == {int}:
            column = pa.array(values, pa.int64(), memory_pool=pool)
        elif kinds == {bool}:
            column = pa.array(values, pa.bool_(), memory_pool=pool)
        elif not kinds:
            column = pa.nulls(len(values))
        elif kinds <= {int, float}:
            column = pa.array(values, pa.float64(), memory_pool=pool)
            if pc.all(pc.is_finite(column)).as_py() is False:
                return None
        else:
            return None
    except (ValueError, OverflowError):  # lone surrogates, integers beyond 64 bits
        return None
    return column if isinstance(column, pa.Array) else None  # more than 2 GB become a ChunkedArray


def values_of(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """Return the Python values of a stored column; integral floats are ints, as in JavaScript."""
    import pyarrow as pa

    values: list[Any] = column.to_pylist()
    if pa.types.is_float64(column.type):
        return [None if value is None else number(value) for value in values]
    return values


def count_unsafe(column: pa.Array) -> int:
    """Return how many integers of a column JavaScript would round."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_integer(column.type):
        return 0
    ends = pc.min_max(column).as_py()
    if ends["min"] is None or (ends["min"] >= -SAFE and ends["max"] <= SAFE):
        return 0
    return int(pc.sum(pc.or_(pc.greater(column, SAFE), pc.less(column, -SAFE))).as_py())
