"""JSON as Nango's runtime reads and writes it: ``JSON.parse`` and ``JSON.stringify``.

JavaScript has one number type, so ``1.0`` and ``1e3`` are the integers 1 and 1000 there, and here. An integer
keeps all its digits here, also beyond 2^53, where JavaScript would round it.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from nangonb.errors import NestedTooDeeply
from nangonb.text import LEVELS

_BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile("[\ud800-\udfff]")
# From here on JavaScript writes an integral number with an exponent, so it no longer reads as an integer.
_EXPONENT_FROM = 1e21
_NESTING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
# CPython refuses to make an int of more digits (sys.set_int_max_str_digits).
_MOST_DIGITS = 4300


def decode(body: bytes) -> Any:
    """The value of a JSON body, as axios and ``JSON.parse`` would give it to a script.

    A byte order mark is dropped, invalid UTF-8 is replaced by U+FFFD, escapes of lone surrogates are kept.
    Raises ValueError where ``JSON.parse`` throws (``NaN``, a trailing comma, an empty body …), and
    NestedTooDeeply for more levels than Python can work through; up to ``LEVELS`` it always can.
    """
    if body[:3] == _BOM:
        body = body[3:]
    fast, refusals = _fast_decoder()
    try:
        return fast(body)
    except refusals:  # among them lone surrogates, which JSON.parse takes
        return _patient_decode(body)


def check_levels(body: bytes) -> None:
    """Raises NestedTooDeeply where :func:`decode` would, at a fiftieth of the time."""
    try:
        _skipper()(body)
    except RecursionError:
        _check_stack(body)
        raise NestedTooDeeply from None
    except _no_json():
        pass


def levels(body: bytes, most: int = LEVELS) -> int:
    """How many levels deep JSON is nested, counted up to one more than ``most``."""
    depth = deepest = 0
    for sign in _NESTING.finditer(body):
        match sign[0]:
            case b"[" | b"{":
                depth += 1
                if depth > deepest:
                    deepest = depth
                    if deepest > most:
                        break
            case b"]" | b"}":
                depth -= 1
    return deepest


def to_js_json(value: Any) -> bytes:
    """``JSON.stringify(value)`` in UTF-8: for what a script sends.

    Integral floats lose their fraction, NaN and infinities become null, datetimes become ISO strings,
    lone surrogates are escaped. Raises TypeError for what JSON cannot hold, naming where it stands.
    """
    try:
        return dumps(plain(value, not_a_number_is_null=True))
    except Refused as error:
        raise TypeError(f"{error.path or 'the value'}: {error}") from None


def iso(value: date) -> str:
    """A datetime as ``Date.prototype.toISOString`` writes it: UTC, milliseconds, ``Z``.

    A datetime without a time zone counts as UTC, a date as its first moment.
    """
    if not isinstance(value, datetime):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}T00:00:00.000Z"
    if value.tzinfo is not None:
        value = value.astimezone(UTC)
    return (
        f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        f"T{value.hour:02d}:{value.minute:02d}:{value.second:02d}.{value.microsecond // 1000:03d}Z"
    )


def is_no_date(value: date) -> bool:
    """Whether it is pandas' NaT, which counts as a datetime."""
    return type(value).__name__ == "NaTType"


def number(value: float) -> int | float:
    """A float as a JavaScript number shows itself: integral ones are ints."""
    if value.is_integer() and -_EXPONENT_FROM < value < _EXPONENT_FROM:
        return int(value)
    return value


