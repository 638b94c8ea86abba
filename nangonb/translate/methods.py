"""Methods of the nango object that are no requests: the connection, other scripts, records, the log.

Each has its parameters in Python's order and a function that makes the call of them. What only the newer
SDK has is of layout zero-yaml alone: the CLI that takes nango.yaml knows nothing of it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from nangonb.translate import code
from nangonb.translate.arguments import (
    Given,
    bound,
    called,
    is_none,
    json_value,
    literal,
    of_kind,
    text,
)
from nangonb.translate.checkpoints import save_checkpoint
from nangonb.translate.code import Expr
from nangonb.translate.fetching import uncontrolled_fetch
from nangonb.translate.function import FunctionTranslator
from nangonb.translate.refusals import refuse
from nangonb.translate.types import ANY, BOOL, NONE, STR, Field, Type, list_of, map_of, record_of
from nangonb.translate.validating import zod_validate_input

Make = Callable[[FunctionTranslator, ast.Call, Given], Expr]
_OBJECT = map_of(ANY)
_DELETED = record_of({"deletedKeys": Field(list_of(STR))})
_MODES = ("incremental", "full_refresh", "full_refresh_and_clear_cache")
_STRATEGIES = ("override", "ignore_if_modified_after")
_LEVELS = ("debug", "info", "warn", "error", "off")


@dataclass(frozen=True, slots=True)
class Method:
    """``parameters`` in order, of which ``positional`` need no keyword and ``required`` must be given.

    ``sync_only`` methods exist in syncs, ``newer`` ones in layout zero-yaml only. ``at_once``: Nango's
    method returns no promise. ``silent``: it returns None.
    """

    parameters: tuple[str, ...]
    positional: int
    required: int
    make: Make
    sync_only: bool = False
    newer: bool = False
    at_once: bool = False
    silent: bool = False


def method_call(t: FunctionTranslator, node: ast.Call, name: str, method: Method) -> Expr:
    given = bound(node, name, method.parameters, method.positional, method.required)
    if method.newer:
        newer(t, node, name)
    others = [each for each in given.values() if not isinstance(each, ast.Constant | ast.Name)]
    t.first = t.first and len(others) < 2  # what is put before the statement is evaluated first
    return method.make(t, node, given)


def newer(t: FunctionTranslator, node: ast.AST, name: str) -> None:
    """Remember that this is used: the layout of nango.yaml has no such thing."""
    t.script.newer[node] = f"nango.{name}"


def _awaited(text: str, kind: Type) -> Expr:
    return Expr(text, kind, code.UNARY, awaits=True)


def _as_any(text: str, kind: Type) -> Expr:
    """What Nango types more narrowly than a script knows it."""
    return Expr(f"({text}) as any", kind, code.RELATION, awaits=True)


def _flags(t: FunctionTranslator, given: Given, names: dict[str, str]) -> str | None:
    """``{ forceRefresh: true }`` of what is given."""
    parts = []
    for name, shown in names.items():
        node = given.get(name)
        if node is None or (isinstance(node, ast.Constant) and node.value is False):
            continue
        parts.append(code.pair(shown, of_kind(t, node, name, "bool")))
    return code.object_literal(parts) if parts else None


# Connection, integration, environment


def _get_connection(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    shown: list[str | None] = []
    for name in ("provider_config_key", "connection_id"):
        value = given.get(name)
        shown.append(None if value is None else _or_own(t, value, name))
    names = {
        "force_refresh": "forceRefresh",
        "refresh_token": "refreshToken",
        "refresh_github_app_jwt_token": "refreshGithubAppJwtToken",
    }
    # which credentials there are depends on the provider
    return _as_any(called("getConnection", [*shown, _flags(t, given, names)]), _OBJECT)


def _or_own(t: FunctionTranslator, node: ast.expr, what: str) -> str:
    """Text, or None for the script's own."""
    value = of_kind(t, node, what, "str") if not _may_be_none(t, node) else t.expr(node, first=t.first)
    return f"{value.at(code.NULLISH)} ?? undefined" if value.type.nullable else value.at(code.TERNARY)


