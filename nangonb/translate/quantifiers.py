"""``any``, ``all`` and ``next``: what stops at the first hit."""

from __future__ import annotations

import ast

from nangonb.translate import code
from nangonb.translate.arrows import only_argument
from nangonb.translate.callbacks import callback
from nangonb.translate.code import Expr
from nangonb.translate.comprehensions import as_chain, bind, iterable
from nangonb.translate.function import FunctionTranslator
from nangonb.translate.refusals import refuse
from nangonb.translate.truth import condition, narrow, truth
from nangonb.translate.types import (
    BOOL,
    element,
    item_of,
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
    if t.script.waits(t, argument):
        raise refuse(node, "lazy-sdk-call", instead="Write a loop that stops at the hit.")
    if len(argument.generators) != 1:
        raise refuse(node, "expression", "Several for in any() or all() are not carried over.")
    generator, env = argument.generators[0], dict(t.env)
    items = iterable(t, generator.iter)
    bind(t, generator.target, element(items.type))
    text = items.at(code.CALL)
    for each in generator.ifs:
        text += f".filter({callback(t, generator.target, items, condition(t, each).at(code.TERNARY))})"
        narrow(t, each, True)
    body = condition(t, argument.elt)
    t.env = env
    text += f".{method}({callback(t, generator.target, items, body.at(code.TERNARY))})"
    return Expr(text, BOOL, code.CALL)


def next_(t: FunctionTranslator, node: ast.Call, receiver: list[Expr]) -> Expr:
    """``next((x for x in xs if …), default)`` → ``xs.find(…) ?? default``."""
    match node.args:
        case [ast.GeneratorExp(generators=[generator]) as source, default] if not node.keywords:
            if t.script.waits(t, source):
                raise refuse(node, "lazy-sdk-call", instead="Write a loop that stops at the hit.")
            fallback, chain = t.expr(default), as_chain(t, source, source.elt)
            assert chain is not None
            kind = join([item_of(chain.type), fallback.type])
            same = isinstance(source.elt, ast.Name) and isinstance(generator.target, ast.Name)
            if same and len(generator.ifs) == 1 and item_of(chain.type).kind in ("record", "map", "str"):
                return Expr(
                    f"{chain.code.replace('.filter(', '.find(', 1)} ?? {fallback.at(code.OR)}",
                    kind,
                    code.NULLISH,
                )
            return Expr(f"{t.helper('firstOf')}({chain.code}, {fallback.code})", kind, code.CALL)
    raise refuse(node, "expression", "next() is carried over as next((… for … in …), default).")
