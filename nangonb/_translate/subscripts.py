"""Parts of values: keys, elements, slices and attributes."""

from __future__ import annotations

import ast
from dataclasses import replace

from nangonb._translate import code
from nangonb._translate.code import Expr
from nangonb._translate.declared import record_field
from nangonb._translate.function import FunctionTranslator
from nangonb._translate.operations import operation
from nangonb._translate.refusals import refuse
from nangonb._translate.truth import place_of
from nangonb._translate.types import (
    INTS,
    LOOSE,
    NONE,
    Type,
    has_defaults,
    item_of,
    join,
    list_of,
)
from nangonb._translate.unfit import unknown_key


def found_under(t: FunctionTranslator, key: object, kind: Type) -> Type:
    """Return the type of the value of ``key``, where the type of the dict has ``kind``."""
    if key not in t.script.float_keys:
        return kind
    return (
        LOOSE if kind.kind == "any" else replace(kind, kind="number", name="") if kind.kind in INTS else kind
    )


def subscript(t: FunctionTranslator, node: ast.Subscript) -> Expr:
    from nangonb._translate.rows.defaults import read

    keyed = t.has_keys
    reads_key = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    t.has_keys = reads_key and isinstance(node.value, ast.Subscript)
    target = t.expr(node.value, first=t.first)
    t.has_keys = False
    if isinstance(node.slice, ast.Slice):
        return _slice(t, node, target, node.slice)
    index = t.expr(node.slice)
    kind = target.type
    if kind.nullable:
        kind = kind.required
        target = Expr(f"{target.at(code.CALL)}!", kind, code.CALL, pure=target.pure, awaits=target.awaits)
    if has_defaults(kind):
        return read(t, target, index)
    if index.is_literal and isinstance(index.literal, str) and kind.kind != "match":
        return _tested(t, node, _field(t, node, target, index.literal))
    t.has_keys = keyed
    found = operation(t, node, "[]", [target, index])
    t.has_keys = False
    return found


def _field(t: FunctionTranslator, node: ast.Subscript, target: Expr, key: str) -> Expr:
    kind = target.type
    found: Type
    if kind.kind == "record":
        field = kind.fields.get(key)
        if field is None:
            raise unknown_key(node, key, kind)
        found_field = record_field(t, target, key, field)
        if kind.name:
            return found_field
        return replace(found_field, type=found_under(t, key, found_field.type))
    elif kind.kind in ("any", "map"):
        found = found_under(t, key, item_of(kind))
    else:
        raise refuse(node, "operator", f"A key of `{kind}` is not supported.")
    if t.catching:
        return Expr(f"{t.helper('itemOf')}({target.code}, {code.string(key)})", found, awaits=target.awaits)
    if kind.kind == "map" and found.kind != "any":
        mark = "" if found.kind == "any" else "!"
        return Expr(
            f"{target.at(code.CALL)}[{code.string(key)}]{mark}",
            found,
            code.CALL,
            pure=target.pure,
            awaits=target.awaits,
        )
    shown = target.at(code.CALL)
    headers = shown.endswith(".headers")  # axios does not type their names
    text = f"{shown}[{code.string(key)}]" if headers else code.member(shown, key)
    return Expr(text, found, code.CALL, pure=target.pure, awaits=target.awaits)


def _slice(t: FunctionTranslator, node: ast.Subscript, target: Expr, part: ast.Slice) -> Expr:
    if part.step is not None:
        return _stepped(t, node, target, part, part.step)
    none = Expr("undefined", NONE, is_literal=True, pure=True)
    ends = [none if end is None else t.expr(end) for end in (part.lower, part.upper)]
    for end in ends:
        if end.type.kind not in ("none", "small", "int", "any"):
            raise refuse(node, "operator")
    known = all(end.type.kind in ("small", "int") or end is none for end in ends) and not any(
        end.type.nullable for end in ends
    )
    shown = [end.code for end in ends]
    if shown[-1] == "undefined":
        shown = shown[:1] if shown[0] != "undefined" else ["0"]
    elif shown[0] == "undefined":
        shown[0] = "0"
    arguments = ", ".join(shown)
    if target.type.kind in ("list", "tuple") and not target.type.nullable and known:
        kind = list_of(target.type.item or join(target.type.parts))
        return Expr(f"{target.at(code.CALL)}.slice({arguments})", kind, code.CALL, awaits=target.awaits)
    if target.type.kind in ("str", "any", "list", "tuple"):
        kind = target.type.required
        if kind.kind == "tuple":
            kind = list_of(join(kind.parts))
        return Expr(
            f"{t.helper('sliceOf')}({target.code}, {arguments})", kind, code.CALL, awaits=target.awaits
        )
    raise refuse(node, "operator", f"A slice of `{target.type}` is not supported.")


def _stepped(
    t: FunctionTranslator, node: ast.Subscript, target: Expr, part: ast.Slice, step_node: ast.expr
) -> Expr:
    if part.lower is None and part.upper is None and ast.unparse(step_node) == "-1":
        return operation(t, node, "[::-1]", [target])
    kind = target.type
    step = t.expr(step_node)
    if not (step.is_literal and isinstance(step.literal, int) and step.literal):
        raise refuse(step_node, "operator", "The step of a slice must be a literal.")
    if kind.kind not in ("str", "any", "list", "tuple") or kind.nullable:
        raise refuse(node, "operator", f"A slice of `{kind}` is not supported.")
    ends = [t.expr(end) if end is not None else None for end in (part.lower, part.upper)]
    for end in ends:
        if end is not None and end.type.kind not in ("none", "small", "int", "any"):
            raise refuse(node, "operator", f"A bound of a slice cannot be `{end.type}`.")
    shown = ["null" if end is None else end.at(code.TERNARY) for end in ends]
    while shown and shown[-1] == "null":
        shown.pop()
    arguments = ", ".join([target.at(code.TERNARY), step.code, *shown])
    found = list_of(join(kind.parts)) if kind.kind == "tuple" else kind
    return Expr(f"{t.helper('everyNth')}({arguments})", found, code.CALL, awaits=target.awaits)


def attribute(t: FunctionTranslator, node: ast.Attribute) -> Expr:
    from nangonb._translate.calls import dotted_name

    dotted = dotted_name(t, node)
    if dotted is not None:
        return operation(t, node, dotted, [], what=f"`{ast.unparse(node)}`")
    target = t.expr(node.value)
    if target.type.kind == "nango":
        return operation(t, node, f"nango.{node.attr}", [], what=f"`nango.{node.attr}`")
    found = operation(t, node, f"{target.type.kind}.{node.attr}:attribute", [target], what=f"`.{node.attr}`")
    return _tested(t, node, found)


def _tested(t: FunctionTranslator, node: ast.expr, found: Expr) -> Expr:
    """Return a part of a variable that an earlier test has narrowed to not None."""
    known = t.env.get(place_of(node))
    return found if known is None else replace(found, type=known)
