"""One synced record, its JSON text, and what a call answers: the parts of :mod:`.records`."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson

__all__ = [
    "BadCursor", "BadRecord", "Entry", "Page", "Saved", "digest_of", "dump", "iso", "merged",
    "moment_of", "order_of", "page_size", "read_record", "same",
]  # fmt: skip

PAGE_BYTES = 32 * 1024 * 1024
"""A page ends early where its records would be larger. It has at least one record."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class BadRecord(ValueError):
    """A record that Nango refuses: no id, or one that is no string or number of 1 to 255 characters."""


class BadCursor(ValueError):
    """A cursor that no record has."""


@dataclass(frozen=True)
class Saved:
    """What one call did, by ids. ``cursor``: of the last record that it changed."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True)
class Page:
    """Records as JSON texts, metadata included, and the cursor of the last one if there are more."""

    records: Sequence[bytes]
    next_cursor: str | None

    def body(self) -> bytes:
        """``{"records": […], "next_cursor": …}``."""
        end = orjson.dumps(self.next_cursor)
        return b'{"records":[' + b",".join(self.records) + b'],"next_cursor":' + end + b"}"


class Entry:
    """One record. ``text``: its JSON; ``shown``: the same with the metadata, once it was asked for."""

    __slots__ = ("deleted", "digest", "first", "id", "modified", "number", "pruned", "seen", "shown", "text")

    def __init__(self, number: int, record_id: str, text: bytes, moment: int, generation: int) -> None:
        self.number, self.id, self.text = number, record_id, text
        self.first = self.modified = moment
        self.deleted: int | None = None
        self.pruned: int | None = None
        self.digest: bytes | None = None  # of a pruned record: what its text was
        self.shown: bytes | None = None
        self.seen = generation

    @property
    def action(self) -> str:
        if self.deleted is not None:
            return "DELETED"
        return "ADDED" if self.first == self.modified else "UPDATED"


def order_of(entry: Entry) -> tuple[int, int]:
    """Where a record stands: by its last modification, then by its row."""
    return entry.modified, entry.number


@lru_cache(maxsize=4096)
def iso(moment: int) -> str:
    """A moment as Nango's metadata have it: ``2026-01-31T08:15:00.000000+00:00``."""
    return (_EPOCH + timedelta(microseconds=moment)).isoformat(timespec="microseconds")


def moment_of(at: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (at - _EPOCH) // _MICROSECOND


def read_record(record: Mapping[str, Any]) -> tuple[str, bytes]:
    """A record\'s id and its JSON, without metadata of Nango\'s. Raises: BadRecord."""
    given = record.get("id")
    if isinstance(given, float) and math.isfinite(given):
        given = int(given) if given.is_integer() else repr(given)
    record_id = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if not isinstance(record_id, str) or not 1 <= len(record_id) <= 255:
        raise BadRecord(
            f"id must be a string or a number of 1 to 255 characters, not {record.get('id')!r:.80}"
        )
    if record_id is record["id"] and "_nango_metadata" not in record:
        return record_id, dump(record)
    kept = {name: value for name, value in record.items() if name != "_nango_metadata"}
    return record_id, dump({**kept, "id": record_id})


def dump(record: Mapping[str, Any]) -> bytes:
    """A record as JSON."""
    try:
        # a copy: what orjson gives holds on to a buffer of several kilobytes
        return bytes(memoryview(orjson.dumps(record)))
    except TypeError:  # a lone surrogate, or an integer beyond 64 bits
        return json.dumps(record, separators=(",", ":")).encode()


def same(entry: Entry, text: bytes) -> bool:
    """Whether a record, pruned or not, is what this text says."""
    if entry.digest is not None:
        return entry.digest == digest_of(text)
    if entry.text == text:
        return True
    # the order of keys does not count
    return len(entry.text) == len(text) and digest_of(entry.text) == digest_of(text)


def digest_of(text: bytes) -> bytes:
    """A hash of what a JSON text says."""
    return hashlib.sha256(json.dumps(json.loads(text), sort_keys=True).encode()).digest()


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Both, objects within them merged; of anything else the new value stands."""
    both = dict(old)
    for name, value in new.items():
        held = both.get(name)
        both[name] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return both


def page_size(texts: Sequence[bytes]) -> int:
    """How many of these texts a page takes."""
    total = sum(map(len, texts))
    if total <= PAGE_BYTES:
        return len(texts)
    sizes = itertools.accumulate(map(len, texts))
    return max(1, sum(1 for size in sizes if size <= PAGE_BYTES))
