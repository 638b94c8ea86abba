"""Checks of a JSON body that say all that is wrong with it, as the real server's strict schemas do.

A :data:`Check` takes a value and its path and yields entries of ``errors``: ``{code, message, path}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

__all__ = [
    "MISSING", "Check", "Entry", "anything", "array", "boolean", "choice", "constant", "either", "maybe",
    "null", "record", "shape", "text",
]  # fmt: skip

Path = tuple[str | int, ...]
Entry = dict[str, Any]
Check = Callable[[Any, Path], Iterator[Entry]]

MISSING: Final[Any] = object()
"""The value of a key that is not there."""


def _entry(code: str, message: str, path: Path) -> Entry:
    return {"code": code, "message": message, "path": list(path)}


def _kind(value: Any) -> str:
    if value is MISSING:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _expected(what: str, value: Any, path: Path) -> Entry:
    return _entry("invalid_type", f"Invalid input: expected {what}, received {_kind(value)}", path)


def anything(value: Any, path: Path) -> Iterator[Entry]:
    """Any JSON, but it must be there."""
    if value is MISSING:
        yield _expected("nonoptional", value, path)


def boolean(value: Any, path: Path) -> Iterator[Entry]:
    """true or false."""
    if not isinstance(value, bool):
        yield _expected("boolean", value, path)


def null(value: Any, path: Path) -> Iterator[Entry]:
    """null."""
    if value is not None:
        yield _expected("null", value, path)


def text(*, least: int = 0, most: int | None = None, pattern: str = "") -> Check:
    """A string of so many characters, which a pattern matches as a whole."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any, path: Path) -> Iterator[Entry]:
        if not isinstance(value, str):
            yield _expected("string", value, path)
            return
        if len(value) < least:
            yield _entry("too_small", f"Too small: expected string to have >={least} characters", path)
        if most is not None and len(value) > most:
            yield _entry("too_big", f"Too big: expected string to have <={most} characters", path)
        if compiled is not None and not compiled.fullmatch(value):
            message = f"Invalid string: must match pattern /^{pattern}$/"
            yield _entry("invalid_format", message, path)

    return check


def constant(value: str) -> Check:
    """One string."""
    return choice(value)


def choice(*options: str) -> Check:
    """One of these strings."""

    def check(value: Any, path: Path) -> Iterator[Entry]:
        if not isinstance(value, str) or value not in options:
            names = "|".join(f'"{one}"' for one in options)
            expected = f"option: expected one of {names}" if len(options) > 1 else f"input: expected {names}"
            yield _entry("invalid_value", f"Invalid {expected}", path)

    return check


def array(item: Check) -> Check:
    """An array of such items."""

    def check(value: Any, path: Path) -> Iterator[Entry]:
        if not isinstance(value, list):
            yield _expected("array", value, path)
            return
        for place, one in enumerate(value):
            yield from item(one, (*path, place))

    return check


def record(item: Check) -> Check:
    """An object with any keys, and such values."""

    def check(value: Any, path: Path) -> Iterator[Entry]:
        if not isinstance(value, dict):
            yield _expected("record", value, path)
            return
        for name, one in value.items():
            yield from item(one, (*path, name))

    return check


def maybe(inner: Check) -> Check:
    """What may be absent."""

    def check(value: Any, path: Path) -> Iterator[Entry]:
        if value is not MISSING:
            yield from inner(value, path)

    return check


def either(*checks: Check) -> Check:
    """What one of these lets through. Where they all fail, the one that came nearest says why."""

    def check(value: Any, path: Path) -> Iterator[Entry]:
        failures: list[Sequence[Entry]] = []
        for one in checks:
            entries = list(one(value, path))
            if not entries:
                return
            failures.append(entries)
        deeper = [entries for entries in failures if any(len(entry["path"]) > len(path) for entry in entries)]
        if deeper or value is MISSING or len(failures) == 1:
            yield from (deeper or failures)[0]
            return
        formats = [entries for entries in failures if entries[0]["code"] != "invalid_type"]
        yield from (formats or failures)[0]

    return check


def shape(fields: Mapping[str, Check]) -> Check:
    """An object with these keys and no others."""

    def check(value: Any, path: Path) -> Iterator[Entry]:
        if not isinstance(value, dict):
            yield _expected("object", value, path)
            return
        for name, one in fields.items():
            yield from one(value.get(name, MISSING), (*path, name))
        unknown = [name for name in value if name not in fields]
        if unknown:
            names = ", ".join(f'"{name}"' for name in unknown)
            word = "keys" if len(unknown) > 1 else "key"
            yield _entry("unrecognized_keys", f"Unrecognized {word}: {names}", path)

    return check
