"""Records as columns, and columns in Arrow where Arrow gives back exactly the same values."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from nangonb.records.jsonvalue import iso, number

if TYPE_CHECKING:
    import pyarrow as pa

SAFE = 2**53 - 1  # Number.MAX_SAFE_INTEGER

_NONE = type(None)
_DATES = {datetime, date, _NONE}
# Records that have few keys in common would make columns that are mostly holes.
_MOST_HOLES = 4


@dataclass(frozen=True, slots=True)
class Table:
    """The values of a batch by field, each as many as there are records.

    ``types`` are the exact types in each column. ``absent`` are, in order, the rows that lack a field, where
    there are any: their value in the column is None.
    """

    columns: dict[str, Sequence[Any]]
    types: dict[str, set[type]]
    absent: dict[str, array[int]] = field(default_factory=dict)


def table_of(records: list[dict[str, Any]]) -> Table | None:
    """None where the records are better kept row by row: few common keys, or keys that are no strings."""
    names = list(records[0])
    if set(map(type, names)) != {str}:
        return None
    # as many keys each, and each of these keys: then they are the same keys
    if set(map(len, records)) == {len(names)}:
        try:
            # row by row, as they lie in memory
            rows = (
                [(row[names[0]],) for row in records] if len(names) == 1 else map(itemgetter(*names), records)
            )
            return _table(dict(zip(names, zip(*rows, strict=True), strict=True)))
        except KeyError:
            pass
    names = _names(records)
    cells = sum(map(len, records))
    if set(map(type, names)) != {str} or len(names) * len(records) > _MOST_HOLES * cells:
        return None
    table = _table({name: _values(name, records) for name in names})
    for name, kinds in table.types.items():
        if _NONE in kinds:
            holes = array("I", [row for row, record in enumerate(records) if name not in record])
            if holes:
                table.absent[name] = holes
    return table


def _names(records: list[dict[str, Any]]) -> list[str]:
    """The keys of all records, as they appear."""
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


def _table(columns: dict[str, Sequence[Any]]) -> Table:
    types = {}
    for name, values in columns.items():
        kinds = set(map(type, values))
        if kinds <= _DATES and kinds != {_NONE}:
            columns[name] = [None if value is None else iso(value) for value in values]
            kinds = set(map(type, columns[name]))
        types[name] = kinds
    return Table(columns, types)


def arrow_array(values: Sequence[Any], types: set[type]) -> pa.Array | None:
    """One column in Arrow, or None where Arrow would not give back exactly these values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = types - {_NONE}
    # Arrow grows an array by doubling; this pool gives back what was too much at the end, its own keeps it
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
    except (ValueError, OverflowError):  # lone surrogates, integers that the type does not hold
        return None
    return column if isinstance(column, pa.Array) else None  # more than 2 GB come in pieces


def values_of(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The Python values of a stored column; integral floats are ints, as in JavaScript."""
    import pyarrow as pa

    values: list[Any] = column.to_pylist()
    if pa.types.is_float64(column.type):
        return [None if value is None else number(value) for value in values]
    return values


def unsafe_integers(column: pa.Array) -> int:
    """How many integers of a column JavaScript would round."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_integer(column.type):
        return 0
    ends = pc.min_max(column).as_py()
    if ends["min"] is None or (ends["min"] >= -SAFE and ends["max"] <= SAFE):
        return 0
    return int(pc.sum(pc.or_(pc.greater(column, SAFE), pc.less(column, -SAFE))).as_py())
