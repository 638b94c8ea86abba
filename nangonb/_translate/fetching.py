"""``nango.uncontrolled_fetch``. ``rows/fetched.py`` has the rows of its response."""

from __future__ import annotations

import ast

from nangonb._translate import code
from nangonb._translate.arguments import Given, called, certain, text
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import refuse
from nangonb._translate.types import ANY, FETCHED, NUMERIC, STR

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: Methods that read the body, asynchronously in JavaScript.
BODIES = ("text", "json", "array_buffer")


def uncontrolled_fetch(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    parts = [f"url: new URL({text(t, given['url'], 'url').code})"]
    if "method" in given:
        parts.append(f"method: {_method(given['method'])}")
    if "headers" in given:
        headers = _headers(t, given["headers"])
        parts.append("headers" if headers == "headers" else f"headers: {headers}")
    if "body" in given:
        body = certain(t.expr(given["body"]))
        if body.type.kind not in ("str", "any"):
            raise refuse(
                given["body"], "type", f"`body` must be text, not `{body.type}`.", "Use `json.dumps(…)`."
            )
        parts.append(code.pair("body", body))
    call = called("uncontrolledFetch", [code.object_literal(parts)])
    if _is_tried(t):  # a missing response is an HTTPError in Python and a TypeError in JavaScript
        inner = call.removeprefix("await ")
        return Expr(f"await {t.helper('fetched')}({inner})", FETCHED, code.UNARY, awaits=True)
    return Expr(call, FETCHED, code.UNARY, awaits=True)


def _method(node: ast.expr) -> str:
    name = str(node.value).upper() if isinstance(node, ast.Constant) else ""
    if name in _METHODS:
        return code.string(name)
    known = ", ".join(f"`{method}`" for method in _METHODS)
    raise refuse(node, "type", f"`method` must be a literal, one of {known}.", 'Write `method="POST"`.')


def _headers(t: FunctionTranslator, node: ast.expr) -> str:
    if not isinstance(node, ast.Dict):
        value = t.expr(node)
        if value.type.kind == "any" or (value.type.kind == "map" and value.type.item in (STR, ANY)):
            return value.at(code.TERNARY)
        raise refuse(node, "type", f"`headers` must be a dict of text, not `{value.type}`.")
    parts = []
    for key, each in zip(node.keys, node.values, strict=True):
        value = t.expr(each)
        if key is None:
            parts.append(f"...{value.at(code.TERNARY)}")
            continue
        if value.type.nullable or value.type.kind not in ("str", "any", *NUMERIC):
            raise refuse(each, "type", f"A header must be text, not `{value.type}`.", "Use `str(…)`.")
        shown = value if value.type.kind == "str" else Expr(f"String({value.code})", STR, code.CALL)
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            parts.append(code.pair(key.value, shown))
        else:
            parts.append(f"[{t.expr(key).code}]: {shown.at(code.TERNARY)}")
    return code.object_literal(parts)


def _is_tried(t: FunctionTranslator) -> bool:
    return t.script.kind == "module" or any(isinstance(each, ast.Try) for each in walk(t.script.tree))
