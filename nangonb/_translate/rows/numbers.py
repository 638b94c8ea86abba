"""Numbers, booleans and conversions."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.table import TABLE
from nangonb._translate.truth import truth
from nangonb._translate.types import (
    ANY,
    ANYTHING,
    BOOL,
    FLOAT,
    INT,
    JSON_NUMBER,
    NUMBER,
    SMALL,
    STR,
    is_loose,
)

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator


def _bool(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    test = truth(t, node, operands[0])
    if test.type.kind == "bool":
        return test
    return Expr(f"Boolean({test.code})", BOOL, code.CALL, awaits=test.awaits)


TABLE.add("bool", ((ANYTHING,), BOOL, _bool))

for _kind in (SMALL, INT, BOOL):
    TABLE.add("int", ((_kind,), INT if _kind is INT else SMALL, "Number({0})"))
for _kind in (FLOAT, JSON_NUMBER, NUMBER):
    TABLE.add("int", ((_kind,), INT, "safe(Math.trunc({0}))"))
TABLE.add("int", ((STR,), INT, "toInt({0})"), ((ANY,), INT, "toInt({0})"))
TABLE.add("float", ((STR,), FLOAT, "toFloat({0})"), ((ANY,), FLOAT, "toFloat({0})"))


def _round_to(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    value, digits = operands
    if not digits.is_literal:
        raise refuse(node, "type", "The digits of `round()` must be a literal.", "Write `round(value, 2)`.")
    kind = value.type
    if kind.kind in ("float", "any", "number", "json-number") and digits.literal < 0:
        raise refuse(node, "operator", "Rounding a float to tens is not supported.", "Use `int(…)` first.")
    if kind.kind in ("small", "int"):
        if digits.literal >= 0:
            return value
        return Expr(f"{t.helper('roundTo')}({value.code}, {digits.code})", INT, code.CALL)
    text = f"{t.helper('roundTo')}({value.code}, {digits.code})"
    return Expr(text, FLOAT if kind.kind == "float" else NUMBER, code.CALL, awaits=value.awaits)


for _kind in (SMALL, INT, FLOAT, JSON_NUMBER, NUMBER):
    TABLE.add("float", ((_kind,), FLOAT, "Number({0})"))
    TABLE.add("abs", ((_kind,), _kind, "Math.abs({0})"))
    TABLE.add("math.floor", ((_kind,), INT, "safe(Math.floor({0}))"))
    TABLE.add("math.ceil", ((_kind,), INT, "safe(Math.ceil({0}))"))
    TABLE.add("math.trunc", ((_kind,), INT, "safe(Math.trunc({0}))"))
    TABLE.add("math.sqrt", ((_kind,), FLOAT, "Math.sqrt({0})", code.CALL, "squareRoot({0})"))
    TABLE.add("round", ((_kind,), INT, "roundHalfEven({0})"), ((_kind, SMALL), NUMBER, _round_to))
for _name in ("floor", "ceil", "trunc"):
    TABLE.add(f"math.{_name}", ((ANY,), INT, f"safe(Math.{_name}(numberOf({{0}})))"))
TABLE.add("math.sqrt", ((ANY,), FLOAT, "squareRoot(numberOf({0}))"))
TABLE.add("round", ((ANY,), INT, "roundHalfEven({0})"), ((ANY, SMALL), NUMBER, _round_to))
TABLE.add(
    "abs", ((ANY,), lambda o: NUMBER if is_loose(o[0].type) else JSON_NUMBER, "Math.abs(numberOf({0}))")
)
TABLE.add("math.pi", ((), FLOAT, "Math.PI"))
