"""Calls of the nango object: snake case → camel case, keywords → one options object, ``await``."""

from __future__ import annotations

import ast
from dataclasses import replace

from nangonb._sdk import ATTRIBUTES, METHODS, Method
from nangonb._sdk.names import camel_case
from nangonb._sdk.options import ZERO_YAML_ONLY, RequestOptions
from nangonb._translate import code
from nangonb._translate.arguments import bound
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.methods import method_call, model_name, newer
from nangonb._translate.refusals import refuse
from nangonb._translate.table import TABLE, Emit
from nangonb._translate.types import (
    ANY,
    BOOL,
    BYTES,
    DATETIME,
    NONE,
    RESPONSE,
    SMALL,
    STR,
    Type,
    is_json,
    item_of,
    iterator_of,
    list_of,
    map_of,
)
from nangonb.errors import nearest

#: Iterables of loops with ``for await``.
STREAMS = frozenset(each.name for each in METHODS.values() if each.answered in ("pages", "stream"))
#: Methods and attributes that exist only in syncs.
SYNC_ONLY = frozenset(each.name for each in (*ATTRIBUTES.values(), *METHODS.values()) if each.sync_only)
#: Methods that return a promise on Nango.
WAITING = frozenset(each.name for each in METHODS.values() if each.gives_promise)

#: In layout zero-yaml these take parts of a record. TypeScript would infer their type from the first of
#: several literals: '1' and no other id.
_PARTS = frozenset({"batch_update", "batch_delete"})
_ANY_ROW = "<{ id: string; [key: string]: unknown }>"


def sdk_call(t: FunctionTranslator, node: ast.Call, name: str) -> Expr:
    method = METHODS.get(name)
    if method is None and name == "ActionError":
        raise refuse(
            node,
            "expression",
            "Raise `nango.ActionError` where you create it.",
            "Write `raise nango.ActionError(…)`.",
        )
    if method is None:
        match = nearest(name, METHODS)
        raise refuse(
            node,
            "sdk",
            f"`nango.{name}` is not supported.",
            f"Did you mean `nango.{match}`?" if match else "",
        )
    if method.sync_only and t.script.kind in ("action", "on-event"):
        raise refuse(node, "sdk", f"`nango.{name}` exists only in syncs.", "Convert the script to a sync.")
    match method.answered:
        case "response":
            text = code.call(f"await nango.{method.typescript}", [options_of(t, node, method)])
            return Expr(text, _response_type(node), code.UNARY, awaits=True)
        case "pages" | "stream":
            raise refuse(
                node,
                "lazy-sdk-call",
                f"`nango.{name}` is supported only as the iterable of a loop or comprehension.",
                f"Write a loop, or `[each for each in nango.{name}(…)]`.",
            )
        case "saved":
            return _batch(t, node, method)
        case "log":
            return _log(t, node)
    return method_call(t, node, method)


def _response_type(node: ast.Call) -> Type:
    """Return the type of a response. ``item`` is the type of its data, if the request declares it."""
    for keyword in node.keywords:
        if keyword.arg == "response_type":
            if not isinstance(keyword.value, ast.Constant):
                raise refuse(
                    keyword.value,
                    "type",
                    "`response_type` must be a literal.",
                    'Write `response_type="text"`.',
                )
            held = {"arraybuffer": BYTES, "text": STR}.get(str(keyword.value.value))
            return RESPONSE if held is None else replace(RESPONSE, item=held)
    return RESPONSE


def _batch(t: FunctionTranslator, node: ast.Call, method: Method) -> Expr:
    given = bound(node, method)
    if "records" not in given:
        raise refuse(node, "not-json", f"`nango.{method.name}` takes a list of records, not `None`.")
    records = t.expr(given["records"], first=True)
    if records.type.kind not in ("list", "any", "tuple") or not is_json(records.type):
        message = f"`nango.{method.name}` takes a list of records, not `{records.type}`."
        raise refuse(given["records"], "not-json", message)
    model = model_name(given["model"])
    row = _ANY_ROW if method.name in _PARTS and _is_several(given["records"]) else ""
    text = code.call(f"await nango.{method.typescript}{row}", [records.at(code.TERNARY), model])
    return Expr(text, BOOL, code.UNARY, awaits=True)


