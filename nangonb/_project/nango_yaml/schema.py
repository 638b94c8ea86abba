"""The first check of the CLI: the shape of nango.yaml, with the errors that AJV and ajv-errors give.

The two tables at the end mirror the CLI's schemas for version 2 and version 1. ``messages`` of a rule
replace errors at that very value (``_`` is every keyword); a blank message hides them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nangonb._project.nango_yaml.javascript import WHITESPACE, JsDate, keys

Path = tuple[str | int, ...]

NO_INTEGRATIONS = (
    "Invalid file format, you should have at least an `integrations` property at the root level. "
    "Check our documentation https://nango.dev/docs/reference/integration-configuration"
)


@dataclass(frozen=True, slots=True)
class SchemaError:
    """One error: Nango's ``message``, the path of the value, AJV's keyword and params.

    ``keyword`` and ``params`` are None where Nango has words of its own; ``cause`` is the (last) keyword
    behind those words. ``root`` errors carry no path at all.
    """

    message: str
    path: Path
    keyword: str | None
    cause: str
    params: Mapping[str, Any] | None = None
    root: bool = False

    @property
    def pointer(self) -> str:
        """The path as AJV's instancePath."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    def as_dict(self) -> dict[str, Any]:
        """The error as the CLI holds it."""
        error: dict[str, Any] = {"msg": self.message}
        if not self.root:
            error["path"] = self.pointer
        if self.keyword is not None:
            error["code"] = self.keyword
            error["params"] = dict(self.params or {})
        return error


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be. Keywords are those of JSON Schema."""

    type: str | None = None
    nullable: bool = False
    required: tuple[str, ...] = ()
    additional: bool | Rule = True
    properties: Mapping[str, Rule] = field(default_factory=dict)
    patterned: tuple[tuple[re.Pattern[str], Rule], ...] = ()
    items: Rule | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    one_of: tuple[Rule, ...] = ()
    any_of: tuple[Rule, ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict)


def validate(data: Any, version: str) -> list[SchemaError]:
    """The errors of the whole file ('v1' or 'v2'), in AJV's order."""
    if not isinstance(data, dict | list | JsDate):
        return []
    if not isinstance(data, dict) or "integrations" not in data:
        return [
            SchemaError(NO_INTEGRATIONS, (), None, "required", {"missingProperty": "integrations"}, root=True)
        ]
    errors = _check(V2 if version == "v2" else V1, data, ())
    return [error for error in errors if error.message != " "]


def _check(rule: Rule, value: Any, at: Path) -> list[SchemaError]:
    errors: list[SchemaError] = []

    def add(message: str, keyword: str, **params: Any) -> None:
        errors.append(SchemaError(message, at, keyword, keyword, params))

    if rule.type and not _is(rule.type, value) and not (rule.nullable and value is None):
        add(f"must be {rule.type}", "type", type=rule.type)
    elif isinstance(value, dict | JsDate):
        _check_mapping(rule, value if isinstance(value, dict) else {}, at, errors)
    elif isinstance(value, list) and rule.items:
        for number, item in enumerate(value):
            errors += _check(rule.items, item, (*at, number))
    elif isinstance(value, str) and rule.pattern and not re.fullmatch(_js(rule.pattern), value):
        add(f'must match pattern "{rule.pattern}"', "pattern", pattern=rule.pattern)
    if rule.enum and value not in rule.enum:
        add("must be equal to one of the allowed values", "enum", allowedValues=list(rule.enum))
    if rule.one_of:
        tries = [_check(one, value, at) for one in rule.one_of]
        if sum(not errors for errors in tries) != 1:
            errors += [error for errors in tries for error in errors]
            add("must match exactly one schema in oneOf", "oneOf", passingSchemas=None)
    if rule.any_of:
        tries = [_check(one, value, at) for one in rule.any_of]
        if all(tries):
            errors += [error for errors in tries for error in errors]
            add("must match a schema in anyOf", "anyOf")
    return _reworded(rule, errors, at) if rule.messages and errors else errors


