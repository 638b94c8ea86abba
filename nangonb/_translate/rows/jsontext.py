"""json.dumps and json.loads."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.refusals import refuse
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import ANY, BYTES, STR, Type, has_floats, is_json

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator


def _shows(kind: Type) -> bool:
    """Return whether json.dumps writes it as JavaScript does: floats and dates differ."""
    inner = [*kind.parts, *(field.type for field in kind.fields.values())]
    if kind.item is not None:
        inner.append(kind.item)
    return is_json(kind) and not has_floats(kind) and kind.kind != "datetime" and all(map(_shows, inner))


def _dumps(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    if len(node.args) != 1:
        raise refuse(node, "keyword", "`json.dumps()` takes one value.")
    value = t.expr(node.args[0], first=t.first)
    if not is_json(value.type) or value.type.kind == "datetime":
        raise refuse(node.args[0], "not-json", f"A `{value.type}` is not JSON.")
    if not _shows(value.type):
        raise refuse(
            node.args[0],
            "float-text",
            "A float is 2.0 in Python's JSON and 2 in Nango's.",
            "Use a value from the JSON that you received, or format it.",
        )
    parts = [part for keyword in node.keywords if (part := _option(keyword))]
    options = f", {code.object_literal(parts)}" if parts else ""
    return Expr(f"{t.helper('jsonText')}({value.code}{options})", STR, code.CALL, awaits=value.awaits)


def _option(keyword: ast.keyword) -> str:
    value = keyword.value
    try:
        given = ast.literal_eval(value)
    except ValueError:
        raise refuse(value, "keyword", f"`{keyword.arg}` must be a literal.") from None
    match keyword.arg, given:
        case "ensure_ascii", bool():
            return "" if given else "ascii: false"
        case "sort_keys", bool():
            return "sortKeys: true" if given else ""
        case "indent", None:
            return ""
        case "indent", int() | str():
            return f"indent: {code.string(' ' * given if isinstance(given, int) else given)}"
        case "separators", (str() as item, str() as key):
            return f"between: [{code.string(item)}, {code.string(key)}]"
    raise refuse(value, "keyword", f"`{keyword.arg}` of `json.dumps()` is not supported.")


SPECIAL["json.dumps"] = _dumps
TABLE.add("json.loads", ((STR,), ANY, "parseJson({0})"), ((ANY,), ANY, "parseJson({0})"))
TABLE.add("json.loads", ((BYTES,), ANY, "parseJson(decodeText({0}))"))
