"""Operators: arithmetic, comparison, membership."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb.translate import code
from nangonb.translate.code import Expr
from nangonb.translate.refusals import refuse
from nangonb.translate.table import TABLE
from nangonb.translate.types import (
    ANY,
    ANYTHING,
    BOOL,
    FLOAT,
    INT,
    LIST,
    NUMBER,
    SMALL,
    STR,
    Type,
    join,
    list_of,
)

if TYPE_CHECKING:
    from nangonb.translate.function import FunctionTranslator

_NUMERIC = ("small", "int", "float", "number")
_SCALARS = ("none", "bool", "small", "int", "float", "number", "str")


def _arithmetic(sign: str, prec: int) -> None:
    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        left, right = operands
        kind = _number_type(node, sign, left, right)
        right_prec = prec if sign in "+*" and kind.kind in ("small",) else prec + 1
        text = f"{left.at(prec)} {sign} {right.at(right_prec)}"
        awaits = left.awaits or right.awaits
        if kind.kind == "int" or (kind.kind == "number" and sign != "/"):
            # Python counts on; JavaScript loses digits past 2^53
            return Expr(f"{t.helper('safe')}({text})", kind, code.CALL, awaits=awaits)
        return Expr(text, kind, prec, awaits=awaits)

    for left in (SMALL, INT, FLOAT, NUMBER, ANY):
        for right in (SMALL, INT, FLOAT, NUMBER, ANY):
            if not (left is ANY and right is ANY):
                TABLE.add(sign, ((left, right), NUMBER, emit))


def _number_type(node: ast.expr, sign: str, left: Expr, right: Expr) -> Type:
    kinds = {left.type.kind, right.type.kind}
    if "float" in kinds:
        return FLOAT
    if kinds <= {"small"}:
        return SMALL if sign in "+-" else INT
    if kinds <= {"small", "int"}:
        return INT
    return NUMBER


_arithmetic("+", code.ADD)
_arithmetic("-", code.ADD)
_arithmetic("*", code.MULTIPLY)

TABLE.add("+", ((STR, STR), STR, "{0:ADD} + {1:MULTIPLY}", code.ADD))
TABLE.add(
    "+",
    ((STR, ANY), STR, "{0:ADD} + {1:MULTIPLY}", code.ADD),
    ((ANY, STR), STR, "{0:ADD} + {1:MULTIPLY}", code.ADD),
)


def _concatenated(operands: Sequence[Expr]) -> Type:
    return list_of(join(item for operand in operands for item in [operand.type.item or ANY]))


for _left, _right in ((LIST, LIST), (LIST, ANY), (ANY, LIST)):
    TABLE.add("+", ((_left, _right), _concatenated, "[...{0:TERNARY}, ...{1:TERNARY}]", code.PRIMARY))

for _left in (SMALL, INT, FLOAT, NUMBER, ANY):
    for _right in (SMALL, INT, FLOAT, NUMBER, ANY):
        TABLE.add(
            "/", ((_left, _right), FLOAT, "{0:MULTIPLY} / {1:UNARY}", code.MULTIPLY, "divide({0}, {1})")
        )
        TABLE.add("//", ((_left, _right), lambda o: _floor_type(o), "floorDivide({0}, {1})"))
        TABLE.add("%", ((_left, _right), lambda o: _floor_type(o), "modulo({0}, {1})"))


def _floor_type(operands: Sequence[Expr]) -> Type:
    kinds = {operand.type.kind for operand in operands}
    if "float" in kinds:
        return FLOAT
    if kinds <= {"small"}:
        return SMALL
    return INT if kinds <= {"small", "int"} else NUMBER


def _compare(sign: str) -> None:
    for left in (SMALL, INT, FLOAT, NUMBER, ANY):
        for right in (SMALL, INT, FLOAT, NUMBER, ANY):
            if not (left is ANY and right is ANY):
                TABLE.add(sign, ((left, right), BOOL, f"{{0:RELATION}} {sign} {{1:ADD}}", code.RELATION))
    for pair in ((STR, STR), (STR, ANY), (ANY, STR), (ANY, ANY)):
        TABLE.add(sign, (pair, BOOL, f"compare({{0}}, {{1}}) {sign} 0", code.RELATION))


for _sign in ("<", "<=", ">", ">="):
    _compare(_sign)


def _equal(sign: str) -> None:
    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        left, right = operands
        awaits = left.awaits or right.awaits
        kinds = {left.type.kind, right.type.kind}
        for one in (left, right):
            if one.type.kind in ("function", "nango", "response", "iterator", "set", "bytes"):
                raise refuse(node, "operator", f"Comparing {one.type} is not carried over.")
        if _plain(left, right):
            return Expr(
                f"{left.at(code.EQUALITY)} {sign}== {right.at(code.EQUALITY + 1)}",
                BOOL,
                code.EQUALITY,
                awaits=awaits,
            )
        if kinds == {"datetime"}:
            return Expr(f"sameTime({left.code}, {right.code})", BOOL, code.CALL)
        call = f"{t.helper('equals')}({left.code}, {right.code})"
        return Expr(
            call if sign == "=" else f"!{call}", BOOL, code.CALL if sign == "=" else code.UNARY, awaits=awaits
        )

    TABLE.add("==" if sign == "=" else "!=", ((ANYTHING, ANYTHING), BOOL, emit))


def _plain(left: Expr, right: Expr) -> bool:
    """Whether ``===`` is Python's ``==``: text, and numbers where none can be a bool."""
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "str" and not one.type.nullable and other.type.kind in (*_SCALARS, "any"):
            return True
        if one.is_literal and one.type.kind in ("small", "int", "float") and one.literal not in (0, 1):
            return other.type.kind in (*_SCALARS, "any")
        if one.is_literal and one.literal is None:
            return True
    same = {left.type.kind, right.type.kind}
    return same <= set(_NUMERIC) or same == {"str"} or same == {"bool"} or same == {"str", "none"}


