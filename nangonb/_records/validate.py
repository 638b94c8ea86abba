"""Validation of records against their model, as in the CLI's dry run (ajv with all errors, draft-07).

Several methods return the same verdict, and the first that can decide is used: the types in each column of a
batch; one conversion of the batch to a msgspec type; compiled checks, which report each violation. For a
schema that these do not cover, jsonschema's Draft7Validator checks record by record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nangonb._records.checks import (
    ANNOTATIONS,
    Check,
    NotCovered,
    Report,
    Schema,
    compile_check,
    deref,
    expectation,
)
from nangonb._records.columns import BatchColumns
from nangonb._records.formats import format_checker
from nangonb._records.jsonvalue import Refused, plain
from nangonb._records.quick import ColumnTest, batch_test, column_test
from nangonb._records.summary import ValidationSummary


class Validator:
    """Checks batches against one JSON Schema and adds the violations to ``summary``.

    ``schema`` is self-contained draft-07. ``partial`` ignores the ``required`` of the record itself, for
    updates, which have some of the fields.
    """

    def __init__(
        self, schema: Mapping[str, Any], *, partial: bool = False, summary: ValidationSummary | None = None
    ) -> None:
        self.schema = _without_required(schema) if partial else schema
        self.summary = ValidationSummary() if summary is None else summary
        self._batch_test = batch_test(self.schema, self.schema)
        self._fields: _FieldChecks | None = None
        try:
            self._check = compile_check(self.schema, self.schema)
            self._fields = _field_checks(self.schema)
        except NotCovered:
            self._check = _by_jsonschema(self.schema)

    def check(self, records: Sequence[Any], ids: Sequence[str]) -> None:
        """Validate a batch; ``ids`` name its records in the summary."""
        rows = records if isinstance(records, list) else list(records)
        summary = self.summary
        if self._batch_test is None or not self._batch_test(rows):
            for number, (row, key) in enumerate(zip(rows, ids, strict=True), summary.checked):
                if not self._check(_as_json(row), "", summary.reporter(number, key)):
                    summary.invalid += 1
        summary.checked += len(rows)

    def check_columns(self, columns: BatchColumns, ids: Sequence[str]) -> bool:
        """Validate a batch in columns. Return False, and check nothing, if the model does not allow it."""
        if self._fields is None:
            return False
        self._fields.check(columns, ids, self.summary)
        self.summary.checked += len(ids)
        return True


class _FieldChecks:
    """A model whose fields can be checked separately."""

    def __init__(self, schema: Mapping[str, Any], root: Mapping[str, Any]) -> None:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        more: Schema = schema.get("additionalProperties", True)
        self._required: tuple[str, ...] = tuple(schema.get("required", ()))
        self._closed = more is False
        self._fields = {
            name: (column_test(part, root), compile_check(part, root)) for name, part in properties.items()
        }
        self._more: tuple[ColumnTest, Check] = (column_test(more, root), compile_check(more, root))

    def check(self, columns: BatchColumns, ids: Sequence[str], summary: ValidationSummary) -> None:
        every = range(len(ids))
        all_invalid = False
        invalid: set[int] = set()
        for name in self._required:
            if name not in columns.values:
                summary.add_all("required", name, "a value", None, ids)
                all_invalid = True
            for row in columns.absent.get(name, ()):
                summary.add("required", name, "a value", None, summary.checked + row, ids[row])
                invalid.add(row)
        for name in columns.values:
            rows, values, types = _present(columns, name, every)
            if self._closed and name not in self._fields:
                if rows is every:
                    summary.add_all("additionalProperties", name, "no such field", values[0], ids)
                    all_invalid = True
                    continue
                invalid |= _check_column(name, rows, values, _no_such_field, ids, summary)
                continue
            test, check = self._fields.get(name, self._more)
            if not test(values, types):
                invalid |= _check_column(name, rows, values, check, ids, summary)
        summary.invalid += len(ids) if all_invalid else len(invalid)


def _present(
    columns: BatchColumns, name: str, every: range
) -> tuple[Sequence[int], Sequence[Any], set[type]]:
    """Return the rows that have a field, their values and the types of these."""
    values = columns.values[name]
    holes = set(columns.absent.get(name, ()))
    if not holes:
        return every, values, columns.types[name]
    rows = [row for row in every if row not in holes]
    values = [values[row] for row in rows]
    return rows, values, set(map(type, values))


def _no_such_field(value: Any, path: str, report: Report) -> bool:
    report("additionalProperties", path, "no such field", value)
    return False


def _field_checks(root: Mapping[str, Any]) -> _FieldChecks | None:
    schema = deref(root, root)
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return None
    if schema.keys() - ANNOTATIONS - {"type", "properties", "required", "additionalProperties"}:
        return None
    return _FieldChecks(schema, root)


def _check_column(
    name: str,
    rows: Sequence[int],
    values: Sequence[Any],
    check: Check,
    ids: Sequence[str],
    summary: ValidationSummary,
) -> set[int]:
    """Report violations in a column. Return the rows whose value is invalid."""
    invalid: set[int] = set()
    for row, value in zip(rows, values, strict=True):
        if not check(_as_json(value), name, summary.reporter(summary.checked + row, ids[row])):
            invalid.add(row)
    return invalid


def _as_json(value: Any) -> Any:
    try:
        return plain(value)
    except Refused:
        return value  # saving it raises an error; here it has the wrong type


def _without_required(root: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = deref(root, root)
    if not isinstance(schema, Mapping):
        return root
    kept = {name: part for name, part in schema.items() if name != "required"}
    return {**kept, "definitions": root.get("definitions", {})}


def _by_jsonschema(schema: Mapping[str, Any]) -> Check:
    from jsonschema import Draft7Validator

    reference = Draft7Validator(schema, format_checker=format_checker())

    def check(value: Any, path: str, report: Report) -> bool:
        valid = True
        for error in reference.iter_errors(value):
            valid = False
            for rule, where, expected, example in _violations(error):
                report(rule, where, expected, example)
        return valid

    return check


def _violations(error: Any) -> Iterator[tuple[str, str, str, Any]]:
    """Yield the violations of a jsonschema ValidationError, in the terms of the compiled checks."""
    path = "".join(
        "[]" if isinstance(step, int) else f".{step}" for step in error.absolute_path
    ).removeprefix(".")
    lead = f"{path}." if path else ""
    rule, asked, value = error.validator, error.validator_value, error.instance
    if rule == "required":
        for name in asked:
            if name not in value:
                yield rule, lead + name, "a value", None
    elif rule == "additionalProperties" and "patternProperties" not in error.schema:
        for name in value.keys() - error.schema.get("properties", {}).keys():
            yield rule, lead + name, "no such field", value[name]
    elif rule is None:
        yield "false schema", path, "no value", value
    elif rule == "pattern" and "format" in error.schema:  # as zod writes an email
        yield rule, path, expectation("format", error.schema["format"]), value
    else:
        yield rule, path, expectation(rule, asked), value
