"""Records as a DataFrame, without loss.

Columns are the model's fields in order, then others in order of appearance. Strings have the dtype string,
numbers Int64, or Float64 if one has a fraction, booleans boolean; all other values, and values that these
dtypes would change, have the dtype object. Null and absent are both ``<NA>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

from nangonb._records.checks import NotCovered, Schema, deref, type_names
from nangonb._records.columns import arrow_array, values_of
from nangonb._records.jsonvalue import brief, number

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Kind = Literal["string", "number", "boolean", "object"]
Rows = list[dict[str, Any]]
Columns = Mapping[str, "pa.Array | list[Any]"]

_NONE = type(None)
_KINDS: dict[str, Kind] = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean"}
_TYPES: dict[Kind, set[type]] = {"string": {str}, "number": {int, float}, "boolean": {bool}}


@dataclass(frozen=True, slots=True)
class ColumnNote:
    """A column with the dtype object although its model has a type. ``code`` is ``lost-digits`` or
    ``wrong-type``."""

    code: Literal["lost-digits", "wrong-type"]
    column: str
    reason: str


def field_kinds(schema: Mapping[str, Any] | None) -> dict[str, Kind]:
    """Return the kind of column for each field of a model."""
    if schema is None:
        return {}
    try:
        model = deref(schema, schema)
        properties = model.get("properties", {}) if isinstance(model, Mapping) else {}
        return {name: _kind(part, schema) for name, part in properties.items()}
    except NotCovered:
        return {}


def frame_of(value: Any) -> pd.DataFrame:
    """Return a frame of the output of an action, its types inferred without loss.

    A list of dicts has a row for each dict, a dict is one row, any other value is the column ``value``.
    """
    if value is None:
        return build([])[0]
    items = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(item, Mapping) for item in items):
        items = [{"value": item} for item in items]
    return build([[dict(item) for item in items]])[0]


def build(
    pieces: Iterable[Columns | Rows], *, fields: Sequence[str] = (), kinds: Mapping[str, Kind] | None = None
) -> tuple[pd.DataFrame, list[ColumnNote]]:
    """Return the frame of records that come in pieces, each columns or dicts; and a note for each column that
    cannot have the type of ``kinds``."""
    import pandas as pd

    kinds = kinds or {}
    names = dict.fromkeys([*fields, *kinds])
    chunked: list[_Piece] = []
    for piece in pieces:  # one at a time: the dicts of a piece are freed before the next piece
        chunked.append(_Piece.of(piece))
        names.update(dict.fromkeys(chunked[-1].columns))
    data, notes = [], []
    for name in names:
        column, note = _column(name, kinds.get(name), [piece.chunk(name) for piece in chunked])
        data.append(column)
        if note:
            notes.append(note)
    index = pd.RangeIndex(sum(piece.length for piece in chunked))
    frame = pd.DataFrame(dict(enumerate(data)), index=index, copy=False)
    try:
        frame.columns = pd.Index(list(names))
    except ValueError:  # a name with a lone surrogate
        frame.columns = pd.Index(list(names), dtype=object)
    return frame, notes


def _kind(schema: Schema, root: Mapping[str, Any]) -> Kind:
    schema = deref(schema, root)
    if not isinstance(schema, Mapping):
        return "object"
    if "anyOf" in schema:
        kinds = {_kind(part, root) for part in schema["anyOf"] if not _is_null(part, root)}
    else:
        kinds = {_KINDS.get(name, "object") for name in type_names(schema.get("type", ())) if name != "null"}
    return kinds.pop() if len(kinds) == 1 else "object"


def _is_null(schema: Schema, root: Mapping[str, Any]) -> bool:
    schema = deref(schema, root)
    return isinstance(schema, Mapping) and schema.get("type") == "null"


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The values of one column in one piece; ``values`` is None if the piece lacks the column."""

    length: int
    values: pa.Array | list[Any] | None
    types: set[type]

    def to_list(self) -> list[Any]:
        if self.values is None:
            return [None] * self.length
        return self.values if isinstance(self.values, list) else values_of(self.values)


@dataclass(frozen=True, slots=True)
class _Piece:
    length: int
    columns: dict[str, _Chunk]

    @classmethod
    def of(cls, piece: Columns | Rows) -> _Piece:
        if isinstance(piece, list):
            names = dict.fromkeys(chain.from_iterable(piece))
            return cls(len(piece), {name: _chunk([row.get(name) for row in piece]) for name in names})
        columns = {name: _chunk(values) for name, values in piece.items()}
        return cls(next(iter(columns.values())).length, columns)

    def chunk(self, name: str) -> _Chunk:
        return self.columns.get(name) or _Chunk(self.length, None, set())


