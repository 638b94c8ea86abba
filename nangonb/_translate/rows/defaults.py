"""collections.defaultdict and Counter: dicts with defaults.

Their type is a map whose ``parts`` contain the type of the default; that of a Counter has a name.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.arrows import only_argument
from nangonb._translate.code import Expr
from nangonb._translate.comprehensions import argument_list
from nangonb._translate.literals import key_text
from nangonb._translate.refusals import refuse
from nangonb._translate.special import SPECIAL
from nangonb._translate.table import TABLE
from nangonb._translate.types import (
    ANY,
    COUNTS,
    FLOAT,
    SMALL,
    STR,
    Type,
    element,
    has_defaults,
    list_of,
    map_of,
    set_of,
    tuple_of,
)

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator

_FIRST = {
    "dict": (map_of(ANY), "{}"),
    "float": (FLOAT, "0"),
    "int": (SMALL, "0"),
    "list": (list_of(ANY), "[]"),
    "set": (set_of(ANY), "new Set<any>()"),
    "str": (STR, "''"),
}
_TEXTS = {kind.kind: text for kind, text in _FIRST.values()}


def is_counter(kind: Type) -> bool:
    return has_defaults(kind) and kind.parts[0].name == "count"


def read(t: FunctionTranslator, target: Expr, key: Expr) -> Expr:
    """``d[key]``, which adds an absent key, except in a Counter."""
    first = _TEXTS[target.type.parts[0].kind]
    helper = "getOr" if is_counter(target.type) else "setDefault"
    text = code.call(t.helper(helper), [target.at(code.TERNARY), key_text(t, key), first])
    return Expr(text, target.type.item or ANY, code.CALL, awaits=target.awaits or key.awaits)


def _defaultdict(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    if not node.args and not node.keywords:
        return Expr("{}", map_of(ANY))
    made = only_argument(node, "defaultdict")
    name = made.id if isinstance(made, ast.Name) else ""
    if name not in _FIRST:
        raise refuse(made, "type", "`defaultdict()` takes `list`, `int`, `float`, `str`, `dict` or `set`.")
    kind = _FIRST[name][0]
    return Expr("{}", replace(map_of(kind), parts=(kind,)))


def _counter(t: FunctionTranslator, node: ast.Call, receiver: Sequence[Expr]) -> Expr:
    if not node.args and not node.keywords:
        return Expr("{}", COUNTS)
    items = argument_list(t, only_argument(node, "Counter"))
    kind = element(items.type)
    if kind.kind not in ("str", "any") or kind.nullable:
        raise refuse(node, "dict-key", f"A `Counter` of `{kind}` is not supported.", "Count text: `str(…)`.")
    return Expr(f"{t.helper('countsOf')}({items.code})", COUNTS, code.CALL, awaits=items.awaits)


def _most_common(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    if not is_counter(operands[0].type):
        raise refuse(node, "unknown-method", "Only a `Counter` has `most_common()`.")
    text = f"{t.helper('mostCommon')}({', '.join(operand.at(code.TERNARY) for operand in operands)})"
    return Expr(text, list_of(tuple_of(STR, SMALL)), code.CALL)


SPECIAL["collections.defaultdict"] = _defaultdict
SPECIAL["collections.Counter"] = _counter
TABLE.add(
    "dict.most_common",
    ((Type("map"),), list_of(tuple_of(STR, SMALL)), _most_common),
    ((Type("map"), SMALL), list_of(tuple_of(STR, SMALL)), _most_common),
)