_equal("=")
_equal("!")


def _contains(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    item, container = operands
    kind, awaits = container.type, item.awaits or container.awaits
    if kind.nullable:
        raise refuse(node, "operator", "This container may be None.", "Check it first.")
    if kind.kind in ("list", "tuple"):
        inner = kind.item or join(kind.parts)
        if (
            (item.type.kind == "str"
            and not item.type.nullable)
            or (inner.kind == "str"
            and item.type.kind in ("str", "any"))
        ):
            return Expr(
                f"{container.at(code.CALL)}.includes({_typed(item, container)})",
                BOOL,
                code.CALL,
                awaits=awaits,
            )
    if kind.kind == "set":
        return Expr(
            f"{container.at(code.CALL)}.has({_typed(item, container)})", BOOL, code.CALL, awaits=awaits
        )
    if kind.kind in ("map", "record") and item.type.kind in ("str", "any"):
        return Expr(f"Object.hasOwn({container.code}, {item.code})", BOOL, code.CALL, awaits=awaits)
    if kind.kind == "str" and item.type.kind in ("str", "any"):
        return Expr(f"{container.at(code.CALL)}.includes({item.code})", BOOL, code.CALL, awaits=awaits)
    if kind.kind in ("any", "list", "tuple"):
        return Expr(f"{t.helper('contains')}({container.code}, {item.code})", BOOL, code.CALL, awaits=awaits)
    raise refuse(node, "operator", f"in {kind} is not carried over.")


def _typed(item: Expr, container: Expr) -> str:
    """``null`` where the container's elements are text would not type-check; it is not among them either."""
    return f"{item.code}!" if item.type.nullable and item.pure else item.code


def _not_contains(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    inner = _contains(t, node, operands)
    return Expr("!" + inner.at(code.UNARY), BOOL, code.UNARY, awaits=inner.awaits)


TABLE.add("in", ((ANYTHING, ANYTHING), BOOL, _contains))
TABLE.add("not in", ((ANYTHING, ANYTHING), BOOL, _not_contains))


def _index(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    target, index = operands
    kind, awaits = target.type, target.awaits or index.awaits
    if kind.kind in ("map", "record") or (kind.kind == "any" and index.type.kind in ("str", "any")):
        found = kind.item or (join(f.type for f in kind.fields.values()) if kind.fields else ANY)
        if index.type.kind not in ("str", "any"):
            raise refuse(node, "dict-key")
        if t.catching or (kind.kind == "any" and index.type.kind == "any"):
            return Expr(f"{t.helper('item')}({target.code}, {index.code})", found, code.CALL, awaits=awaits)
        mark = "" if found.kind == "any" else "!"
        return Expr(f"{target.at(code.CALL)}[{index.code}]{mark}", found, code.CALL, awaits=awaits)
    if index.type.kind not in ("small", "int", "any"):
        raise refuse(node, "operator", f"{kind} has no place {index.type}.")
    if kind.kind == "tuple" and index.is_literal and 0 <= index.literal < len(kind.parts):
        return Expr(
            f"{target.at(code.CALL)}[{index.code}]", kind.parts[index.literal], code.CALL, awaits=awaits
        )
    if kind.kind not in ("list", "tuple", "any", "str"):
        raise refuse(node, "operator")
    found = STR if kind.kind == "str" else kind.item or (join(kind.parts) if kind.parts else ANY)
    if t.catching or not index.is_literal or kind.kind == "str":
        return Expr(f"{t.helper('at')}({target.code}, {index.code})", found, code.CALL, awaits=awaits)
    mark = "" if kind.kind == "any" or found.kind == "any" else "!"
    if index.literal < 0:
        return Expr(f"{target.at(code.CALL)}.at({index.code}){mark}", found, code.CALL, awaits=awaits)
    return Expr(
        f"{target.at(code.CALL)}[{index.code}]{mark}",
        found,
        code.CALL,
        awaits=awaits,
        pure=target.pure and not mark,
    )


TABLE.add("[]", ((ANYTHING, ANYTHING), ANY, _index))
