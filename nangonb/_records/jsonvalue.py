"""JSON as Nango's runtime reads and writes it: ``JSON.parse`` and ``JSON.stringify``.

JavaScript has one number type, so ``1.0`` and ``1e3`` decode to the integers 1 and 1000. Unlike JavaScript,
an integer keeps all its digits beyond 2^53; :func:`rounded` counts those that JavaScript rounds.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from nangonb._text import LEVELS
from nangonb.errors import NestedTooDeeply

_BOM = b"\xef\xbb\xbf"
_SURROGATE = re.compile("[\ud800-\udfff]")
# From here on, JavaScript writes an integral number with an exponent, which does not decode as an integer.
_EXPONENT_FROM = 1e21
_NESTING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
# CPython does not convert longer strings to int (sys.set_int_max_str_digits).
_MOST_DIGITS = 4300
SAFE: Final = 2**53 - 1  # Number.MAX_SAFE_INTEGER
#: Digits as 0, what may precede a number as a comma, all other bytes as a space.
_SHAPES: Final = bytes(
    ord("0") if byte in b"0123456789" else ord(",") if byte in b" \t\n\r\f\v:,[-" else ord(" ")
    for byte in range(256)
)
_SIXTEEN: Final = b"0" * 16
_STEPS: Final = 6


def decode(body: bytes) -> Any:
    """Decode a JSON body as axios and ``JSON.parse`` do.

    A byte order mark is dropped, invalid UTF-8 is replaced by U+FFFD, escapes of lone surrogates are kept.
    Raises ValueError where ``JSON.parse`` throws (``NaN``, a trailing comma, an empty body …), and
    NestedTooDeeply beyond Python's recursion limit; ``LEVELS`` levels are always possible.
    """
    if body[:3] == _BOM:
        body = body[3:]
    fast, refusals = _fast_decoder()
    try:
        return fast(body)
    except refusals:  # also for lone surrogates, which JSON.parse accepts
        return _slow_decode(body)


def check_levels(body: bytes) -> None:
    """Raise NestedTooDeeply where :func:`decode` does, in a fiftieth of the time."""
    try:
        _skipper()(body)
    except RecursionError:
        _check_stack(body)
        raise NestedTooDeeply from None
    except _decode_errors():
        pass


def levels(body: bytes, most: int = LEVELS) -> int:
    """Return how deep JSON is nested; stop counting at ``most`` + 1."""
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
    """Return ``JSON.stringify(value)`` in UTF-8, for the data that a script sends.

    Integral floats lose their fraction, NaN and infinities become null, datetimes become ISO strings,
    lone surrogates are escaped. Raises TypeError with the path of a value that JSON cannot hold.
    """
    try:
        return dumps(plain(value, not_a_number_is_null=True))
    except Refused as error:
        raise TypeError(f"{error.path or 'the value'}: {error}") from None


def iso(value: date) -> str:
    """Format a datetime like ``Date.prototype.toISOString``: UTC, milliseconds, ``Z``.

    A datetime without a time zone is taken as UTC, a date as its midnight.
    """
    if not isinstance(value, datetime):
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}T00:00:00.000Z"
    if value.tzinfo is not None:
        value = value.astimezone(UTC)
    return (
        f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        f"T{value.hour:02d}:{value.minute:02d}:{value.second:02d}.{value.microsecond // 1000:03d}Z"
    )


def is_nat(value: date) -> bool:
    """Return whether it is pandas' NaT, which is an instance of datetime."""
    return type(value).__name__ == "NaTType"


def number(value: float) -> int | float:
    """Return a float as JavaScript prints it: an int if it is integral."""
    if value.is_integer() and -_EXPONENT_FROM < value < _EXPONENT_FROM:
        return int(value)
    return value


class Refused(Exception):
    """JSON does not support a value. ``str()`` is the reason and the fix, ``path`` the place: ``a.b[0]``."""

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
    """Return a copy of ``value`` of None, bool, int, float, str, list and dict. Raises Refused."""
    try:
        return _plain(value, not_a_number_is_null)
    except RecursionError:
        raise Refused("it contains itself or is nested too deeply; save a copy of the needed part") from None


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
    """Return the JSON value for a Python value of another type. Raises Refused."""
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
        if is_nat(value):
            raise Refused("NaT is not a date; use None, or leave the field out")
        return iso(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    name = type(value).__name__
    raise Refused(f"JSON does not support values of type {name} ({brief(value)}); {_fix(value)}")


def _fix(value: Any) -> str:
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
    """Return ``repr(value)`` in one line of at most ``limit`` characters; never fails."""
    try:
        text = repr(value[:limit] if isinstance(value, str | bytes) else value)
    except Exception:
        return "…"
    text = text if isinstance(value, str | bytes) else " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def dumps(value: Any) -> bytes:
    """Return compact JSON of a value from :func:`plain`; huge ints and lone surrogates are allowed."""
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:
        import json

        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def may_round(body: bytes) -> bool:
    """Return whether a JSON body may contain an integer beyond 2^53 (16 digits in a row, not in a string).
    Much faster than decoding the body."""
    shapes = body.translate(_SHAPES)
    return b"," + _SIXTEEN in shapes or shapes.startswith(_SIXTEEN)


def is_rounded(value: Any) -> bool:
    """Return whether it is an integer that a JavaScript number cannot represent."""
    return isinstance(value, int) and not -SAFE <= value <= SAFE


def rounded(value: Any) -> dict[str, int]:
    """Count the integers beyond 2^53 in JSON data by path: ``data[].id``."""
    counts: dict[str, int] = {}
    left: list[tuple[str, int, Any]] = [("", 0, value)]
    while left:
        path, depth, value = left.pop()
        if isinstance(value, Mapping):
            for name, inner in value.items():
                deeper = f"{path}.{name}" if path else str(name)
                left.append((deeper if depth < _STEPS else path, depth + 1, inner))
        elif isinstance(value, list | tuple):
            each = f"{path}[]" if depth < _STEPS else path
            left += [(each, depth + 1, inner) for inner in value]
        elif is_rounded(value):
            counts[path] = counts.get(path, 0) + 1
    return dict(sorted(counts.items()))


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
def _decode_errors() -> tuple[type[Exception], ...]:
    import msgspec

    return (msgspec.MsgspecError, ValueError)


def _float(literal: str) -> int | float:
    value = float(literal)
    # inlined number(value): this runs for each fraction of a body
    return int(value) if value.is_integer() and -_EXPONENT_FROM < value < _EXPONENT_FROM else value


def _int(literal: str) -> int | float:
    return int(literal) if len(literal) <= _MOST_DIGITS else float(literal)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _slow_decode(body: bytes) -> Any:
    import json

    text = bytes(body).decode("utf-8", "replace")
    try:
        return json.loads(text, parse_float=_float, parse_int=_int, parse_constant=_constant)
    except RecursionError:
        _check_stack(body)
        raise NestedTooDeeply from None


def _check_stack(body: bytes) -> None:
    """Call in an ``except`` block: reraise a RecursionError that the body did not cause."""
    if levels(body) <= LEVELS:
        raise
