"""Expressions: kind of node → function that translates it. The table has the rest."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.literals import constant, dict_literal, fstring, list_literal, set_literal
from nangonb._translate.operations import operation
from nangonb._translate.refusals import refuse
from nangonb._translate.subscripts import attribute, subscript
from nangonb._translate.table import TABLE
from nangonb._translate.truth import boolean, condition, narrow, not_
from nangonb._translate.types import (
    BOOL,
    NUMBER,
    join,
)

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
}


def name(t: FunctionTranslator, node: ast.Name) -> Expr:
    from nangonb._translate.calls import dotted_name

    dotted = dotted_name(t, node)
    if dotted is not None and dotted in TABLE.rows:  # `from datetime import UTC`
        return operation(t, node, dotted, [], what=f"`{node.id}`")
    return t.lookup(node)


def binary(t: FunctionTranslator, node: ast.BinOp) -> Expr:
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        raise refuse(node, "operator")
    left, right = t.expr(node.left, first=t.first), t.expr(node.right)
    return operation(t, node, operator, [left, right])


def unary(t: FunctionTranslator, node: ast.UnaryOp) -> Expr:
    if isinstance(node.op, ast.Not):
        return not_(t, node)
    if isinstance(node.op, ast.USub):
        value = t.expr(node.operand)
        if value.type.kind == "any":
            return Expr(f"-{t.helper('numberOf')}({value.code})", NUMBER, code.UNARY, awaits=value.awaits)
        if value.type.kind in ("small", "int", "float", "number", "json-number", "timedelta"):
            literal = -value.literal if value.is_literal else None
            return Expr(
                code.negated(value),
                value.type,
                code.UNARY,
                literal=literal,
                is_literal=value.is_literal,
                pure=value.pure,
            )
    raise refuse(node, "operator")


def compare(t: FunctionTranslator, node: ast.Compare) -> Expr:
    left, parts = t.expr(node.left, first=t.first), []
    for number, (operator, right_node) in enumerate(zip(node.ops, node.comparators, strict=True), 1):
        if isinstance(operator, (ast.Is, ast.IsNot)):
            parts.append(_is(t, node, left, operator, right_node))
            right = t.expr(right_node)
        else:
            right = t.expr(right_node)
            parts.append(operation(t, node, _OPERATORS[type(operator)], [left, right]))
        if number < len(node.ops) and not right.pure:
            raise refuse(
                node,
                "expression",
                "Python evaluates the middle of this comparison only once.",
                "Use a variable.",
            )
        left = right
    if len(parts) == 1:
        return parts[0]
    joined = " && ".join(part.at(code.AND) for part in parts)
    return Expr(joined, BOOL, code.AND, awaits=any(part.awaits for part in parts))


def _is(t: FunctionTranslator, node: ast.Compare, left: Expr, operator: ast.cmpop, right: ast.expr) -> Expr:
    sign = "===" if isinstance(operator, ast.Is) else "!=="
    if not isinstance(right, ast.Constant) or not (right.value is None or isinstance(right.value, bool)):
        raise refuse(node, "is")
    if right.value is not None and left.type.kind not in ("any", "bool"):
        raise refuse(node, "is")
    return Expr(
        f"{left.at(code.EQUALITY)} {sign} {t.expr(right).code}", BOOL, code.EQUALITY, awaits=left.awaits
    )


def conditional(t: FunctionTranslator, node: ast.IfExp) -> Expr:
    test = condition(t, node.test)
    saved = dict(t.env)
    narrow(t, node.test, True)
    yes = t.expr(node.body)
    t.env = dict(saved)
    narrow(t, node.test, False)
    no = t.expr(node.orelse)
    t.back_to(saved, node)
    text = f"{test.at(code.OR)} ? {yes.at(code.TERNARY)} : {no.at(code.TERNARY)}"
    awaits = test.awaits or yes.awaits or no.awaits
    return Expr(text, join([yes.type, no.type]), code.TERNARY, awaits=awaits)


def named(t: FunctionTranslator, node: ast.NamedExpr) -> Expr:
    value = t.expr(node.value, first=t.first)
    name = node.target.id
    if name in t.iterating:
        raise refuse(node, "changed-while-iterating")
    variable = t.function.variables.get(name)
    if variable is not None and not variable.used:
        return value
    if name not in t.declared_here:
        raise refuse(node, "expression", "This `:=` is not supported.", "Assign on a line of its own.")
    t.assign(name, value.type)
    return Expr(f"{t.js_name(node.target.id)} = {value.code}", value.type, code.ARROW, awaits=value.awaits)


def lambda_(t: FunctionTranslator, node: ast.Lambda) -> Expr:
    raise refuse(node, "expression", "A lambda is supported only as an argument.", "Define a function.")


def await_(t: FunctionTranslator, node: ast.Await) -> Expr:
    raise refuse(node, "async")


def yield_(t: FunctionTranslator, node: ast.Yield | ast.YieldFrom) -> Expr:
    raise refuse(node, "yield")


def register() -> dict[type[ast.expr], Callable[[FunctionTranslator, Any], Expr]]:
    from nangonb._translate.calls import call
    from nangonb._translate.comprehensions import (
        dict_comprehension,
        generator,
        list_comprehension,
        set_comprehension,
    )

    return {
        ast.Attribute: attribute,
        ast.Await: await_,
        ast.BinOp: binary,
        ast.BoolOp: boolean,
        ast.Call: call,
        ast.Compare: compare,
        ast.Constant: constant,
        ast.Dict: dict_literal,
        ast.DictComp: dict_comprehension,
        ast.GeneratorExp: generator,
        ast.IfExp: conditional,
        ast.JoinedStr: fstring,
        ast.Lambda: lambda_,
        ast.List: list_literal,
        ast.ListComp: list_comprehension,
        ast.Name: name,
        ast.NamedExpr: named,
        ast.Set: set_literal,
        ast.SetComp: set_comprehension,
        ast.Subscript: subscript,
        ast.Tuple: list_literal,
        ast.UnaryOp: unary,
        ast.Yield: yield_,
        ast.YieldFrom: yield_,
    }


EXPRESSIONS: dict[type[ast.expr], Callable[[FunctionTranslator, Any], Expr]] = {}
