"""Messages about values that do not match their declared types."""

from __future__ import annotations

import ast

from nangonb._translate.code import Expr
from nangonb._translate.refusals import Refused, refuse
from nangonb._translate.types import ANY, NUMERIC, Type, typescript
from nangonb.errors import nearest


def _declared(kind: Type) -> str:
    """Return a type as nango.yaml writes it."""
    if kind.kind == "wire":
        shown = {"Date": "date"}.get(kind.name, kind.name)
    elif kind.kind == "any" and kind.parts:
        shown = kind.name
    elif kind.kind == "list":
        shown = f"{_declared(kind.item or ANY)}[]"
    elif kind.kind in ("record", "map"):
        shown = kind.name if kind.name.isidentifier() else "object"
    elif kind.kind in ("literal", "void", "never"):
        shown = kind.name or kind.kind
    else:
        shown = typescript(kind.required).replace("'", "")
    nullable = kind.nullable and "null" not in shown.split(" | ")
    return f"{shown} | null" if nullable else shown


def _python(kind: Type) -> str:
    if kind.kind in ("small", "int", "json-number", "number"):
        shown = "number" if "number" in kind.kind else "int"
        return f"{shown} or None" if kind.nullable else shown
    return str(kind)


def _empty(kind: Type) -> str:
    found = {"str": '""', "bool": "False", "list": "[]"}.get(kind.kind)
    return found or ("0" if kind.kind in NUMERIC else "")


def unfit(node: ast.AST, kind: Type, where: str, given: Type, reason: str) -> Refused:
    model, _, name = where.rpartition(".")
    takes = f"`{where}` takes `{_declared(kind)}`"
    yaml = f"{name}: {{}}" if model else "{}"
    if reason == "takes no value":
        return refuse(
            node, "model-field", f"`{where}` takes no value.", "Remove the field, or declare its type."
        )
    if reason == "cannot be None":
        has = f"but this value is `{'None' if given.kind == 'none' else _python(given)}`."
        empty = _empty(kind)
        declared = yaml.format(f"{_declared(kind)} | null")
        place = f"Declare `{declared}` in nango.yaml" if model else f"Declare it as `{declared}`"
        other = (
            f", or add `or {empty}` here." if empty and given.kind != "none" else ", or pass a value here."
        )
        return refuse(node, "model-field", f"{takes}, {has}", place + other)
    call = {"str": "`str(…)`", "bool": "`bool(…)`", "json-number": "`int(…)` or `float(…)`"}.get(
        kind.kind, ""
    )
    call = "`.isoformat()`" if given.kind == "datetime" and kind.kind == "str" else call
    declared = yaml.format(_declared(given)) if given.kind in ("str", "bool", *NUMERIC) else ""
    hints = [
        f"convert it with {call}" if call else "",
        f"declare `{declared}` in nango.yaml" if declared else "",
    ]
    hint = ", or ".join(filter(None, hints)) or "change the value, or the field in nango.yaml"
    return refuse(
        node,
        "model-field",
        f"{takes}, but this value is `{_python(given)}`.",
        f"{hint[0].upper()}{hint[1:]}.",
    )


def missing(node: ast.expr, name: str, kind: Type, where: str) -> Refused:
    return refuse(
        node,
        "model-field",
        f"`{where}.{name}` is missing. It takes `{_declared(kind)}`.",
        f'Add `"{name}"` here, or declare `{name}?: {_declared(kind)}` in nango.yaml.',
    )


def unknown_field(node: ast.expr, name: str, shape: Type, where: str, given: Expr | None) -> Refused:
    match = nearest(name, shape.fields)
    kind = given.type if given is not None else ANY
    declared = "any" if kind.kind == "none" else _declared(kind) if kind.kind != "datetime" else "date"
    hint = f"Did you mean `{match}`? Otherwise add" if match else "Remove it, or add"
    return refuse(
        node,
        "model-field",
        f"`{where}` has no field `{name}`.",
        f"{hint} `{name}: {declared}` to the model in nango.yaml.",
    )


def unknown_key(node: ast.expr, name: str, kind: Type) -> Refused:
    """Return the refusal of reading a key that a model does not declare."""
    match = nearest(name, kind.fields)
    hint = f"Did you mean `{match}`? " if match else ""
    return refuse(
        node,
        "model-field",
        f"{f'`{kind.name}`' if kind.name else 'This dict'} has no field `{name}`.",
        f"{hint}Its fields are {', '.join(f'`{each}`' for each in kind.fields)}.",
    )