def _check_mapping(rule: Rule, value: dict[str, Any], at: Path, errors: list[SchemaError]) -> None:
    for name in rule.required:
        if name not in value:
            message = f"must have required property '{name}'"
            errors.append(SchemaError(message, at, "required", "required", {"missingProperty": name}))
    extra = [key for key in keys(value) if key not in rule.properties]
    if rule.additional is not True:
        for key in extra:
            if isinstance(rule.additional, Rule):
                errors += _check(rule.additional, value[key], (*at, key))
            else:
                params = {"additionalProperty": key}
                message = "must NOT have additional properties"
                errors.append(
                    SchemaError(message, at, "additionalProperties", "additionalProperties", params)
                )
    for name, one in rule.properties.items():
        if name in value:
            errors += _check(one, value[name], (*at, name))
    for pattern, one in rule.patterned:
        for key in keys(value):
            if pattern.fullmatch(key):
                errors += _check(one, value[key], (*at, key))


def _reworded(rule: Rule, errors: list[SchemaError], at: Path) -> list[SchemaError]:
    """What ajv-errors makes of them: kept errors first, then the rule's own messages."""
    kept: list[SchemaError] = []
    reworded: dict[str, SchemaError] = {}
    for error in errors:
        key = error.keyword
        if key == "required" and error.params:
            key = f"required.{error.params['missingProperty']}"
        message = rule.messages.get(key or "", rule.messages.get("_"))
        if error.path != at or key is None or message is None:
            kept.append(error)
        else:
            reworded[message] = SchemaError(message, at, None, error.cause, error.params)
    return kept + list(reworded.values())


def _is(type_name: str, value: Any) -> bool:
    if type_name == "object":
        return isinstance(value, dict | JsDate)
    if type_name == "array":
        return isinstance(value, list)
    if type_name == "string":
        return isinstance(value, str)
    if type_name == "boolean":
        return isinstance(value, bool)
    if type_name == "null":
        return value is None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or (math.isfinite(value) and value.is_integer())


def _js(pattern: str) -> str:
    """A pattern of the tables in Python's words; it has no anchors in its middle."""
    return (
        pattern.removeprefix("^").removesuffix("$").replace(r"\s", f"[{WHITESPACE}]").replace(r"\d", "[0-9]")
    )


_NAME = re.compile("[a-zA-Z0-9_-]+")
_STRING = Rule("string")
_SEMVER = r"^(\d+|\d+\.\d+\.\d+)$"


def _typed(type_name: str, message: str, **more: Any) -> Rule:
    return Rule(type_name, messages={"type": message}, **more)


def _strings(name: str) -> Rule:
    message = f"{name} must be a string or an array of strings."
    return Rule(one_of=(_STRING, Rule("array", items=_STRING)), messages={"_": message})


def _names(key: str) -> Rule:
    names = Rule("string", pattern="^[a-zA-Z0-9_-]+$")
    return Rule("array", items=names, messages={"_": f"{key} must be an array of strings."})


def _endpoint_text(methods: str) -> Rule:
    return Rule("string", pattern=methods, messages={"_": " "})


def _endpoint_object(*methods: str) -> Rule:
    return Rule(
        "object",
        required=("path",),
        additional=False,
        properties={
            "method": Rule("string", enum=methods),
            "path": Rule("string", pattern="^/[a-zA-Z0-9-:{}./_]+$"),
            "group": Rule("string", pattern="^[a-zA-Z _-]{1,64}$"),
        },
        messages={"_": " "},
    )


_SYNC_ENDPOINTS = (_endpoint_text(r"^(GET\s)?/[a-zA-Z0-9-./_]+$"), _endpoint_object("GET"))
_ACTION_ENDPOINTS = (
    _endpoint_text(r"^((GET|POST|PUT|PATCH|DELETE)\s)?/[a-zA-Z0-9-:{}./_]+$"),
    _endpoint_object("GET", "POST", "PUT", "PATCH", "DELETE"),
)
_DESCRIPTION = _typed("string", "description must be a string.")
_VERSION = Rule(
    one_of=(
        Rule("integer", messages={"_": " "}),
        Rule("string", pattern=_SEMVER, messages={"_": " "}),
    ),
    messages={"_": 'version must be an integer, string or a semver string. Example: "10", "1.0.0", or 10'},
)


