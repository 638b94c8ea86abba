"""``sorted``, ``list.sort``, ``min`` and ``max``: Python's order."""

from __future__ import annotations

import ast
from collections.abc import Callable

from nangonb._translate import code
from nangonb._translate.arrows import arrow
from nangonb._translate.code import Expr
from nangonb._translate.comprehensions import argument_list, unordered
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.types import (
    Type,
    element,
    item_of,
    join,
    list_of,
    typescript,
)


def extreme_of(name: str) -> Callable[[FunctionTranslator, ast.Call, list[Expr]], Expr]:
    def extreme(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
        keys = {k.arg: k.value for k in node.keywords}
        if set(keys) - {"key", "default"}:
            raise refuse(node, "keyword")
        if len(node.args) > 1 and not keys:
            values = t.exprs(node.args)
            kind = join(v.type for v in values)
            if kind.kind in ("small", "int", "float", "number", "json-number") and not kind.nullable:
                return Expr(f"Math.{name}({', '.join(v.at(code.TERNARY) for v in values)})", kind, code.CALL)
            items = Expr(code.array_literal([v.at(code.TERNARY) for v in values]), list_of(kind))
        else:
            items = unordered(t, node.args[0]) if "key" not in keys else argument_list(t, node.args[0])
        kind = element(items.type)
        arguments = [
            items.code,
            arrow(t, keys["key"], [kind], keyword="key").code if "key" in keys else "undefined",
        ]
        if "key" not in keys and kind.kind not in (
            "small",
            "int",
            "float",
            "number",
            "str",
            "any",
            "datetime",
            "date",
            "timedelta",
            "json-number",
            "tuple",
            "list",
        ):
            raise refuse(node, "operator", f"`{name}()` of `{kind}` is not supported.")
        result = kind
        if "default" in keys:
            fallback = t.expr(keys["default"])
            arguments.append(fallback.code)
            result = join([kind, fallback.type])
        while arguments[-1] == "undefined":
            arguments.pop()
        helper = t.helper("maxOf" if name == "max" else "minOf")
        if len(node.args) > 1 and kind.kind != "any" and "default" not in keys:
            helper += f"<{typescript(kind)}>"  # the target may have a wider type
        return Expr(f"{helper}({', '.join(arguments)})", result, code.CALL)

    return extreme


def sorted_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    """Translate to a stable sort in Python's order; text by code points."""
    keys = {k.arg: k.value for k in node.keywords}
    if set(keys) - {"key", "reverse"} or len(node.args) != 1:
        raise refuse(node, "keyword")
    argument = node.args[0]
    if isinstance(argument, ast.GeneratorExp):
        items = argument_list(t, argument)
    else:
        items = unordered(t, argument)
        items = _in_any_order(t, argument, items) if "key" not in keys else items
    kind = element(items.type)
    by = arrow(t, keys["key"], [kind], keyword="key") if "key" in keys else None
    compared = by.type if by else kind
    if compared.nullable or compared.kind in (
        "none",
        "map",
        "record",
        "response",
        "bool",
        "mixed",
        "bytes",
        "set",
        "uuid",
    ):
        raise refuse(
            node, "operator", f"Sorting by `{compared}` is not supported.", "Sort by text or a number."
        )
    arguments = [items.code]
    reverse = t.expr(keys["reverse"]).code if "reverse" in keys else ""
    if by or reverse not in ("", "false"):
        arguments.append(by.code if by else "undefined")
    if reverse not in ("", "false"):
        arguments.append(reverse)
    return Expr(code.call(t.helper("sorted"), arguments), list_of(kind), code.CALL)


def _in_any_order(t: FunctionTranslator, node: ast.expr, items: Expr) -> Expr:
    """Return keys, values or both of a dict in any order, since they are sorted."""
    of, name = node, "keys"
    match node:
        case ast.Call(func=ast.Attribute(value=of, attr="items" | "keys" | "values" as name), args=[]):
            name = {"items": "entries"}.get(name, name)
    target = t.expr(of)
    is_dict = target.type.kind in ("map", "record") or (of is not node and target.type.kind == "any")
    if target.type.nullable or target.awaits or not is_dict:
        return items
    return Expr(f"Object.{name}({target.code})", items.type, code.CALL)


def sort_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    keys = {k.arg: k.value for k in node.keywords}
    if set(keys) - {"key", "reverse"} or node.args:
        raise refuse(node, "keyword")
    kind = item_of(receiver[0].type)
    by = arrow(t, keys["key"], [kind], keyword="key").code if "key" in keys else "undefined"
    reverse = t.expr(keys["reverse"]).code if "reverse" in keys else ""
    arguments = [
        receiver[0].code,
        *([by] if by != "undefined" or reverse else []),
        *([reverse] if reverse else []),
    ]
    return Expr(f"{t.helper('sortInPlace')}({', '.join(arguments)})", Type("none"), code.CALL)
