"""Which records of a table a SOQL query selects, and the pages of JSON that show them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from nangonb.sandbox.providers.salesforce.sobjects import DATES, Field, Table
from nangonb.sandbox.providers.salesforce.soql import (
    Comparison,
    Condition,
    Junction,
    Negation,
    Query,
    SoqlError,
)

__all__ = ["SORTABLE", "build_page", "fields_of", "select"]

SORTABLE = 50_000
"""So many records can be sorted by a field that does not grow with their number."""

_CHUNK = 20_000
_GROWING = {"Id", *DATES}


def fields_of(query: Query, table: Table) -> list[Field]:
    """The selected fields.

    Raises: SoqlError ``INVALID_FIELD``, ``MALFORMED_QUERY``.
    """
    selected: list[Field] = []
    for name in query.fields:
        if name.startswith("FIELDS("):
            if query.limit is None or query.limit > 200:
                raise SoqlError(
                    "MALFORMED_QUERY", f"The SOQL {name} function must have a LIMIT of at most 200"
                )
            selected.extend(table.fields.values() if name != "FIELDS(CUSTOM)" else ())
        else:
            selected.append(_field(query, table, name))
    for place, field in enumerate(selected):
        if field in selected[:place]:
            raise SoqlError("MALFORMED_QUERY", f"duplicate field selected: {field.name}")
    return selected


def select(query: Query, table: Table) -> Sequence[int]:
    """The numbers of the selected records, in their order.

    A condition on a growing date is a range, and costs nothing at any size; other conditions read every
    record that is left.

    Raises: SoqlError ``INVALID_FIELD``, ``INVALID_QUERY_FILTER_OPERATOR``, ``QUERY_TIMEOUT``.
    """
    rows = _matching(query, table)
    rows = _ordered(query, table, rows)
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end]


def build_page(table: Table, fields: Sequence[Field], rows: Sequence[int], *, version: str) -> bytes:
    """The JSON of these records, without the brackets around them."""
    if not rows:
        return b""
    ids = table.ids(rows)
    columns = [ids]
    parts = [
        f'{{"attributes":{{"type":"{table.name}","url":"/services/data/{version}/sobjects/{table.name}/%s"}}'
    ]
    for field in fields:
        plain = field.type == "id"
        parts.append(f'"{field.name}":"%s"' if plain else f'"{field.name}":%s')
        columns.append(ids if plain else table.column(field, rows))
    template = ",".join(parts) + "}"
    return ",".join(map(template.__mod__, zip(*columns, strict=True))).encode()


def _field(query: Query, table: Table, name: str) -> Field:
    bare = name[len(table.name) + 1 :] if name.lower().startswith(table.name.lower() + ".") else name
    field = table.field(bare)
    if field is not None:
        return field
    place = max(query.text.find(name), 0)
    around = query.text[max(0, place - 60) : place + 40].replace("\n", " ")
    raise SoqlError(
        "INVALID_FIELD",
        f"\n{around}\n{' ' * min(place, 60)}^\nERROR at Row:1:Column:{place + 1}\n"
        f"No such column '{name}' on entity '{table.name}'. If you are attempting to use a custom field, "
        "be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe "
        "call for the appropriate names.",
    )


# Conditions


def _matching(query: Query, table: Table) -> Sequence[int]:
    if query.where is None:
        return range(table.size)
    tests, conditions = [], []
    rows = range(table.size)
    for part in _parts(query.where):
        bounds = _bounds(query, table, part)
        if bounds is None:
            conditions.append(part)
        else:
            narrowed = table.rows_between(*bounds)
            rows = range(max(rows.start, narrowed.start), min(rows.stop, narrowed.stop))
        tests.append(_test(query, table, part))
    rows = range(rows.start, max(rows.start, rows.stop))
    if not conditions and not table.edits:
        return rows
    # Where a date was changed, the range says nothing: those records are looked at one by one.
    matching = array("l")
    left = [test for test, part in zip(tests, _parts(query.where), strict=True) if part in conditions]
    edited = sorted(table.edits)
    for chunk in _chunks(rows, skip=table.edits):
        matching.extend(_passing(left, chunk))
    changed = _passing(tests, edited)
    return sorted([*matching, *changed]) if changed else matching


def _parts(condition: Condition) -> Sequence[Condition]:
    return condition.parts if isinstance(condition, Junction) and condition.word == "and" else (condition,)


def _chunks(rows: range, *, skip: dict[int, Any]) -> Iterator[Sequence[int]]:
    for start in range(rows.start, rows.stop, _CHUNK):
        chunk = range(start, min(start + _CHUNK, rows.stop))
        yield [row for row in chunk if row not in skip] if skip else chunk


def _passing(tests: Sequence[Callable[[Sequence[int]], list[bool]]], rows: Sequence[int]) -> Sequence[int]:
    for test in tests:
        if not rows:
            break
        rows = [row for row, good in zip(rows, test(rows), strict=True) if good]
    return rows


def _bounds(
    query: Query, table: Table, part: Condition
) -> tuple[str, datetime | None, datetime | None] | None:
    """A condition on a growing date as low <= date < high, or None for any other condition."""
    if not isinstance(part, Comparison) or part.op not in ("<", "<=", ">", ">=", "="):
        return None
    field = _field(query, table, part.field)
    if field.name not in DATES or not isinstance(part.value, datetime):
        return None
    after = part.value + timedelta(microseconds=1)
    bounds: dict[str, tuple[datetime | None, datetime | None]] = {
        ">": (after, None),
        ">=": (part.value, None),
        "<": (None, part.value),
        "<=": (None, after),
        "=": (part.value, after),
    }
    return (field.name, *bounds[part.op])


def _test(query: Query, table: Table, condition: Condition) -> Callable[[Sequence[int]], list[bool]]:
    if isinstance(condition, Negation):
        inner = _test(query, table, condition.part)
        return lambda rows: [not good for good in inner(rows)]
    if isinstance(condition, Junction):
        tests = [_test(query, table, part) for part in condition.parts]
        join = all if condition.word == "and" else any
        return lambda rows: [join(results) for results in zip(*(test(rows) for test in tests), strict=True)]
    field = _field(query, table, condition.field)
    holds = _comparison(field, condition)
    return lambda rows: [holds(value) for value in values(table, field, rows)]


def values(table: Table, field: Field, rows: Sequence[int]) -> list[Any]:
    """The values of one field as Python objects; datetimes are aware."""
    decoded: list[Any] = orjson.loads("[" + ",".join(table.column(field, rows)) + "]")
    if field.type == "datetime":
        return [None if value is None else datetime.fromisoformat(value) for value in decoded]
    return decoded


def _comparison(field: Field, condition: Comparison) -> Callable[[Any], bool]:
    op, operand = condition.op, condition.value
    if op == "in":
        single = [_comparison(field, Comparison(field.name, "=", value)) for value in operand]
        return lambda value: any(holds(value) for holds in single)
    _check_type(field, op, operand)
    if op == "like":
        pattern = re.compile(_like(str(operand)), re.IGNORECASE | re.DOTALL)
        return lambda value: value is not None and pattern.fullmatch(str(value)) is not None
    if field.type == "date" and isinstance(operand, datetime):
        operand = operand.astimezone(UTC).date().isoformat()
    if isinstance(operand, str) and field.type not in ("id", "reference"):
        operand = operand.casefold()
        fold: Callable[[Any], Any] = str.casefold
    elif field.type in ("id", "reference") and isinstance(operand, str):
        operand = operand[:15]
        fold = lambda value: value[:15]  # noqa: E731
    else:
        fold = lambda value: value  # noqa: E731
    if op == "=":
        return lambda value: (
            (value is None) if operand is None else value is not None and fold(value) == operand
        )
    if op == "!=":
        return lambda value: (
            (value is not None) if operand is None else value is None or fold(value) != operand
        )
    order: dict[str, Callable[[Any], bool]] = {
        "<": lambda value: value is not None and fold(value) < operand,
        "<=": lambda value: value is not None and fold(value) <= operand,
        ">": lambda value: value is not None and fold(value) > operand,
        ">=": lambda value: value is not None and fold(value) >= operand,
    }
    return order[op]


def _check_type(field: Field, op: str, operand: Any) -> None:
    """Refuse a value that the field's type cannot be compared with."""
    if operand is None:
        good = op in ("=", "!=")
    elif field.type in ("date", "datetime"):
        good = isinstance(operand, datetime) and op != "like"
    elif field.type == "boolean":
        good = isinstance(operand, bool) and op in ("=", "!=")
    elif field.type in ("int", "double", "currency"):
        good = isinstance(operand, int | float) and not isinstance(operand, bool) and op != "like"
    else:
        good = isinstance(operand, str)
    if not good:
        raise SoqlError(
            "INVALID_FIELD",
            f"filter criteria for field '{field.name}': value of filter criterion must be of type "
            f"{field.type} and fit the operator '{op}' (strings need quotes, dates and numbers do not)",
        )


def _like(pattern: str) -> str:
    return "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)


# Order


def _ordered(query: Query, table: Table, rows: Sequence[int]) -> Sequence[int]:
    if not query.order:
        return rows
    keys = [(_field(query, table, name), down, last) for name, down, last in query.order]
    first, down, _ = keys[0]
    if first.name in _GROWING and (first.name in ("Id", "CreatedDate") or not table.edits):
        return rows[::-1] if down else rows
    if len(rows) > SORTABLE:
        raise SoqlError(
            "QUERY_TIMEOUT",
            f"Your query request was running for too long: ORDER BY {first.name} of {len(rows)} rows",
        )
    ordered = list(rows)
    for field, down, last in reversed(keys):
        column = dict(zip(ordered, values(table, field, ordered), strict=True))
        filled = [row for row in ordered if column[row] is not None]
        empty = [row for row in ordered if column[row] is None]
        filled.sort(key=lambda row: _sort_key(column[row]), reverse=down)
        ordered = filled + empty if last else empty + filled
    return ordered


def _sort_key(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
