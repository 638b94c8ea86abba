"""Verdicts are those of jsonschema's Draft7Validator, however a batch is checked; the summary stays short."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker

from nangonb._records import RecordBuffer, ValidationSummary, Validator
from nangonb._records.columns import columns_of
from nangonb._records.formats import is_date_time
from nangonb.errors import SDKError
from tests.records.values import json_values, scalars, texts

CHECKER = FormatChecker(formats=())
CHECKER.checks("date-time")(lambda value: not isinstance(value, str) or is_date_time(value))

FIELDS = ["a", "b", "c d"]
WORDS = ["open", "closed", ""]

# --- schemas as ts-json-schema-generator writes them

literals = st.sampled_from([5, 1.5, True, False, None, "open"])
leaves = st.one_of(
    st.sampled_from(["string", "number", "boolean", "null", "integer"]).map(lambda name: {"type": name}),
    st.lists(
        st.sampled_from(["string", "number", "boolean", "null", "array", "object"]), min_size=1, unique=True
    ).map(lambda names: {"type": names}),
    st.just({"type": "string", "format": "date-time"}),
    literals.map(lambda value: {"const": value}),
    st.sampled_from(WORDS).map(lambda word: {"type": "string", "const": word}),
    st.just({"type": "string", "enum": WORDS}),
    st.just({"type": ["string", "null"], "enum": [*WORDS, None]}),
    st.just({"type": ["string", "number"], "enum": ["open", 5, True]}),
    st.just({}),
    st.just({"not": {}}),
    st.just({"type": "array", "items": {}}),
    st.just({"type": "object"}),
    st.just({"$ref": "#/definitions/Ref", "description": "siblings do not count", "type": "null"}),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda properties, required, more: {
            "type": "object",
            "properties": properties,
            **({"required": sorted(required)} if required else {}),
            **more,
        },
        st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
        st.sets(st.sampled_from(FIELDS), max_size=2),
        st.sampled_from([{"additionalProperties": False}, {}, {"additionalProperties": {"type": "number"}}]),
    )


schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        objects(inner),
        inner.map(lambda items: {"type": "array", "items": items}),
        st.lists(inner, min_size=1, max_size=3).map(lambda choices: {"anyOf": choices}),
    ),
    max_leaves=5,
)
REF = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "child": {"$ref": "#/definitions/Ref"}},
    "required": ["id"],
    "additionalProperties": False,
}
models = objects(schemas).map(
    lambda model: {"$ref": "#/definitions/Model", "definitions": {"Model": model, "Ref": REF}}
)


def values_for(schema: Any, root: Any) -> st.SearchStrategy[Any]:
    """Values that often fit a schema, and just miss it as often."""
    if "$ref" in schema:
        inner = st.deferred(lambda: st.just({"id": "x"}) | st.just({"id": "x", "child": {"id": "y"}}))
        return inner | st.just({"id": "x", "child": {"id": 1}}) | scalars
    if "anyOf" in schema:
        return st.one_of([values_for(choice, root) for choice in schema["anyOf"]])
    if "const" in schema:
        return st.sampled_from([schema["const"], 1, 1.0, 5.0, True, "open", None])
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], 5.0, 1, "other"])
    if schema.get("format"):
        return st.sampled_from(
            ["2026-01-31T00:00:00Z", "2024-02-29T00:00:00+01:00", "2026-02-29T00:00:00Z", "x", 1]
        )
    if "properties" in schema:
        fields = {name: values_for(part, root) for name, part in schema["properties"].items()}
        sure = {name: fields.get(name, json_values) for name in schema.get("required", ())}
        more = {name: part for name, part in [*fields.items(), ("extra", scalars)] if name not in sure}
        return st.fixed_dictionaries(sure, optional=more) | st.fixed_dictionaries({}, optional=fields)
    if schema.get("items"):
        return st.lists(values_for(schema["items"], root), max_size=2) | st.tuples(
            values_for(schema["items"], root)
        )
    if schema.get("type") == "string":
        return texts | scalars
    if schema.get("type") in ("number", "integer"):
        return st.integers(-5, 5) | st.sampled_from([1.0, 0.5, 2**70, True])
    return json_values


@st.composite
def batches(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    root = draw(models)
    rows = draw(st.lists(values_for(root["definitions"]["Model"], root), min_size=1, max_size=5))
    if draw(st.booleans()):  # the same keys in all, as most scripts save
        names = sorted(rows[0])
        rows = [{name: row.get(name) for name in names} for row in rows]
    return root, rows


def listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: listed(item) for key, item in value.items()}
    return [listed(item) for item in value] if isinstance(value, list | tuple) else value


def verdicts(root: dict[str, Any], rows: list[dict[str, Any]]) -> list[bool]:
    reference = Draft7Validator(root, format_checker=CHECKER)
    return [reference.is_valid(listed(row)) for row in rows]


def found(summary: ValidationSummary) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    return {(row.rule, row.path): (row.count, row.ids) for row in summary.rows}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches())
def test_every_way_gives_the_verdict_of_the_reference(
    batch: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    root, rows = batch
    ids = [str(number) for number in range(len(rows))]
    expected = verdicts(root, rows)

    whole = Validator(root)
    whole.check(rows, ids)
    assert (whole.summary.checked, whole.summary.invalid) == (len(rows), expected.count(False))

    for row, valid in zip(rows, expected, strict=True):  # one batch each: nothing hides behind a neighbour
        single = Validator(root)
        single.check([row], ["1"])
        assert bool(single.summary) is not valid

    # a keyword that the compiled checks do not know sends everything to jsonschema
    slow_root = copy.deepcopy(root)
    slow_root["definitions"]["Model"]["minProperties"] = 0
    slow = Validator(slow_root)
    slow.check(rows, ids)
    assert found(slow.summary) == found(whole.summary)
    assert slow.summary.invalid == whole.summary.invalid

    table = columns_of(rows) if all(rows) else None
    columnar = Validator(root)
    if table is not None and columnar.check_columns(table, ids):
        assert found(columnar.summary) == found(whole.summary)
        assert columnar.summary.invalid == whole.summary.invalid


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batches())
def test_a_buffer_validates_what_it_keeps(batch: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    root, rows = batch
    root["definitions"]["Model"].setdefault("properties", {})["id"] = {"type": "string"}
    rows = [{**row, "id": str(number)} for number, row in enumerate(rows)]
    buffer = RecordBuffer("Model", root)
    buffer.save(rows)
    assert buffer.validation.invalid == verdicts(root, rows).count(False)
    assert buffer.validation.checked == len(rows)


def contact(**fields: Any) -> dict[str, Any]:
    model = {
        "type": "object",
        "properties": {"id": {"type": "string"}, **fields},
        "required": ["id", *fields],
        "additionalProperties": False,
    }
    return {"$ref": "#/definitions/Contact", "definitions": {"Contact": model}}


def test_half_of_200_000_records_break_a_rule_in_one_row() -> None:
    buffer = RecordBuffer("Contact", contact(age={"type": "number"}, name={"type": ["string", "null"]}))
    buffer.save({"id": str(n), "age": n if n % 2 else f"{n} years", "name": None} for n in range(200_000))
    (row,) = buffer.validation.rows
    assert (row.rule, row.path, row.count, row.expected) == ("type", "age", 100_000, "number")
    assert row.ids == ("0", "2", "4", "6", "8")
    assert row.example == "'0 years'"
    assert str(row) == "age is '0 years', not number (100,000 records, first 0, 2, 4)"
    assert buffer.validation.invalid == 100_000
    assert buffer.validation.checked == 200_000


def test_what_a_summary_says() -> None:
    owner = {
        "type": "object",
        "properties": {"roles": {"type": "array", "items": {"type": "string", "enum": ["admin", "user"]}}},
        "required": ["roles"],
    }
    schema = contact(
        owner=owner,
        at={"type": "string", "format": "date-time"},
        kind={"anyOf": [{"type": "number"}, {"type": "string", "const": "x"}]},
    )
    validator = Validator(schema)
    good = {"id": "0", "owner": {"roles": ["admin"]}, "at": "2026-01-01T00:00:00Z", "kind": "x"}
    validator.check(
        [
            good,
            {**good, "owner": {"roles": ["root", "admin", "nobody"]}},
            {**good, "owner": {}, "at": "yesterday"},
            {**good, "kind": "y", "note": "z" * 500},
        ],
        ["0", "1", "2", "3"],
    )
    rows = {(row.rule, row.path): row for row in validator.summary.rows}
    assert rows["enum", "owner.roles[]"].expected == '"admin" or "user"'
    assert rows["enum", "owner.roles[]"].count == 1  # records, not values
    assert rows["required", "owner.roles"].ids == ("2",)
    assert rows["format", "at"].example == "'yesterday'"
    assert rows["anyOf", "kind"].expected == 'number or "x"'
    assert len(rows["additionalProperties", "note"].example) <= 60
    frame = validator.summary.frame()
    assert list(frame.columns) == ["rule", "path", "count", "first_ids", "expected", "example"]
    assert frame["count"].sum() == 5
    assert ValidationSummary().frame().dtypes.to_dict() == frame.dtypes.to_dict()


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "string", "minLength": 1}, "", "1 or more characters"),
        ({"type": "number", "exclusiveMinimum": 0}, 0, "more than 0"),
        ({"type": "array", "maxItems": 1}, [1, 2], "1 or fewer items"),
        ({"type": "string", "pattern": "^a$"}, "b", "text that matches '^a$'"),
        ({"type": "string", "format": "email", "pattern": "^.+@.+$"}, "b", "email"),
    ],
)
def test_limits_are_worded(schema: dict[str, Any], value: Any, expected: str) -> None:
    validator = Validator({"type": "object", "properties": {"x": schema}})
    validator.check([{"x": value}], ["1"])
    assert [row.expected for row in validator.summary.rows] == [expected]


def test_ever_new_field_names_do_not_make_an_endless_summary() -> None:
    validator = Validator(contact())
    validator.check([{"id": str(n), f"field {n}": n} for n in range(5000)], [str(n) for n in range(5000)])
    assert validator.summary.invalid == 5000
    assert len(validator.summary.rows) < 300
    assert sum(row.count for row in validator.summary.rows) == 5000


def test_enforced_validation_refuses_the_batch() -> None:
    buffer = RecordBuffer("Contact", contact(age={"type": "number"}), enforce=True)
    buffer.save([{"id": "1", "age": 1}])
    with pytest.raises(SDKError, match=r"1 of 2 records breaks the model\. age is 'x', not number") as caught:
        buffer.save([{"id": "2", "age": 2}, {"id": "3", "age": "x"}])
    assert caught.value.code == "invalid_sync_record"
    assert buffer.records() == [{"id": "1", "age": 1}]


def test_updates_may_leave_fields_out_and_deletes_are_not_validated() -> None:
    buffer = RecordBuffer("Contact", contact(age={"type": "number"}), enforce=True)
    buffer.update([{"id": "1", "age": 3}, {"id": "2"}])
    buffer.delete([{"id": "1", "anything": "goes"}])
    assert not buffer.validation
    buffer.update([{"id": "1", "age": "three"}])
    assert [(row.rule, row.path) for row in buffer.validation.rows] == [("type", "age")]


def test_records_are_validated_as_nango_receives_them() -> None:
    from datetime import datetime

    at = {"type": "string", "format": "date-time"}
    buffer = RecordBuffer("Contact", contact(at=at, tags={"type": "array", "items": {"type": "string"}}))
    buffer.save([{"id": "1", "at": datetime(2026, 1, 1), "tags": ("a", "b")}])
    buffer.save([{"id": "2", "at": datetime(2026, 1, 1), "tags": [datetime(2026, 1, 1)]}])
    assert buffer.validation.rows == []


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2026-01-01T00:00:00Z", True),
        ("2026-01-01t00:00:00.123456z", True),
        ("2026-01-01 00:00:00+0130", True),
        ("2026-01-01T00:00:00-08", True),
        ("2024-02-29T00:00:00Z", True),
        ("2026-02-29T00:00:00Z", False),
        ("1900-02-29T00:00:00Z", False),
        ("2026-04-31T00:00:00Z", False),
        ("2026-13-01T00:00:00Z", False),
        ("2026-01-01T24:00:00Z", False),
        ("2026-01-01T23:59:60Z", True),
        ("2026-01-01T15:59:60-08:00", True),
        ("2026-01-01T22:59:60Z", False),
        ("2026-01-01T00:00:00", False),
        ("2026-01-01", False),
        ("2026-01-01T00:00:00+24:00", False),
        ("2026-01-01T00:00:00Z\n", False),
        ("２０２６-01-01T00:00:00Z", False),
    ],
)
def test_date_times_are_those_of_ajv_formats(text: str, valid: bool) -> None:
    validator = Validator(contact(at={"type": "string", "format": "date-time"}))
    validator.check([{"id": "1", "at": text}], ["1"])
    assert bool(validator.summary) is not valid


GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "nango" / "golden" / "tsj-golden.json"


@pytest.mark.skipif(not GOLDEN.exists(), reason="the golden schemas of the real generator are not here")
def test_schemas_of_the_real_generator_need_no_jsonschema() -> None:
    golden = json.loads(GOLDEN.read_text())
    parts = [case.get("f", case) for case in golden.values()]
    code = (
        "import json, sys; from nangonb._records import Validator\n"
        "for part in json.load(sys.stdin):\n"
        "    model = {'type': 'object', 'properties': {'f': part}, 'additionalProperties': False}\n"
        "    ref = {'type': 'object', 'properties': {'id': {'type': 'string'}}}\n"
        "    root = {'$ref': '#/definitions/M', 'definitions': {'M': model, 'Ref': ref}}\n"
        "    Validator(root).check([{'f': lambda: 0}], ['1'])\n"
        "print('jsonschema' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(parts), capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("False\n", "")
