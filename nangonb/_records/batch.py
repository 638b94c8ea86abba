"""One call of ``batch_save``, ``batch_update`` or ``batch_delete``, with the checks of Nango's server.

The checks run on the whole batch; only to report an error, they go through the records one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from nangonb._records.jsonvalue import brief, number
from nangonb.errors import SDKError

Operation = Literal["save", "update", "delete"]
Id = str | int | float

CHUNK = 1000  # records in one request of Nango's runner to the server
_METADATA = "_nango_metadata"
_LONGEST_ID = 255
_LONG = 10**100


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of one call, without repeated ids.

    ``records`` are dicts whose values are not checked yet; ``keys`` their ids as strings, as the server
    stores them. ``ignored`` are the ids of records that repeat an id of their chunk; ``given`` are all
    records of the call, ``given_keys`` their ids.
    """

    operation: Operation
    model: str
    records: list[dict[str, Any]]
    keys: list[str]
    given: list[dict[str, Any]]
    given_keys: list[str]
    ignored: tuple[str, ...] = ()

    @property
    def distinct(self) -> int:
        """The number of distinct ids in the call, as the CLI counts."""
        return len(self.keys) if not self.ignored and len(self.keys) <= CHUNK else len(set(self.keys))


def check(operation: Operation, model: str, records: Iterable[Any] | None) -> Batch | None:
    """Return the batch, or None if it is empty.

    Raises SDKError (``invalid_sync_record``) for a value that is not a record or has no valid ``id``.
    """
    rows = _rows(operation, model, records)
    if not rows:
        return None
    keys = _keys(rows)
    if keys is None:
        raise _id_error(operation, model, rows)
    if len(set(keys)) == len(keys):
        return Batch(operation, model, rows, keys, rows, keys)
    kept, ignored = _first_of_each_chunk(keys)
    if not ignored:
        return Batch(operation, model, rows, keys, rows, keys)
    return Batch(
        operation,
        model,
        [rows[i] for i in kept],
        [keys[i] for i in kept],
        rows,
        keys,
        tuple(keys[i] for i in ignored),
    )


def as_key(identifier: Id) -> str:
    """Return an id as the server stores it: JavaScript's ``String(id)``."""
    if isinstance(identifier, str):
        return str(identifier)
    if isinstance(identifier, float):
        return str(number(identifier))
    return str(int(identifier))


def refusal(batch: Batch, row: int, path: str, why: str) -> SDKError:
    """Return the error for a value of row ``row`` of ``batch.records``."""
    record = batch.records[row]
    if batch.ignored:  # report the index in the caller's list
        row = next(index for index, given in enumerate(batch.given) if given is record)
    where = f", field {path!r}" if path else ""
    return _misuse(batch.operation, batch.model, f"record {row} (id {as_key(record['id'])!r}){where}: {why}")


def _rows(operation: Operation, model: str, records: Iterable[Any] | None) -> list[dict[str, Any]]:
    if records is None:
        return []
    if isinstance(records, Mapping):
        raise _misuse(operation, model, "expected a list of records, got one record; wrap it: [record]")
    if hasattr(records, "to_dict") and hasattr(records, "columns"):
        message = "expected a list of records, got a DataFrame; use df.to_dict('records')"
        raise _misuse(operation, model, message)
    try:
        if isinstance(records, str | bytes):
            raise TypeError
        rows = records if isinstance(records, list) else list(records)
    except TypeError:
        message = f"expected a list of records, got {brief(records)} ({type(records).__name__})"
        raise _misuse(operation, model, message) from None
    kinds = set(map(type, rows))
    if kinds and kinds != {dict}:
        rows = [_row(operation, model, index, row) for index, row in enumerate(rows)]
    if any(_METADATA in row for row in rows):
        rows = [{key: value for key, value in row.items() if key != _METADATA} for row in rows]
    return rows


def _row(operation: Operation, model: str, index: int, row: Any) -> dict[str, Any]:
    if type(row) is dict:
        return row
    if isinstance(row, Mapping):
        return dict(row)
    kind = type(row)
    hint = (
        "use dataclasses.asdict(record)"
        if hasattr(kind, "__dataclass_fields__")
        else "a record is a dict with an 'id'"
    )
    raise _misuse(
        operation, model, f"record {index} is {brief(row)}, of type {kind.__name__}, not a mapping; {hint}"
    )


def _keys(rows: list[dict[str, Any]]) -> list[str] | None:
    """Return the ids as strings, or None if one is missing or invalid."""
    try:
        ids = [row["id"] for row in rows]
    except KeyError:
        return None
    kinds = set(map(type, ids))
    if kinds == {int} and min(ids) > -_LONG and max(ids) < _LONG:
        ids = list(map(str, ids))
    elif kinds != {str}:
        if any(_id_fault(identifier) for identifier in ids):
            return None
        ids = [as_key(identifier) for identifier in ids]
    lengths = set(map(len, ids))
    if 0 in lengths or (max(lengths) > _LONGEST_ID // 2 and any(_id_fault(key) for key in ids)):
        return None
    return ids


def _id_fault(identifier: Any) -> str:
    """Return why this is not a valid id, or an empty string."""
    if isinstance(identifier, bool) or not isinstance(identifier, str | int | float):
        return f"is {brief(identifier)}, of type {type(identifier).__name__}; an id is a string or a number"
    if isinstance(identifier, float) and not math.isfinite(identifier):
        return f"is {identifier}; an id is a string or a finite number"
    if isinstance(identifier, int) and abs(identifier) >= 10**_LONGEST_ID:
        return f"has more than {_LONGEST_ID} digits; an id has 1 to {_LONGEST_ID} characters"
    length = len(as_key(identifier).encode("utf-16-le", "surrogatepass")) // 2  # as JavaScript counts
    if length == 0:
        return "is empty; an id has 1 to 255 characters"
    if length > _LONGEST_ID:
        return f"has {length} characters; an id has 1 to 255"
    return ""


def _id_error(operation: Operation, model: str, rows: list[dict[str, Any]]) -> SDKError:
    for index, row in enumerate(rows):
        if "id" not in row:
            names = ", ".join(map(str, list(row)[:8])) or "none"
            return _misuse(
                operation, model, f"record {index} has no 'id' (fields: {names}); every record needs one"
            )
        fault = _id_fault(row["id"])
        if fault:
            return _misuse(operation, model, f"field 'id' of record {index} {fault}")
    raise AssertionError("all ids are valid")


def _misuse(operation: Operation, model: str, what: str) -> SDKError:
    return SDKError(
        f"batch_{operation} of {model}: {what}. The batch is rejected.", code="invalid_sync_record"
    )


def _first_of_each_chunk(keys: list[str]) -> tuple[list[int], list[int]]:
    kept: list[int] = []
    ignored: list[int] = []
    for start in range(0, len(keys), CHUNK):
        seen: set[str] = set()
        for index in range(start, min(start + CHUNK, len(keys))):
            key = keys[index]
            (ignored if key in seen else kept).append(index)
            seen.add(key)
    return kept, ignored
