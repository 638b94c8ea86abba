"""A batch as columns, where that loses nothing.

Records qualify when all have the same keys and every column holds only strings, only booleans, or only
numbers that its type holds exactly, and None.
"""

from __future__ import annotations

from datetime import date, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from nangonb.records.jsonvalue import iso, number

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


def value_types(values: list[Any]) -> set[type]:
    """The exact types of the values of a column."""
    return set(map(type, values))


def dates_as_text(values: list[Any], types: set[type]) -> tuple[list[Any], set[type]]:
    """A column of datetimes or dates as the strings that JavaScript would send."""
    if types - {_NONE} and not types - {datetime, date, _NONE}:
        values = [None if value is None else iso(value) for value in values]
        types = {str, _NONE} if _NONE in types else {str}
    return values, types


def record_batch(columns: dict[str, list[Any]], types: dict[str, set[type]]) -> pa.RecordBatch | None:
    """The columns in Arrow, or None where Arrow would not give back exactly these values."""
    import pyarrow as pa

    if not all(map(_is_scalar, types.values())):
        return None
    arrays = []
    for name, values in columns.items():
        array = arrow_array(values, types[name])
        if array is None:
            return None
        arrays.append(array)
    try:
        return pa.RecordBatch.from_arrays(arrays, names=list(columns))
    except ValueError:  # a name with a lone surrogate
        return None


def arrow_array(values: list[Any], types: set[type]) -> pa.Array | None:
    """One column in Arrow, or None where Arrow would not give back exactly these values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = types - {_NONE}
    try:
        if kinds == {str}:
            array = pa.array(values, pa.large_string())
        elif kinds == {int}:
            array = pa.array(values, pa.int64())
        elif kinds == {bool}:
            array = pa.array(values, pa.bool_())
        elif not kinds:
            array = pa.nulls(len(values))
        elif kinds <= {int, float}:
            array = pa.array(values, pa.float64())
            if pc.all(pc.is_finite(array)).as_py() is False:
                return None
        else:
            return None
    except (ValueError, OverflowError):  # lone surrogates, integers that the type does not hold
        return None
    return array if isinstance(array, pa.Array) else None


def _is_scalar(kinds: set[type]) -> bool:
    kinds = kinds - {_NONE}
    return kinds == {int, float} or (len(kinds) <= 1 and kinds <= {str, int, float, bool})


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
