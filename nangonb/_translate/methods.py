"""Methods of the nango object that are not requests: the connection, other scripts, records, the log.

A call is emitted from the record of its method (``nangonb._sdk``): names, order, objects of options, and the
types of arguments and result by their annotations. ``_EMITTERS`` has what needs more than that.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import get_args

from nangonb._sdk import Method
from nangonb._sdk.action import SyncMode
from nangonb._sdk.methods import Parameter
from nangonb._translate import code
from nangonb._translate.arguments import (
    Given,
    bound,
    called,
    is_none,
    json_value,
    literal,
    of_kind,
    text,
)
from nangonb._translate.checkpoints import save_checkpoint
from nangonb._translate.code import Expr
from nangonb._translate.fetching import uncontrolled_fetch
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.types import ANY, BOOL, INT, NONE, STR, Field, Type, list_of, map_of, record_of
from nangonb._translate.validating import zod_validate_input

Emitter = Callable[[FunctionTranslator, ast.Call, Given], Expr]
_OBJECT = map_of(ANY)
#: The type of a result by the annotation of the method; any other is unknown.
_RESULTS: Mapping[str, Type] = {
    "None": NONE,
    "bool": BOOL,
    "str": STR,
    "int": INT,
    "dict[str, Any]": _OBJECT,
    "dict[str, Any] | None": _OBJECT.optional,
    "dict[str, list[str]]": record_of({"deletedKeys": Field(list_of(STR))}),
}


def method_call(t: FunctionTranslator, node: ast.Call, method: Method) -> Expr:
    given = bound(node, method)
    if method.zero_yaml_only:
        newer(t, node, method.name)
    others = [each for each in given.values() if not isinstance(each, ast.Constant | ast.Name)]
    t.first = t.first and len(others) < 2  # lines before the statement are evaluated first
    emit = _EMITTERS.get(method.name)
    return emit(t, node, given) if emit is not None else _by_record(t, given, method)


def _by_record(t: FunctionTranslator, given: Given, method: Method) -> Expr:
    shown: list[str | None] = []
    for argument in method.arguments:
        if isinstance(argument, Parameter):
            node = given.get(argument.name)
            shown.append(None if node is None else _argument(t, argument, node).at(code.TERNARY))
            continue
        parts = []
        for each in argument:
            node = given.get(each.name)
            if node is not None and not (isinstance(node, ast.Constant) and node.value is False):
                parts.append(code.pair(each.typescript, _argument(t, each, node)))
        shown.append(code.object_literal(parts) if parts else None)
    call = called(method.typescript, shown)
    kind = _RESULTS.get(method.returns, ANY)
    if not method.gives_promise:
        return Expr(call.removeprefix("await "), kind, code.CALL)
    # Nango's types of objects are narrower than their use in scripts
    narrow = kind is ANY or kind.required == _OBJECT
    return _as_any(call, kind) if narrow else _awaited(call, kind)


def _argument(t: FunctionTranslator, parameter: Parameter, node: ast.expr) -> Expr:
    """Return an argument of the type in the annotation of its parameter."""
    if parameter.name == "model":
        return Expr(model_name(node))
    if parameter.choices:
        return Expr(literal(node, parameter.name, parameter.choices))
    match parameter.annotation:
        case "str":
            return text(t, node, parameter.name)
        case "str | None":
            return Expr(_or_own(t, node, parameter.name))
        case "bool":
            return of_kind(t, node, parameter.name, "bool")
        case "int" | "float":
            numbers = ("small", "int", "float", "number", "json-number")
            return of_kind(t, node, parameter.name, *numbers)
    return json_value(t, node)


def newer(t: FunctionTranslator, node: ast.AST, name: str) -> None:
    """Note the use of a method that layout nango-yaml does not have."""
    t.script.newer[node] = f"`nango.{name}`"


def _awaited(text: str, kind: Type) -> Expr:
    return Expr(text, kind, code.UNARY, awaits=True)


def _as_any(text: str, kind: Type) -> Expr:
    """Return a result with a cast, since Nango's type for it is narrower than its use."""
    return Expr(f"({text}) as any", kind, code.RELATION, awaits=True)


# Connection, integration, environment


def _or_own(t: FunctionTranslator, node: ast.expr, what: str) -> str:
    """Return a text, or undefined for the script's own."""
    value = of_kind(t, node, what, "str") if not _may_be_none(t, node) else t.expr(node, first=t.first)
    return f"{value.at(code.NULLISH)} ?? undefined" if value.type.nullable else value.at(code.TERNARY)


