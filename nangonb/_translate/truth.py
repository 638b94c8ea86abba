"""Truth values, ``and``, ``or``, ``not``, and the narrowing of types by conditions."""

from __future__ import annotations

import ast

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.refusals import Refused, refuse
from nangonb._translate.types import (
    ANY,
    BOOL,
    STR,
    Type,
    join,
    list_of,
    map_of,
)

#: Values that are always true, so that only None is not.
_ALWAYS_TRUE = ("datetime", "uuid", "pattern", "match", "http-error")


def boolean(t: FunctionTranslator, node: ast.BoolOp) -> Expr:
    """Translate ``and`` and ``or`` as values: Python returns an operand, by its own truth rules."""
    values = list(node.values)
    result = t.expr(values[0], first=t.first)
    for number, each in enumerate(values[1:]):
        saved = dict(t.env)
        narrow(t, values[number], isinstance(node.op, ast.And))
        other = t.expr(each)
        t.back_to(saved, each)
        result = _either(t, node, result, other)
    return result


def _either(t: FunctionTranslator, node: ast.BoolOp, left: Expr, right: Expr) -> Expr:
    is_or = isinstance(node.op, ast.Or)
    awaits = left.awaits or right.awaits
    kind = join([left.type.required if is_or else left.type, right.type])
    if is_or and left.type.kind in _ALWAYS_TRUE and left.type.nullable:
        return Expr(f"{left.at(code.NULLISH)} ?? {right.at(code.NULLISH)}", kind, code.NULLISH, awaits=awaits)
    if same_truth(left.type):
        operator, prec = ("||", code.OR) if is_or else ("&&", code.AND)
        return Expr(f"{left.at(prec)} {operator} {right.at(prec)}", kind, prec, awaits=awaits)
    if is_or and not right.awaits and not (left.pure and left.name):
        plain = right.pure or "(" not in right.code
        helper, other = ("orElse", right.at(code.TERNARY)) if plain else ("orElseDo", _thunk(right))
        return Expr(f"{t.helper(helper)}({left.code}, {other})", kind, code.CALL, awaits=left.awaits)
    if not left.pure:
        raise refuse(
            node,
            "expression",
            "Python evaluates the left operand only once.",
            "Assign it to a variable first.",
        )
    test = truth(t, node, left)
    yes, no = (left, right) if is_or else (right, left)
    return Expr(
        f"{test.at(code.OR)} ? {yes.at(code.TERNARY)} : {no.at(code.TERNARY)}",
        kind,
        code.TERNARY,
        awaits=awaits,
    )


def _thunk(value: Expr) -> str:
    return f"() => ({value.code})" if value.code.startswith("{") else f"() => {value.at(code.TERNARY)}"


def same_truth(kind: Type) -> bool:
    """Return whether values of this type have the same truth value in Python and JavaScript."""
    return kind.kind in (
        "none",
        "bool",
        "small",
        "int",
        "str",
        "datetime",
        "date",
        "uuid",
        "url-parts",
        "pattern",
        "response",
        "function",
        "http-error",
        "match",
    )


def truth(t: FunctionTranslator, node: ast.AST, value: Expr) -> Expr:
    """Return a JavaScript boolean with Python's truth value of ``value``."""
    kind = value.type
    if kind.kind == "bool" and not kind.nullable:
        return value
    if value.code == "fromDate(nango.lastSyncDate)":
        return Expr("nango.lastSyncDate", kind, code.CALL)
    if kind.kind in ("response", "function", "nango") and not kind.nullable:
        raise refuse(node, "expression", "This condition is always true.")
    if same_truth(kind) or kind.kind in ("float", "number", "json-number", "timedelta"):
        return value
    if kind.kind in ("bytes", "hash", "timezone", "mixed"):
        raise refuse(node, "expression", f"The truth value of `{kind}` is not supported.", "Compare it.")
    if kind.kind in ("list", "tuple") and value.pure:
        length = Expr(f"{value.at(code.CALL)}.length > 0", BOOL, code.RELATION)
        if not kind.nullable:
            return length
        return Expr(f"{value.at(code.EQUALITY)} !== null && {length.code}", BOOL, code.AND)
    return Expr(f"{t.helper('truthy')}({value.code})", BOOL, awaits=value.awaits)


