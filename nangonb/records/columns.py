"""A batch as columns, where that loses nothing.

Records qualify when all have the same keys and every column holds only strings, only booleans, or only
numbers that its type holds exactly, and None.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from nangonb.records.jsonvalue import number

if TYPE_CHECKING:
    import pyarrow as pa

SAFE = 2**53 - 1  # Number.MAX_SAFE_INTEGER

_NONE = type(None)


def column_values(records: list[dict[str, Any]]) -> dict[str, list[Any]] | None:
    """The values of each key, or None where the records differ in keys."""
    names = list(records[0])
    # as many keys each, and each of these keys: then they are the same keys
    if set(map(len, records)) != {len(names)} or set(map(type, names)) != {str}:
        return None
    try:
        return {name: list(map(itemgetter(name), records)) for name in names}
    except KeyError:
        return None


def record_batch(columns: dict[str, list[Any]], types: dict[str, set[type]]) -> pa.RecordBatch | None:
    """The columns in Arrow, or None where Arrow would not give back exactly these values."""
    import pyarrow as pa

    if any(not _is_scalar(kinds) for kinds in types.values()):
        return None
    try:
        arrays = [_array(values, types[name] - {_NONE}) for name, values in columns.items()]
        if not all(isinstance(array, pa.Array) for array in arrays):  # more than 2 GB come in pieces
            return None
        return pa.RecordBatch.from_arrays(arrays, names=list(columns))
    except (ValueError, OverflowError):  # lone surrogates, integers beyond 64 bits, NaN
        return None


def value_types(columns: dict[str, list[Any]]) -> dict[str, set[type]]:
    """The exact types of the values in each column."""
    return {name: set(map(type, values)) for name, values in columns.items()}


def _is_scalar(kinds: set[type]) -> bool:
    kinds = kinds - {_NONE}
    return kinds in ({str}, {int}, {float}, {int, float}, {bool}, set())


def _array(values: list[Any], kinds: set[type]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if kinds == {str}:
        return pa.array(values, pa.large_string())
    if kinds == {int}:
        return pa.array(values, pa.int64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if not kinds:
        return pa.nulls(len(values))
    array = pa.array(values, pa.float64())  # raises for an integer that a double does not hold
    if pc.all(pc.is_finite(array)).as_py() is False:
        raise ValueError("not finite")
    return array


def values_of(array: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The Python values of a stored column; integral floats are ints, as in JavaScript."""
    import pyarrow as pa

    values: list[Any] = array.to_pylist()
    if pa.types.is_float64(array.type):
        return [None if value is None else number(value) for value in values]
    return values


def rows_of(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The records of a stored batch."""
    names = batch.schema.names
    columns = [values_of(column) for column in batch.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def unsafe_integers(batch: pa.RecordBatch) -> dict[str, int]:
    """Per column, how many integers JavaScript would round."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[str, int] = {}
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if not pa.types.is_integer(array.type):
            continue
        ends = pc.min_max(array).as_py()
        if ends["min"] is not None and (ends["min"] < -SAFE or ends["max"] > SAFE):
            count = pc.sum(pc.or_(pc.greater(array, SAFE), pc.less(array, -SAFE))).as_py()
            found[name] = int(count)
    return found
