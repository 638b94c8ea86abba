"""How a batch is stored: columns where they lose nothing, else JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from nangonb.records.batch import Batch, plain_records
from nangonb.records.columns import SAFE, record_batch, unsafe_integers
from nangonb.records.jsonvalue import dumps, stand_in

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Payload:
    """``unsafe``: per field, how many integers JavaScript would round. ``altered``: some values were not JSON
    by themselves (dates …), so the stored records are not the ones that were given."""

    content: pa.RecordBatch | bytes
    unsafe: dict[str, int]
    altered: bool = False


def in_columns(columns: dict[str, list[Any]], types: dict[str, set[type]]) -> Payload | None:
    batch = record_batch(columns, types)
    return None if batch is None else Payload(batch, unsafe_integers(batch))


def in_json(batch: Batch, model: str) -> Payload:
    """Raises SDKError where JSON cannot hold a value."""
    quick = _quick_json(batch.records)
    if quick is not None:
        return quick
    rows = plain_records(batch, model)
    return Payload(dumps(rows), _unsafe(rows), altered=True)


def _quick_json(records: list[dict[str, Any]]) -> Payload | None:
    """None where a record needs a closer look: something to refuse, huge integers, lone surrogates."""
    import orjson

    altered = False

    def default(value: Any) -> Any:
        nonlocal altered
        altered = True
        if isinstance(value, date):
            return stand_in(value)
        raise TypeError  # whatever it is, the closer look names it

    options = orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    try:
        data = orjson.dumps(records, default=default, option=options)
    except TypeError:
        return None
    # orjson writes NaN and infinities as null, so a null may be one
    if b"null" in data and not _finite(records):
        return None
    return Payload(data, {}, altered)


def _finite(records: list[dict[str, Any]]) -> bool:
    import msgspec

    try:
        # In MessagePack a float is 0xCB and its eight bytes; all exponent bits set means NaN or infinity.
        packed = msgspec.msgpack.encode(records)
    except (TypeError, ValueError, OverflowError):
        return False
    start = packed.find(b"\xcb")
    while start >= 0:
        if packed[start + 1 : start + 2] in (b"\x7f", b"\xff") and packed[start + 2 : start + 3] >= b"\xf0":
            return False  # or a text that looks like it: the closer look decides
        start = packed.find(b"\xcb", start + 1)
    return True


def _unsafe(rows: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            count = _count_unsafe(value)
            if count:
                found[name] = found.get(name, 0) + count
    return found


def _count_unsafe(value: Any) -> int:
    if isinstance(value, int):
        return not -SAFE <= value <= SAFE
    if isinstance(value, dict):
        return sum(map(_count_unsafe, value.values()))
    if isinstance(value, list):
        return sum(map(_count_unsafe, value))
    return 0