def _input(what: str) -> Rule:
    return _typed("string", f"input must be a string and should define any required {what}.", nullable=True)


SYNC = Rule(
    "object",
    required=("endpoint", "output", "runs"),
    additional=False,
    properties={
        "description": _DESCRIPTION,
        "sync_type": Rule(
            "string",
            enum=("incremental", "full"),
            messages={"enum": "sync_type must be either 'incremental' or 'full'."},
        ),
        "track_deletes": _typed("boolean", "track_deletes must be a boolean."),
        "auto_start": _typed("boolean", "auto_start must be a boolean."),
        "version": _VERSION,
        "runs": _typed("string", 'runs must be a string and include the word "every".'),
        "endpoint": Rule(
            one_of=(*_SYNC_ENDPOINTS, Rule("array", items=Rule(one_of=_SYNC_ENDPOINTS))),
            messages={
                "_": "endpoint must be a URL (or an array of URLs) with an HTTP verb, i.e:\n"
                "- endpoint: GET /tickets\n- endpoint:\n    method: GET\n    path: /tickets"
            },
        ),
        "scopes": _strings("scopes"),
        "input": _input("metadata for the sync"),
        "output": _strings("output"),
        "webhook-subscriptions": _strings("webhook-subscriptions"),
    },
    messages={
        "required.endpoint": (
            "An endpoint property is required to specify how to retrieve the data from the sync."
        ),
        "required.output": "An output property is required to specify what is the outcome of the sync.",
    },
)
ACTION = Rule(
    "object",
    required=("endpoint",),
    additional=False,
    properties={
        "description": _DESCRIPTION,
        "version": _VERSION,
        "endpoint": Rule(
            one_of=_ACTION_ENDPOINTS,
            messages={
                "_": "endpoint must be a URL with an HTTP verb, i.e:\n"
                "- endpoint: POST /tickets\n- endpoint:\n    method: POST\n    path: /tickets"
            },
        ),
        "scopes": _strings("scopes"),
        "input": _input("input for the action"),
        "output": _strings("output"),
    },
    messages={
        "required.endpoint": "An endpoint property is required to specify how to trigger the action.",
    },
)
ON_EVENTS = Rule(
    "object",
    additional=False,
    properties={
        "post-connection-creation": _names("post-connection-creation"),
        "pre-connection-deletion": _names("post-connection-creation"),  # as in the original
        "validate-connection": _names("validate-connection"),
    },
)
INTEGRATION = Rule(
    "object",
    additional=False,
    properties={
        "post-connection-scripts": Rule(
            "array", items=_STRING, messages={"_": "post-connection-scripts must be an array of strings."}
        ),
        "on-events": ON_EVENTS,
        "syncs": Rule("object", patterned=((_NAME, SYNC),)),
        "actions": Rule("object", patterned=((_NAME, ACTION),)),
    },
)
V2 = Rule(
    "object",
    additional=False,
    properties={
        "integrations": Rule("object", additional=INTEGRATION),
        # The pattern of the original lacks a `+`: only models with names of one character are looked at.
        "models": Rule("object", patterned=((re.compile("[a-zA-Z0-9_-]"), Rule("object")),)),
    },
)
V1 = Rule(
    "object",
    properties={
        "integrations": Rule(
            "object",
            additional=Rule(
                "object",
                additional=Rule(
                    any_of=(
                        Rule("object", additional=False),
                        Rule("null"),
                        Rule(
                            "object",
                            properties={
                                "type": _STRING,
                                "returns": Rule(one_of=(_STRING, Rule("array", items=_STRING))),
                                "description": _STRING,
                                "runs": Rule("string", nullable=True),
                                "track_deletes": Rule("boolean", nullable=True),
                                "auto_start": Rule("boolean", nullable=True),
                            },
                        ),
                    )
                ),
            ),
        ),
        "models": Rule("object"),
    },
)
