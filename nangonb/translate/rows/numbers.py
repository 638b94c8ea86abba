"""Numbers, truth, and conversions."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb.translate import code
from nangonb.translate.code import Expr
from nangonb.translate.expressions import truth
from nangonb.translate.refusals import refuse
from nangonb.translate.table import TABLE
from nangonb.translate.types import ANY, ANYTHING, BOOL, FLOAT, INT, NUMBER, SMALL, STR

if TYPE_CHECKING:
    from nangonb.translate.function import FunctionTranslator


def _text(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """``str(x)``, and what stands in an f-string without a format."""
    value = operands[0]
    kind = value.type
    if kind.kind == "str" and not kind.nullable:
        return value
    if kind.kind in ("small", "int") and not kind.nullable:
        return Expr(f"String({value.code})", STR, code.CALL, awaits=value.awaits)
    if kind.kind in ("float", "number"):
        raise refuse(node, "float-text")
    if kind.kind in ("none", "bool", "str", "small", "int", "any"):
        if kind.kind == "any":
            t.script.shows_unknown = True
        return Expr(f"{t.helper('str')}({value.code})", STR, code.CALL, awaits=value.awaits)
    if kind.kind in ("list", "map", "record", "tuple"):
        raise refuse(node, "operator", f"str() of {kind} is not carried over.", "Use json.dumps.")
    raise refuse(node, "operator", f"str() of {kind} is not carried over.")


TABLE.add("str", ((ANYTHING,), STR, _text))


def _format(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """The common formats: ``.2f``, ``d``, ``,``, ``05d``, ``02``, ``>8`` …"""
    import re

    value, spec = operands
    if not spec.is_literal:
        raise refuse(node, "keyword", "A format that is computed is not carried over.")
    kind = value.type.kind
    if value.type.nullable or not re.fullmatch(r"(0?\d*)?,?(\.\d+f|d|%|\.\d+%)?|[<>^]\d+|\d+", spec.literal):
        raise refuse(node, "keyword", f"The format {spec.literal!r} is not carried over.")
    if re.fullmatch(r"[<>^]?\d+", spec.literal) and kind == "str":
        return Expr(f"{t.helper('pad')}({value.code}, {spec.code})", STR, code.CALL)
    if kind not in ("small", "int", "float", "number", "any"):
        raise refuse(node, "operator", f"The format {spec.literal!r} of {value.type} is not carried over.")
    return Expr(f"{t.helper('format')}({value.code}, {spec.code})", STR, code.CALL, awaits=value.awaits)


TABLE.add("format", ((ANYTHING, STR), STR, _format))


def _bool(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    test = truth(t, node, operands[0])
    if test.type.kind == "bool":
        return test
    return Expr(f"Boolean({test.code})", BOOL, code.CALL, awaits=test.awaits)


TABLE.add("bool", ((ANYTHING,), BOOL, _bool))

for _kind in (SMALL, INT, BOOL):
    TABLE.add("int", ((_kind,), INT if _kind is INT else SMALL, "Number({0})"))
TABLE.add(
    "int", ((STR,), INT, "int({0})"), ((FLOAT,), INT, "safe(Math.trunc({0}))"), ((ANY,), INT, "int({0})")
)
TABLE.add("int", ((NUMBER,), INT, "safe(Math.trunc({0}))"))
TABLE.add("float", ((STR,), FLOAT, "float({0})"), ((ANY,), FLOAT, "float({0})"))
for _kind in (SMALL, INT, FLOAT, NUMBER):
    TABLE.add("float", ((_kind,), FLOAT, "Number({0})"))
    TABLE.add("abs", ((_kind,), _kind, "Math.abs({0})"))
    TABLE.add("math.floor", ((_kind,), INT, "safe(Math.floor({0}))"))
    TABLE.add("math.ceil", ((_kind,), INT, "safe(Math.ceil({0}))"))
    TABLE.add("math.trunc", ((_kind,), INT, "safe(Math.trunc({0}))"))
    TABLE.add("math.sqrt", ((_kind,), FLOAT, "Math.sqrt({0})"))
    TABLE.add("round", ((_kind,), INT, "round({0})"), ((_kind, SMALL), FLOAT, "round({0}, {1})"))
TABLE.add("round", ((ANY,), INT, "round({0})"), ((ANY, SMALL), NUMBER, "round({0}, {1})"))
TABLE.add("abs", ((ANY,), NUMBER, "Math.abs({0})"))
TABLE.add("math.pi", ((), FLOAT, "Math.PI"))