def _is_several(node: ast.expr) -> bool:
    return isinstance(node, ast.List) and len(node.elts) > 1


def _log(t: FunctionTranslator, node: ast.Call) -> Expr:
    """Join several messages into one text, separated by blanks; values that are not text become JSON."""
    level = next((k.value for k in node.keywords if k.arg == "level"), None)
    if not node.args or any(k.arg != "level" for k in node.keywords):
        raise refuse(node, "keyword", "`nango.log` takes messages and a level.")
    messages = t.exprs(node.args)
    for argument, message in zip(node.args, messages, strict=True):
        if not is_json(message.type):
            raise refuse(argument, "not-json", f"A `{message.type}` is not JSON.", "Convert it to text.")
    if len(messages) == 1 and messages[0].type.kind == "str" and not messages[0].type.nullable:
        shown = messages[0].at(code.TERNARY)
    elif len(messages) == 1:
        shown = f"{t.helper('logText')}({messages[0].code})"
    else:
        shown = f"{t.helper('logText')}({', '.join(message.at(code.TERNARY) for message in messages)})"
    arguments = [shown]
    if level is not None:
        arguments.append(f"{{ level: {_level(t, level)} }}")
    return Expr(code.call("await nango.log", arguments), NONE, code.UNARY, awaits=True)


def _level(t: FunctionTranslator, node: ast.expr) -> str:
    """Return a log level. TypeScript accepts only certain texts, so others need a cast."""
    value = t.expr(node)
    if value.type.kind not in ("str", "any") or value.type.nullable:
        raise refuse(node, "type", f"A level must be text, not `{value.type}`.")
    if _is_literal(node):
        return value.code
    return f"{value.at(code.RELATION)} as 'debug' | 'info' | 'warn' | 'error'"


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_literal(node.body) and _is_literal(node.orelse)
    return isinstance(node, ast.Constant)


def options_of(t: FunctionTranslator, node: ast.Call, method: Method) -> str:
    """Return the options object of a request."""
    parts = []
    own = [each.name for each in method.parameters if not each.by_position]
    known = [*RequestOptions.__annotations__, *own]
    if len(node.args) > 1:
        raise refuse(node, "keyword", f"`nango.{method.name}` takes an endpoint and keywords.")
    if node.args:
        endpoint = t.expr(node.args[0], first=t.first)
        parts.append("endpoint" if endpoint.code == "endpoint" else f"endpoint: {endpoint.at(code.TERNARY)}")
    for keyword in node.keywords:
        if keyword.arg == "endpoint":
            parts.append(f"endpoint: {t.expr(keyword.value).at(code.TERNARY)}")
            continue
        if keyword.arg not in known:
            match = nearest(keyword.arg or "", known)
            raise refuse(
                keyword.value,
                "keyword",
                f"`nango.{method.name}` has no option `{keyword.arg or '**'}`.",
                f"Did you mean `{match}`?" if match else "",
            )
        value = _option(t, keyword.arg, keyword.value)
        if value is not None:
            if keyword.arg in ZERO_YAML_ONLY:
                t.script.newer[keyword.value] = f"The option `{keyword.arg}`"
            ts_name = camel_case(keyword.arg)
            parts.append(ts_name if value == ts_name else f"{ts_name}: {value}")
    return code.object_literal(parts)


