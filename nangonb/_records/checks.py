"""The part of JSON Schema that Nango's models use, compiled to functions that report violations.

Other keywords raise NotCovered, and the jsonschema library checks the schema instead (see validate.py); both
return the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from nangonb._records.formats import CHECKS
from nangonb._records.jsonvalue import brief, dumps

# rule, path, expected, value
Report = Callable[[str, str, str, Any], None]
# value, path, report → whether it is valid
Check = Callable[[Any, str, Report], bool]
Schema = Mapping[str, Any] | bool

# Keywords without effect on validity.
ANNOTATIONS = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "default", "examples", "definitions", "$defs"}
)
_HANDLED = frozenset(
    "type const enum format properties required additionalProperties items anyOf not".split()  # noqa: SIM905
)
# The JSON type of a value by its exact Python type.
JSON_TYPES: dict[type, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    list: "array",
    dict: "object",
}


class NotCovered(Exception):
    """The schema uses a keyword that only the jsonschema library supports."""


def compile_check(schema: Schema, root: Mapping[str, Any]) -> Check:
    """Compile a schema. Raises NotCovered."""
    return _Compiler(root).check(schema)


def deref(schema: Schema, root: Mapping[str, Any]) -> Schema:
    """Follow ``$ref``; keywords beside it are ignored, as in draft-07. Raises NotCovered."""
    seen = 0
    while isinstance(schema, Mapping) and "$ref" in schema:
        reference = schema["$ref"]
        name = reference.removeprefix("#/definitions/")
        definitions = root.get("definitions", {})
        seen += 1
        if (
            name == reference
            or "/" in name
            or "%" in name
            or "~" in name
            or name not in definitions
            or seen > 99
        ):
            raise NotCovered(reference)
        schema = definitions[name]
    return schema


def equal(one: Any, other: Any) -> bool:
    """Return whether JSON values are equal: 1 equals 1.0, but not True."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def type_names(types: str | Sequence[str]) -> tuple[str, ...]:
    return (types,) if isinstance(types, str) else tuple(types)


class _Compiler:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._by_reference: dict[str, Check] = {}

    def check(self, schema: Schema) -> Check:
        if isinstance(schema, Mapping) and "$ref" in schema:
            return self._reference(schema)
        if schema is True or schema == {}:
            return _anything
        if schema is False:
            return _nothing
        assert isinstance(schema, Mapping)
        unknown = schema.keys() - _HANDLED - ANNOTATIONS
        if unknown:
            raise NotCovered(", ".join(sorted(unknown)))
        parts = [part for part in (make(schema) for make in self._makers()) if part is not None]
        if not parts:
            return _anything
        return parts[0] if len(parts) == 1 else _all_of(parts)

    def _makers(self) -> tuple[Callable[[Mapping[str, Any]], Check | None], ...]:
        return (_type, _values, _format, self._object, self._items, self._any_of, self._not)

    def _reference(self, schema: Mapping[str, Any]) -> Check:
        reference = schema["$ref"]
        if reference not in self._by_reference:
            target = deref(schema, self._root)

            def later(value: Any, path: str, report: Report) -> bool:
                return self._by_reference[reference](value, path, report)

            self._by_reference[reference] = later  # a model may refer to itself
            self._by_reference[reference] = self.check(target)
        return self._by_reference[reference]

    def _object(self, schema: Mapping[str, Any]) -> Check | None:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        required = tuple(schema.get("required", ()))
        more: Schema = schema.get("additionalProperties", True)
        if not properties and not required and more in (True, {}):
            return None
        known = {name: self.check(part) for name, part in properties.items()}
        others = None if more in (True, {}) else self.check(more)
        closed = more is False

        def check(value: Any, path: str, report: Report) -> bool:
            if type(value) is not dict:
                return True
            lead = f"{path}." if path else ""
            valid = True
            for name, item in value.items():
                one = known.get(name)
                if one is not None:
                    valid = one(item, lead + name, report) and valid
                elif closed:
                    report("additionalProperties", lead + name, "no such field", item)
                    valid = False
                elif others is not None:
                    valid = others(item, lead + name, report) and valid
            for name in required:
                if name not in value:
                    report("required", lead + name, "a value", None)
                    valid = False
            return valid

        return check

    def _items(self, schema: Mapping[str, Any]) -> Check | None:
        items = schema.get("items", True)
        if isinstance(items, list):
            raise NotCovered("items as a list")
        if items in (True, {}):
            return None
        if items is False:
            raise NotCovered("items: false")
        one = self.check(items)

        def check(value: Any, path: str, report: Report) -> bool:
            if type(value) is not list:
                return True
            inner = f"{path}[]"
            valid = True
            for item in value:
                valid = one(item, inner, report) and valid
            return valid

        return check

    def _any_of(self, schema: Mapping[str, Any]) -> Check | None:
        if "anyOf" not in schema:
            return None
        choices = [self.check(choice) for choice in schema["anyOf"]]
        expected = expectation("anyOf", schema["anyOf"])

        def check(value: Any, path: str, report: Report) -> bool:
            if any(choice(value, path, _silent) for choice in choices):
                return True
            report("anyOf", path, expected, value)
            return False

        return check

    def _not(self, schema: Mapping[str, Any]) -> Check | None:
        if "not" not in schema:
            return None
        refused = self.check(schema["not"])

        def check(value: Any, path: str, report: Report) -> bool:
            if not refused(value, path, _silent):
                return True
            report("not", path, "no value", value)
            return False

        return check


