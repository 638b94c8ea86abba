"""Checkpoints: the saved value, and its schema for ``createSync``."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nangonb._translate import code
from nangonb._translate.arguments import Given, called, certain
from nangonb._translate.code import Expr
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.nodes import walk
from nangonb._translate.refusals import refuse
from nangonb._translate.types import NONE, Type

if TYPE_CHECKING:
    from nangonb._translate.script import ScriptTranslator

#: Types of the fields of a checkpoint. The type of a value from outside is unknown.
_KINDS = {
    "str": "string",
    "date": "string",
    "uuid": "string",
    "bool": "boolean",
    **dict.fromkeys(("small", "int", "float", "number", "json-number"), "number"),
    "any": "",
    "wire": "",
    "literal": "",
}
_METHODS = frozenset({"get_checkpoint", "save_checkpoint", "clear_checkpoint"})
_INSTEAD = {"datetime": "Save it as text: `.isoformat()`.", "list": "Save only text, numbers and booleans."}


def save_checkpoint(t: FunctionTranslator, node: ast.Call, given: Given) -> Expr:
    saved = given.get("checkpoint")
    if saved is None:
        raise refuse(node, "not-json", "`None` is not a checkpoint.", "Use `nango.clear_checkpoint()`.")
    names = _names(saved)
    if names is None:
        value, shown = _whole(t, saved)
    else:
        value, shown = _literal(t, saved, names)
    t.script.checkpoints[node] = value
    return Expr(called("saveCheckpoint", [shown]), NONE, code.UNARY, awaits=True)


def _names(node: ast.expr) -> list[str] | None:
    """Return the keys of a dict literal."""
    if not isinstance(node, ast.Dict):
        return None
    names = [key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return names if len(names) == len(node.keys) == len(set(names)) else None


def _literal(t: FunctionTranslator, node: ast.expr, names: list[str]) -> tuple[Mapping[str, str], str]:
    assert isinstance(node, ast.Dict)
    fields, parts = {}, []
    for name, each in zip(names, node.values, strict=True):
        value = t.expr(each)
        fields[name] = _kind(each, value.type)
        parts.append(code.pair(name, certain(value)))
    return fields, code.object_literal(parts)


def _whole(t: FunctionTranslator, node: ast.expr) -> tuple[Mapping[str, str] | None, str]:
    value = certain(t.expr(node, first=t.first))
    kind = value.type
    if kind.kind not in ("record", "map", "any"):
        raise refuse(node, "not-json", f"A checkpoint must be a dict, not `{kind}`.")
    if kind.kind == "map" and kind.item is not None:
        _kind(node, kind.item)
    if kind.kind != "record":
        return None, value.at(code.TERNARY)
    fields = {name: _kind(node, field.type) for name, field in kind.fields.items()}
    if any(field.type.nullable for field in kind.fields.values()):
        return None, f"{value.at(code.RELATION)} as any"
    known = all(field.required for field in kind.fields.values())
    return (fields if known else None), value.at(code.TERNARY)


def _kind(node: ast.expr, kind: Type) -> str:
    found = _KINDS.get(kind.kind)
    if found is None:
        hint = _INSTEAD.get(kind.kind, _INSTEAD["list"])
        raise refuse(node, "not-json", f"A checkpoint cannot contain `{kind.required}`.", hint)
    return found


def checkpoint_schema(translator: ScriptTranslator) -> str | None:
    """Return the zod schema of the checkpoints of a script, or None if it has none.

    Nango accepts fields that are always present, of one type each. An open object takes all others, and
    the checkpoints of module cells.
    """
    elsewhere = any(_uses(function.node) for function in translator.imported.values())
    if not (elsewhere or any(_uses(function.node) for function in translator.all_functions())):
        return None
    saved = list(translator.checkpoints.values())
    first = saved[0] if saved else None
    fields = {
        name: kind
        for name, kind in (first or {}).items()
        if kind and all(each is not None and each.get(name) == kind for each in saved)
    }
    closed = not elsewhere and bool(saved) and all(each is not None and each == fields for each in saved)
    inner = ",\n".join(f"{code.INDENT}{code.key(name)}: z.{kind}()" for name, kind in fields.items())
    maker = "z.object" if closed else "z.looseObject"
    return f"{maker}({{\n{inner}\n}})" if fields else f"{maker}({{}})"


def _uses(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr in _METHODS for each in walk(node))