def _may_be_none(t: FunctionTranslator, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in t.env and t.env[node.id].nullable


def _get_integration(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    include = given.get("include")
    shown = None
    if include is not None:
        if not isinstance(include, ast.List | ast.Tuple):
            raise refuse(include, "type", "`include` must be a literal list.", 'Write `include=["webhook"]`.')
        known = ("webhook", "credentials")
        names = [literal(each, "include", known) for each in include.elts]
        shown = f"{{ include: {code.array_literal(names)} }}" if names else None
    return _as_any(called("getIntegration", [shown]), _OBJECT)


def _get_webhook_url(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    text = f"({called('getWebhookURL', [])}) ?? null"
    return Expr(text, STR.optional, code.NULLISH, awaits=True)


def _get_metadata(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    return Expr(f"({called('getMetadata<any>', [])}) ?? {{}}", _OBJECT, code.NULLISH, awaits=True)


def _set_field_mapping(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    value = json_value(t, given["mapping"])
    return _awaited(called("setFieldMapping", [f"{value.at(code.RELATION)} as any"]), NONE)


def _get_environment_variables(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    text = f"({called('getEnvironmentVariables', [])}) ?? []"
    return Expr(text, list_of(ANY), code.NULLISH, awaits=True)


def _get_flow_attributes(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    if t.script.kind in ("action", "on-event"):
        raise refuse(node, "sdk", "Attributes exist only in syncs.", "Remove this call.")
    return Expr("nango.getFlowAttributes<any>() ?? {}", _OBJECT, code.NULLISH)


# Other scripts


def _trigger_action(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    shown: list[str | None] = [
        text(t, given[name], name).at(code.TERNARY)
        for name in ("provider_config_key", "connection_id", "action_name")
    ]
    value = given.get("input")
    shown.append(None if value is None else json_value(t, value).at(code.TERNARY))
    return _awaited(called("triggerAction<any, any>", shown), ANY)


def _trigger_sync(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    shown: list[str | None] = [
        text(t, given[name], name).at(code.TERNARY) for name in ("provider_config_key", "connection_id")
    ]
    shown.append(_sync(t, given["sync"]))
    mode = given.get("sync_mode")
    shown.append(None if mode is None else literal(mode, "sync_mode", get_args(SyncMode)))
    return _awaited(called("triggerSync", shown), NONE)


def _start_sync(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    key = text(t, given["provider_config_key"], "provider_config_key").at(code.TERNARY)
    syncs = given["syncs"]
    if isinstance(syncs, ast.List | ast.Tuple):
        names = code.array_literal([_sync(t, each) for each in syncs.elts])
    else:
        value = t.expr(syncs)
        kind = value.type
        if kind.nullable or not (kind.kind == "any" or (kind.kind == "list" and _is_text(kind.item or ANY))):
            raise refuse(syncs, "type", f"`syncs` must be a list of names, not `{kind}`.")
        names = value.at(code.TERNARY)
    connection = given.get("connection_id")
    own = None if connection is None else _or_own(t, connection, "connection_id")
    return _awaited(called("startSync", [key, names, own]), NONE)


def _is_text(kind: Type) -> bool:
    return kind.kind in ("str", "any") and not kind.nullable


def _sync(t: FunctionTranslator, node: ast.expr) -> str:
    """Return a sync: its name, or ``{ name, variant }``, of which Nango requires both."""
    if not isinstance(node, ast.Dict):
        return text(t, node, "sync").at(code.TERNARY)
    found: dict[str, str] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or key.value not in ("name", "variant"):
            raise refuse(node, "type", "A sync must be a name, or a dict with `name` and `variant`.")
        if not is_none(value):
            found[str(key.value)] = code.pair(str(key.value), text(t, value, str(key.value)))
    if "name" not in found:
        raise refuse(node, "type", "The name of the sync is missing.", 'Write `{"name": …, "variant": …}`.')
    return code.object_literal([found["name"], found.get("variant", "variant: 'base'")])


# Records


def model_name(node: ast.expr) -> str:
    """Return the name of a model, which must be a literal for Nango's CLI."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return code.string(node.value)
    raise refuse(
        node, "type", "The model must be a literal.", 'Write `nango.batch_save(records, "Contact")`.'
    )


def _get_records_by_ids(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    ids = t.expr(given["ids"], first=t.first)
    kind = ids.type
    if kind.nullable or kind.kind not in ("list", "any") or not _is_text(kind.item or ANY):
        hint = "Convert the ids: `[str(each) for each in ids]`."
        raise refuse(given["ids"], "dict-key", f"`ids` must be a list of text, not `{kind}`.", hint)
    found = called("getRecordsByIds<any, any>", [ids.at(code.TERNARY), model_name(given["model"])])
    return Expr(f"{t.helper('dictOfMap')}({found})", _OBJECT, code.CALL, awaits=True)


_EMITTERS: Mapping[str, Emitter] = {
    "get_integration": _get_integration,
    "get_webhook_url": _get_webhook_url,
    "get_metadata": _get_metadata,
    "set_field_mapping": _set_field_mapping,
    "get_environment_variables": _get_environment_variables,
    "get_flow_attributes": _get_flow_attributes,
    "trigger_action": _trigger_action,
    "trigger_sync": _trigger_sync,
    "start_sync": _start_sync,
    "uncontrolled_fetch": uncontrolled_fetch,
    "save_checkpoint": save_checkpoint,
    "get_records_by_ids": _get_records_by_ids,
    "zod_validate_input": zod_validate_input,
}
