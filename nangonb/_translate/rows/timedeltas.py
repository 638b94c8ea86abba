"""Durations, represented by whole microseconds."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import DATE, DATETIME, FLOAT, INT, SMALL, TIMEDELTA, TIMEZONE

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_PARTS = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")


def _timedelta(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    """``timedelta(days=1)`` → ``durationOf({ days: 1 })``."""
    given = dict(zip(_PARTS, node.args, strict=False)) | {k.arg or "**": k.value for k in node.keywords}
    if len(node.args) > len(_PARTS) or not set(given) <= set(_PARTS):
        raise refuse(node, "keyword")
    parts = []
    for name, argument in given.items():
        value = t.expr(argument)
        if value.type.kind not in ("small", "int", "json-number", "any") or value.type.nullable:
            raise refuse(
                argument,
                "type",
                f"A timedelta of `{value.type}` is not supported.",
                "Use whole numbers: `int(…)`.",
            )
        parts.append(name if value.code == name else f"{name}: {value.at(code.TERNARY)}")
    return Expr(f"{t.helper('durationOf')}({code.object_literal(parts)})", TIMEDELTA, code.CALL)


SPECIAL["datetime.timedelta"] = _timedelta

TABLE.add("timedelta.total_seconds", ((TIMEDELTA,), FLOAT, "{0:MULTIPLY} / 1e6", code.MULTIPLY))
TABLE.add("timedelta.days:attribute", ((TIMEDELTA,), INT, "floorDivide({0}, 86400e6)"))
TABLE.add("timedelta.seconds:attribute", ((TIMEDELTA,), SMALL, "Math.floor(modulo({0}, 86400e6) / 1e6)"))
TABLE.add("timedelta.microseconds:attribute", ((TIMEDELTA,), SMALL, "modulo({0}, 1e6)"))
for _sign in "+-":
    TABLE.add(_sign, ((TIMEDELTA, TIMEDELTA), TIMEDELTA, f"safe({{0:ADD}} {_sign} {{1:MULTIPLY}})"))
for _kind in (SMALL, INT):
    TABLE.add("*", ((TIMEDELTA, _kind), TIMEDELTA, "safe({0:MULTIPLY} * {1:UNARY})"))
    TABLE.add("*", ((_kind, TIMEDELTA), TIMEDELTA, "safe({0:MULTIPLY} * {1:UNARY})"))
TABLE.add("/", ((TIMEDELTA, TIMEDELTA), FLOAT, "divide({0}, {1})"))
TABLE.add("//", ((TIMEDELTA, TIMEDELTA), INT, "floorDivide({0}, {1})"))
TABLE.add("%", ((TIMEDELTA, TIMEDELTA), TIMEDELTA, "modulo({0}, {1})"))
TABLE.add("abs", ((TIMEDELTA,), TIMEDELTA, "Math.abs({0})"))

TABLE.add("+", ((DATETIME, TIMEDELTA), DATETIME, "addTime({0}, {1})"))
TABLE.add("+", ((TIMEDELTA, DATETIME), DATETIME, "addTime({1}, {0})"))
TABLE.add("-", ((DATETIME, TIMEDELTA), DATETIME, "addTime({0}, -{1:UNARY})"))
TABLE.add("-", ((DATETIME, DATETIME), TIMEDELTA, "timeBetween({0}, {1})"))
TABLE.add("+", ((DATE, TIMEDELTA), DATE, "addDays({0}, {1})"))
TABLE.add("-", ((DATE, TIMEDELTA), DATE, "addDays({0}, -floorDivide({1}, 86400e6) * 86400e6)"))
TABLE.add("-", ((DATE, DATE), TIMEDELTA, "timeBetween(fromIso({0}), fromIso({1}))"))


def _timezone(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    if len(node.args) != 1 or node.keywords:
        raise refuse(node, "keyword", "Only `timezone(timedelta(…))` is supported.")
    value = t.expr(node.args[0])
    if value.type.kind != "timedelta":
        raise refuse(node, "type")
    return Expr(f"{value.at(code.MULTIPLY)} / 1e6", TIMEZONE, code.MULTIPLY)


SPECIAL["datetime.timezone"] = _timezone