def _option(t: FunctionTranslator, name: str, node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and node.value is None:
        return None
    if name in ("params", "headers") and isinstance(node, ast.Dict):
        return _texts(t, node)
    if name == "paginate":
        return pagination(t, node)
    if name == "retry_header" and not _is_retry_header(node):
        raise refuse(
            node,
            "type",
            "`retry_header` must be a literal dict.",
            'Write `retry_header={"after": "Retry-After"}`.',
        )
    value = t.expr(node)
    if name == "data":
        if not is_json(value.type):
            raise refuse(node, "not-json", f"A `{value.type}` is not JSON.")
        return value.at(code.TERNARY)
    if name == "params" and value.type.kind in ("map", "record", "any", "str"):
        return value.at(code.TERNARY)
    if name == "method" and value.is_literal:
        return code.string(str(value.literal).upper())
    if name == "retry_on" and value.type.kind not in ("list", "tuple"):
        raise refuse(node, "type")
    return value.at(code.TERNARY)


def _texts(t: FunctionTranslator, node: ast.Dict) -> str:
    """Return parameters or headers as text or numbers, converted as JavaScript does."""
    parts = []
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = t.expr(value_node)
        if key_node is None:
            parts.append(f"...{value.at(code.TERNARY)}")
            continue
        key = t.expr(key_node)
        if not is_json(value.type) or value.type.kind == "datetime":
            raise refuse(
                value_node, "not-json", f"A parameter cannot be `{value.type}`.", "Convert it to text."
            )
        plain = (
            value.type.kind in ("str", "small", "int", "float", "number", "json-number", "any")
            and not value.type.nullable
        )
        shown = value.at(code.TERNARY) if plain else f"String({value.code})"
        if key.is_literal and isinstance(key.literal, str):
            parts.append(code.pair(key.literal, Expr(shown, name=value.name)))
        else:
            parts.append(f"[{key.code}]: {shown}")
    return code.object_literal(parts)


def pagination(t: FunctionTranslator, node: ast.expr) -> str:
    if not isinstance(node, ast.Dict):
        return t.expr(node).at(code.TERNARY)
    parts = []
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if not isinstance(key_node, ast.Constant):
            raise refuse(node, "type", "The keys of `paginate` must be literals.")
        if key_node.value == "on_page":
            parts.append(f"on_page: {_on_page(t, value_node)}")
        else:
            parts.append(f"{key_node.value!s}: {t.expr(value_node).at(code.TERNARY)}")
    return code.object_literal(parts)


def _on_page(t: FunctionTranslator, node: ast.expr) -> str:
    """Translate ``on_page(next_page_param, response)`` to a callback with one object."""
    if isinstance(node, ast.Name):
        function = t.find_function(node.id)
        if function is None or len(function.parameters) != 2:
            raise refuse(node, "type", "`on_page` must be a function of `(next_page_param, response)`.")
        function.used = True
        first, second = function.parameters
        function.seen_arguments.setdefault(first, []).append(ANY)
        function.seen_arguments.setdefault(second, []).append(RESPONSE)
        called = f"{t.js_name(function.name)}(nextPageParam, response)"
        wait = "await " if function.calls_sdk else ""
        return f"async ({{ nextPageParam, response }}: any) => {{\n{code.INDENT}{wait}{called};\n}}"
    raise refuse(
        node,
        "expression",
        "`on_page` must be the name of a function.",
        "Define a function of `(next_page_param, response)`.",
    )


def _is_retry_header(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and all(
        isinstance(key, ast.Constant) and key.value in ("at", "after") for key in node.keys
    )


def paginate_source(t: FunctionTranslator, node: ast.expr) -> Expr | None:
    """Return ``nango.paginate(…)`` or ``nango.list_records(…)`` as the iterable of a loop, or None."""
    if not is_pagination(t, node):
        return None
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if node.func.attr == "list_records":
        return _list_records(t, node)
    text = code.call("nango.paginate", [options_of(t, node, METHODS["paginate"])])
    return Expr(text, iterator_of(list_of(ANY)), code.CALL, awaits=True)


def _list_records(t: FunctionTranslator, node: ast.Call) -> Expr:
    if t.script.kind in ("action", "on-event"):
        raise refuse(node, "sdk", "Only a sync has nango.list_records.", "Make a sync of it.")
    given = bound(node, METHODS["list_records"])
    newer(t, node, "list_records")
    shown = [model_name(given["model"])]
    if "cursor" in given:
        cursor = t.expr(given["cursor"])
        if cursor.type.kind not in ("str", "any"):
            raise refuse(given["cursor"], "type", f"A cursor must be text, not `{cursor.type}`.")
        maybe = cursor.type.nullable or cursor.type.kind == "any"
        pair = f"{{ {code.pair('cursor', cursor)} }}"
        if maybe and not cursor.pure:
            raise refuse(given["cursor"], "expression", "This expression is read twice.", "Use a variable.")
        shown.append(f"{cursor.at(code.EQUALITY)} === null ? {{}} : {pair}" if maybe else pair)
    return Expr(code.call("nango.listRecords<any>", shown), iterator_of(map_of(ANY)), code.CALL, awaits=True)


def is_pagination(t: FunctionTranslator, node: ast.expr) -> bool:
    """Return whether this is the iterable of a loop with ``for await``."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=id), attr=attr)) if attr in STREAMS:
            return t.env.get(id, NONE).kind == "nango"
    return False


#: Expressions of properties, if they differ from the name.
_ATTRIBUTES = {
    "provider": "nango.provider!",
    "environment_name": "nango.environmentName!",
    "script_type": "nango.scriptType as string",
    "is_cli": "nango.isCLI ?? false",  # undefined in a deployed script
}


def _attributes() -> None:
    for attribute in ATTRIBUTES.values():
        if attribute.name == "last_sync_date":
            continue
        kind = BOOL if attribute.returns == "bool" else STR
        text = _ATTRIBUTES.get(attribute.name, f"nango.{attribute.typescript}")
        emit = _newer(attribute.name, text, kind) if attribute.zero_yaml_only else text
        TABLE.add(f"nango.{attribute.name}", ((), kind, emit))
    TABLE.add("nango.last_sync_date", ((), DATETIME.optional, _last_sync_date))
    response = Type("response")
    TABLE.add(
        "response.data:attribute",
        ((response,), lambda o: item_of(o[0].type), "{0:CALL}.data", code.CALL, "", True),
    )
    TABLE.add("response.status:attribute", ((response,), SMALL, "{0:CALL}.status", code.CALL, "", True))
    TABLE.add(
        "response.headers:attribute", ((response,), map_of(ANY), "{0:CALL}.headers", code.CALL, "", True)
    )
    error = Type("http-error")
    TABLE.add(
        "http-error.status:attribute",
        ((error,), SMALL.optional, "{0:CALL}.response?.status ?? null", code.NULLISH),
    )
    TABLE.add("http-error.data:attribute", ((error,), ANY, "{0:CALL}.response?.data ?? null", code.NULLISH))
    TABLE.add(
        "http-error.headers:attribute",
        ((error,), map_of(ANY), "{0:CALL}.response?.headers ?? {}", code.NULLISH),
    )
    TABLE.add("http-error.message:attribute", ((error,), STR, "{0:CALL}.message", code.CALL))
    TABLE.add("http-error.code:attribute", ((error,), ANY, "{0:CALL}.code ?? null", code.NULLISH))
    TABLE.add(
        "action-error.payload:attribute",
        ((Type("action-error"),), map_of(ANY), "{0:CALL}.payload", code.CALL),
    )


def _newer(name: str, text: str, kind: Type) -> Emit:
    """Return the emission of a property that only the newer SDK has."""

    def emit(t: FunctionTranslator, node: ast.expr, operands: object) -> Expr:
        newer(t, node, name)
        level = code.RELATION if " as " in text else code.NULLISH if " ?? " in text else code.CALL
        return Expr(text, kind, level)

    return emit


def _last_sync_date(t: FunctionTranslator, node: ast.expr, operands: object) -> Expr:
    return Expr(f"{t.helper('fromDate')}(nango.lastSyncDate)", DATETIME.optional, code.CALL)


_attributes()