def _may_be_none(t: FunctionTranslator, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in t.env and t.env[node.id].nullable


def _get_token(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    return _as_any(called("getToken", []), ANY)


def _get_integration(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    include = given.get("include")
    shown = None
    if include is not None:
        if not isinstance(include, ast.List | ast.Tuple):
            raise refuse(include, "type", "include is a literal list.", 'include=["webhook"]')
        known = ("webhook", "credentials")
        names = [literal(each, "What is included", known) for each in include.elts]
        shown = f"{{ include: {code.array_literal(names)} }}" if names else None
    return _as_any(called("getIntegration", [shown]), _OBJECT)


def _get_webhook_url(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    text = f"({called('getWebhookURL', [])}) ?? null"
    return Expr(text, STR.optional, code.NULLISH, awaits=True)


def _get_metadata(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    return Expr(f"({called('getMetadata<any>', [])}) ?? {{}}", _OBJECT, code.NULLISH, awaits=True)


def _write_metadata(name: str, argument: str = "metadata") -> Make:
    def make(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
        value = json_value(t, given[argument])
        if name != "setFieldMapping":
            return _awaited(called(name, [value.at(code.TERNARY)]), NONE)
        return _awaited(called(name, [f"{value.at(code.RELATION)} as any"]), NONE)

    return make


def _get_field_mapping(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    return _as_any(called("getFieldMapping", []), _OBJECT)


def _get_environment_variables(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    text = f"({called('getEnvironmentVariables', [])}) ?? []"
    return Expr(text, list_of(ANY), code.NULLISH, awaits=True)


def _get_flow_attributes(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    if t.script.kind in ("action", "on-event"):
        raise refuse(node, "sdk", "Only a sync has attributes: this would raise.", "Leave it out.")
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
    shown.append(None if mode is None else literal(mode, "sync_mode", _MODES))
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
            raise refuse(syncs, "type", f"syncs is a list of names, not {kind}.")
        names = value.at(code.TERNARY)
    connection = given.get("connection_id")
    own = None if connection is None else _or_own(t, connection, "connection_id")
    return _awaited(called("startSync", [key, names, own]), NONE)


def _is_text(kind: Type) -> bool:
    return kind.kind in ("str", "any") and not kind.nullable


def _sync(t: FunctionTranslator, node: ast.expr) -> str:
    """A sync: its name, or ``{ name, variant }``, of which Nango wants both."""
    if not isinstance(node, ast.Dict):
        return text(t, node, "A sync").at(code.TERNARY)
    found: dict[str, str] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or key.value not in ("name", "variant"):
            raise refuse(node, "type", "A sync is a name, or a dict of name and variant.")
        if not is_none(value):
            found[str(key.value)] = code.pair(str(key.value), text(t, value, str(key.value)))
    if "name" not in found:
        raise refuse(node, "type", "A sync has a name.", '{"name": …, "variant": …}')
    return code.object_literal([found["name"], found.get("variant", "variant: 'base'")])


# What lives longer than a run


def _get_checkpoint(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    return _as_any(called("getCheckpoint", []), _OBJECT.optional)


def _plain(name: str, kind: Type = NONE) -> Make:
    return lambda t, node, given: _awaited(called(name, []), kind)


def _try_acquire_lock(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    key = code.pair("key", text(t, given["key"], "key"))
    number = of_kind(t, given["ttl_ms"], "ttl_ms", "small", "int", "float", "number", "json-number")
    return _awaited(called("tryAcquireLock", [f"{{ {key}, {code.pair('ttlMs', number)} }}"]), BOOL)


def _release_lock(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    key = code.pair("key", text(t, given["key"], "key"))
    return _awaited(called("releaseLock", [f"{{ {key} }}"]), BOOL)


# Records


def model_name(node: ast.expr) -> str:
    """A model is named by a literal: Nango's CLI looks at it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return code.string(node.value)
    raise refuse(node, "type", "The model is named by a literal.", 'nango.batch_save(records, "Contact")')


def _of_model(name: str, kind: Type) -> Make:
    return lambda t, node, given: _awaited(called(name, [model_name(given["model"])]), kind)


def _set_merging_strategy(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    strategy = literal(given["strategy"], "strategy", _STRATEGIES)
    model = model_name(given["model"])
    return _awaited(called("setMergingStrategy", [f"{{ strategy: {strategy} }}", model]), NONE)


def _get_records_by_ids(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    ids = t.expr(given["ids"], first=t.first)
    kind = ids.type
    if kind.nullable or kind.kind not in ("list", "any") or not _is_text(kind.item or ANY):
        hint = "[str(each) for each in ids]"
        raise refuse(given["ids"], "dict-key", f"ids is a list of text, not {kind}.", hint)
    found = called("getRecordsByIds<any, any>", [ids.at(code.TERNARY), model_name(given["model"])])
    return Expr(f"{t.helper('dictOfMap')}({found})", _OBJECT, code.CALL, awaits=True)


# The log


def _set_logger(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    level = literal(given["level"], "level", _LEVELS)
    return Expr(f"nango.setLogger({{ level: {level} }})", NONE, code.CALL)


_CONNECTION = (
    "provider_config_key",
    "connection_id",
    "force_refresh",
    "refresh_token",
    "refresh_github_app_jwt_token",
)
METHODS: dict[str, Method] = {
    "get_connection": Method(_CONNECTION, 2, 0, _get_connection),
    "get_token": Method((), 0, 0, _get_token),
    "get_integration": Method(("include",), 0, 0, _get_integration),
    "get_webhook_url": Method((), 0, 0, _get_webhook_url),
    "get_metadata": Method((), 0, 0, _get_metadata),
    "set_metadata": Method(("metadata",), 1, 1, _write_metadata("setMetadata"), silent=True),
    "update_metadata": Method(("metadata",), 1, 1, _write_metadata("updateMetadata"), silent=True),
    "get_field_mapping": Method((), 0, 0, _get_field_mapping),
    "set_field_mapping": Method(
        ("mapping",), 1, 1, _write_metadata("setFieldMapping", "mapping"), silent=True
    ),
    "get_environment_variables": Method((), 0, 0, _get_environment_variables),
    "get_flow_attributes": Method((), 0, 0, _get_flow_attributes, at_once=True),
    "trigger_action": Method(
        ("provider_config_key", "connection_id", "action_name", "input"), 4, 3, _trigger_action
    ),
    "trigger_sync": Method(
        ("provider_config_key", "connection_id", "sync", "sync_mode"), 4, 3, _trigger_sync, silent=True
    ),
    "start_sync": Method(("provider_config_key", "syncs", "connection_id"), 3, 2, _start_sync, silent=True),
    "uncontrolled_fetch": Method(("url", "method", "headers", "body"), 1, 1, uncontrolled_fetch),
    "get_checkpoint": Method((), 0, 0, _get_checkpoint, newer=True),
    "save_checkpoint": Method(("checkpoint",), 1, 1, save_checkpoint, newer=True, silent=True),
    "clear_checkpoint": Method((), 0, 0, _plain("clearCheckpoint"), newer=True, silent=True),
    "try_acquire_lock": Method(("key", "ttl_ms"), 0, 2, _try_acquire_lock),
    "release_lock": Method(("key",), 0, 1, _release_lock),
    "release_all_locks": Method((), 0, 0, _plain("releaseAllLocks"), newer=True, silent=True),
    "set_merging_strategy": Method(
        ("strategy", "model"), 2, 2, _set_merging_strategy, sync_only=True, silent=True
    ),
    "track_deletes_start": Method(
        ("model",), 1, 1, _of_model("trackDeletesStart", NONE), sync_only=True, newer=True, silent=True
    ),
    "track_deletes_end": Method(
        ("model",), 1, 1, _of_model("trackDeletesEnd", _DELETED), sync_only=True, newer=True
    ),
    "delete_records_from_previous_executions": Method(
        ("model",), 1, 1, _of_model("deleteRecordsFromPreviousExecutions", _DELETED), sync_only=True
    ),
    "get_records_by_ids": Method(("ids", "model"), 2, 2, _get_records_by_ids, sync_only=True),
    "zod_validate_input": Method(("zod_schema", "input"), 0, 2, zod_validate_input, newer=True),
    "set_logger": Method(("level",), 0, 1, _set_logger, at_once=True, silent=True),
}
SILENT = frozenset(name for name, method in METHODS.items() if method.silent)
