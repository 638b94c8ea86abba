"""Functions as arguments: lambdas and function names become arrow functions."""

from __future__ import annotations

import ast

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.operations import operation
from nangonb._translate.refusals import refuse
from nangonb._translate.types import (
    ANY,
    Type,
)

_OF_TEXT = frozenset({"str.lower", "str.upper", "str.strip", "str.title", "str.capitalize"})


def arrow(t: FunctionTranslator, node: ast.expr, kinds: list[Type], *, keyword: str = "function") -> Expr:
    """Return a lambda, or the name of a synchronous function, as an arrow function."""
    if isinstance(node, ast.Lambda):
        arguments = [argument.arg for argument in node.args.args]
        if len(arguments) != len(kinds) or node.args.defaults or node.args.vararg or node.args.kwonlyargs:
            raise refuse(
                node, "expression", f"The function for `{keyword}` must take {len(kinds)} arguments."
            )
        if t.script.waits(t, node.body):
            raise refuse(node, "lazy-sdk-call")
        env = dict(t.env)
        t.forget_places()
        t.env.update(zip(arguments, kinds, strict=True))
        body = t.expr(node.body)
        t.env = env
        shown = ", ".join(
            t.js_name(a) + (": any" if k.kind == "any" else "") for a, k in zip(arguments, kinds, strict=True)
        )
        text = f"({body.code})" if body.code.startswith("{") else body.at(code.TERNARY)
        return Expr(f"({shown}) => {text}", body.type, code.ARROW)
    if isinstance(node, ast.Name):
        function = t.find_function(node.id)
        if function is not None:
            if function.calls_sdk:
                raise refuse(node, "lazy-sdk-call")
            function.used = True
            for name, kind in zip(function.parameters, kinds, strict=False):
                function.seen_arguments.setdefault(name, []).append(kind)
            names = [f"value{n or ''}" for n in range(len(kinds))]
            shown = ", ".join(
                n + (": any" if k.kind == "any" else "") for n, k in zip(names, kinds, strict=True)
            )
            returns = function.returns or ANY
            return Expr(f"({shown}) => {t.js_name(function.name)}({', '.join(names)})", returns, code.ARROW)
        if node.id in ("str", "int", "float", "bool", "len"):
            value = Expr("value", kinds[0], pure=True)
            done = operation(t, node, node.id, [value])
            shown = "value: any" if kinds[0].kind == "any" else "value"
            return Expr(f"({shown}) => {done.code}", done.type, code.ARROW)
    if isinstance(node, ast.Attribute) and ast.unparse(node) in _OF_TEXT and "str" not in t.env:
        # str.lower: the lambda that calls it
        name = "value"
        called = ast.Call(ast.Attribute(ast.Name(name, ast.Load()), node.attr, ast.Load()), [], [])
        made = ast.Lambda(
            ast.arguments([], [ast.arg(name)], kwonlyargs=[], kw_defaults=[], defaults=[]), called
        )
        for each in ast.walk(made):
            if isinstance(each, ast.expr | ast.arg):
                ast.copy_location(each, node)
        return arrow(t, made, kinds, keyword=keyword)
    raise refuse(
        node,
        "expression",
        f"This `{keyword}` is not supported.",
        "Use a lambda or a function of this cell.",
    )


def only_argument(node: ast.Call, what: str) -> ast.expr:
    if len(node.args) != 1 or node.keywords:
        raise refuse(node, "keyword", f"`{what}()` is not supported with these arguments.")
    return node.args[0]
