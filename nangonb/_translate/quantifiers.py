"""``any``, ``all`` and ``next``, which stop at the first match."""

from __future__ import annotations

import ast

from nangonb._translate import code
from nangonb._translate.arrows import only_argument
from nangonb._translate.callbacks import callback
from nangonb._translate.code import Expr
from nangonb._translate.comprehensions import bind, iterable, waits_inside
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import refuse
from nangonb._translate.stopping import all_hit, any_hit, next_hit
from nangonb._translate.truth import condition, narrow, truth
from nangonb._translate.types import (
    BOOL,
    element,
    join,
)


def any_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    return _quantifier(t, node, "some")


def all_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    return _quantifier(t, node, "every")


def _quantifier(t: FunctionTranslator, node: ast.Call, method: str) -> Expr:
    argument = only_argument(node, "any" if method == "some" else "all")
    if not isinstance(argument, ast.GeneratorExp):
        items = iterable(t, argument)
        test = truth(t, node, Expr("value", element(items.type), pure=True))
        text = f"{items.at(code.CALL)}.{method}({callback(t, 'value', items, test.code)})"
        return Expr(text, BOOL, code.CALL)
    if waits_inside(t, argument, argument.elt):
        return any_hit(t, node, argument) if method == "some" else all_hit(t, node, argument)
    if len(argument.generators) != 1:
        raise refuse(node, "expression", "Several `for` in `any()` or `all()` are not supported.")
    generator, env = argument.generators[0], dict(t.env)
    items = iterable(t, generator.iter)
    bind(t, generator.target, element(items.type))
    # tests and elements are evaluated in turn, up to the match
    parts = []
    for each in generator.ifs:
        parts.append(condition(t, each))
        narrow(t, each, True)
    body = condition(t, argument.elt)
    t.env = env
    if parts and method == "some":
        body = Expr(" && ".join(part.at(code.AND) for part in [*parts, body]), BOOL, code.AND)
    elif parts:
        skipped = " && ".join(part.at(code.AND) for part in parts)
        negated = f"!({skipped})" if len(parts) > 1 else f"!{parts[0].at(code.UNARY)}"
        body = Expr(f"{negated} || {body.at(code.OR)}", BOOL, code.OR)
    text = f"{items.at(code.CALL)}.{method}({callback(t, generator.target, items, body.at(code.TERNARY))})"
    return Expr(text, BOOL, code.CALL, awaits=items.awaits)


def next_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    """Translate ``next((x for x in xs if …), default)`` to ``xs.find(…) ?? default``."""
    match node.args:
        case [ast.GeneratorExp(generators=[generator]) as source, default] if not node.keywords:
            if waits_inside(t, source, source.elt):
                return next_hit(t, node, source, t.expr(default))
            return _first(t, source, generator, t.expr(default))
        case [ast.GeneratorExp(generators=[generator]) as source] if not node.keywords:
            if waits_inside(t, source, source.elt):
                raise refuse(node, "lazy-sdk-call", instead="Pass a default: `next((…), None)`.")
            return _first(t, source, generator, None)
    raise refuse(node, "expression", "`next()` is supported only as `next((… for … in …), default)`.")


def _first(
    t: FunctionTranslator, source: ast.GeneratorExp, generator: ast.comprehension, other: Expr | None
) -> Expr:
    items, env = iterable(t, generator.iter), dict(t.env)
    bind(t, generator.target, element(items.type))
    parts = []
    for each in generator.ifs:
        parts.append(condition(t, each))
        narrow(t, each, True)
    value = t.expr(source.elt)
    t.env = env
    test = " && ".join(part.at(code.AND if len(parts) > 1 else code.TERNARY) for part in parts) or "true"
    tested = callback(t, generator.target, items, test)
    kind = join([value.type, other.type]) if other else value.type
    same = isinstance(source.elt, ast.Name) and isinstance(generator.target, ast.Name)
    if other and same and parts and value.type.kind in ("record", "map", "str") and not value.type.nullable:
        return Expr(
            f"{items.at(code.CALL)}.find({tested}) ?? {other.at(code.OR)}",
            kind,
            code.NULLISH,
            awaits=items.awaits,
        )
    body = f"({value.code})" if value.code.startswith("{") else value.at(code.TERNARY)
    made = callback(t, generator.target, items, body)
    arguments = [items.at(code.TERNARY), tested, made, *([other.at(code.TERNARY)] if other else [])]
    return Expr(code.call(t.helper("firstOf"), arguments), kind, code.CALL, awaits=items.awaits)
