"""Synced records as Nango keeps them: what is added, updated, deleted, pruned, and what a page gives."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest

from nangonb.sandbox.store import entries
from nangonb.sandbox.store.records import BadCursor, BadRecord, Page, Records, RecordStore

SECOND = 1_000_000


def ticking(start: int = 1_767_225_600 * SECOND) -> Callable[[], int]:
    """A clock that goes on by a second whenever it is read."""
    moments = iter(range(start, start + 10_000 * SECOND, SECOND))
    return lambda: next(moments)


@pytest.fixture
def records() -> Records:
    return Records("test", clock=ticking())


def rows(*ids: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": one, **more} for one in ids]


def shown(page: Page) -> list[dict[str, Any]]:
    whole = json.loads(page.body())
    assert whole["next_cursor"] == page.next_cursor
    return whole["records"]


def ids(page: Page) -> list[str]:
    return [record["id"] for record in shown(page)]


def actions(page: Page) -> dict[str, str]:
    return {record["id"]: record["_nango_metadata"]["last_action"] for record in shown(page)}


def every(records: Records, limit: int, **more: Any) -> list[str]:
    """The ids of all pages."""
    found: list[str] = []
    cursor = None
    while True:
        page = records.page(limit=limit, cursor=cursor, **more)
        assert len(page.records) <= limit
        found += ids(page)
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_a_batch_is_told_what_it_did(records: Records) -> None:
    first = records.save(rows("a", "b", n=1))
    assert (first.added, first.updated, first.unchanged) == (("a", "b"), (), ())
    second = records.save([{"id": "b", "n": 2}, {"n": 1, "id": "a"}, {"id": "c"}])
    assert (second.added, second.updated, second.unchanged) == (("c",), ("b",), ("a",))
    assert records.count == 3
    assert actions(records.page()) == {"a": "ADDED", "b": "UPDATED", "c": "ADDED"}


def test_the_metadata_of_a_record(records: Records) -> None:
    records.save(rows("a", n=1))
    (record,) = shown(records.page())
    metadata = record["_nango_metadata"]
    assert set(metadata) == {
        "first_seen_at", "last_modified_at", "last_action", "deleted_at", "pruned_at", "cursor"
    }  # fmt: skip
    assert metadata["first_seen_at"] == metadata["last_modified_at"] == "2026-01-01T00:00:00.000000+00:00"
    assert (metadata["deleted_at"], metadata["pruned_at"]) == (None, None)
    moment, row_id = base64.b64decode(metadata["cursor"]).decode().split("||")
    assert moment == metadata["last_modified_at"]
    records.save(rows("a", n=2))
    (changed,) = shown(records.page())
    assert changed["_nango_metadata"]["first_seen_at"] == metadata["first_seen_at"]
    assert changed["_nango_metadata"]["last_modified_at"] == "2026-01-01T00:00:01.000000+00:00"
    assert base64.b64decode(changed["_nango_metadata"]["cursor"]).decode().split("||")[1] == row_id


def test_what_is_changed_moves_to_the_end(records: Records) -> None:
    records.save(rows("a", "b", "c", n=1))
    records.save(rows("c", "a", n=2))  # of one batch, in the order in which they were first seen
    assert ids(records.page()) == ["b", "a", "c"]
    records.save(rows("b", n=2))
    assert ids(records.page()) == ["a", "c", "b"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10_000])
def test_pages_follow_each_other_by_cursor(records: Records, limit: int) -> None:
    for batch in (("a", "b", "c"), ("d",), ("e", "f", "g")):
        records.save(rows(*batch))
    records.delete(rows("d"))
    assert every(records, limit) == ["a", "b", "c", "e", "f", "g", "d"]


def test_a_cursor_goes_on_where_it_was_although_records_changed(records: Records) -> None:
    records.save(rows("a", "b", "c", "d"))
    cursor = records.page(limit=2).next_cursor
    records.save(rows("b", n=1))
    assert every(records, 1) == ["a", "c", "d", "b"]
    assert ids(records.page(cursor=cursor)) == ["c", "d", "b"]
    last = records.last_cursor()
    assert ids(records.page(cursor=last)) == []
    records.save(rows("e"))
    assert ids(records.page(cursor=last)) == ["e"]


@pytest.mark.parametrize("cursor", ["c", "", "bm8gYmFycw==", "eHx8eQ==", "2026-01-01T00:00:00+00:00||x", "Ü"])
def test_what_is_no_cursor_is_refused(records: Records, cursor: str) -> None:
    records.save(rows("a"))
    with pytest.raises(BadCursor):
        records.page(cursor=cursor)
    with pytest.raises(BadCursor):
        records.prune(cursor)


def test_filters(records: Records) -> None:
    records.save(rows("a", "b", "c", "d"))
    records.save(rows("b", n=1))
    records.delete(rows("c"))
    assert ids(records.page(actions=["ADDED"])) == ["a", "d"]
    assert ids(records.page(actions=["UPDATED"])) == ["b"]
    assert ids(records.page(actions=["DELETED"])) == ["c"]
    assert ids(records.page(actions=["UPDATED", "DELETED"])) == ["b", "c"]
    assert every(records, 1, actions=["ADDED", "DELETED"]) == ["a", "d", "c"]
    assert ids(records.page(ids=["d", "nope", "c", "d"])) == ["d", "c"]
    third = entries.moment_of(datetime.fromisoformat("2026-01-01T00:00:01+00:00"))
    assert ids(records.page(modified_after=third)) == ["b", "c"]
    assert ids(records.page(modified_after=third + 1)) == ["c"]
    assert ids(records.page(modified_after=third, ids=["a", "b"])) == ["b"]


def test_deleted_records_stay_as_tombstones_and_come_back_as_added(records: Records) -> None:
    records.save(rows("a", "b", n=1))
    deleted = records.delete([{"id": "a"}, {"id": "nope"}])
    assert deleted.deleted == ("a",)
    assert records.count == 1
    tombstone = shown(records.page(ids=["a"]))[0]
    assert "n" not in tombstone
    assert tombstone["_nango_metadata"]["deleted_at"] == tombstone["_nango_metadata"]["last_modified_at"]
    assert actions(records.page()) == {"b": "ADDED", "a": "DELETED", "nope": "DELETED"}
    assert records.delete(rows("a")).unchanged == ("a",)
    back = records.save(rows("a", n=1))
    assert back.added == ("a",)
    assert records.count == 2
    assert actions(records.page())["a"] == "ADDED"


def test_updates_merge_and_create_nothing(records: Records) -> None:
    records.save([{"id": "a", "name": "x", "at": {"city": "K", "zip": "1"}, "tags": [1, 2]}, {"id": "b"}])
    records.delete(rows("b"))
    found = records.update([{"id": "a", "at": {"zip": "2"}, "tags": [3]}, {"id": "b", "n": 1}, {"id": "new"}])
    assert (found.updated, found.added) == (("a",), ())
    record = shown(records.page(ids=["a"]))[0]
    del record["_nango_metadata"]
    assert record == {"id": "a", "name": "x", "at": {"city": "K", "zip": "2"}, "tags": [3]}
    assert records.update([{"id": "a", "name": "x"}]).unchanged == ("a",)
    assert records.page(ids=["new"]).records == []
    assert actions(records.page(ids=["b"])) == {"b": "DELETED"}


def test_of_several_records_with_one_id_the_first_stays(records: Records) -> None:
    saved = records.save([{"id": "a", "n": 1}, {"id": "b"}, {"id": "a", "n": 2}])
    assert (saved.added, saved.duplicates) == (("a", "b"), ("a",))
    assert shown(records.page(ids=["a"]))[0]["n"] == 1
    again = records.save([{"id": "a", "n": 3}, {"id": "a", "n": 4}])
    assert (again.updated, again.duplicates) == (("a",), ("a",))
    assert shown(records.page(ids=["a"]))[0]["n"] == 3


@pytest.mark.parametrize(
    "record", [{}, {"id": None}, {"id": ""}, {"id": True}, {"id": "x" * 256}, {"id": ["a"]}]
)
def test_a_batch_with_a_record_without_id_changes_nothing(records: Records, record: dict[str, Any]) -> None:
    for call in (records.save, records.update, records.delete):
        with pytest.raises(BadRecord):
            call([{"id": "a"}, record])
    assert records.page().records == []


def test_odd_values_come_back_as_they_were(records: Records) -> None:
    odd = {
        "id": 9_007_199_254_740_993,
        "_nango_metadata": {"first_seen_at": "never"},
        "nul": "a\0b",
        "surrogate": "\ud800",
        "large": 2**70,
        "ledger": 2**63 - 1,
        "money": 0.1,
    }
    records.save([odd, {"id": 1.0}, {"id": 2.5}])
    found = shown(records.page())
    assert [one["id"] for one in found] == ["9007199254740993", "1", "2.5"]
    assert found[0]["_nango_metadata"]["first_seen_at"] == "2026-01-01T00:00:00.000000+00:00"
    kept = {name: value for name, value in found[0].items() if name not in ("id", "_nango_metadata")}
    assert kept == {name: value for name, value in odd.items() if name not in ("id", "_nango_metadata")}
    assert records.save([odd]).unchanged == ("9007199254740993",)


def test_the_merging_strategy_keeps_what_was_modified_since(records: Records) -> None:
    records.save(rows("a", "b", "c", n=1))
    cursor = records.last_cursor()
    assert cursor is not None
    records.save(rows("b", n="webhook"))
    saved = records.save(rows("a", "b", "d", n=2), keep_after=cursor)
    assert (saved.updated, saved.added, saved.unchanged) == (("a",), ("d",), ("b",))
    assert {one["id"]: one["n"] for one in shown(records.page())} == {"a": 2, "b": "webhook", "c": 1, "d": 2}
    # what the run itself saved may be saved again: it goes on with the cursor of its last batch
    assert records.save(rows("a", n=3), keep_after=saved.cursor).updated == ("a",)
    with pytest.raises(BadCursor):
        records.save(rows("a"), keep_after="nonsense")


def test_delete_tracking(records: Records) -> None:
    records.save(rows("a", "b", "c", "d"))
    records.delete(rows("d"))
    start = records.begin()
    records.save(rows("a"))
    records.save(rows("new"))
    records.update([{"id": "b", "n": 1}])
    assert records.delete_unseen(start).deleted == ("c",)
    assert records.count == 3
    assert records.delete_unseen(start).deleted == ()


def test_pruning_empties_records_up_to_a_cursor(records: Records) -> None:
    records.save(rows("a", "b", "c", "d", n=1))
    cursor = shown(records.page())[2]["_nango_metadata"]["cursor"]
    assert records.prune(cursor, limit=2) == (2, True)
    assert records.prune(cursor, limit=2) == (1, False)
    assert records.prune(cursor) == (0, False)
    found = shown(records.page())
    assert [one.get("n") for one in found] == [None, None, None, 1]
    assert [one["_nango_metadata"]["pruned_at"] is None for one in found] == [False, False, False, True]
    assert {one["_nango_metadata"]["last_action"] for one in found} == {"ADDED"}
    again = records.save([{"n": 1, "id": "a"}, {"id": "b", "n": 2}])
    assert (again.unchanged, again.updated) == (("a",), ("b",))
    assert shown(records.page(ids=["b"]))[0]["_nango_metadata"]["pruned_at"] is None


def test_a_page_is_shorter_where_its_records_are_large(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "PAGE_BYTES", 1_000)
    records.save(rows("a", "b", "c", text="x" * 300))
    records.save(rows("d", text="x" * 2_000))
    sizes = []
    cursor = None
    while True:
        page = records.page(cursor=cursor)
        sizes.append(ids(page))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [one for size in sizes for one in size] == ["a", "b", "c", "d"]
    assert sizes[-1] == ["d"]
    assert all(sizes)


def test_moments_never_go_back(records: Records) -> None:
    records.save(rows("a"), at=5 * SECOND)
    records.save(rows("b"), at=3 * SECOND)
    assert ids(records.page()) == ["a", "b"]


def test_the_store_keeps_connections_models_and_variants_apart() -> None:
    store = RecordStore(clock=ticking())
    made: list[str] = []

    def plant(found: Records) -> None:
        made.append("planted")
        found.save(rows("a", "b"))

    store.plant(1, "Contact", plant, 2)
    assert (store.count(1, "Contact"), made) == (2, [])
    assert ids(store.records(1, "Contact").page()) == ["a", "b"]
    store.records(1, "Contact").delete(rows("a"))
    assert (store.count(1, "Contact"), made) == (1, ["planted"])
    store.records(1, "Contact", "eu").save(rows("c"))
    store.records(2, "Contact").save(rows("d"))
    store.forget(1, "Contact", "eu")
    counts = [store.count(1, "Contact"), store.count(1, "Contact", "eu"), store.count(2, "Contact")]
    assert counts == [1, 0, 1]
    store.forget(1)
    assert [store.count(1, "Contact"), store.count(2, "Contact")] == [0, 1]


def test_two_stores_give_the_same_bytes() -> None:
    def bodies(batches: Iterable[list[dict[str, Any]]]) -> list[bytes]:
        records = Records("same", clock=ticking())
        found = []
        for batch in batches:
            records.save(batch)
            found.append(records.page().body())
        return found

    batches = [rows("a", "b"), rows("b", n=1), rows("c")]
    assert bodies(batches) == bodies(batches)
