"""urllib.parse."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import ANY, SMALL, STR, URL_PARTS, Type, has_floats, is_json, list_of, map_of

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

for _kind in (STR, ANY):
    TABLE.add(
        "urllib.parse.quote",
        ((_kind,), STR, "quoteText({0})"),
        ((_kind, STR), STR, "quoteText({0}, {1})"),
        keywords=("string", "safe"),
    )
    TABLE.add(
        "urllib.parse.quote_plus",
        ((_kind,), STR, "quotePlus({0})"),
        ((_kind, STR), STR, "quotePlus({0}, {1})"),
        keywords=("string", "safe"),
    )
TABLE.add(
    "urllib.parse.unquote", ((STR,), STR, "unquoteText({0})"), ((ANY,), STR, "unquoteText(textOnly({0}))")
)
TABLE.add("urllib.parse.unquote_plus", ((STR,), STR, "unquoteText({0:CALL}.replaceAll('+', ' '))"))
for _kind in (STR, ANY):
    TABLE.add("urllib.parse.urlsplit", ((_kind,), URL_PARTS, "urlParts({0})"))
    TABLE.add("urllib.parse.urlparse", ((_kind,), URL_PARTS, "parsedUrl({0})"))
for _name in ("scheme", "netloc", "path", "query", "fragment"):
    TABLE.add(f"url-parts.{_name}:attribute", ((URL_PARTS,), STR, f"{{0:CALL}}.{_name}"))
TABLE.add("url-parts.hostname:attribute", ((URL_PARTS,), STR.optional, "hostName({0})"))
TABLE.add("url-parts.port:attribute", ((URL_PARTS,), SMALL.optional, "portOf({0})"))


def _named_flag(node: ast.Call, name: str) -> bool:
    for keyword in node.keywords:
        if keyword.arg != name or not isinstance(keyword.value, ast.Constant):
            raise refuse(keyword.value, "keyword")
        return bool(keyword.value.value)
    return False


def _urlencode(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    if len(node.args) != 1 or len(node.keywords) > 1:
        raise refuse(node, "keyword")
    lists = _named_flag(node, "doseq")
    value = t.expr(node.args[0])
    kind = value.type
    inner: list[Type] = [kind.item] if kind.item else [field.type for field in kind.fields.values()]
    if kind.kind not in ("map", "record", "any", "list") or not is_json(kind):
        raise refuse(node.args[0], "type", f"`urlencode()` of `{kind}` is not supported.", "Pass a dict.")
    if any(has_floats(each) or each.kind == "datetime" for each in inner):
        raise refuse(node.args[0], "float-text")
    text = f"{t.helper('urlEncoded')}({value.code}{', true' if lists else ''})"
    return Expr(text, STR, code.CALL, awaits=value.awaits)


def _parse_qs(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    if len(node.args) != 1 or len(node.keywords) > 1:
        raise refuse(node, "keyword")
    blank = _named_flag(node, "keep_blank_values")
    value = t.expr(node.args[0])
    if value.type.kind != "str":
        raise refuse(node.args[0], "type", "`parse_qs()` takes text.", "Use `str(…)`.")
    text = f"{t.helper('queryLists')}({value.code}{', true' if blank else ''})"
    return Expr(text, map_of(list_of(STR)), code.CALL, awaits=value.awaits)


SPECIAL["urllib.parse.urlencode"] = _urlencode
SPECIAL["urllib.parse.parse_qs"] = _parse_qs