def not_(t: FunctionTranslator, node: ast.UnaryOp) -> Expr:
    inner = condition(t, node.operand)
    if inner.prec == code.RELATION and inner.code.endswith(".length > 0"):
        return Expr(inner.code.removesuffix("> 0") + "=== 0", BOOL, code.EQUALITY, awaits=inner.awaits)
    level = code.CALL if inner.code.startswith("await ") else code.UNARY
    return Expr("!" + inner.at(level), BOOL, code.UNARY, awaits=inner.awaits)


def condition(t: FunctionTranslator, node: ast.expr) -> Expr:
    """Translate an expression of which only the truth value matters."""
    if isinstance(node, ast.BoolOp):
        operator, prec = ("&&", code.AND) if isinstance(node.op, ast.And) else ("||", code.OR)
        saved, parts = dict(t.env), []
        for each in node.values:
            parts.append(condition(t, each))
            t.first = False  # the next operand is evaluated conditionally
            narrow(t, each, isinstance(node.op, ast.And))
        t.back_to(saved, node)
        return Expr(
            f" {operator} ".join(part.at(prec) for part in parts),
            BOOL,
            prec,
            awaits=any(p.awaits for p in parts),
        )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not_(t, node)
    return truth(t, node, t.expr(node, first=t.first))


def narrow(t: FunctionTranslator, node: ast.expr, holds: bool) -> None:
    """Narrow the types of variables for ``node`` being true (or false)."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            narrow(t, operand, not holds)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) == holds:
            for each in values:
                narrow(t, each, holds)
        case ast.Name(id=id) if holds and id in t.env:
            t.env[id] = t.env[id].required
        case ast.Subscript() | ast.Attribute() if holds:
            kind = _type_of_place(t, node)
            if kind is not None and (same_truth(kind) or kind.kind in ("list", "tuple")):
                t.env[place_of(node)] = kind.required
        case ast.NamedExpr(target=ast.Name(id=id)) if holds and id in t.env:
            t.env[id] = t.env[id].required
        case ast.Compare(left=ast.Name(id=id), ops=[op], comparators=[ast.Constant(value=None)]) if (
            id in t.env
        ):
            if isinstance(op, (ast.Is, ast.Eq)) != holds:
                t.env[id] = t.env[id].required
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=None)]):
            kind = _type_of_place(t, left)
            if kind is not None and isinstance(op, (ast.Is, ast.Eq)) != holds:
                t.env[place_of(left)] = kind.required
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=id), kinds]) if id in t.env and holds:
            t.env[id] = _instance_type(t.env[id], kinds)


def place_of(node: ast.expr) -> str:
    """Return the key in ``env`` of a part that a test may narrow; empty for anything else."""
    match node:
        case ast.Attribute(value=ast.Name(id=id), attr=attr):
            return f"{id}.{attr}"
        case ast.Subscript(value=ast.Name(id=id), slice=ast.Constant(value=str() as key)):
            return f"{id}[{key!r}]"
    return ""


def _type_of_place(t: FunctionTranslator, node: ast.expr) -> Type | None:
    """Return the type of a part of a variable if it may be None."""
    if not place_of(node):
        return None
    kind = t.expr(node).type
    return kind if kind.nullable else None


def tried_condition(t: FunctionTranslator, node: ast.expr) -> Expr:
    """Translate a condition. In a first round its blocks are walked even if it is refused."""
    try:
        return condition(t, node)
    except Refused as refused:
        if not t.script.first_rounds:
            raise
        t.script.refused.append(refused)
        return Expr("false", BOOL)


def _instance_type(kind: Type, node: ast.expr) -> Type:
    # True is an int, too, with another text, so that a test for int does not narrow
    known = {"str": STR, "list": list_of(ANY), "dict": map_of(ANY), "bool": BOOL}
    if isinstance(node, ast.Name) and node.id in known:
        return kind.required if kind.kind == known[node.id].kind else known[node.id]
    return kind.required
