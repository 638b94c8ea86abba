"""datetime: a Date with microseconds and an offset, with the JSON form of the Python SDK.

Results that depend on the machine's time zone are not supported: ``datetime.now()`` is refused, and
``timestamp()`` and ``astimezone()`` of a naive datetime throw.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.operations import operation
from nangonb._translate.refusals import refuse
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import (
    ANY,
    DATE,
    DATETIME,
    FLOAT,
    INT,
    JSON_NUMBER,
    SMALL,
    STR,
    TIMEZONE,
)

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_WHOLE = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_CODES = frozenset("YymdHIpMSfjAaBbFTzZ%")
_PARSED = frozenset("YmdHMSfz%")

for _name in ("datetime.UTC", "datetime.timezone.utc"):
    TABLE.add(_name, ((), TIMEZONE, "0", code.PRIMARY))


TABLE.add("datetime.datetime.now", ((TIMEZONE,), DATETIME, "currentTime({0})"), keywords=("tz",))
TABLE.add("datetime.datetime.utcnow", ((), DATETIME, "currentTime(null)"))
for _kind in (STR, ANY):
    TABLE.add("datetime.datetime.fromisoformat", ((_kind,), DATETIME, "fromIso({0})"))
    TABLE.add("datetime.date.fromisoformat", ((_kind,), DATE, "dateFromIso({0})"))
for _kind in (SMALL, INT, FLOAT, JSON_NUMBER, ANY):
    TABLE.add(
        "datetime.datetime.fromtimestamp",
        ((_kind, TIMEZONE), DATETIME, "fromTimestamp({0}, {1})"),
        keywords=("t", "tz"),
    )


def _now(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    given = [*node.args, *(k.value for k in node.keywords if k.arg == "tz")]
    if not given:
        raise refuse(node, "naive-datetime")
    return operation(t, node, "datetime.datetime.now", t.exprs(given), what="`datetime.now()`")


SPECIAL["datetime.datetime.now"] = _now


def _local(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    raise refuse(node, "naive-datetime")


for _name in ("datetime.datetime.today", "datetime.date.today"):
    SPECIAL[_name] = _local

TABLE.add("datetime.timestamp", ((DATETIME,), FLOAT, "secondsOf({0})"))
TABLE.add("datetime.astimezone", ((DATETIME, TIMEZONE), DATETIME, "inZone({0}, {1})"), keywords=("tz",))
TABLE.add("datetime.date", ((DATETIME,), DATE, "isoformat({0}).slice(0, 10)"))
TABLE.add("datetime.weekday", ((DATETIME,), SMALL, "weekdayOf({0})"))
TABLE.add("datetime.isoweekday", ((DATETIME,), SMALL, "weekdayOf({0}) + 1", code.ADD))


def _isoformat(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    given = dict(zip(("sep", "timespec"), node.args, strict=False)) | {
        k.arg or "": k.value for k in node.keywords
    }
    if not set(given) <= {"sep", "timespec"} or len(node.args) > 2:
        raise refuse(node, "keyword")
    shown = [receiver[0].code]
    for name, absent in (("sep", "'T'"), ("timespec", "'auto'")):
        value = t.expr(given[name]) if name in given else None
        if value is not None and value.type.kind != "str":
            raise refuse(given[name], "type")
        shown.append(value.code if value else absent)
    while shown[-1] in ("'T'", "'auto'"):
        shown.pop()
    helper = t.helper("isoformatTo" if len(shown) == 3 else "isoformat")
    return Expr(f"{helper}({', '.join(shown)})", STR, code.CALL, awaits=receiver[0].awaits)


SPECIAL["datetime.isoformat"] = _isoformat

TABLE.add("datetime.year:attribute", ((DATETIME,), SMALL, "wallClock({0}).getUTCFullYear()"))
TABLE.add("datetime.month:attribute", ((DATETIME,), SMALL, "wallClock({0}).getUTCMonth() + 1", code.ADD))
TABLE.add("datetime.day:attribute", ((DATETIME,), SMALL, "wallClock({0}).getUTCDate()"))
TABLE.add("datetime.hour:attribute", ((DATETIME,), SMALL, "wallClock({0}).getUTCHours()"))
TABLE.add("datetime.minute:attribute", ((DATETIME,), SMALL, "wallClock({0}).getUTCMinutes()"))
TABLE.add("datetime.second:attribute", ((DATETIME,), SMALL, "wallClock({0}).getUTCSeconds()"))
TABLE.add("datetime.microsecond:attribute", ((DATETIME,), SMALL, "microsecondOf({0})"))
TABLE.add("datetime.tzinfo:attribute", ((DATETIME,), TIMEZONE.optional, "{0:CALL}.offset"))

TABLE.add("date.isoformat", ((DATE,), STR, "{0}", code.ARROW))
TABLE.add("date.weekday", ((DATE,), SMALL, "weekdayOf(fromIso({0}))"))
TABLE.add("date.year:attribute", ((DATE,), SMALL, "Number({0:CALL}.slice(0, 4))"))
TABLE.add("date.month:attribute", ((DATE,), SMALL, "Number({0:CALL}.slice(5, 7))"))
TABLE.add("date.day:attribute", ((DATE,), SMALL, "Number({0:CALL}.slice(8))"))
for _kind in (SMALL, INT, ANY):
    TABLE.add(
        "datetime.date",
        ((_kind, _kind, _kind), DATE, "dateOf({0}, {1}, {2})"),
        keywords=("year", "month", "day"),
    )


def strftime(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    value, spec = operands
    _check_codes(node, spec, _CODES)
    if value.type.kind == "date":
        value = Expr(f"{t.helper('fromIso')}({value.code})", DATETIME, code.CALL)
    text = f"{t.helper('strftime')}({value.code}, {spec.code})"
    return Expr(text, STR, code.CALL, awaits=value.awaits)


def _check_codes(node: ast.expr, spec: Expr, known: frozenset[str]) -> None:
    if not spec.is_literal:
        raise refuse(node, "keyword", "A computed format is not supported.")
    unknown = [c for c in re.findall(r"%(.?)", spec.literal, re.DOTALL) if c not in known or not c]
    if unknown:
        raise refuse(
            node, "keyword", f"`%{unknown[0]}` is not supported.", f"Use one of {' '.join(sorted(known))}."
        )


for _kind in (DATETIME, DATE):
    TABLE.add(f"{_kind}.strftime", ((_kind, STR), STR, strftime))


def _strptime(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    _check_codes(node, operands[1], _PARSED)
    codes = re.findall(r"%(.)", operands[1].literal.replace("%%", ""))
    if len(codes) != len(set(codes)) or "Y" not in codes:
        raise refuse(
            node, "keyword", "This format is not supported.", "Name each part once, including the year."
        )
    return Expr(f"{t.helper('strptime')}({operands[0].code}, {operands[1].code})", DATETIME, code.CALL)


TABLE.add("datetime.datetime.strptime", ((STR, STR), DATETIME, _strptime), ((ANY, STR), DATETIME, _strptime))


def _datetime(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    """``datetime(2024, 1, 2, tzinfo=timezone.utc)`` → ``dateTimeOf(0, 2024, 1, 2)``."""
    names = (*_WHOLE, "tzinfo")
    given = dict(zip(names, node.args, strict=False)) | {k.arg or "**": k.value for k in node.keywords}
    if len(node.args) > len(names) or not set(given) <= {*_WHOLE, "tzinfo"}:
        raise refuse(node, "keyword")
    zone = _zone(t, given.pop("tzinfo", None))
    last = max(_WHOLE.index(name) for name in given)
    shown = [_part(t, given[name]).code if name in given else "0" for name in _WHOLE[: last + 1]]
    return Expr(f"{t.helper('dateTimeOf')}({zone}, {', '.join(shown)})", DATETIME, code.CALL)


def _part(t: FunctionTranslator, node: ast.expr) -> Expr:
    value = t.expr(node)
    if value.type.kind not in ("small", "int", "any") or value.type.nullable:
        raise refuse(node, "type", f"A part of a datetime must be a whole number, not `{value.type}`.")
    return value


def _zone(t: FunctionTranslator, node: ast.expr | None) -> str:
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return "null"
    value = t.expr(node)
    if value.type.kind != "timezone":
        raise refuse(
            node, "type", f"`tzinfo` must be a time zone, not `{value.type}`.", "Use `timezone.utc`."
        )
    return value.code


def _replace(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    """``moment.replace(microsecond=0)`` → ``replaceTime(moment, { us: 0 })``."""
    given = dict(zip(_WHOLE, node.args, strict=False)) | {k.arg or "**": k.value for k in node.keywords}
    if not set(given) <= {*_WHOLE, "tzinfo"}:
        raise refuse(node, "keyword")
    parts = []
    for name, value in given.items():
        if name == "tzinfo":
            parts.append(f"offset: {_zone(t, value)}")
        else:
            parts.append(f"{'us' if name == 'microsecond' else name}: {_part(t, value).at(code.TERNARY)}")
    text = f"{t.helper('replaceTime')}({receiver[0].code}, {code.object_literal(parts)})"
    return Expr(text, DATETIME, code.CALL, awaits=receiver[0].awaits)


SPECIAL["datetime.datetime"] = _datetime
SPECIAL["datetime.replace"] = _replace


def _replace_date(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    """``day.replace(day=1)``"""
    names = ("year", "month", "day")
    given = dict(zip(names, node.args, strict=False)) | {k.arg or "**": k.value for k in node.keywords}
    if len(node.args) > len(names) or not set(given) <= set(names):
        raise refuse(node, "keyword", "`date.replace()` takes `year`, `month` and `day`.")
    parts = []
    for name, argument in given.items():
        value = t.expr(argument)
        if value.type.kind not in ("small", "int"):
            raise refuse(
                argument, "type", f"`{name}` must be a whole number, not `{value.type}`.", "Use `int(…)`."
            )
        parts.append(name if value.code == name else f"{name}: {value.at(code.TERNARY)}")
    text = f"{t.helper('replaceDate')}({receiver[0].code}, {code.object_literal(parts)})"
    return Expr(text, DATE, code.CALL, awaits=receiver[0].awaits)


SPECIAL["date.replace"] = _replace_date