class Refused(Exception):
    """JSON cannot hold a value. ``str()`` says why and how to mend it; ``path`` is where, ``a.b[0]``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self._steps: list[str] = []

    def within(self, step: str | int) -> Refused:
        self._steps.append(f"[{step}]" if isinstance(step, int) else f".{step}")
        return self

    @property
    def path(self) -> str:
        return "".join(reversed(self._steps)).removeprefix(".")


def plain(value: Any, *, not_a_number_is_null: bool = False) -> Any:
    """A copy of ``value`` made of None, bool, int, float, str, list and dict only. Raises Refused."""
    try:
        return _plain(value, not_a_number_is_null)
    except RecursionError:
        raise Refused("it contains itself, or is nested too deeply; save a copy of what is needed") from None


def _plain(value: Any, lenient: bool) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if isinstance(value, float):
        return _plain_float(float(value), lenient)
    if isinstance(value, Mapping):
        return {_plain_key(key): _plain_at(key, item, lenient) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_at(index, item, lenient) for index, item in enumerate(value)]
    return stand_in(value)


def _plain_at(step: str | int, value: Any, lenient: bool) -> Any:
    try:
        return _plain(value, lenient)
    except Refused as error:
        raise error.within(step) from None


def _plain_key(key: Any) -> str:
    if isinstance(key, str):
        return str(key)
    raise Refused(
        f"a key of type {type(key).__name__} ({brief(key)}); keys of JSON objects are strings, use str(key)"
    )


def _plain_float(value: float, lenient: bool) -> int | float | None:
    if math.isfinite(value):
        return number(value)
    if lenient:
        return None
    raise Refused(f"{value} (float) is not a JSON number; use None, or leave the field out")


def stand_in(value: Any) -> Any:
    """What JSON holds instead of a value that is not JSON by itself. Raises Refused."""
    import enum
    import uuid

    if isinstance(value, enum.Enum):
        return _plain(value.value, False)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return _plain(value, False)
    if isinstance(value, date):
        if is_no_date(value):
            raise Refused("NaT is no date; use None, or leave the field out")
        return iso(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    name = type(value).__name__
    raise Refused(f"JSON cannot hold a value of type {name} ({brief(value)}); {_mend(value)}")


def _mend(value: Any) -> str:
    kind = type(value)
    if kind.__name__ == "DataFrame":
        return 'use df.to_dict("records")'
    if kind.__module__.partition(".")[0] in ("numpy", "pandas"):
        return "use .item() or .tolist(), or None for a missing value"
    hints = {
        "Decimal": "use float(value), or str(value) to keep every digit",
        "bytes": "use .decode(), or base64 for binary data",
        "set": "use sorted(value) or list(value)",
        "frozenset": "use sorted(value) or list(value)",
        "generator": "use list(value)",
        "dict_keys": "use list(value)",
        "dict_values": "use list(value)",
        "time": "use value.isoformat()",
        "timedelta": "use value.total_seconds()",
        "complex": "use str(value)",
        "function": "call it, or leave the field out",
        "method": "call it, or leave the field out",
        "builtin_function_or_method": "call it, or leave the field out",
    }
    if hasattr(kind, "__dataclass_fields__"):
        return "use dataclasses.asdict(value)"
    return hints.get(kind.__name__, "use str(value), a dict or a list instead")


def brief(value: Any, limit: int = 60) -> str:
    """``repr(value)`` in one line, capped, whatever the value."""
    try:
        text = repr(value[:limit] if isinstance(value, str | bytes) else value)
    except Exception:
        return "…"
    text = text if isinstance(value, str | bytes) else " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def dumps(value: Any) -> bytes:
    """Compact JSON of a value that :func:`plain` made, also with huge ints and lone surrogates."""
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:
        import json

        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


@functools.cache
def _fast_decoder() -> tuple[Callable[[bytes], Any], tuple[type[Exception], ...]]:
    import msgspec

    refusals = (msgspec.MsgspecError, ValueError, RecursionError)
    return msgspec.json.Decoder(float_hook=_float).decode, refusals


@functools.cache
def _skipper() -> Callable[[bytes], Any]:
    import msgspec

    return msgspec.json.Decoder(msgspec.Raw).decode


@functools.cache
def _no_json() -> tuple[type[Exception], ...]:
    import msgspec

    return (msgspec.MsgspecError, ValueError)


def _float(literal: str) -> int | float:
    value = float(literal)
    # number(value), without the call: this runs for each fraction of a body
    return int(value) if value.is_integer() and -_EXPONENT_FROM < value < _EXPONENT_FROM else value


def _int(literal: str) -> int | float:
    return int(literal) if len(literal) <= _MOST_DIGITS else float(literal)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _patient_decode(body: bytes) -> Any:
    import json

    text = bytes(body).decode("utf-8", "replace")
    try:
        return json.loads(text, parse_float=_float, parse_int=_int, parse_constant=_constant)
    except RecursionError:
        _check_stack(body)
        raise NestedTooDeeply from None


def _check_stack(body: bytes) -> None:
    """In an ``except`` block: a RecursionError that is not the body's is the caller's own."""
    if levels(body) <= LEVELS:
        raise
