"""What the ``nango`` object checks itself: checkpoints, and input against a model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from nangonb._records import Validator, decode, to_js_json
from nangonb.errors import ActionError, SDKError


def checked_checkpoint(checkpoint: Any) -> dict[str, Any]:
    """A copy of a flat dict of text, numbers and booleans. Raises SDKError (``invalid_checkpoint``)."""
    if not isinstance(checkpoint, Mapping):
        raise _no_checkpoint(f"it is a dict, not {type(checkpoint).__name__}")
    for name, value in checkpoint.items():
        if not isinstance(name, str):
            raise _no_checkpoint(f"the name {name!r} is not text")
        if hasattr(value, "isoformat"):
            raise _no_checkpoint(f"{name!r} is a {type(value).__name__}; save it as text: .isoformat()")
        if value is None:
            raise _no_checkpoint(f"{name!r} is None; leave it out")
        if not isinstance(value, (str, int, float)) or (
            isinstance(value, float) and not math.isfinite(value)
        ):
            kind = value if isinstance(value, float) else f"a {type(value).__name__}"
            raise _no_checkpoint(f"{name!r} is {kind}; a value is text, a number or a boolean")
    return dict(checkpoint)


def _no_checkpoint(why: str) -> SDKError:
    return SDKError(f"Invalid checkpoint: {why}.", code="invalid_checkpoint")


def validated(schema: Mapping[str, Any], input: Any, report: Callable[[str], object]) -> Any:
    """``input`` as zod's ``safeParse`` gives it: checked, and without keys that the schema does not name.

    Each issue goes to ``report``. Raises ActionError ``Invalid input provided``.
    """
    try:
        value = decode(to_js_json(input))
    except TypeError as error:
        raise SDKError(f"zod_validate_input: input is not JSON: {error}.", code="invalid_input") from None
    open_schema = _open(schema)
    validator = Validator(open_schema)
    validator.check([value], [""])
    if validator.summary:
        for row in validator.summary.rows:
            absent = row.rule == "required"
            expected = _type_at(open_schema, row.path) if absent else row.expected
            got = "undefined" if absent else _kind_of(row.example) if row.rule == "type" else row.example
            problem = f"expected {expected}, received {got}"
            report(f"Invalid input provided: Invalid input: {problem} at path {row.path}")
        raise ActionError({"message": "Invalid input provided"})
    return _stripped(value, open_schema, open_schema)


def _kind_of(text: str) -> str:
    """The type of a value, given as Python writes it, in zod's word."""
    words = {"True": "boolean", "False": "boolean", "None": "null"}
    marks = {"'": "string", '"': "string", "[": "array", "{": "object"}
    return words.get(text) or marks.get(text[:1]) or "number"


def _type_at(schema: Mapping[str, Any], path: str) -> str:
    """The type of the field at a dotted path, in zod's word; ``a value`` for no type or several."""
    at: Any = schema
    for name in path.replace("[]", ".[]").split("."):
        while isinstance(at, Mapping) and "$ref" in at:
            at = schema.get("definitions", {}).get(str(at["$ref"]).rpartition("/")[2])
        at = at.get("items") if name == "[]" else at.get("properties", {}).get(name)
        if not isinstance(at, Mapping):
            return "a value"
    if "$ref" in at:
        return "object"
    kind = at.get("type")
    return kind if isinstance(kind, str) else "a value"


def _open(schema: Any) -> Any:
    """The schema without ``additionalProperties: false``: a zod object ignores what it does not name."""
    if isinstance(schema, Mapping):
        return {
            name: _open(part)
            for name, part in schema.items()
            if not (name == "additionalProperties" and part is False)
        }
    return [_open(part) for part in schema] if isinstance(schema, list) else schema


def _stripped(value: Any, schema: Any, root: Mapping[str, Any]) -> Any:
    if not isinstance(schema, Mapping):
        return value
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return _stripped(value, root.get("definitions", {}).get(name), root)
    if isinstance(value, list):
        return [_stripped(item, schema.get("items"), root) for item in value]
    fields = schema.get("properties")
    if isinstance(value, dict) and isinstance(fields, Mapping) and "additionalProperties" not in schema:
        return {name: _stripped(part, fields[name], root) for name, part in value.items() if name in fields}
    return value