def _type(schema: Mapping[str, Any]) -> Check | None:
    if "type" not in schema:
        return None
    names = type_names(schema["type"])
    kinds = frozenset(kind for kind, name in JSON_TYPES.items() if name in names)
    integer = "integer" in names and "number" not in names
    expected = expectation("type", schema["type"])

    def check(value: Any, path: str, report: Report) -> bool:
        kind = type(value)
        if kind in kinds or (integer and (kind is int or (kind is float and value.is_integer()))):
            return True
        report("type", path, expected, value)
        return False

    return check


def _values(schema: Mapping[str, Any]) -> Check | None:
    parts: list[Check] = []
    if "const" in schema:
        parts.append(_one_of("const", [schema["const"]]))
    if "enum" in schema:
        parts.append(_one_of("enum", schema["enum"]))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else _all_of(parts)


def _one_of(rule: str, allowed: Sequence[Any]) -> Check:
    expected = expectation("enum", allowed)
    texts = frozenset(value for value in allowed if isinstance(value, str))

    def check(value: Any, path: str, report: Report) -> bool:
        if value in texts if type(value) is str else any(equal(value, each) for each in allowed):
            return True
        report(rule, path, expected, value)
        return False

    return check


def _format(schema: Mapping[str, Any]) -> Check | None:
    if "format" not in schema:
        return None
    name = schema["format"]
    if name not in CHECKS:
        raise NotCovered(f"format {name}")
    holds = CHECKS[name]

    def check(value: Any, path: str, report: Report) -> bool:
        if type(value) is not str or holds(value):
            return True
        report("format", path, name, value)
        return False

    return check


def _all_of(parts: Sequence[Check]) -> Check:
    def check(value: Any, path: str, report: Report) -> bool:
        valid = True
        for part in parts:
            valid = part(value, path, report) and valid
        return valid

    return check


def _anything(value: Any, path: str, report: Report) -> bool:
    return True


def _nothing(value: Any, path: str, report: Report) -> bool:
    report("false schema", path, "no value", value)
    return False


def _silent(rule: str, path: str, expected: str, value: Any) -> None:
    pass


def expectation(rule: str, asked: Any) -> str:
    """Describe the requirement of a keyword in a few words."""
    if rule == "type":
        return " or ".join(type_names(asked))
    if rule == "const":
        return _literal(asked)
    if rule == "enum":
        return " or ".join(map(_literal, asked))
    if rule in ("anyOf", "oneOf"):
        return " or ".join(map(_schema_name, asked))
    if rule == "not":
        return "no value"
    if rule in _BOUNDS:
        return _BOUNDS[rule].format(brief(asked))
    return str(asked) if rule == "format" else brief(asked)


_BOUNDS: Final[Mapping[str, str]] = {
    "minLength": "{} or more characters",
    "maxLength": "{} or fewer characters",
    "minItems": "{} or more items",
    "maxItems": "{} or fewer items",
    "minimum": "{} or more",
    "maximum": "{} or less",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "uniqueItems": "items that differ",
    "pattern": "text that matches {}",
}


def _schema_name(schema: Schema) -> str:
    if not isinstance(schema, Mapping):
        return "any value" if schema else "no value"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for rule in ("const", "enum", "format", "type", "anyOf"):
        if rule in schema:
            return str(schema[rule]) if rule == "format" else expectation(rule, schema[rule])
    return "any value"


def _literal(value: Any) -> str:
    return dumps(value).decode()
