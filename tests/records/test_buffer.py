"""What a script saved is what the buffer gives back, whatever it was and however it was kept."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nangonb._records import Counts, RecordBuffer
from nangonb.errors import SDKError
from tests.records.values import floats, integers, json_values, same, scalars, texts

ids = st.sampled_from(["1", "2", "3", "b", "\ud800", 1, 2, 1.0, 2.5, 2**70]) | texts.filter(bool)
names = st.sampled_from(["a", "b", "c"]) | texts.filter(lambda name: name not in ("id", "_nango_metadata"))
rows = st.fixed_dictionaries({"id": ids}, optional={"a": json_values, "b": scalars}) | st.builds(
    lambda identifier, more: {**more, "id": identifier}, ids, st.dictionaries(names, json_values, max_size=4)
)
# All with the same keys, one kind of value a column: what is kept in columns
uniform = st.sampled_from([texts, integers, floats, integers | floats, st.booleans(), st.none()]).flatmap(
    lambda kind: st.lists(
        st.fixed_dictionaries({"id": texts.filter(bool), "v": kind | st.none()}), max_size=8
    )
)
batches = st.lists(rows, max_size=6) | uniform


def key(record: Mapping[str, Any]) -> str:
    identifier = record["id"]
    return (
        str(int(identifier)) if isinstance(identifier, float) and identifier.is_integer() else str(identifier)
    )


class PlainLog:
    """The rules of a run, in the plainest words: batches here are smaller than a chunk."""

    def __init__(self) -> None:
        self.saved: dict[str, dict[str, Any]] = {}
        self.updates: dict[str, dict[str, Any]] = {}
        self.gone: dict[str, dict[str, Any]] = {}

    def apply(self, operation: str, records: Iterable[Mapping[str, Any]]) -> None:
        first: dict[str, dict[str, Any]] = {}
        for record in records:
            first.setdefault(key(record), dict(record))
        for k, record in first.items():
            if operation == "update":
                if k in self.saved:
                    self.saved[k] = {**self.saved[k], **record, "id": self.saved[k]["id"]}
                else:
                    self.updates[k] = {**self.updates.get(k, {}), **record}
                continue
            for place in (self.saved, self.updates, self.gone):
                place.pop(k, None)
            (self.saved if operation == "save" else self.gone)[k] = record


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["save", "save", "update", "delete"]), batches), max_size=6),
    st.booleans(),
    st.booleans(),
)
def test_the_state_after_any_log(
    log: list[tuple[str, list[dict[str, Any]]]], spill: bool, columns: bool
) -> None:
    buffer, plain = RecordBuffer("M", spill_at=1 if spill else 2**30, columns=columns), PlainLog()
    for operation, records in log:
        getattr(buffer, operation)(records)
        plain.apply(operation, records)
    assert same(buffer.records(), list(plain.saved.values()))
    assert same(buffer.updated(), list(plain.updates.values()))
    assert same(buffer.deleted(), list(plain.gone.values()))
    assert len(buffer) == len(plain.saved)
    assert same(buffer.preview(2), list(plain.saved.values())[:2])
    assert same([json.loads(line) for line in buffer.json_lines()], list(plain.saved.values()))
    assert len(buffer.frame()) == len(plain.saved)
    assert buffer.keys() == list(plain.saved)


@settings(max_examples=300)
@given(batches)
def test_null_and_absent_stay_different_and_integral_floats_are_ints(records: list[dict[str, Any]]) -> None:
    buffer = RecordBuffer("M")
    for record in records:  # one by one, so that none is a duplicate within its call
        buffer.save([record])
    for kept in buffer.records():
        for value in kept.values():
            assert not (isinstance(value, float) and value.is_integer() and abs(value) < 1e21)
    last = {key(record): record for record in records}
    assert {key(kept): sorted(kept) for kept in buffer.records()} == {k: sorted(r) for k, r in last.items()}


def test_within_a_chunk_the_first_wins_across_chunks_and_calls_the_last() -> None:
    buffer = RecordBuffer("Contact")
    records = [{"id": f"{n}", "v": "first"} for n in range(1000)] + [{"id": "0", "v": "next chunk"}]
    records[5] = {"id": "4", "v": "second in the chunk"}
    buffer.save(records)
    by_id = {row["id"]: row["v"] for row in buffer.records()}
    assert by_id["4"] == "first"
    assert by_id["0"] == "next chunk"
    assert "5" not in by_id
    assert buffer.counts == Counts(added=999, updated=0, deleted=0)
    buffer.save([{"id": "4", "v": "next call"}])
    assert {row["id"]: row["v"] for row in buffer.records()}["4"] == "next call"
    assert buffer.counts.added == 1000  # as the CLI counts: calls are not compared with one another
    assert len(buffer) == 999
    (note,) = buffer.notes
    assert note.code == "duplicate-id"
    assert "1 record of Contact repeats an id" in note.message
    assert "(first: 4)" in note.message


def test_an_update_merges_shallowly_into_what_this_run_saved() -> None:
    buffer = RecordBuffer("Contact")
    buffer.save([{"id": 1, "name": "Ada", "tags": {"a": 1}}, {"id": 2, "name": "Bo"}])
    buffer.update([{"id": "1", "tags": {"b": 2}, "email": None}, {"id": "9", "name": "elsewhere"}])
    buffer.update([{"id": "9", "age": 3}])
    assert buffer.records() == [
        {"id": 1, "name": "Ada", "tags": {"b": 2}, "email": None},
        {"id": 2, "name": "Bo"},
    ]
    assert buffer.updated() == [{"id": "9", "name": "elsewhere", "age": 3}]
    buffer.delete([{"id": 2}, {"id": "never seen"}])
    assert [row["id"] for row in buffer.records()] == [1]
    assert buffer.deleted() == [{"id": 2}, {"id": "never seen"}]
    assert buffer.counts == Counts(added=2, updated=3, deleted=2)


def test_any_iterable_of_mappings_is_taken_and_nothing_is_nothing() -> None:
    buffer = RecordBuffer("Contact")
    buffer.save(None)
    buffer.save([])
    buffer.save(iter(()))
    assert buffer.counts == Counts() and buffer.records() == []
    buffer.save({"id": str(n)} for n in range(3))
    buffer.save((MappingProxyType({"id": "m", "_nango_metadata": {"cursor": "x"}, "a": 1}),))
    assert buffer.records() == [{"id": "0"}, {"id": "1"}, {"id": "2"}, {"id": "m", "a": 1}]


def test_what_the_script_does_to_its_records_afterwards_changes_nothing() -> None:
    record = {"id": "1", "tags": ["a"]}
    buffer = RecordBuffer("Contact")
    buffer.save([record])
    record["tags"].append("b")  # type: ignore[attr-defined]
    kept = buffer.records()
    kept[0]["tags"].append("c")
    assert buffer.records() == [{"id": "1", "tags": ["a"]}]


def test_dates_become_what_javascript_would_send() -> None:
    buffer = RecordBuffer("Contact")
    buffer.save([{"id": "1", "at": datetime(2026, 1, 2, 3, 4, 5)}, {"id": "2", "at": date(2026, 1, 1)}])
    buffer.save([{"id": "3", "nested": {"at": [date(2026, 1, 1)]}}])
    assert [row.get("at") for row in buffer.records()] == [
        "2026-01-02T03:04:05.000Z",
        "2026-01-01T00:00:00.000Z",
        None,
    ]
    assert buffer.records()[2]["nested"] == {"at": ["2026-01-01T00:00:00.000Z"]}


@dataclass
class Person:
    id: str


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ({"id": "1"}, r"expected a list of records, got one record.*\[record\]"),
        ("abc", "expected a list of records, got 'abc' \\(str\\)"),
        (5, "expected a list of records, got 5 \\(int\\)"),
        ([{"id": "1"}, 7], "record 1 is 7, of type int, not a mapping"),
        ([Person("1")], "Person, not a mapping; use dataclasses.asdict"),
        ([{"id": "1"}, {"name": "x", "email": "y"}], "record 1 has no 'id' \\(fields: name, email\\)"),
        ([{"id": None}], "'id' of record 0 is None, of type NoneType"),
        ([{"id": True}], "is True, of type bool"),
        ([{"id": ["1"]}], "of type list"),
        ([{"id": ""}], "is empty"),
        ([{"id": "x" * 256}], "has 256 characters"),
        ([{"id": "😀" * 128}], "has 256 characters"),
        ([{"id": math.nan}], "is nan"),
        ([{"id": 10**300}], "more than 255 digits"),
        ([{"id": "1"}, {"id": "b", "a": {"amounts": [1, math.nan]}}],
         r"record 1 \(id 'b'\), field 'a.amounts\[1\]': nan \(float\).*use None"),
        ([{"id": "1", "a": None, "f": math.inf}], "field 'f': inf"),
        ([{"id": "1", "f": 1.5}, {"id": "2", "f": -math.inf}], r"record 1 \(id '2'\), field 'f': -inf"),
        ([{"id": "1", "price": Decimal("1.10")}], "'price'.*Decimal.*float\\(value\\)"),
        ([{"id": "1", "data": b"x"}], "'data'.*bytes.*decode"),
        ([{"id": "1", "tags": {"x"}}], "'tags'.*set.*list\\(value\\)"),
        ([{"id": "1", "who": Person("2")}], "'who'.*Person.*asdict"),
        ([{"id": "1", "n": {1: "x"}}], "'n'.*key of type int.*str\\(key\\)"),
        ([{"id": "1", 5: "x"}], r"record 0 \(id '1'\): a key of type int"),
        ([{"id": "1", "f": len}], "'f'.*call it"),
    ],
)  # fmt: skip
def test_a_refused_batch_names_what_is_wrong_and_keeps_what_came_before(records: Any, said: str) -> None:
    for operation in ("save", "update", "delete"):
        buffer = RecordBuffer("Contact")
        buffer.save([{"id": "earlier"}])
        with pytest.raises(SDKError, match=said) as caught:
            getattr(buffer, operation)(records)
        assert caught.value.code == "invalid_sync_record"
        assert f"batch_{operation} of Contact" in str(caught.value)
        assert buffer.records() == [{"id": "earlier"}]
        assert buffer.counts == Counts(added=1)


def test_missing_values_of_numpy_and_pandas_are_refused_with_the_remedy() -> None:
    import numpy as np

    buffer = RecordBuffer("Contact")
    for value in (np.int64(1), pd.NA, np.bool_(True)):
        with pytest.raises(SDKError, match=r"\.item\(\)"):
            buffer.save([{"id": "1", "v": value}])
    with pytest.raises(SDKError, match="NaT"):
        buffer.save([{"id": "1", "v": pd.NaT}])
    with pytest.raises(SDKError, match="to_dict"):
        buffer.save(pd.DataFrame({"id": ["1"]}))  # type: ignore[arg-type]
    buffer.save([{"id": "1", "v": np.float64(1.5), "at": pd.Timestamp("2026-01-01")}])
    assert buffer.records() == [{"id": "1", "v": 1.5, "at": "2026-01-01T00:00:00.000Z"}]


def test_a_record_that_contains_itself_is_refused() -> None:
    record: dict[str, Any] = {"id": "1"}
    record["self"] = record
    with pytest.raises(SDKError, match="contains itself"):
        RecordBuffer("Contact").save([record])


def test_an_error_in_the_callers_own_generator_is_the_callers() -> None:
    def broken() -> Iterable[dict[str, str]]:
        yield {"id": "1"}
        raise KeyError("theirs")

    buffer = RecordBuffer("Contact")
    with pytest.raises(KeyError, match="theirs"):
        buffer.save(broken())
    assert buffer.records() == []


def test_integers_that_nango_will_round_keep_their_digits_and_are_told() -> None:
    buffer = RecordBuffer("Contact")
    buffer.save([{"id": n, "big": 2**53 + n, "deep": {"n": [2**64 + n]}} for n in range(3)])
    buffer.save([{"id": str(n), "big": 2**53 - 1} for n in range(10, 12)])
    assert [row["big"] for row in buffer.records()][:3] == [2**53, 2**53 + 1, 2**53 + 2]
    assert buffer.records()[2]["deep"] == {"n": [2**64 + 2]}
    (note,) = [note for note in buffer.notes if note.code == "unsafe-integer"]
    assert "6 integers of Contact are beyond 2^53 (in big, deep): Nango will round this" in note.message


def test_a_record_of_five_megabytes_and_a_call_of_many_records() -> None:
    buffer = RecordBuffer("Contact")
    buffer.save([{"id": "big", "text": "é" * 2_500_000, "null": None}])
    buffer.save([{"id": str(n), "n": n} for n in range(25_000)])
    assert len(buffer.records()[0]["text"]) == 2_500_000
    assert len(buffer) == 25_001


def test_large_buffers_go_to_a_temporary_file_that_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    buffer = RecordBuffer("Contact", spill_at=10_000)
    sent = []
    for page in range(20):
        rows: list[dict[str, Any]] = [{"id": f"{page}-{n}", "n": n, "name": f"Zoë {n}"} for n in range(100)]
        if page % 2:
            rows = [{**row, "tags": [row["n"]]} for row in rows]
        buffer.save(rows)
        sent += rows
    assert buffer._file is not None
    assert buffer._in_memory < 10_000 + 20_000
    assert buffer.records() == sent
    frame = buffer.frame()
    assert frame["name"].tolist() == [row["name"] for row in sent]
    assert list(tmp_path.iterdir()) == []  # nameless from the start
    del buffer
    assert frame["id"].iloc[-1] == "19-99"  # a frame outlives its buffer


@pytest.mark.parametrize("spill_at", [1, 2**30])
def test_records_that_have_hardly_a_key_in_common(spill_at: int) -> None:
    sent = [
        {"id": str(n), f"field {n}": n, **({"big": 2**70 + n} if n % 50 == 0 else {})} for n in range(200)
    ]
    buffer = RecordBuffer("Contact", spill_at=spill_at)
    buffer.save(sent)
    assert buffer.records() == sent
    assert buffer.frame()["field 7"].tolist()[6:9] == [pd.NA, 7, pd.NA]
    (note,) = buffer.notes
    assert "4 integers of Contact are beyond 2^53 (in big)" in note.message
    with pytest.raises(SDKError, match=r"record 150 \(id '150'\), field 'field 150': nan"):
        buffer.save([{**row, **({"field 150": math.nan} if row["id"] == "150" else {})} for row in sent])
    assert buffer.records() == sent


def test_a_full_disk_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from nangonb._records.stored import SpillFile

    def full(self: SpillFile, data: object, schema: object = None) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(SpillFile, "write", full)
    buffer = RecordBuffer("Contact", spill_at=100)
    for n in range(50):
        buffer.save([{"id": f"{n}", "name": "x" * 20}])
    assert len(buffer.records()) == 50
