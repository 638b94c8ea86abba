"""Operators: arithmetic, order, equality."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.fitting import split
from nangonb._translate.refusals import refuse
from nangonb._translate.table import TABLE
from nangonb._translate.types import (
    ANY,
    ANYTHING,
    BOOL,
    DATE,
    DATETIME,
    FLOAT,
    INT,
    JSON_NUMBER,
    LIST,
    LOOSE,
    NUMBER,
    SMALL,
    STR,
    SUM,
    TIMEDELTA,
    TUPLE,
    Type,
    has_tuples,
    is_json,
    is_loose,
    item_of,
    join,
    list_of,
)

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_NUMERIC = ("small", "int", "float", "number", "json-number")
_NUMBERS = (SMALL, INT, FLOAT, JSON_NUMBER, NUMBER)
_SCALARS = ("none", "bool", *_NUMERIC, "str")
#: A count: adding one in a loop never leads past 2^53.
_COUNT = re.compile(r"\.(length|size)$|^lengthOf\(|^countOf\(")


def _arithmetic(sign: str, prec: int) -> None:
    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        if sign != "*" and operands[1].type.kind in ("small", "int") and _is_outside(operands[0]):
            left, right = operands
            other = right.code if sign == "+" else code.negated(right)
            text = f"{t.helper('plusWhole')}({left.code}, {other})"
            return Expr(text, JSON_NUMBER, code.CALL, awaits=left.awaits or right.awaits)
        left, right = (_number(t, operand, "factorOf" if sign == "*" else "numberOf") for operand in operands)
        kind = _number_type(sign, left, right)
        right_prec = prec if sign in "+*" and kind.kind in ("small",) else prec + 1
        shown = _factor(left, " / ") if sign == "*" else left.at(prec)
        text = f"{shown} {sign} {right.at(right_prec)}"
        awaits = left.awaits or right.awaits
        if kind.kind in ("int", "number"):
            # Python is exact; JavaScript loses digits past 2^53
            return Expr(f"{t.helper('safe')}({text})", kind, code.CALL, awaits=awaits)
        return Expr(text, kind, prec, awaits=awaits)

    for left in (*_NUMBERS, ANY):
        for right in (*_NUMBERS, ANY):
            if sign != "+" or not (left is ANY and right is ANY):
                TABLE.add(sign, ((left, right), NUMBER, emit))


def _factor(value: Expr, other: str) -> str:
    """Return the left operand of a product; ``(a / b) * c`` has parentheses for readability."""
    text = value.at(code.MULTIPLY)
    mixed = value.prec == code.MULTIPLY and len(split(value.code, (other,))) > 1
    return f"({text})" if mixed else text


def _is_outside(value: Expr) -> bool:
    """Return whether it is a value from outside, whose text is the same after adding a whole number."""
    return value.type.kind in ("any", "json-number") and not is_loose(value.type)


def _number(t: FunctionTranslator, value: Expr, helper: str) -> Expr:
    """Return a value from outside that must be a number: JavaScript would convert anything."""
    if value.type.kind != "any":
        return value
    return Expr(f"{t.helper(helper)}({value.code})", NUMBER, code.CALL, awaits=value.awaits)


def _number_type(sign: str, left: Expr, right: Expr) -> Type:
    kinds = {left.type.kind, right.type.kind}
    if "float" in kinds:
        return FLOAT
    if kinds <= {"small"}:
        bounded = any(each.is_literal or _COUNT.search(each.code) for each in (left, right))
        return SMALL if sign in "+-" and bounded else INT
    if kinds <= {"small", "int"}:
        return INT
    return NUMBER


def _sum_type(operands: Sequence[Expr]) -> Type:
    return LOOSE if any(operand.type == LOOSE for operand in operands) else SUM


_arithmetic("+", code.ADD)
_arithmetic("-", code.ADD)
_arithmetic("*", code.MULTIPLY)

TABLE.add("+", ((ANY, ANY), _sum_type, "plus({0}, {1})"))
TABLE.add("+", ((STR, STR), STR, "{0:ADD} + {1:MULTIPLY}", code.ADD))
TABLE.add("+", ((STR, ANY), STR, "{0:ADD} + {1:MULTIPLY}", code.ADD, "{0:ADD} + textOnly({1})"))
TABLE.add("+", ((ANY, STR), STR, "{0:ADD} + {1:MULTIPLY}", code.ADD, "textOnly({0}) + {1:MULTIPLY}"))


def _concatenated(operands: Sequence[Expr]) -> Type:
    return list_of(join(item for operand in operands for item in [item_of(operand.type)]))


_BOTH = "[...{0:TERNARY}, ...{1:TERNARY}]"
TABLE.add("+", ((LIST, LIST), _concatenated, _BOTH, code.PRIMARY))
TABLE.add("+", ((LIST, ANY), _concatenated, _BOTH, code.PRIMARY, "[...{0:TERNARY}, ...listOnly({1})]"))
TABLE.add("+", ((ANY, LIST), _concatenated, _BOTH, code.PRIMARY, "[...listOnly({0}), ...{1:TERNARY}]"))

for _count in (SMALL, INT):
    TABLE.add("*", ((STR, _count), STR, "{0:CALL}.repeat(Math.max(0, {1}))"))
    TABLE.add("*", ((LIST, _count), lambda o: o[0].type, "repeated({0}, {1})"))


def _floor_type(operands: Sequence[Expr]) -> Type:
    kinds = {operand.type.kind for operand in operands}
    if "float" in kinds:
        return FLOAT
    if kinds <= {"small"}:
        return SMALL
    return INT if kinds <= {"small", "int"} else NUMBER


def _divide(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    left, right = operands
    awaits = left.awaits or right.awaits
    never_zero = right.is_literal and right.literal
    if "any" in (left.type.kind, right.type.kind) or (t.catching and not never_zero):
        return Expr(f"{t.helper('divide')}({left.code}, {right.code})", FLOAT, code.CALL, awaits=awaits)
    text = f"{_factor(left, ' * ')} / {right.at(code.UNARY)}"
    return Expr(text, FLOAT, code.MULTIPLY, awaits=awaits)


for _left in (*_NUMBERS, ANY):
    for _right in (*_NUMBERS, ANY):
        TABLE.add("/", ((_left, _right), FLOAT, _divide))
        TABLE.add("//", ((_left, _right), _floor_type, "floorDivide({0}, {1})"))
        if _left is not ANY:  # text % values is a format in Python
            TABLE.add("%", ((_left, _right), _floor_type, "modulo({0}, {1})"))
for _right in (SMALL, INT):
    TABLE.add("%", ((ANY, _right), NUMBER, "modulo(factorOf({0}), {1})"))


def _power(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    base, exponent = operands
    if not (exponent.is_literal and exponent.literal >= 0) and not (
        base.is_literal and exponent.code.isidentifier()
    ):
        raise refuse(node, "operator", "This power is not supported.", "Multiply.")
    return Expr(f"{t.helper('power')}({base.code}, {exponent.code})", INT, code.CALL)


for _left in (SMALL, INT):
    TABLE.add("**", ((_left, SMALL), INT, _power))


def _compare(sign: str) -> None:
    for left in (*_NUMBERS, ANY):
        for right in (*_NUMBERS, ANY):
            if left is ANY and right is ANY:
                continue
            throws = f"compare({{0}}, {{1}}) {sign} 0" if ANY in (left, right) else ""
            TABLE.add(sign, ((left, right), BOOL, f"{{0:RELATION}} {sign} {{1:ADD}}", code.RELATION, throws))
    for pair in ((STR, STR), (STR, ANY), (ANY, STR), (ANY, ANY), (LIST, LIST), (TUPLE, TUPLE)):
        TABLE.add(sign, (pair, BOOL, f"compare({{0}}, {{1}}) {sign} 0", code.RELATION))
    for kind in (DATE, TIMEDELTA):
        TABLE.add(sign, ((kind, kind), BOOL, f"{{0:RELATION}} {sign} {{1:ADD}}", code.RELATION))
    TABLE.add(sign, ((DATETIME, DATETIME), BOOL, f"compareTimes({{0}}, {{1}}) {sign} 0", code.RELATION))


for _sign in ("<", "<=", ">", ">="):
    _compare(_sign)

#: Represented by something that equals other values in JavaScript.
_HELD = ("date", "uuid", "timedelta", "timezone")


def _equal(sign: str) -> None:
    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        left, right = operands
        awaits = left.awaits or right.awaits
        held = {each.type.kind for each in operands} & set(_HELD)
        if held and len({each.type.kind for each in operands} - {"none"}) > 1:
            raise refuse(node, "operator", f"Comparing `{left.type}` with `{right.type}` is not supported.")
        for one in operands:
            if not held and not is_json(one.type):
                raise refuse(node, "operator", f"Comparing `{one.type}` is not supported.")
        if (has_tuples(left.type) or has_tuples(right.type)) and left.type.kind != right.type.kind:
            raise refuse(
                node,
                "operator",
                "A tuple never equals a list in Python, but it does on Nango.",
                "Compare `list(…)`.",
            )
        if held or _plain(left, right):
            text = f"{left.at(code.EQUALITY)} {sign}== {right.at(code.EQUALITY + 1)}"
            return Expr(text, BOOL, code.EQUALITY, awaits=awaits)
        same = "sameTime" if {left.type.kind, right.type.kind} == {"datetime"} else "equals"
        if same == "sameTime" and (left.type.nullable or right.type.nullable):
            same = "equals"
        call = f"{t.helper(same)}({left.code}, {right.code})"
        if sign == "=":
            return Expr(call, BOOL, code.CALL, awaits=awaits)
        return Expr(f"!{call}", BOOL, code.UNARY, awaits=awaits)

    TABLE.add("==" if sign == "=" else "!=", ((ANYTHING, ANYTHING), BOOL, emit))


def _plain(left: Expr, right: Expr) -> bool:
    """Return whether ``===`` is Python's ``==``: for text, and for numbers that cannot be bools."""
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "str" and not one.type.nullable and other.type.kind in (*_SCALARS, "any"):
            return True
        if one.is_literal and one.type.kind in _NUMERIC and one.literal not in (0, 1):
            return other.type.kind in (*_SCALARS, "any")
        if one.is_literal and one.literal is None:
            return True
    same = {left.type.kind, right.type.kind}
    return same <= set(_NUMERIC) or same == {"str"} or same == {"bool"} or same == {"str", "none"}


_equal("=")
_equal("!")
