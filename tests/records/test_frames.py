"""A frame shows the values that were sent, in columns of the model's types where these lose nothing."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nangonb._records import RecordBuffer, frame_of
from tests.records.values import floats, integers, json_values, same, texts

FIELDS: dict[str, Any] = {
    "id": {"type": "string"},
    "age": {"type": "number"},
    "active": {"type": "boolean"},
    "at": {"type": "string", "format": "date-time"},
    "kind": {"type": ["string", "null"], "enum": ["a", "b", None]},
    "owner": {"anyOf": [{"$ref": "#/definitions/Owner"}, {"type": "null"}]},
    "nickname": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    "either": {"type": ["string", "number"]},
    "tags": {"type": "array", "items": {"type": "string"}},
}
SCHEMA = {
    "$ref": "#/definitions/Contact",
    "definitions": {
        "Contact": {"type": "object", "properties": FIELDS, "required": ["id"]},
        "Owner": {"type": "object", "properties": {"id": {"type": "number"}}},
    },
}
DTYPES = {
    "id": "string",
    "age": "Int64",
    "active": "boolean",
    "at": "string",
    "kind": "string",
    "owner": "object",
    "nickname": "string",
    "either": "object",
    "tags": "object",
}


def contacts(*batches: list[dict[str, Any]]) -> RecordBuffer:
    buffer = RecordBuffer("Contact", SCHEMA, fields=tuple(FIELDS))
    for batch in batches:
        buffer.save(batch)
    return buffer


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def test_an_empty_result_keeps_its_columns_and_their_types() -> None:
    frame = contacts().frame()
    assert len(frame) == 0
    assert dtypes(frame) == DTYPES
    assert list(frame.columns) == list(FIELDS)
    assert dtypes(contacts().frame("deleted")) == DTYPES


def test_columns_are_the_models_fields_then_extras_as_they_appear() -> None:
    buffer = contacts([{"zeta": 1, "age": 2, "id": "1"}], [{"id": "2", "alpha": [1], "zeta": 2.5}])
    frame = buffer.frame()
    assert list(frame.columns) == [*FIELDS, "zeta", "alpha"]
    assert dtypes(frame) == {**DTYPES, "zeta": "Float64", "alpha": "object"}
    assert frame["age"].tolist() == [2, pd.NA]
    assert frame["alpha"].tolist() == [pd.NA, [1]]


def test_null_and_absent_both_show_as_na_and_differ_in_records() -> None:
    buffer = contacts([{"id": "1", "age": None, "owner": None, "nickname": None}, {"id": "2"}])
    frame = buffer.frame()
    for name in ("age", "owner", "nickname", "active"):
        assert frame[name].tolist() == [pd.NA, pd.NA]
    assert buffer.records() == [{"id": "1", "age": None, "owner": None, "nickname": None}, {"id": "2"}]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2, None], "Int64"),
        ([1.0, 2], "Int64"),
        ([1, 2.5], "Float64"),
        ([2**60 + 1, None], "Int64"),
        ([2**53, 0.5], "Float64"),
        ([1e300, 1], "Float64"),
        ([], "Int64"),
    ],
)
def test_numbers_are_integers_where_all_are(values: list[Any], dtype: str) -> None:
    together = contacts([{"id": str(n), "age": value} for n, value in enumerate(values)])
    apart = contacts(*[[{"id": str(n), "age": value}] for n, value in enumerate(values)])
    mixed = contacts(*[[{"id": str(n), "age": value, "x": [n]}] for n, value in enumerate(values)])
    for buffer in (together, apart, mixed):
        frame = buffer.frame()
        assert str(frame["age"].dtype) == dtype
        assert [None if value is pd.NA else value for value in frame["age"].tolist()] == values
        assert not [note for note in buffer.notes if note.code == "lost-digits"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([2**53 + 1, 0.5], "lost-digits"),
        ([2**64, 1], "lost-digits"),
        ([1, "two"], "wrong-type"),
        ([1, True], "wrong-type"),
        ([1, [2]], "wrong-type"),
    ],
)
def test_a_column_that_its_type_would_change_is_object_and_says_so(values: list[Any], code: str) -> None:
    together = contacts([{"id": str(n), "age": value} for n, value in enumerate(values)])
    apart = contacts(*[[{"id": str(n), "age": value}] for n, value in enumerate(values)])
    for buffer in (together, apart):
        frame = buffer.frame()
        assert str(frame["age"].dtype) == "object"
        assert frame["age"].tolist() == values
        assert [note.code for note in buffer.notes if note.severity == "note"] == [code]
        assert "'age' of Contact" in next(note.message for note in buffer.notes if note.code == code)


def test_dates_and_64_bit_ids_stay_as_sent() -> None:
    big = 2**62 + 1
    frame = contacts([{"id": str(big), "age": big, "at": "2026-01-01T00:00:00Z", "active": True}]).frame()
    row = frame.iloc[0]
    assert (row["id"], row["age"], row["at"], row["active"]) == (str(big), big, "2026-01-01T00:00:00Z", True)


def test_nested_values_are_not_taken_apart() -> None:
    rows = [
        {"id": "1", "owner": {"id": 1, "a.b": {"c": [1]}}, "tags": ["x", "y"]},
        {"id": "2", "tags": ["z", "w"]},
    ]
    frame = contacts(rows).frame()
    assert list(frame.columns) == list(FIELDS)
    assert frame["owner"].tolist() == [{"id": 1, "a.b": {"c": [1]}}, pd.NA]
    assert frame["tags"].tolist() == [["x", "y"], ["z", "w"]]


def test_updates_show_in_the_frame() -> None:
    buffer = contacts([{"id": "1", "age": 1}, {"id": "2", "age": 2}])
    buffer.update([{"id": "2", "age": 2.5}, {"id": "3", "age": 3}])
    buffer.delete([{"id": "1"}])
    assert buffer.frame()[["id", "age"]].to_numpy().tolist() == [["2", 2.5]]
    assert buffer.frame("updated")["id"].tolist() == ["3"]
    assert buffer.frame("deleted")["id"].tolist() == ["1"]


columns = st.sampled_from(
    [texts, integers, floats, integers | floats, st.booleans(), json_values, texts | integers]
)
tables = st.dictionaries(
    texts.filter(lambda name: name not in ("id", "_nango_metadata")), columns, max_size=3
).flatmap(
    lambda kinds: st.lists(
        st.fixed_dictionaries({}, optional={name: kind | st.none() for name, kind in kinds.items()}),
        max_size=6,
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(tables, max_size=3))
def test_every_value_is_in_its_place(batches: list[list[dict[str, Any]]]) -> None:
    number = 0
    buffer = RecordBuffer("M")
    for batch in batches:
        for row in batch:
            row["id"] = str(number := number + 1)
        buffer.save(batch)
    frame = buffer.frame()
    rows = [row for batch in batches for row in batch]
    assert set(frame.columns) == set().union(*rows) if rows else frame.empty
    for name in frame.columns:
        shown = [None if value is pd.NA else value for value in frame[name].tolist()]
        assert same(shown, [row.get(name) for row in rows])


def test_the_output_of_an_action() -> None:
    fields = [{"name": "Id", "length": 18, "label": None}, {"name": "Email", "length": 80.0, "custom": True}]
    frame = frame_of(fields)
    assert dtypes(frame) == {"name": "string", "length": "Int64", "label": "object", "custom": "boolean"}
    assert frame["label"].tolist() == [pd.NA, pd.NA]
    assert frame_of({"a": {"b": 1}})["a"].tolist() == [{"b": 1}]
    assert frame_of([1, 2.5])["value"].tolist() == [1, 2.5]
    assert frame_of("text")["value"].tolist() == ["text"]
    assert frame_of([2**53 + 1, 0.5])["value"].tolist() == [2**53 + 1, 0.5]
    assert frame_of([{"a": 1}, 2])["value"].tolist() == [{"a": 1}, 2]
    assert frame_of(None).empty
    assert frame_of([]).empty


def test_200_000_rows_make_a_frame_without_python_objects() -> None:
    buffer = RecordBuffer("Contact", SCHEMA, fields=tuple(FIELDS))
    for page in range(100):
        buffer.save([{"id": f"{page}-{n}", "age": n, "nickname": None} for n in range(2000)])
    frame = buffer.frame()
    assert len(frame) == 200_000
    assert frame["age"].sum() == 100 * sum(range(2000))
    assert frame[["id", "age", "nickname"]].memory_usage(deep=True).sum() < 10e6
    assert math.isclose(frame["age"].mean(), 999.5)
