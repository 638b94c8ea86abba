"""Pages of synced records: exact, and bounded in memory."""

from __future__ import annotations

import copy
import json
from typing import Any

from nangonb._records import SyncedBuffer
from tests.deployed import record


def _buffer(pages: list[list[dict[str, Any]]], **options: Any) -> SyncedBuffer:
    buffer = SyncedBuffer("Contact", **options)
    for page in copy.deepcopy(pages):
        buffer.append(page)
    return buffer


def test_what_is_more_than_memory_should_hold_goes_to_a_file() -> None:
    pages = [[record(f"{p}-{n}", name=f"n{n}", tags=[n]) for n in range(10)] for p in range(5)]
    buffer = _buffer(pages, spill_at=1_000)
    assert list(buffer) == [each for page in pages for each in page]
    assert buffer.frame()[0]["name"].tolist() == [f"n{n}" for n in range(10)] * 5
    assert buffer.actions == {"ADDED": 50}


def test_pages_with_different_fields_and_shapes() -> None:
    pages: list[list[dict[str, Any]]] = [
        [record("1", a=1)],
        [],
        [record("2", b="x"), {"id": "3", "_nango_metadata": {"cursor": "c", "new": 1}}],
        [{"id": "4"}, *[{f"f{n}": n} for n in range(30)]],
    ]
    buffer = _buffer(pages, fields=["id", "z"])
    assert list(buffer) == [each for page in pages for each in page]
    assert buffer.names[:4] == ["id", "z", "a", "b"] and len(buffer.names) == 34
    frame = buffer.frame()[0]
    assert list(frame)[:4] == ["id", "z", "a", "b"]
    assert list(frame)[-7:] == [
        "first_seen_at", "last_modified_at", "last_action", "deleted_at", "pruned_at", "cursor", "new",
    ]  # fmt: skip
    assert [json.loads(line) for line in buffer.json_lines()] == list(buffer)


def test_times_that_are_none() -> None:
    page = record("1")
    page["_nango_metadata"].update(first_seen_at="soon", last_modified_at="2026-01-02 08:00+02", pruned_at=7)
    frame = _buffer([[page]]).frame()[0]
    assert frame["first_seen_at"].tolist() == ["soon"]
    assert str(frame["last_modified_at"].dtype) == "datetime64[ns, UTC]"
    assert frame["last_modified_at"].dt.hour.tolist() == [6]
    assert frame["pruned_at"].tolist() == [7]


def test_an_action_that_is_not_known() -> None:
    frame = _buffer([[record("1", "MERGED"), record("2")]]).frame()[0]
    assert frame["last_action"].tolist() == ["MERGED", "ADDED"]
    assert list(frame["last_action"].cat.categories) == ["ADDED", "UPDATED", "DELETED", "MERGED"]