def _chunk(values: pa.Array | list[Any]) -> _Chunk:
    if not isinstance(values, list):
        return _Chunk(len(values), values, _ARROW_TYPES[str(values.type)])
    types = set(map(type, values))
    if float in types:
        values = [number(value) if type(value) is float else value for value in values]
        types = set(map(type, values))
    array = arrow_array(values, types)
    return _Chunk(len(values), values if array is None else array, types - {_NONE})


_ARROW_TYPES: dict[str, set[type]] = {
    "large_string": {str},
    "int64": {int},
    "double": {float},
    "bool": {bool},
    "null": set(),
}


def _column(name: str, declared: Kind | None, chunks: list[_Chunk]) -> tuple[Any, ColumnNote | None]:
    types: set[type] = set().union(*(chunk.types for chunk in chunks))
    kind = declared or _inferred(types)
    if kind == "object":
        return _objects(chunks), None
    wrong = types - _TYPES[kind]
    if wrong:
        example = next(value for chunk in chunks for value in chunk.to_list() if type(value) in wrong)
        reason = f"{brief(example)} is not a {kind}; the column has dtype object with unchanged values"
        return _objects(chunks), ColumnNote("wrong-type", name, reason)
    if kind == "string":
        return _strings(chunks), None
    if kind == "boolean":
        return _masked("boolean", chunks), None
    numbers = _numbers(chunks)
    if numbers is not None:
        return numbers, None
    if declared is None:
        return _objects(chunks), None
    reason = "Int64 and Float64 lose digits of its numbers; the column has dtype object with Python numbers"
    return _objects(chunks), ColumnNote("lost-digits", name, reason)


def _inferred(types: set[type]) -> Kind:
    for kind, allowed in _TYPES.items():
        if types and types <= allowed:
            return kind
    return "object"


def _objects(chunks: list[_Chunk]) -> Any:
    import numpy as np
    import pandas as pd

    values = [pd.NA if value is None else value for chunk in chunks for value in chunk.to_list()]
    array = np.empty(len(values), dtype=object)
    array[:] = values
    # as a Series: pandas 3 converts a bare array of strings to its dtype str
    return pd.Series(array, dtype=object, copy=False)


def _strings(chunks: list[_Chunk]) -> Any:
    import pandas as pd
    import pyarrow as pa

    try:
        dtype: Any = pd.StringDtype("pyarrow")
        return dtype.__from_arrow__(_chunked(chunks, pa.large_string()))
    except ValueError:  # lone surrogates
        values = [value for chunk in chunks for value in chunk.to_list()]
        return pd.array(values, dtype=pd.StringDtype("python"))


def _numbers(chunks: list[_Chunk]) -> Any:
    """Return Int64 if all are integers, else Float64; None if both would lose digits."""
    for dtype in ("Int64", "Float64"):
        try:
            return _masked(dtype, chunks)
        except (ValueError, OverflowError):
            continue
    return None


def _masked(dtype: str, chunks: list[_Chunk]) -> Any:
    """Return a masked array. Raises ValueError or OverflowError if a value is out of range."""
    import pandas as pd
    import pyarrow as pa

    targets: dict[str, tuple[pa.DataType, Any]] = {
        "boolean": (pa.bool_(), pd.BooleanDtype()),
        "Int64": (pa.int64(), pd.Int64Dtype()),
        "Float64": (pa.float64(), pd.Float64Dtype()),
    }
    arrow, extension = targets[dtype]
    return extension.__from_arrow__(_chunked(chunks, arrow))


def _chunked(chunks: list[_Chunk], arrow_type: pa.DataType) -> pa.ChunkedArray:
    import pyarrow as pa

    arrays = []
    for chunk in chunks:
        if chunk.values is None:
            arrays.append(pa.nulls(chunk.length, arrow_type))
        elif isinstance(chunk.values, list):
            if arrow_type == pa.int64() and float in chunk.types:
                raise ValueError("a fraction")
            arrays.append(pa.array(chunk.values, arrow_type))
        else:
            # a safe cast: floats must be integral, integers exact
            arrays.append(chunk.values.cast(arrow_type))
    return pa.chunked_array(arrays, arrow_type)
