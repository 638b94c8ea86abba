"""Text: the methods of str."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.table import TABLE, Emit
from nangonb._translate.table import fill as fill_template
from nangonb._translate.types import ANY, BOOL, INT, LIST, SMALL, STR, TUPLE, list_of, tuple_of

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_TEXTS = list_of(STR)
_THREE = tuple_of(STR, STR, STR)


def _rows(name: str, *rows: tuple[object, ...], keywords: tuple[str, ...] = ()) -> None:
    TABLE.add(f"str.{name}", *rows, keywords=keywords)


_rows("lower", ((STR,), STR, "{0:CALL}.toLowerCase()"))
_rows("upper", ((STR,), STR, "{0:CALL}.toUpperCase()"))
_rows("strip", ((STR,), STR, "stripText({0})"), ((STR, STR), STR, "stripText({0}, {1})"))
_rows("lstrip", ((STR,), STR, "stripLeft({0})"), ((STR, STR), STR, "stripLeft({0}, {1})"))
_rows("rstrip", ((STR,), STR, "stripRight({0})"), ((STR, STR), STR, "stripRight({0}, {1})"))


def _any_of(name: str) -> Emit:
    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        text, parts = operands
        if any(part.kind != "str" or part.nullable for part in parts.type.parts):
            raise refuse(node, "type", "The argument must be text.")
        return Expr(
            f"{parts.at(code.CALL)}.some((part) => {text.at(code.CALL)}.{name}(part))", BOOL, code.CALL
        )

    return emit


for _name, _shown in (("startswith", "startsWith"), ("endswith", "endsWith")):
    _rows(
        _name,
        ((STR, STR), BOOL, f"{{0:CALL}}.{_shown}({{1}})"),
        ((STR, ANY), BOOL, f"{{0:CALL}}.{_shown}(textOnly({{1}}))"),
        ((STR, TUPLE), BOOL, _any_of(_shown)),
    )
_rows(
    "replace",
    ((STR, STR, STR), STR, "replaceText({0}, {1}, {2})"),
    ((STR, STR, ANY), STR, "replaceText({0}, {1}, textOnly({2}))"),
    ((STR, STR, STR, SMALL), STR, "replaceText({0}, {1}, {2}, {3})"),
)


def _split(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    text, separator = operands
    if separator.is_literal and separator.literal:
        return Expr(f"{text.at(code.CALL)}.split({separator.code})", _TEXTS, code.CALL)
    return Expr(f"{t.helper('splitText')}({text.code}, {separator.code})", _TEXTS, code.CALL)


_rows(
    "split",
    ((STR,), _TEXTS, "splitText({0})"),
    ((STR, STR), _TEXTS, _split),
    ((STR, STR, SMALL), _TEXTS, "splitText({0}, {1}, {2})"),
    keywords=("sep", "maxsplit"),
)
_rows(
    "rsplit",
    ((STR, STR), _TEXTS, "splitFromRight({0}, {1})"),
    ((STR, STR, SMALL), _TEXTS, "splitFromRight({0}, {1}, {2})"),
    keywords=("sep", "maxsplit"),
)
_rows("splitlines", ((STR,), _TEXTS, "splitLines({0})"))
_rows("partition", ((STR, STR), _THREE, "partitionText({0}, {1})"))
_rows("rpartition", ((STR, STR), _THREE, "partitionFromRight({0}, {1})"))
_rows("removeprefix", ((STR, STR), STR, "removePrefix({0}, {1})"))
_rows("removesuffix", ((STR, STR), STR, "removeSuffix({0}, {1})"))


def _filled(template: str) -> Emit:
    def emit(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
        fill = operands[2]
        if not (fill.is_literal and len(fill.literal) == 1):
            raise refuse(node, "type", "The fill must be one literal character.")
        t.use_helpers(template)
        return Expr(fill_template(template, operands), STR, code.CALL)

    return emit


for _width in (SMALL, INT):
    for _name, _align in (("ljust", "<"), ("rjust", ">")):
        _rows(
            _name,
            ((STR, _width), STR, f"padText({{0}}, {{1}}, '{_align}', ' ')"),
            ((STR, _width, STR), STR, _filled(f"padText({{0}}, {{1}}, '{_align}', {{2}})")),
        )
    _rows(
        "center",
        ((STR, _width), STR, "centred({0}, {1})"),
        ((STR, _width, STR), STR, _filled("centred({0}, {1}, {2})")),
    )
    _rows("zfill", ((STR, _width), STR, "zeroFilled({0}, {1})"))
_rows("capitalize", ((STR,), STR, "capitalizeText({0})"))
_rows("title", ((STR,), STR, "titleText({0})"))
_rows("isdigit", ((STR,), BOOL, "isDigit({0})"))
_rows("isdecimal", ((STR,), BOOL, "/^\\p{Nd}+$/u.test({0})"))
_rows("isalpha", ((STR,), BOOL, "/^\\p{L}+$/u.test({0})"))
_rows("isalnum", ((STR,), BOOL, "/^[\\p{L}\\p{N}]+$/u.test({0})"))
_rows("isspace", ((STR,), BOOL, "isSpace({0})"))
_rows("islower", ((STR,), BOOL, "isLower({0})"))
_rows("isupper", ((STR,), BOOL, "isUpper({0})"))
_rows("count", ((STR, STR), SMALL, "countOf({0}, {1})"))
_rows("find", ((STR, STR), SMALL, "placeOf({0}, {1})"))
_rows("rfind", ((STR, STR), SMALL, "placeOf({0}, {1}, true)"))
_rows("index", ((STR, STR), SMALL, "indexOfText({0}, {1})"))

TABLE.add("len", ((STR,), SMALL, "lengthOf({0})"), ((ANY,), SMALL, "lengthOf({0})"))
TABLE.add("[::-1]", ((STR,), STR, "backwards({0})"), ((ANY,), ANY, "backwards({0})"))
TABLE.add("[::-1]", ((LIST,), lambda o: o[0].type, "backwards({0})"))
