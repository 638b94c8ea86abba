"""Formats: the part after the colon in an f-string, and ``str()``."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.rows.dates import strftime
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import ANYTHING, JSON_KINDS, STR, Type, has_floats, is_loose

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<sign>[+-])?(?P<zero>0)?(?P<width>\d+|[\ue000-\ue001])?(?P<comma>,)?(?:\.(?P<digits>\d+|[\ue000-\ue001]))?(?P<kind>[sdf%])?",
    re.DOTALL,
)
_INTEGRAL = ("small", "int")


def _text(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """``str(x)``, and ``{x}`` of an f-string without a format."""
    value = operands[0]
    kind = value.type
    if kind.kind in ("str", "date", "uuid") and not kind.nullable:
        return Expr(value.code, STR, value.prec, value.literal, value.is_literal, value.pure, value.awaits)
    if kind.kind in _INTEGRAL and not kind.nullable:
        return Expr(f"String({value.code})", STR, code.CALL, awaits=value.awaits)
    if kind.kind in ("float", "number"):
        raise refuse(node, "float-text")
    if kind.kind == "http-error":
        return Expr(f"{value.at(code.CALL)}.message", STR, code.CALL)
    if kind.kind == "datetime" and not kind.nullable:
        return Expr(f"{t.helper('isoformat')}({value.code}, ' ')", STR, code.CALL, awaits=value.awaits)
    if kind.kind in ("none", "bool", "str", *_INTEGRAL, "json-number", "any"):
        if is_loose(kind):
            raise refuse(
                node, "float-text", "This may be a float, which prints as 2.0 in Python and as 2 on Nango.",
                'Use the original value, format it with `.2f`, or annotate its container: `dict[str, int]`.',
            )  # fmt: skip
        return Expr(f"{t.helper('textOf')}({value.code})", STR, code.CALL, awaits=value.awaits)
    return _repr(t, node, operands)


def _repr(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """``repr(x)``, also as ``str()`` of lists and dicts."""
    value = operands[0]
    if value.type.kind in ("error", "http-error", "action-error"):
        raise refuse(node, "foreign-error-text")
    if not _shows(value.type) or (value.type.kind == "map" and value.type.parts):
        raise refuse(node, "operator", f"The text of `{value.type}` is not supported.", "Use `json.dumps`.")
    if has_floats(value.type):
        raise refuse(node, "float-text")
    return Expr(f"{t.helper('reprOf')}({value.code})", STR, code.CALL, awaits=value.awaits)


def _shows(kind: Type) -> bool:
    """Return whether its text is the same at all levels."""
    inner = [*(field.type for field in kind.fields.values()), *([kind.item] if kind.item else [])]
    return kind.kind in JSON_KINDS - {"tuple", "datetime"} and all(map(_shows, inner))


TABLE.add("str", ((ANYTHING,), STR, _text))
TABLE.add("repr", ((ANYTHING,), STR, _repr))


def _format(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    """``.2f``, ``,``, ``05d``, ``.1%``, ``>8``, and the formats of dates."""
    value, spec = operands
    if not spec.is_literal:
        raise refuse(node, "keyword", "A computed format is not supported.")
    kind = value.type
    if kind.nullable:
        raise refuse(node, "operator", f"Formatting `{kind}` is not supported.", "Check for `None` first.")
    if kind.kind in ("datetime", "date"):
        return strftime(t, node, operands) if spec.literal else _text(t, node, [value])
    match = _SPEC.fullmatch(spec.literal)
    if match is None:
        raise refuse(node, "keyword", f"The format `{spec.literal}` is not supported.")
    if kind.kind == "str":
        return _of_text(t, node, value, match)
    if kind.kind in (*_INTEGRAL, "float", "number", "json-number"):
        return _of_number(t, node, value, match)
    if kind.kind == "any" and match["kind"] in ("d", "f", "%"):
        return _of_number(t, node, value, match)
    if kind.kind == "any" and match["align"] and not (match["zero"] or match["comma"] or match["digits"]):
        return _aligned(t, _text(t, node, [value]), match, match["align"])
    raise refuse(
        node,
        "operator",
        f"The format `{spec.literal}` of `{kind}` is not supported.",
        "Use `str(…)`, `int(…)` or `float(…)`.",
    )


def _of_text(t: FunctionTranslator, node: ast.expr, value: Expr, match: re.Match[str]) -> Expr:
    if match["sign"] or match["zero"] or match["comma"] or match["kind"] not in (None, "s"):
        raise refuse(node, "operator", f"The format `{match[0]}` of text is not supported.")
    if match["digits"]:
        value = Expr(f"{t.helper('sliceOf')}({value.code}, 0, {match['digits']})", STR, code.CALL)
    return _aligned(t, value, match, match["align"] or "<")


def _of_number(t: FunctionTranslator, node: ast.expr, value: Expr, match: re.Match[str]) -> Expr:
    kind, digits = match["kind"], match["digits"]
    if match["sign"] == "+" or (match["zero"] and (match["comma"] or match["align"])) or kind == "s":
        raise refuse(node, "operator", f"The format `{match[0]}` is not supported.")
    number = value.code
    if kind in ("f", "%"):
        if value.type.kind != "float":  # the int 0 has no sign
            number = (
                f"{value.at(code.ADD)} + 0"
                if value.type.kind != "any"
                else f"{t.helper('numberOf')}({number}) + 0"
            )
        shown = f"({number}) * 100" if kind == "%" else number
        text = f"{t.helper('toDecimals')}({shown}, {digits or 6})"
        text = f"{text} + '%'" if kind == "%" else text
    elif digits or (kind == "d" and value.type.kind in ("float", "number")):
        raise refuse(node, "operator", f"The format `{match[0]}` is not supported.", "Use `.2f` or `int(…)`.")
    elif value.type.kind in _INTEGRAL:
        text = f"String({number})"
    elif kind == "d":
        text = f"String({t.helper('wholeNumber')}({number}))"
    elif value.type.kind == "json-number":
        text = f"{t.helper('textOf')}({number})"
    else:
        raise refuse(node, "float-text")
    if match["comma"]:
        text = f"{t.helper('groupThousands')}({text})"
    if match["zero"] and match["width"]:
        return Expr(
            f"{t.helper('zeroFilled')}({text}, {match['width']})", STR, code.CALL, awaits=value.awaits
        )
    prec = code.ADD if text.endswith("+ '%'") else code.CALL
    return _aligned(t, Expr(text, STR, prec, awaits=value.awaits), match, match["align"] or ">")


def _aligned(t: FunctionTranslator, text: Expr, match: re.Match[str], align: str) -> Expr:
    if not match["width"]:
        return text
    arguments = f"{text.code}, {match['width']}, '{align}', {code.string(match['fill'] or ' ')}"
    return Expr(f"{t.helper('padText')}({arguments})", STR, code.CALL, awaits=text.awaits)


TABLE.add("format", ((ANYTHING, STR), STR, _format))


def _filled_in(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    """``"{} of {name}".format(…)`` as an f-string."""
    if not (receiver[0].is_literal and isinstance(receiver[0].literal, str)):
        raise refuse(node, "unknown-method", "`format()` is supported only on a literal.", "Use an f-string.")
    given: dict[str, ast.expr] = {str(number): value for number, value in enumerate(node.args)}
    given |= {keyword.arg or "**": keyword.value for keyword in node.keywords}
    parts: list[ast.expr] = []
    used: list[str] = []
    for text, name, spec, conversion in string.Formatter().parse(receiver[0].literal):
        if text:
            parts.append(ast.Constant(text))
        if name is None:
            continue
        place = name or str(len(used))
        if place not in given or isinstance(given[place], ast.Starred) or "{" in (spec or ""):
            raise refuse(node, "keyword", f"The field `{{{name}}}` is not supported.", "Use an f-string.")
        used.append(place)
        shape = ast.JoinedStr([ast.Constant(spec)]) if spec else None
        parts.append(ast.FormattedValue(given[place], ord(conversion) if conversion else -1, shape))
    plain = all(isinstance(value, (ast.Name, ast.Constant)) for value in given.values())
    if used != list(given) and not plain:  # Python evaluates each once, in order
        raise refuse(node, "keyword", "The text uses these arguments in another order.", "Use an f-string.")
    made = ast.JoinedStr(parts)
    for each in ast.walk(made):
        if not hasattr(each, "lineno"):
            ast.copy_location(each, node)
    return t.expr(made)


SPECIAL["str.format"] = _filled_in
