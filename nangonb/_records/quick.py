"""The fast path of validation: a whole batch in one call.

A model is converted to a msgspec type, if that type accepts only values that the model accepts. It may reject
more (an integral float for an integer, a leap day): then the slow path decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Literal

from nangonb._records.checks import ANNOTATIONS, NotCovered, Schema, deref, type_names
from nangonb._records.formats import CHECKS

# Values of one field, their exact types → True if all of them are certainly valid.
ColumnTest = Callable[[Sequence[Any], set[type]], bool]

_PLAIN: dict[str, set[type]] = {
    "string": {str},
    "number": {int, float},
    "integer": {int},
    "boolean": {bool},
    "null": {type(None)},
}


class NotExpressible(Exception):
    """No msgspec type accepts only what the schema accepts."""


class _Formatted:
    """A string with a format, for msgspec: its own patterns corrupt memory inside a union (0.22)."""

    holds: Callable[[str], bool]


_FORMATTED = {
    name: type("Formatted", (_Formatted,), {"holds": staticmethod(check)}) for name, check in CHECKS.items()
}


def _formatted(kind: Any, value: Any) -> Any:
    if type(value) is str and kind.holds(value):
        return _VALID[kind]
    raise ValueError


_VALID = {kind: kind() for kind in _FORMATTED.values()}


def batch_test(schema: Schema, root: Mapping[str, Any]) -> Callable[[Sequence[Any]], bool] | None:
    """Return a test for lists of certainly valid values, or None if only the slow path can decide."""
    import msgspec

    try:
        target: Any = list[_type_of(schema, root, ())]  # type: ignore[misc]
        msgspec.convert([], target)  # builds the decoder, which rejects ambiguous unions
    except (NotExpressible, NotCovered, TypeError, RecursionError):
        return None

    def test(values: Sequence[Any]) -> bool:
        try:
            msgspec.convert(values, target, dec_hook=_formatted)
        except (msgspec.MsgspecError, RecursionError, OverflowError, UnicodeEncodeError):
            return False
        return True

    return test


def column_test(schema: Schema, root: Mapping[str, Any]) -> ColumnTest:
    """Return the same test for the values of one field; most fields need only the types."""
    try:
        schema = deref(schema, root)
    except NotCovered:
        return _never
    if schema is True or schema == {}:
        return _always
    if isinstance(schema, Mapping):
        kinds = _plain_kinds(schema)
        if kinds is not None:
            return lambda values, types: types <= kinds
        words = _plain_words(schema)
        if words is not None:
            return lambda values, types: types <= {str, type(None)} and words.issuperset(values)
        if (
            _only(schema, {"type", "format"})
            and schema.get("type") == "string"
            and schema["format"] in CHECKS
        ):
            holds = CHECKS[schema["format"]]
            # each distinct value once: dates repeat
            return lambda values, types: types == {str} and all(map(holds, set(values)))
    test = batch_test(schema, root)
    return _never if test is None else lambda values, types: test(values)


def _always(values: Sequence[Any], types: set[type]) -> bool:
    return True


def _never(values: Sequence[Any], types: set[type]) -> bool:
    return False


def _only(schema: Mapping[str, Any], keywords: set[str]) -> bool:
    return schema.keys() - ANNOTATIONS == keywords


def _plain_kinds(schema: Mapping[str, Any]) -> set[type] | None:
    """Return the Python types whose values are all valid, or None if validity depends on the value."""
    if _only(schema, {"type"}):
        kinds = [_PLAIN.get(name) for name in type_names(schema["type"])]
    elif _only(schema, {"anyOf"}):
        kinds = [_plain_kinds(part) if isinstance(part, Mapping) else None for part in schema["anyOf"]]
    else:
        return None
    return None if None in kinds else set().union(*(kind for kind in kinds if kind is not None))


def _plain_words(schema: Mapping[str, Any]) -> frozenset[str | None] | None:
    """Return the strings (and None) that are valid, or None if other values may be."""
    names = set(type_names(schema.get("type", ())))
    if not names or not names <= {"string", "null"}:
        return None
    if _only(schema, {"type", "const"}):
        words = [schema["const"]]
    elif _only(schema, {"type", "enum"}):
        words = list(schema["enum"])
    else:
        return None
    kinds = {str: "string", type(None): "null"}
    return frozenset(word for word in words if kinds.get(type(word)) in names)


def _type_of(schema: Schema, root: Mapping[str, Any], above: Sequence[int]) -> Any:
    schema = deref(schema, root)
    if schema is True or schema == {}:
        return Any
    if not isinstance(schema, Mapping) or id(schema) in above:
        raise NotExpressible
    keywords = schema.keys() - ANNOTATIONS
    inside = (*above, id(schema))
    if keywords == {"anyOf"}:
        return _union(_type_of(part, root, inside) for part in schema["anyOf"])
    if "type" not in keywords:
        raise NotExpressible
    if keywords in ({"type", "const"}, {"type", "enum"}):
        return _literal(schema)
    if keywords == {"type", "format"} and schema["type"] == "string" and schema["format"] in CHECKS:
        return _FORMATTED[schema["format"]]
    names = type_names(schema["type"])
    parts = [_named(name, schema, keywords - {"type"}, root, inside) for name in names]
    return _union(parts)


def _named(
    name: str, schema: Mapping[str, Any], keywords: set[str], root: Mapping[str, Any], above: Sequence[int]
) -> Any:
    if name == "array" and keywords <= {"items"}:
        items = schema.get("items", True)
        if isinstance(items, list):
            raise NotExpressible
        return list[_type_of(items, root, above)]  # type: ignore[misc]
    if name == "object" and keywords <= {"properties", "required", "additionalProperties"}:
        return _object(schema, root, above)
    simple = {"string": str, "number": int | float, "integer": int, "boolean": bool, "null": None}
    if keywords or name not in simple:
        raise NotExpressible
    return simple[name]


def _object(schema: Mapping[str, Any], root: Mapping[str, Any], above: Sequence[int]) -> Any:
    import msgspec

    properties: Mapping[str, Schema] = schema.get("properties", {})
    required = set(schema.get("required", ()))
    more: Schema = schema.get("additionalProperties", True)
    closed = more is False
    if not properties and not required and not closed:
        return dict[str, _type_of(more, root, above)]  # type: ignore[misc]
    if not closed and more not in (True, {}):
        raise NotExpressible
    if required - properties.keys() and closed:
        raise NotExpressible  # no value is valid
    fields: list[tuple[str, Any, Any]] = []
    names: dict[str, str] = {}
    for number, name in enumerate([*properties, *sorted(required - properties.keys())]):
        part = properties.get(name, True)
        if closed and name not in required and isinstance(part, Mapping) and part.get("not") == {}:
            continue  # a field that must be absent: same as an unknown field
        type_ = _type_of(part, root, above)
        if name in required:
            fields.append((f"f{number}", type_, msgspec.NODEFAULT))
        else:
            fields.append((f"f{number}", type_ | msgspec.UnsetType, msgspec.UNSET))
        names[f"f{number}"] = name
    return msgspec.defstruct(
        f"Model{next(_numbers)}", fields, rename=names, forbid_unknown_fields=closed, kw_only=True, gc=False
    )


_numbers = itertools.count()


def _literal(schema: Mapping[str, Any]) -> Any:
    words = _plain_words(schema)
    if not words:
        raise NotExpressible
    return Literal[tuple(sorted(words, key=str))]


def _union(parts: Any) -> Any:
    alternatives = list(parts)
    if any(part is Any for part in alternatives):
        return Any
    return reduce(or_, alternatives)
