"""``in`` and indexing."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.literals import key_text
from nangonb._translate.refusals import refuse
from nangonb._translate.table import TABLE
from nangonb._translate.types import (
    ANY,
    ANYTHING,
    BOOL,
    STR,
    Type,
    has_tuples,
    is_json,
    join,
    map_of,
    typescript,
)

if TYPE_CHECKING:
    from nangonb._translate.function import FunctionTranslator


def _contains(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    item, container = operands
    kind, awaits = container.type, item.awaits or container.awaits
    if kind.nullable:
        raise refuse(node, "operator", "This container may be `None`.", "Check it first.")
    inner = kind.item or join(kind.parts)
    if not is_json(item.type) or not is_json(inner):
        raise refuse(node, "operator", f"`{item.type} in {kind}` is not supported.")
    tuples = {has_tuples(item.type), has_tuples(inner)}
    if kind.kind != "str" and len(tuples) > 1:
        raise refuse(
            node, "operator", "A tuple never equals a list in Python, but it does on Nango.", "Use `list(…)`."
        )
    is_text = item.type.kind == "str" and not item.type.nullable
    if kind.kind in ("list", "tuple") and (
        is_text or (inner.kind == "str" and item.type.kind in ("str", "any"))
    ):
        return _method(container, "includes", _typed(item), awaits)
    if kind.kind == "set" and item.type.kind in ("str", "small", "int") and not item.type.nullable:
        return _method(container, "has", item.code, awaits)
    if kind.kind == "set" and inner.kind == "str" and item.type.kind in ("str", "any", "none"):
        return _method(container, "has", _typed(item), awaits)
    if kind.kind == "set":
        text = f"{t.helper('isIn')}({item.code}, [...{container.code}])"
        return Expr(text, BOOL, code.CALL, awaits=awaits)
    if kind.kind in ("map", "record") and is_text:
        return Expr(f"{t.helper('hasOwn')}({container.code}, {item.code})", BOOL, code.CALL, awaits=awaits)
    if kind.kind == "str" and is_text:
        return _method(container, "includes", item.code, awaits)
    if kind.kind in ("any", "list", "tuple", "map", "record", "str"):
        return Expr(f"{t.helper('isIn')}({item.code}, {container.code})", BOOL, code.CALL, awaits=awaits)
    raise refuse(node, "operator", f"`in` is not supported for `{kind}`.")


def _method(container: Expr, name: str, item: str, awaits: bool) -> Expr:
    return Expr(f"{container.at(code.CALL)}.{name}({item})", BOOL, code.CALL, awaits=awaits)


def _typed(item: Expr) -> str:
    """Cast ``null``, which does not type-check among texts."""
    return f"{item.code}!" if item.type.nullable and item.pure else item.code


def _not_contains(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    inner = _contains(t, node, operands)
    return Expr("!" + inner.at(code.UNARY), BOOL, code.UNARY, awaits=inner.awaits)


TABLE.add("in", ((ANYTHING, ANYTHING), BOOL, _contains))
TABLE.add("not in", ((ANYTHING, ANYTHING), BOOL, _not_contains))


def _index(t: FunctionTranslator, node: ast.expr, operands: Sequence[Expr]) -> Expr:
    target, index = operands
    kind, awaits = target.type, target.awaits or index.awaits
    if kind.kind in ("map", "record"):
        return _key(t, node, target, index)
    if kind.kind == "any" and index.type.kind in ("str", "any"):
        return Expr(f"{t.helper('itemOf')}({target.code}, {index.code})", ANY, code.CALL, awaits=awaits)
    if kind.kind == "match":
        from nangonb._translate.rows.patterns import group

        return group(t, node, operands)
    if index.type.kind not in ("small", "int", "any") or index.type.nullable:
        raise refuse(node, "operator", f"`{kind}` does not support an index of type `{index.type}`.")
    if kind.kind not in ("list", "tuple", "any", "str"):
        raise refuse(node, "operator", f"Indexing `{kind}` is not supported.")
    if kind.kind == "tuple" and index.is_literal and 0 <= index.literal < len(kind.parts):
        text = f"{target.at(code.CALL)}[{index.code}]"
        return Expr(text, kind.parts[index.literal], code.CALL, awaits=awaits)
    found = STR if kind.kind == "str" else kind.item or (join(kind.parts) if kind.parts else ANY)
    # text has indexes, too, of code points: an index is that of a list only if its type is known
    is_list = kind.kind in ("list", "tuple") or (kind.kind == "any" and t.has_keys)
    if t.catching or not index.is_literal or not is_list:
        return Expr(f"{t.helper('elementAt')}({target.code}, {index.code})", found, code.CALL, awaits=awaits)
    mark = "" if kind.kind == "any" or found.kind == "any" else "!"
    if index.literal < 0:
        if not target.pure:
            text = f"{t.helper('elementAt')}({target.code}, {index.code})"
            return Expr(text, found, code.CALL, awaits=awaits)
        items = target.at(code.CALL)  # the CLI's compiler does not support .at()
        text = f"{items}[{items}.length - {-index.literal}]{mark}"
        return Expr(text, found, code.CALL, awaits=awaits)
    return Expr(
        f"{target.at(code.CALL)}[{index.code}]{mark}",
        found,
        code.CALL,
        awaits=awaits,
        pure=target.pure and not mark,
    )


def _key(t: FunctionTranslator, node: ast.expr, target: Expr, index: Expr) -> Expr:
    kind, awaits = target.type, target.awaits or index.awaits
    found: Type = kind.item or (join(f.type for f in kind.fields.values()) if kind.fields else ANY)
    if index.type.kind not in ("str", "any"):
        raise refuse(node, "dict-key")
    # the input of a script has the type of its schema, in which TypeScript rejects computed keys
    is_input = t.function.is_entry and target.name in t.function.parameters
    if t.catching or is_input:
        return Expr(f"{t.helper('itemOf')}({target.code}, {index.code})", found, code.CALL, awaits=awaits)
    mark = "" if found.kind == "any" else "!"
    shown = target.at(code.CALL)
    if kind.kind == "record":  # TypeScript has a type for its keys, and this key may be another
        shown = f"({target.at(code.ADD)} as {typescript(map_of(found))})"
    return Expr(f"{shown}[{key_text(t, index)}]{mark}", found, code.CALL, awaits=awaits)


TABLE.add("[]", ((ANYTHING, ANYTHING), ANY, _index))
